"""Entries of the record table: trained again, and judged.

An entry is a file in a folder named for an accuracy, in percent. It has a
function `train(seed, drawings)` that returns a trained network, called like
ours. The holder is the entry before it in the folder, by name.

Every run has a process, two threads and a limit of its own. That protects from
accidents, not from intent: read a file before you run it.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from time import perf_counter
from typing import NamedTuple

import numpy as np
import pandas as pd

from colorattn.analysis.statistics import difference
from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes
from colorattn.training.loop import evaluate

PARAMETERS = 12_668  # at most: those of the post's network
HELD_OUT = 10_000  # scenes of validation drawings
SCENE_SEED = 1
P = 0.01  # above it luck is an explanation
THREADS = 2
LIMIT = 600.0  # seconds of an entry's run, with the start of its process
PATIENCE = 10  # times as long as the entry we wait for the holder
START = 60.0  # seconds in which a process starts, and measures the network


class Result(NamedTuple):
    """What one run came to."""

    seed: int
    seconds: float  # of training; if not over by then, the limit
    accuracy: float  # 0 to 1, on held-out scenes; 0 if not over
    parameters: int


def goal_of(entry: Path) -> float:
    """Read the accuracy that an entry is for, 0 to 1, off its folder.

    Raises ValueError for a file that is not there, or in another folder.
    """
    if not entry.is_file():
        raise ValueError(f"there is no file {entry}: give that of an entry.")
    folder = entry.resolve().parent.name
    if not folder.isdecimal() or not 0 < int(folder) < 100:
        raise ValueError(
            f"{entry} is in a folder {folder!r}: put it into one that is "
            "named for its accuracy in percent, like 95."
        )
    return int(folder) / 100


def holder_of(entry: Path) -> Path | None:
    """Return the entry before this one in its folder, if there is any."""
    before = [p for p in entry.parent.glob("*.py") if p.name < entry.name]
    return max(before, default=None)


def contest(
    entry: Path, holder: Path | None, seeds: int
) -> Iterator[tuple[Result, Result | None]]:
    """Run an entry and its holder in turn, a seed at a time.

    So a machine whose speed drifts is fair to both.
    """
    for seed in range(seeds):
        ours = run(entry, seed, LIMIT)
        limit = PATIENCE * ours.seconds
        yield ours, run(holder, seed, limit) if holder else None


def run(entry: Path, seed: int, limit: float) -> Result:
    """Train an entry in a process of its own, and measure its network.

    Raises ValueError, with the end of what it said, where that fails.
    """
    threads = {"OMP_NUM_THREADS": str(THREADS)}
    command = [sys.executable, "-m", __name__, str(entry.resolve()), str(seed)]
    try:
        done = subprocess.run(
            command,
            env=os.environ | threads,
            capture_output=True,
            text=True,
            timeout=limit + START,
        )
    except subprocess.TimeoutExpired:
        return Result(seed, limit, 0.0, 0)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        raise ValueError(f"{entry} fails with seed {seed}: {lines[-1]}")
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def measure(entry: Path, seed: int) -> Result:
    """Train an entry here and now, and measure its network."""
    drawings = symbols.load("mnist", "train")
    train = run_path(str(entry))["train"]
    began = perf_counter()
    model = train(seed, drawings)
    seconds = perf_counter() - began
    held_out = symbols.load("mnist", "validation")
    scenes = fixed_scenes(held_out, Scene(), HELD_OUT, SCENE_SEED)
    accuracy = evaluate(model, scenes).accuracy
    parameters = sum(weight.numel() for weight in model.parameters())
    return Result(seed, seconds, accuracy, parameters)


def objections(
    goal: float, entry: list[Result], holder: list[Result]
) -> list[str]:
    """Say why an entry does not stand; an empty list means that it does.

    Goal: an accuracy, 0 to 1. Holder: runs with the same seeds, or none.
    """
    found = []
    ours, theirs = (
        pd.DataFrame(runs, columns=Result._fields).set_index("seed")
        for runs in (entry, holder)
    )
    largest = ours.parameters.max()
    if largest > PARAMETERS:
        found.append(f"it has {largest:,} parameters, not {PARAMETERS:,}")
    above = difference(ours.accuracy, 0 * ours.accuracy + goal)
    if above.mean <= 0 or above.p >= P:
        found.append(
            f"{ours.accuracy.mean():.2%} on average is not above {goal:.0%} "
            f"beyond luck (p = {above.p:.2g})"
        )
    if holder:
        sooner = difference(np.log(theirs.seconds), np.log(ours.seconds))
        if sooner.mean <= 0 or sooner.p >= P:
            found.append(
                f"{ours.seconds.mean():.2f} s against "
                f"{theirs.seconds.mean():.2f} s is not sooner beyond luck "
                f"(p = {sooner.p:.2g})"
            )
    return found


def main(entry: str, seed: str) -> None:
    """Measure an entry and print the result alone, whatever it prints."""
    with contextlib.redirect_stdout(sys.stderr):
        result = measure(Path(entry), int(seed))
    print(json.dumps(result._asdict()))


if __name__ == "__main__":
    main(*sys.argv[1:])
