"""Sweeps vary one thing at a time, side by side, and survive being killed."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch
from joblib import Parallel, delayed, parallel_config
from tiny import by_run, named, untimed, variants

from colorattn import __main__
from colorattn.runs import record, store
from colorattn.runs.catalog import SWEEPS, Sweep
from colorattn.runs.sweep import checkpoint_path, run_one, sweep
from colorattn.training import checkpoint
from colorattn.training.config import BEST, POST, vary


@pytest.fixture
def one_thread():
    """One thread, as each run of a sweep has: more may round otherwise."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_fields_that_only_make_sense_together_change_together():
    """Neither alone fits: the post's head, or keys without a head."""
    changes = {"model.readout": "features", "model.head": "none"}
    with pytest.raises(ValueError, match="choose a head"):
        vary(POST, changes)
    found = vary(POST, {**changes, "model.head": "linear"})
    assert (found.model.readout, found.model.head) == ("features", "linear")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("modle.readout", "Experiment has no field 'modle'"),
        ("model.reed", "ColorNetConfig has no field 'reed'"),
        ("recipe.epochs.more", "int has no field 'more'"),
        ("model.query_encoder.norm", "NoneType has no field 'norm'"),
    ],
)
def test_an_unknown_field_is_named(field, words):
    with pytest.raises(ValueError, match=words):
        vary(BEST, {field: 1})


@pytest.mark.parametrize("name", SWEEPS)
def test_each_variant_differs_from_its_base(name):
    base, *found = SWEEPS[name].variants.values()
    assert base == SWEEPS[name].base
    assert all(experiment != base for experiment in found)
    assert len(set(map(str, found))) == len(found)


def test_rungs_stand_on_each_other_and_other_variants_on_the_base():
    base, two = tiny.EXPERIMENT, {"recipe.epochs": 7}
    changes = {"base": {}, "one": {"model.head": "none"}, "two": two}
    one = vary(base, changes["one"])
    apart = Sweep(base, changes).variants
    climbed = Sweep(base, changes, cumulative=True).variants
    assert list(climbed) == list(apart) == list(changes)
    assert climbed["base"] == apart["base"] == base
    assert climbed["one"] == apart["one"] == one
    assert apart["two"] == vary(base, changes["two"])
    assert climbed["two"] == vary(one, changes["two"])


def test_each_rung_is_taken_away_once_from_the_top():
    climbed, without = SWEEPS["rungs"].variants, SWEEPS["without"]
    *_, top = climbed.values()
    assert without.base == top
    assert list(without.changes) == ["top", *list(climbed)[1:]]


@pytest.mark.parametrize("name", SWEEPS["sizes"].changes)
def test_sizes_have_the_numbers_of_parameters_they_are_named_by(name):
    experiment = SWEEPS["sizes"].variants[name]
    net = store.ColorNetImage(experiment.model)
    assert sum(p.numel() for p in net.parameters()) == int(name)


def test_variants_with_one_seed_begin_alike_where_they_share_layers():
    nets = [store.ColorNetImage(v.model, seed=5) for v in variants().values()]
    tiny.assert_same(*(net.encode_image.state_dict() for net in nets))


def test_rows_are_the_same_for_one_worker_and_two(tmp_path):
    once = sweep(variants(), [3, 5], tmp_path / "one", workers=1)
    both = sweep(variants(), [3, 5], tmp_path / "two", workers=2)
    once, both = by_run(once), by_run(both)
    assert named(once) == [(k, seed) for k in variants() for seed in (3, 5)]
    assert once == both


def test_rows_are_those_of_training_alone(tmp_path, one_thread):
    (rows,) = sweep({"base": variants()["base"]}, [5], tmp_path)
    alone = replace(variants()["base"], seed=5)
    expected = list(record.record(alone, tmp_path / "alone.safetensors"))
    expected = [{"variant": "base", **row} for row in expected]
    assert untimed(rows) == untimed(expected)


def test_runs_that_are_done_are_left_out(tmp_path):
    runs = sweep(variants(), [3, 5], tmp_path, skip={("base", 3)})
    left = [("base", 5), ("no-head", 3), ("no-head", 5)]
    assert named(by_run(runs)) == left


def test_rows_come_as_runs_end(tmp_path, monkeypatch):
    ended = []

    def end(experiment, _):
        ended.append(experiment.seed)
        return []

    monkeypatch.setattr(record, "record", end)
    found = sweep({"a": tiny.EXPERIMENT}, [1, 2], tmp_path, workers=1)
    assert next(found) == [] and ended == [1]


def test_an_error_is_a_row_of_its_variant_and_seed(tmp_path, monkeypatch):
    def refuse(*_):
        raise ValueError("not this one")

    monkeypatch.setattr(record, "record", refuse)
    experiment = replace(tiny.EXPERIMENT, seed=4)
    error = {"variant": "a", "seed": 4, "error": "ValueError: not this one"}
    assert run_one("a", experiment, tmp_path / "new" / "one") == [error]


def test_a_failing_variant_is_a_row_and_the_others_go_on(tmp_path):
    found = variants()
    rate = {"recipe.learning_rate": 1e30}
    found = {"hot": vary(found["base"], rate), **found}
    runs = {rows[0]["variant"]: rows for rows in sweep(found, [3], tmp_path)}
    (row,) = runs.pop("hot")
    assert row["error"].startswith("Diverged: the loss is")
    assert [rows[-1]["epoch"] for rows in runs.values()] == [1, 1]


