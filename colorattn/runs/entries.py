"""Entries of the record table: trained again, and judged.

An entry is a file in a folder named for an accuracy, in percent. It has a
function `train(seed, drawings)` that returns a trained network, called like
ours. The holder is the entry before it in the folder, by name.

Every run has a process, two threads and a limit of its own. That protects from
accidents, not from intent: read a file before you run it.
"""

import ast
import json
import os
import signal
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from runpy import run_path
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import IO, Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from colorattn.analysis.statistics import difference
from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.training.loop import evaluate

PARAMETERS = 12_668  # at most: those of the post's network
HELD_OUT = 10_000  # scenes of validation drawings
SCENE_SEED = 1
P = 0.01  # above it luck is an explanation
SEEDS = 5  # at least
THREADS = 2
LIMIT = 600.0  # seconds of an entry's run, with the start of its process
PATIENCE = 10  # times as long as the entry we wait for the holder
START = 60.0  # seconds in which a process starts, and measures the network
KEPT = 16  # lines of what an entry prints: the last ones


class Result(NamedTuple):
    """What one run came to."""

    seed: int
    seconds: float  # of training; if not over by then, the limit
    accuracy: float  # 0 to 1, on held-out scenes; 0 if not over
    parameters: int
    over: bool = True


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

    So a machine whose speed drifts is fair to both. Raises ValueError where
    the entry fails, or takes too long.
    """
    for seed in range(seeds):
        ours = run(entry, seed, LIMIT)
        if not ours.over:
            raise ValueError(
                f"{entry} is not over after {LIMIT:g} s with seed {seed}: an "
                "entry has no longer than that."
            )
        limit = PATIENCE * ours.seconds
        yield ours, run(holder, seed, limit) if holder else None


def run(entry: Path, seed: int, limit: float) -> Result:
    """Train an entry in a process of its own, and measure its network.

    Raises ValueError, which says what went wrong, where that fails.
    """
    threads = {"OMP_NUM_THREADS": str(THREADS)}
    with TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        command = [sys.executable, "-m", __name__]
        command += [str(entry), str(seed), str(out)]
        over, status, last = call(command, os.environ | threads, limit + START)
        wrong = f"{ended(status)}; at the end it said {last!r}"
        found: dict[str, Any] = {"wrong": wrong}
        if out.exists():
            found = json.loads(out.read_bytes())
    if not over:
        return Result(seed, limit, 0.0, 0, over=False)
    if "wrong" in found:
        raise ValueError(f"{entry} fails with seed {seed}: {found['wrong']}")
    return Result(**found)


def call(
    command: list[str], env: dict[str, str], limit: float
) -> tuple[bool, int, str]:
    """Run a program; say whether it was over in time, how, and its last line.

    It may print without end, and what it has started ends with it.
    """
    lines: deque[bytes] = deque(maxlen=KEPT)
    with subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a group of its own, to be ended with it
    ) as program:
        assert program.stdout is not None
        reader = Thread(
            target=drain, args=(program.stdout, lines), daemon=True
        )
        reader.start()
        try:
            program.wait(limit)
            over = True
        except subprocess.TimeoutExpired:
            over = False
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
        reader.join(timeout=1.0)
    said = b"".join(lines).decode(errors="replace").strip()
    return over, program.returncode, said.rpartition("\n")[2][-200:]


def drain(stream: IO[bytes], lines: deque[bytes]) -> None:
    """Read a stream to its end, and keep its last lines, or pieces of them."""
    with suppress(ValueError):  # it was closed
        while line := stream.readline(4096):
            lines.append(line)


def ended(status: int) -> str:
    """Say how a process ended that left no result."""
    if status >= 0:
        return f"its process ended before the measurement, with {status}"
    name = signal.Signals(-status).name
    return f"its process was ended by {name} (often for want of memory)"


def measure(entry: Path, seed: int) -> Result:
    """Train an entry here and now, and measure its network.

    Raises ValueError, which says what is wrong with the entry.
    """
    drawings, held_out = (
        symbols.load("mnist", split) for split in ("train", "validation")
    )
    if "subset" in (drawings.source, held_out.source):
        raise ValueError(
            "there is no MNIST here but the subset inside the package: run "
            "python -m colorattn data where you are online, then try again."
        )
    with in_words(entry):
        train = run_path(str(entry)).get("train")
        if not callable(train):
            raise ValueError("it has no function train(seed, drawings).")
        began = perf_counter()
        model = train(seed, drawings)
        seconds = perf_counter() - began
        scenes = fixed_scenes(held_out, Scene(), HELD_OUT, SCENE_SEED)
        check(model, scenes[:7])
        parameters = sum(weight.numel() for weight in model.parameters())
        accuracy = evaluate(model, scenes).accuracy
    return Result(seed, seconds, accuracy, parameters)


@contextmanager
def in_words(entry: Path) -> Iterator[None]:
    """Turn what an entry raises into a ValueError: what it is, and where."""
    try:
        yield
    except (Exception, SystemExit) as raised:
        frames = traceback.extract_tb(raised.__traceback__)
        lines = [f.lineno for f in frames if f.filename == str(entry)]
        where = f" (line {lines[-1]})" if lines else ""
        name = f"{type(raised).__name__}: " if lines else ""
        said = str(raised).strip().partition("\n")[0]
        raise ValueError(f"{name}{said}{where}") from raised


def check(model: Any, scenes: Batch) -> None:
    """Raise ValueError for what is not called like our network, or too big."""
    if not isinstance(model, nn.Module):
        raise ValueError(
            f"train returns {said_of(model)}: return the trained network."
        )
    parameters = sum(weight.numel() for weight in model.parameters())
    if parameters > PARAMETERS:
        raise ValueError(
            f"it has {parameters:,} parameters; {PARAMETERS:,} are allowed."
        )
    with torch.inference_mode():
        answer = model.eval()(scenes.image, scenes.query)
    n = len(scenes)
    if not (
        isinstance(answer, tuple)
        and len(answer) == 3
        and all(isinstance(part, Tensor) for part in answer)
    ):
        raise ValueError(
            f"the network returns {said_of(answer)}: return logits, scores "
            "and weights, as ColorNetImage does."
        )
    logits, _, weights = answer
    if logits.shape != (n, 3):
        raise ValueError(
            f"for {n} queries the logits have the shape {(*logits.shape,)}, "
            f"not {(n, 3)}."
        )
    if weights.ndim != 3 or len(weights) != n:
        raise ValueError(
            f"for {n} queries the weights have the shape {(*weights.shape,)}, "
            f"not ({n}, rows, columns)."
        )
    if not logits.isfinite().all():
        raise ValueError("the logits are not finite: training has diverged.")


def said_of(value: object) -> str:
    """Name the type of what should have been something else."""
    if isinstance(value, tuple):
        return f"a tuple of {', '.join(type(part).__name__ for part in value)}"
    return "nothing" if value is None else type(value).__name__


def objections(
    goal: float, entry: list[Result], holder: list[Result]
) -> list[str]:
    """Say why an entry does not stand; an empty list means that it does.

    Goal: an accuracy, 0 to 1. Holder: runs with the same seeds, or none.
    """
    ours, theirs = (
        pd.DataFrame(runs, columns=Result._fields).set_index("seed")
        for runs in (entry, holder)
    )
    if len(ours) < SEEDS:
        return [f"it needs {SEEDS} seeds or more, not {len(ours)}"]
    found = []
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


def row(entry: Path, runs: list[Result], facts: dict[str, str]) -> str:
    """Write the entry's line of the record table, to be handed in.

    Facts: the date and the hardware, as `claims.provenance` says them. What's
    new is the file's first line; where ours have work, it has seconds.
    """
    found = pd.DataFrame(runs)
    right, seconds = 100 * found.accuracy, found.seconds
    new = ast.get_docstring(ast.parse(entry.read_text("utf-8"))) or ""
    cells = (
        f"`{entry.stem}`",
        new.partition(".")[0],
        "your name",
        facts["date"],
        f"{right.mean():.2f} ± {right.std():.2f}% ({len(runs)} seeds)",
        f"{seconds.median():.3g} s, {facts['hardware']}",
    )
    return f"| {' | '.join(cells)} |"


def main(entry: str, seed: str, out: str) -> None:
    """Measure an entry and write the result, or what is wrong, to a file."""
    found: dict[str, object]
    try:
        found = measure(Path(entry), int(seed))._asdict()
    except ValueError as wrong:
        found = {"wrong": str(wrong)}
    Path(out).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
