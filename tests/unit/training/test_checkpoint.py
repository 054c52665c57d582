"""Checkpoints: whole, exact, and never a pickle."""

import errno
import json
import os
import pickle
from dataclasses import replace
from pathlib import Path
from random import Random
from time import sleep

import pytest
import tiny
import torch
from killable_run import Life
from safetensors.torch import save_file
from tiny import EXPERIMENT, NET, SHARED
from torch import nn

from colorattn.model.encoder import EncoderConfig
from colorattn.training import checkpoint
from colorattn.training.checkpoint import BadCheckpoint
from colorattn.training.config import EPOCH, Recipe
from colorattn.training.loop import Run, start, stream_of, train

CYCLE = Recipe("adamw", 0.01, "one-cycle", batch_size=7, epochs=1)


def go(run: Run, steps: int, drawings) -> Run:
    for _ in train(run, stream_of(run, drawings), steps):
        pass
    return run


def assert_same(a: Run, b: Run) -> None:
    """Two runs are alike in every bit that matters."""
    assert (a.experiment, a.step) == (b.experiment, b.step)
    tiny.assert_same(a.model.state_dict(), b.model.state_dict())
    one, other = (run.optimizer.state_dict()["state"] for run in (a, b))
    assert one.keys() == other.keys()
    for n, state in one.items():
        tiny.assert_same(state, other[n])


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "run.safetensors"


@pytest.fixture
def saved(path, drawings) -> Path:
    """The checkpoint of a small run after three steps."""
    run = go(start(EXPERIMENT), 3, drawings)
    checkpoint.save(run, path, [{"epoch": 1, "loss": 0.1}])
    return path


class Guess(nn.Module):
    """A model that is not of this course."""

    def __init__(self, size: int = 3):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, image, query):
        weights = image.float().mean(dim=1)
        return self.bias[:3].expand(len(image), 3), weights, weights


# Round trips


def test_a_run_comes_back_bit_for_bit(path, drawings):
    run = go(start(EXPERIMENT), 3, drawings)
    rows = [{"epoch": 1, "loss": 0.1}, {"epoch": 2, "loss": 1e-300}]
    checkpoint.save(run, path, rows)
    found, its_rows = checkpoint.load(path)
    assert_same(found, run)
    assert its_rows == rows


def test_a_shared_encoder_is_saved_once_and_still_shared_when_loaded(
    path, drawings
):
    run = go(start(replace(EXPERIMENT, model=SHARED)), 3, drawings)
    checkpoint.save(run, path)
    tensors, _ = checkpoint.read(path)
    kernels = [n for n, v in tensors.items() if "model" in n and v.ndim == 4]
    assert len(kernels) == 5
    found, _ = checkpoint.load(path)
    assert_same(found, run)
    image, query = found.model.encode_image, found.model.encode_query
    assert image.layers[0] is query.layers[0]


def test_a_model_of_your_own_is_filled(path, drawings):
    run = go(start(EXPERIMENT, Guess()), 3, drawings)
    checkpoint.save(run, path)
    found, _ = checkpoint.load(path, Guess())
    assert_same(found, run)


@pytest.mark.parametrize(
    "recipe",
    [EXPERIMENT.recipe, CYCLE, replace(CYCLE, optimizer="muon")],
    ids=str,
)
@pytest.mark.parametrize("seed", [3, None])
@pytest.mark.parametrize("pause", range(7))
def test_a_run_continued_after_any_step_ends_in_the_same_bits(
    pause, seed, recipe, path, drawings
):
    experiment = replace(EXPERIMENT, recipe=recipe, seed=seed)
    run = go(start(experiment), pause, drawings)
    checkpoint.save(run, path)
    go(run, 7 - pause, drawings)

    resumed, _ = checkpoint.load(path)
    first = next(iter(stream_of(resumed, drawings)))
    expected = stream_of(run, drawings).batch(pause)
    assert torch.equal(first.image, expected.image)
    assert_same(go(resumed, 7 - pause, drawings), run)


def test_saving_changes_nothing(path, drawings):
    run, twin = (go(start(EXPERIMENT), 3, drawings) for _ in range(2))
    checkpoint.save(run, path)
    assert_same(go(run, 2, drawings), go(twin, 2, drawings))


def test_what_is_needed_to_make_it_again_is_in_the_file(saved):
    _, facts = checkpoint.read(saved)
    assert facts["experiment"]["seed"] == 3
    assert facts["step"] == 3
    assert facts["threads"] == torch.get_num_threads()
    assert facts["torch"] == torch.__version__
    assert {"device", "machine"} < facts.keys()


# Whole or not at all


def test_a_checkpoint_is_on_the_disk_before_it_takes_its_name(
    saved, drawings, monkeypatch
):
    old, calls = saved.read_bytes(), []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(file):
        calls.append("fsync")
        assert os.fstat(file).st_size > 0  # nothing is left in buffers
        real_fsync(file)

    def replace_(partial, path):
        calls.append("replace")
        assert saved.read_bytes() == old  # to this moment
        checkpoint.read(Path(partial))  # whole
        real_replace(partial, path)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace_)
    run, _ = checkpoint.load(saved)
    checkpoint.save(go(run, 2, drawings), saved)
    assert calls[:2] == ["fsync", "replace"]
    assert checkpoint.load(saved)[0].step == 5


def test_a_full_disk_leaves_the_old_checkpoint(saved, drawings, monkeypatch):
    def full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    run, _ = checkpoint.load(saved)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(go(run, 2, drawings), saved)
    assert checkpoint.load(saved)[0].step == 3
    assert list(saved.parent.iterdir()) == [saved]