def test_a_file_of_another_experiment_is_a_row_too(tmp_path):
    """It is neither overwritten nor the end of the others."""
    list(sweep({"a": variants()["base"]}, [3], tmp_path))
    before = checkpoint_path(tmp_path, "a", 3).read_bytes()
    ((row,),) = sweep({"a": variants()["no-head"]}, [3], tmp_path)
    assert "a run of a different experiment" in row["error"]
    assert checkpoint_path(tmp_path, "a", 3).read_bytes() == before


def test_the_callers_threads_stay_as_they_were(tmp_path):
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        list(sweep({"base": variants()["base"]}, [3], tmp_path))
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_a_finished_sweep_trains_nothing(tmp_path, monkeypatch):
    first = by_run(sweep(variants(), [3], tmp_path))

    def refuse(*arguments):
        raise AssertionError("trained again")

    monkeypatch.setattr("colorattn.training.loop.train_step", refuse)
    assert by_run(sweep(variants(), [3], tmp_path)) == first


SWEEP = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import tiny
from colorattn.runs.sweep import sweep
from colorattn.training.config import vary
base = vary(tiny.EXPERIMENT, {{"recipe.epochs": 3}})
found = {{"base": base, "no-head": vary(base, {{"model.head": "none"}})}}
for rows in sweep(found, [3], Path({folder!r})):
    print(rows[-1]["variant"], flush=True)
"""


def test_a_killed_sweep_continues_and_repeats_nothing(tmp_path):
    script = SWEEP.format(
        tests=str(Path(__file__).parents[1]), folder=str(tmp_path / "killed")
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()  # one run has ended
        second = checkpoint_path(tmp_path / "killed", "no-head", 3)
        tiny.wait_for(second, process)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    done = checkpoint_path(tmp_path / "killed", "base", 3)
    kept = done.stat().st_mtime_ns

    base = vary(tiny.EXPERIMENT, {"recipe.epochs": 3})
    found = {"base": base, "no-head": vary(base, {"model.head": "none"})}
    resumed = by_run(sweep(found, [3], tmp_path / "killed"))

    assert done.stat().st_mtime_ns == kept
    assert resumed == by_run(sweep(found, [3], tmp_path / "whole"))
    for name in found:
        killed = checkpoint.read(checkpoint_path(tmp_path / "killed", name, 3))
        whole = checkpoint.read(checkpoint_path(tmp_path / "whole", name, 3))
        tiny.assert_same(killed[0], whole[0])


def test_the_command_trains_and_says_what_failed(
    tmp_path, monkeypatch, capsys
):
    base = vary(tiny.EXPERIMENT, {"recipe.epochs": 1})
    hot = {"recipe.learning_rate": 1e30}
    late = {"recipe.learning_rate": 2e-3}
    monkeypatch.setitem(
        __main__.SWEEPS, "ablations", Sweep(base, {"post": {}, "hot": hot}, 1)
    )
    arguments = ["ablate", "ablations", "--workers", "1"]
    arguments += ["--out", str(tmp_path)]
    assert __main__.main(arguments) == 1
    said = capsys.readouterr()
    assert "hot (seed 0): Diverged" in said.err
    assert checkpoint_path(tmp_path / "ablations", "post", 0).exists()

    monkeypatch.setitem(
        __main__.SWEEPS, "ablations", Sweep(base, {"post": {}})
    )
    monkeypatch.setattr(store, "STORED", tmp_path / "stored")
    monkeypatch.setattr(record, "TEST_SCENES", 59)
    assert __main__.main([*arguments, "--seeds", "2", "--store"]) == 0
    kept = store.load("ablations/post")
    assert kept.seeds == [0, 1]
    command = "python -m colorattn ablate ablations"
    assert kept.provenance["command"] == command

    monkeypatch.setitem(
        __main__.SWEEPS, "ablations", Sweep(base, {"post": {}, "late": late})
    )
    more = [*arguments[:-1], str(tmp_path / "elsewhere"), "--seeds", "2"]
    assert __main__.main([*more, "--rest", "--store"]) == 0
    there = (tmp_path / "elsewhere/ablations").iterdir()
    assert [path.name for path in there] == ["late"]
    assert store.load("ablations/late").seeds == [0, 1]
    assert store.load("ablations/post").rows.equals(kept.rows)


def test_two_processes_with_one_run_train_it_once(tmp_path):
    """One trains, the other waits: they return the same seconds."""
    given = "base", replace(variants()["base"], seed=3), tmp_path
    twice = [delayed(run_one)(*given) for _ in range(2)]
    one, other = Parallel(2)(twice)
    assert one == other


def test_threads_of_a_process_train_one_after_the_other(tmp_path, monkeypatch):
    """Layers draw their first weights from PyTorch's one generator."""
    inside = []

    def lonely(experiment, path):
        inside.append(path)
        time.sleep(0.05)
        assert inside == [path]
        inside.clear()
        return []

    monkeypatch.setattr(record, "record", lonely)
    found = sweep(variants(), [3, 5], tmp_path)
    with parallel_config("threading", n_jobs=2):
        assert list(found) == [[]] * 4


def test_an_unknown_sweep_is_refused(capsys):
    with pytest.raises(SystemExit):
        __main__.main(["ablate", "everything"])
    assert "choose from" in capsys.readouterr().err
