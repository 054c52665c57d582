"""Processes that train one network do what one process would do."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import parallel_run
import psutil
import pytest
import tiny
import torch
import torch.distributed as dist
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from colorattn.data import symbols
from colorattn.data.stream import Batches
from colorattn.training import checkpoint
from colorattn.training.config import EPOCH, NAMED
from colorattn.training.loop import start, stream_of, train
from colorattn.training.parallel import (
    SharedNorm,
    join,
    parser,
    share_norms,
    shares,
)

EPOCHS = 3


class Numbers(Batches):
    """A stream whose batch n is the number n."""

    def batch(self, n: int) -> list[int]:
        return [n]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_shares_do_not_overlap_and_leave_nothing_out(workers, monkeypatch):
    monkeypatch.setattr(
        "colorattn.training.parallel.join", lambda p: sum(p, [])
    )
    found = [shares(Numbers(), 5, 6, r, workers) for r in range(workers)]
    for step in (5, 6, 7):
        mine = [next(each) for each in found]
        assert sorted(sum(mine, [])) == list(range(6 * step, 6 * step + 6))
        for rank, numbers in enumerate(mine):
            assert {n % workers for n in numbers} == {rank}


def test_one_process_has_all_batches(monkeypatch):
    monkeypatch.setattr(
        "colorattn.training.parallel.join", lambda p: sum(p, [])
    )
    assert next(shares(Numbers(), 0, 3)) == [0, 1, 2]


def test_batches_that_cannot_be_shared_are_refused():
    with pytest.raises(ValueError, match="--batches to a multiple of 3"):
        next(shares(Numbers(), 0, 4, 0, 3))


def test_batches_are_joined_row_by_row(scenes):
    joined = join([scenes[:4], scenes[4:]])
    assert torch.equal(joined.image, scenes.image)
    assert torch.equal(joined.query_corner, scenes.query_corner)


def test_the_shared_norm_of_one_process_is_pytorchs_own(tmp_path):
    where = f"file://{tmp_path}/store"
    dist.init_process_group("gloo", where, world_size=1, rank=0)
    try:
        plain, ours = nn.BatchNorm2d(3), nn.BatchNorm2d(3)
        share_norms(ours)
        assert type(ours) is SharedNorm
        for norm in (plain, ours):
            nn.init.constant_(norm.weight, 0.7)
            nn.init.constant_(norm.bias, 0.2)
        given = 5 + tiny.noise(7, 3, 5, 2)
        one, other = (given.clone().requires_grad_() for _ in range(2))
        found, expected = ours(other), plain(one)
        torch.testing.assert_close(found, expected)
        for result in (found, expected):
            result.pow(3).sum().backward()
        pairs = zip(ours.parameters(), plain.parameters(), strict=True)
        for a, b in [(other, one), *pairs]:
            torch.testing.assert_close(a.grad, b.grad, rtol=1e-4, atol=1e-4)
        for name, value in plain.state_dict().items():
            torch.testing.assert_close(ours.state_dict()[name], value)
        torch.testing.assert_close(ours.eval()(given), plain.eval()(given))
    finally:
        dist.destroy_process_group()


@pytest.fixture
def alone(monkeypatch):
    """Train in this process, as a group of one."""
    names = "MASTER_ADDR", "MASTER_PORT", "RANK", "LOCAL_RANK", "WORLD_SIZE"
    for name in names:
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setitem(NAMED, "tiny", tiny.EXPERIMENT)
    threads, port = torch.get_num_threads(), parallel_run.free_port()
    yield lambda *words: parallel_run.member(0, 1, port, words)
    torch.set_num_threads(threads)
    if dist.is_initialized():
        dist.destroy_process_group()


def test_a_group_ends_the_run_that_it_finds(alone, tmp_path, capsys):
    path = tmp_path / "run"
    recipe = replace(tiny.EXPERIMENT.recipe, epochs=1)
    run = start(replace(tiny.EXPERIMENT, recipe=recipe, seed=5))
    run.step = EPOCH - 3
    checkpoint.save(run, path)
    given = "--epochs", "1", "--batches", "4", "--out", str(path)
    alone("--seed", "5", *given)
    assert torch.get_num_threads() == 1
    stream = stream_of(run, symbols.load("mnist", "train"))
    (progress,) = train(run, shares(stream, run.step, 4), 3)
    found, _ = checkpoint.load(path)
    assert found.step == EPOCH
    batch = stream.batch(0)
    (logits, *_), (expected, *_) = (
        model.eval()(batch.image, batch.query)
        for model in (found.model, run.model)
    )
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-3)
    said = capsys.readouterr().out
    assert said == f"epoch 1: loss {progress.loss:.3f}\n"


def test_the_command_line_has_defaults_and_help(capsys):
    found = vars(parser().parse_args(["post-mnist"]))
    assert found.pop("out") == Path("_runs/parallel.safetensors")
    expected = {"seed": 0, "epochs": 2, "batches": 2, "gradients": None}
    assert found == {"name": "post-mnist"} | expected
    with pytest.raises(SystemExit):
        parser().parse_args(["nothing"])
    assert "invalid choice" in capsys.readouterr().err
    words = " ".join(parser().format_help().split())
    for said in (
        "Train one network with several processes: see torchrun --help.",
        "for each update, in all (2)",
        "the checkpoint (_runs/parallel.safetensors)",
        "make one update and save its gradients here instead",
    ):
        assert said in words


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_have_the_gradients_of_one_with_the_double_batch(
    workers, alone, tmp_path
):
    path = tmp_path / "gradients"
    given = "--out", str(tmp_path / "none"), "--gradients", str(path)
    if workers == 1:
        alone(*given)
    else:
        assert parallel_run.together(2, *given) == [0, 0]
    found = load_file(path)
    run = start(replace(tiny.EXPERIMENT, seed=0))
    stream = stream_of(run, symbols.load("mnist", "train"))
    batch = join([stream.batch(0), stream.batch(1)])
    logits, _, _ = run.model.train()(batch.image, batch.query)
    F.cross_entropy(logits, batch.target).backward()
    weights = dict(run.model.named_parameters())
    assert found.keys() == weights.keys()
    flat = torch.cat([found[name].flatten() for name in weights])
    expected = torch.cat([w.grad.flatten() for w in weights.values()])
    assert (flat - expected).norm() < 1e-4 * expected.norm()


def test_a_group_of_which_one_is_killed_ends_in_the_same_bits(
    tmp_path, monkeypatch
):
    # Else those who restart may call the address of the one that was killed:
    # github.com/pytorch/pytorch/issues/135712
    monkeypatch.setenv("TORCH_DISABLE_SHARE_RDZV_TCP_STORE", "1")
    path, whole = tmp_path / "killed", tmp_path / "whole"
    epochs = "--epochs", str(EPOCHS)
    script = str(Path(parallel_run.__file__))
    torchrun = [sys.executable, "-m", "torch.distributed.run"]
    torchrun += ["--standalone", "--local-addr=localhost"]  # asks no network
    torchrun += ["--nproc-per-node=2", "--max-restarts=5"]
    command = [*torchrun, script, *epochs, "--out", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as group:
        try:
            tiny.wait_for(path, group)
            *_, last = psutil.Process(group.pid).children()
            last.kill()
            said, _ = group.communicate(timeout=600)
        finally:
            group.terminate()  # its processes end with it
    assert group.returncode == 0
    assert said.count("epoch 1:") == 1  # it has continued
    assert said.count(f"epoch {EPOCHS}:") == 1

    ends = parallel_run.together(2, *epochs, "--out", str(whole))
    assert ends == [0, 0]
    found, facts = checkpoint.read(path)
    assert facts["step"] == EPOCHS * EPOCH
    tiny.assert_same(found, checkpoint.read(whole)[0])


def test_a_run_of_another_experiment_is_not_continued(alone, tmp_path):
    path = tmp_path / "run"
    checkpoint.save(start(replace(tiny.EXPERIMENT, seed=0)), path)
    before = path.read_bytes()
    said = rf"^{path} is a run of a different experiment \(seed 0\): choose "
    with pytest.raises(ValueError, match=said):
        alone("--seed", "1", "--out", str(path))
    assert path.read_bytes() == before