def test_two_saves_of_one_run_are_the_same_bytes(saved):
    run, rows = checkpoint.load(saved)
    before = saved.read_bytes()
    checkpoint.save(run, saved, rows)
    assert saved.read_bytes() == before


# What is refused, in words


def refused(path: Path) -> str:
    with pytest.raises(BadCheckpoint) as refusal:
        checkpoint.load(path)
    assert str(path) in str(refusal.value)
    return str(refusal.value)


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint at .*gone"):
        checkpoint.load(tmp_path / "gone")


def test_a_file_of_another_kind_and_a_folder_are_refused(path, tmp_path):
    path.write_bytes(b"step,loss\n1,1.1\n")
    assert "damaged" in refused(path)
    assert refused(path).endswith(" saved, or a new path to start a run.")
    refused(tmp_path)


@pytest.mark.parametrize("from_end", [1, 101, 1009, 4001])
def test_a_single_changed_bit_is_noticed(from_end, saved):
    content = bytearray(saved.read_bytes())
    content[-from_end] ^= 1
    saved.write_bytes(content)
    assert "(its content is not what was saved)" in refused(saved)


def test_a_changed_fact_is_noticed(saved):
    content = saved.read_bytes()
    assert content.count(rb"\"step\": 3") == 1
    saved.write_bytes(content.replace(rb"\"step\": 3", rb"\"step\": 4"))
    assert "(its content is not what was saved)" in refused(saved)


def test_a_file_without_a_seal_is_refused(saved):
    tensors, facts = checkpoint.read(saved)
    save_file(tensors, saved, {"run": json.dumps(facts)})
    refused(saved)


@pytest.mark.parametrize("facts", [None, {"run": "no json"}])
def test_tensors_of_another_project_are_refused(facts, path):
    save_file({"weight": torch.zeros(3)}, path, facts)
    refused(path)


class Bomb:
    """A pickle of this creates a file wherever it is loaded."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("kind", ["pickle", "torch.save", "old torch.save"])
def test_a_pickle_is_refused_and_never_run(kind, tmp_path):
    path, fired = tmp_path / "run", tmp_path / "fired"
    content = {"model": Bomb(fired), "run": "{}"}
    if kind == "pickle":
        path.write_bytes(pickle.dumps(content))
    else:
        zipped = kind == "torch.save"
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
    refused(path)
    assert not fired.exists()
    if kind == "pickle":  # the bomb is a real one
        pickle.loads(path.read_bytes())
    else:
        torch.load(path, weights_only=False)
    assert fired.exists()


def test_shapes_that_do_not_fit_are_named(path):
    checkpoint.save(start(EXPERIMENT, Guess(5)), path)
    says = r"model\.bias has shape \(5,\) in the file and \(3,\) in the model"
    with pytest.raises(BadCheckpoint, match=says):
        checkpoint.load(path, Guess(3))


def test_layers_that_only_one_side_has_are_named(path):
    class More(Guess):
        def __init__(self):
            super().__init__()
            self.more = nn.Parameter(torch.zeros(1))

    checkpoint.save(start(EXPERIMENT, Guess()), path)
    with pytest.raises(BadCheckpoint, match=r"only the model has model\.more"):
        checkpoint.load(path, More())
    checkpoint.save(start(EXPERIMENT, More()), path)
    with pytest.raises(BadCheckpoint, match=r"only the file has model\.more"):
        checkpoint.load(path, Guess())


def test_another_net_is_not_filled_with_these_weights(saved):
    wider = EncoderConfig(channels=(2, 7, 5))
    other = start(replace(EXPERIMENT, model=replace(NET, image_encoder=wider)))
    with pytest.raises(BadCheckpoint, match=r"encode_image\.layers\.3"):
        checkpoint.load(saved, other.model)


def test_another_number_of_threads_is_said_out_loud(
    saved, monkeypatch, capsys
):
    here = torch.get_num_threads()
    checkpoint.load(saved)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(torch, "get_num_threads", lambda: here + 4)
    checkpoint.load(saved)
    said = capsys.readouterr().err
    assert f"saved with {here} threads and continues with {here + 4}" in said


@pytest.mark.parametrize("real", ["mnist"], indirect=True)
@pytest.mark.parametrize(("seed", "kills"), [(3, 15), (None, 6)])
def test_a_run_killed_again_and_again_ends_in_the_same_bits(
    seed, kills, real, tmp_path
):
    # Each life is killed near this update, or (0) while it saves.
    random = Random(kills)
    moments = [random.randint(1, 99) if n % 4 else 0 for n in range(kills)]
    reached = sum(moment == 0 or moment >= EPOCH for moment in moments)
    recipe = Recipe(learning_rate=0.01, batch_size=7, epochs=reached + 2)
    experiment = replace(EXPERIMENT, recipe=recipe, seed=seed, dataset=real)
    path, landed = tmp_path / "run.safetensors", 0
    for moment in moments:
        life = Life(experiment, path)
        if moment:
            life.reach(moment)
            sleep(random.random() * 0.02)  # seconds; an update takes as long
        else:
            life.save()
        landed += life.kill()
        if path.exists():
            checkpoint.read(path)  # it is whole
    assert landed == kills
    assert Life(experiment, path).end()

    tensors, facts = checkpoint.read(path)
    never_killed = replace(experiment, seed=facts["experiment"]["seed"])
    assert Life(never_killed, tmp_path / "whole").end()
    expected, its_facts = checkpoint.read(tmp_path / "whole")
    tiny.assert_same(tensors, expected)  # weights, norms, optimizer
    for row in facts["rows"] + its_facts["rows"]:
        assert row.pop("seconds") > 0
    assert facts == its_facts
    assert len(facts["rows"]) == recipe.epochs
