"""A sweep on a cluster ends in the rows of one process, whatever is killed.

`COLORATTN_KILLS=200 pytest tests/unit/runs/test_cluster.py` kills more often.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import dask
import pytest
import tiny
from killable_worker import Life, moments, saving, scheduler, work, workers
from tiny import by_run, named, variants

from colorattn import __main__
from colorattn.runs.catalog import Sweep
from colorattn.runs.cluster import cluster
from colorattn.runs.sweep import checkpoint_path, sweep
from colorattn.training import checkpoint
from colorattn.training.config import EPOCH

KILLS = int(os.environ.get("COLORATTN_KILLS", 5))
SEEDS = [3, 5]


@pytest.fixture(autouse=True)
def scratch(tmp_path):
    """Where Dask keeps what it likes to keep."""
    with dask.config.set(temporary_directory=str(tmp_path / "dask")):
        yield


def files(folder, found):
    """The checkpoints of a sweep, of which some may not exist yet."""
    return [checkpoint_path(folder, name, s) for name in found for s in SEEDS]


def steps(folder, found) -> list[int]:
    """How far each run of a sweep has come; reading says that it is whole."""
    return [
        checkpoint.read(path)[1]["step"] if path.exists() else 0
        for path in files(folder, found)
    ]


def assert_same(folder, whole, found):
    """Two sweeps ended in the same bits."""
    pairs = zip(files(folder, found), files(whole, found), strict=True)
    for path, expected in pairs:
        tiny.assert_same(
            checkpoint.read(path)[0], checkpoint.read(expected)[0]
        )


@pytest.mark.parametrize("real", ["mnist"], indirect=True)
def test_a_sweep_whose_workers_are_killed_ends_in_the_rows_of_one_process(
    tmp_path, real
):
    left = moments(KILLS)
    # Nobody lives long enough for two epochs, so that all kills meet a run.
    reached = sum(m == 0 or m >= EPOCH for m in left)
    found = variants(**{"recipe.epochs": reached // 4 + 2})
    folder, whole = tmp_path / "killed", tmp_path / "whole"
    before, landed = [0] * 4, 0
    with (
        ThreadPoolExecutor(1) as thread,
        scheduler() as (address, _),
        workers(address, 0) as lives,
    ):

        def born() -> Life:
            life = Life(work, address, (), moment=left.pop() if left else None)
            lives.append(life)
            return life

        def run():
            with cluster(address, folder):
                return [
                    (rows, steps(folder, found))
                    for rows in sweep(found, SEEDS, folder)
                ]

        alive = [born(), born()]
        ends = thread.submit(run)
        while landed < KILLS and not ends.done():
            time.sleep(0.001)  # the workers need the cores
            busy = saving(folder, found, SEEDS)
            for n, life in enumerate(alive):
                if life.due(busy):
                    landed += life.kill()
                    now = steps(folder, found)
                    assert all(
                        a <= b for a, b in zip(before, now, strict=True)
                    )
                    before, alive[n] = now, born()
        runs = [rows for rows, _ in ends.result()]
    assert landed == KILLS
    assert named(by_run(runs)) == [(k, s) for k in found for s in SEEDS]
    assert by_run(runs) == by_run(sweep(found, SEEDS, whole, workers=1))
    assert_same(folder, whole, found)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """The command that trains two runs of two epochs, and its folder."""
    base, other = variants(**{"recipe.epochs": 2}).values()
    changes = {"base": {}, "no-head": {"model.head": "none"}}
    found = Sweep(base, changes, seeds=1)
    assert found.variants == {"base": base, "no-head": other}
    monkeypatch.setitem(__main__.SWEEPS, "ablations", found)

    def run(*more: str) -> int:
        out = "--out", str(tmp_path)
        return __main__.main(["ablate", "ablations", *out, *more])

    return run, tmp_path / "ablations", found.variants


def ends_as_alone(command, tmp_path):
    """The same command goes on, keeps what is finished, and ends right."""
    run, folder, found = command
    done = checkpoint_path(folder, "base", 0)
    kept = done.read_bytes(), done.stat().st_mtime_ns
    with scheduler() as (address, _), workers(address, 1):
        assert run("--scheduler", address) == 0
    assert kept == (done.read_bytes(), done.stat().st_mtime_ns)
    list(sweep(found, [0], tmp_path / "alone", workers=1))
    for name in found:
        one, other = (
            checkpoint.read(checkpoint_path(place, name, 0))[0]
            for place in (folder, tmp_path / "alone")
        )
        tiny.assert_same(one, other)


def test_a_lost_scheduler_is_said_and_the_same_command_continues(
    command, tmp_path, capsys
):
    run, folder, _ = command
    with (
        ThreadPoolExecutor(1) as thread,
        scheduler() as (address, life),
        workers(address, 1),
    ):
        status = thread.submit(run, "--scheduler", address)
        second = checkpoint_path(folder, "no-head", 0)
        tiny.wait_for(second)  # the first has ended
        assert life.kill()
        assert status.result() == 1
    assert f"the scheduler {address} is gone" in capsys.readouterr().err
    ends_as_alone(command, tmp_path)


def test_a_full_disk_is_said_and_the_same_command_continues(
    command, tmp_path, capsys
):
    run, folder, found = command
    with scheduler() as (address, _), workers(address, 1, "full disk"):
        assert run("--scheduler", address) == 1
    assert "The disk is full" in capsys.readouterr().err
    path = checkpoint_path(folder, "no-head", 0)
    assert checkpoint.read(path)[1]["step"] == EPOCH  # of two
    ends_as_alone(command, tmp_path)


def test_workers_on_another_disk_are_refused_before_they_train(
    command, capsys
):
    run, folder, _ = command
    with scheduler() as (address, _), workers(address, 1, "another disk"):
        assert run("--scheduler", address) == 1
    assert f"has no folder {folder}" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_an_address_without_a_scheduler_is_said(command, monkeypatch, capsys):
    run, _, _ = command
    monkeypatch.setattr("colorattn.runs.cluster.PATIENCE", 0.1)
    assert run("--scheduler", "tcp://127.0.0.1:1") == 1
    assert "tcp://127.0.0.1:1" in capsys.readouterr().err


def test_without_dask_the_extra_is_named(command, monkeypatch, capsys):
    run, _, _ = command
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "colorattn.runs.cluster")
    assert run("--scheduler", "tcp://127.0.0.1:1") == 1
    assert "pip install 'colorattn[cluster]'" in capsys.readouterr().err
