"""Measure what chapter 11 says of processes, of batches, and of speed.

`python book/measure/chapter_11.py` takes some minutes. It needs an idle
machine with two cores, since it measures time.
"""

import subprocess
import sys
import tempfile
from dataclasses import replace
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import pandas as pd
import torch
import torch.nn.functional as F
from publish import Claims, arguments, publish
from safetensors.torch import load_file
from torch import Tensor

from colorattn.analysis.statistics import difference
from colorattn.claims import Claim, over_seeds, paired
from colorattn.data import symbols
from colorattn.data.stream import Batch
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.record import VALIDATION_SCENES
from colorattn.runs.sweep import sweep
from colorattn.training.config import BEST, POST, Experiment, vary
from colorattn.training.loop import Run, start, stream_of, train_step
from colorattn.training.parallel import join
from colorattn.training.stacked import Stack

COMMAND = "python book/measure/chapter_11.py"
SEEDS = range(10)
TURNS = 5  # of each measurement of time
SHORT = {"recipe.epochs": 1, "recipe.batch_size": 32}


def gradient(
    seed: int, *numbers: int, precision: torch.dtype = torch.float32
) -> Tensor:
    """Return a fresh network's gradient on some batches, joined to one."""
    run = start(replace(POST, seed=seed))
    model = run.model.to(precision).train()
    stream = stream_of(run, symbols.load(POST.dataset, "train"))
    batch = join([stream.batch(n) for n in numbers])
    image, query = batch.image.to(precision), batch.query.to(precision)
    F.cross_entropy(model(image, query)[0], batch.target).backward()
    return torch.cat([w.grad.flatten() for w in model.parameters()])


def gradient_together(seed: int) -> Tensor:
    """Return the gradient of two processes with a batch each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gradients"
        command = [sys.executable, "-m", "torch.distributed.run"]
        command += ["--standalone", "--nproc-per-node", "2", "-m"]
        command += ["colorattn.training.parallel", "post-mnist"]
        command += ["--seed", str(seed), "--gradients", str(path)]
        subprocess.run(command, check=True)
        found = load_file(path)
    names = dict(start(replace(POST, seed=seed)).model.named_parameters())
    return torch.cat([found[name].flatten() for name in names])


def of_gradients() -> Claims:
    """Compare with the gradient of the double batch, in double precision."""
    rows = []
    for seed in SEEDS:
        exact = gradient(seed, 0, 1, precision=torch.float64)
        found = (
            gradient_together(seed),
            gradient(seed, 0, 1),
            (gradient(seed, 0) + gradient(seed, 1)) / 2,
        )
        off = [(other - exact).norm() / exact.norm() for other in found]
        rows.append([100 * each.item() for each in off])
    together, one, own = zip(*rows, strict=True)
    scenes = 2 * POST.recipe.batch_size
    for name, values, what in (
        ("two-processes", together, "two processes"),
        ("one-process", one, "one process, 32 bits"),
        ("own-norms", own, "mean of two batches normalized alone"),
    ):
        what = f"distance from the gradient of a double batch, 64 bits: {what}"
        yield f"parallel-{name}", over_seeds(values, what, scenes)


def of_sweep() -> Claims:
    """Time six short runs with one worker and with two."""
    short = vary(POST, SHORT)
    variants = {"post": short, "no-head": vary(short, {"model.head": "none"})}
    took: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(TURNS):
        for workers, times in took.items():
            with tempfile.TemporaryDirectory() as folder:
                began = perf_counter()
                list(sweep(variants, [0, 1, 2], Path(folder), workers))
                times.append(perf_counter() - began)
    ratio = median(took[1]) / median(took[2])
    what = f"as fast are six runs with two workers, median of {TURNS}"
    yield "sweep-two-workers", Claim(ratio, "times", what)


def of_stack() -> Claims:
    """Compare the losses of stacked networks with those of each alone."""
    tiny = SWEEPS["sizes"].variants["573"]
    drawings = symbols.load("mnist", "train")
    gaps = []
    for first in SEEDS:
        alone = [start(replace(tiny, seed=first + n)) for n in range(4)]
        batches = [stream_of(run, drawings).batch(0) for run in alone]
        stacked = Stack(alone).update(batches)
        losses = torch.stack(list(map(train_step, alone, batches)))
        gaps.append(1e6 * (losses - stacked).abs().amax().item())
    what = "millionths of a nat: four stacked networks' losses from each alone"
    yield "stacked-gap", over_seeds(gaps, what, 0, "", within=(0, 1e6))


def of_batches() -> Claims:
    """Train on as many queries in larger batches, at several rates."""
    variants = {
        f"batch-{batch}-rate-{factor}": vary(
            BEST,
            {
                "recipe.batch_size": batch,
                "recipe.epochs": 4 * 126 // batch,
                "recipe.learning_rate": factor * BEST.recipe.learning_rate,
            },
        )
        for batch, factor in ((126, 1), (504, 1), (504, 2), (504, 4))
    }
    with tempfile.TemporaryDirectory() as folder:
        rows = [r[-1] for r in sweep(variants, [*SEEDS], Path(folder), 2)]
    found = 100 * pd.DataFrame(rows).pivot(
        index="seed", columns="variant", values="accuracy"
    )
    for name in variants:
        _, batch, _, factor = name.split("-")
        what = f"right after 40,000 queries in batches of {batch}, with "
        what += f"{factor} times the learning rate"
        yield name, over_seeds(found[name], what, VALIDATION_SCENES)
    once, twice = found["batch-504-rate-1"], found["batch-504-rate-2"]
    what = "points gained by twice the learning rate, in batches of 504; "
    what += "95 % confidence interval of paired seeds"
    gain = difference(twice, once)
    claim = paired(gain, twice - once, what, VALIDATION_SCENES)
    yield "batch-504-gain", claim


def of_techniques() -> Claims:
    """Time a step on a CPU with what speeds up GPUs, and without."""
    drawings = symbols.load("mnist", "train")

    def of(experiment: Experiment) -> tuple[Run, Batch]:
        run = start(replace(experiment, seed=0))
        return run, stream_of(run, drawings).batch(0)

    post, best, compiled, first = of(POST), of(BEST), of(BEST), of(BEST)
    compiled[0].model.compile()
    train_step(*compiled)  # compiles
    first[0].model.to(memory_format=torch.contiguous_format)
    what = "with deterministic algorithms, on a CPU"
    yield "deterministic-step", as_long(post, post, what, deterministic=True)
    what = "of the best network compiled, on a CPU"
    yield "compiled-step", as_long(best, compiled, what)
    what = "of the best network channels first, on a CPU"
    yield "channels-first-step", as_long(best, first, what)


def as_long(
    usual: tuple[Run, Batch],
    other: tuple[Run, Batch],
    what: str,
    deterministic: bool = False,
) -> Claim:
    """Time steps of two runs in turns; return the ratio."""
    ratios = []
    for _ in range(8 * TURNS):
        took = []
        for run, only in (usual, False), (other, deterministic):
            torch.use_deterministic_algorithms(only)
            began = process_time()
            train_step(*run)
            took.append(process_time() - began)
        ratios.append(took[1] / took[0])
    torch.use_deterministic_algorithms(False)
    what = f"as long takes a step {what}; median of {len(ratios)} pairs"
    return Claim(median(ratios), "times", what)


PARTS = of_gradients, of_stack, of_sweep, of_batches, of_techniques


if __name__ == "__main__":
    store = arguments(__doc__).store
    publish(chain(*(part() for part in PARTS)), COMMAND, store)
