"""Train many runs side by side: every variant of a sweep with every seed.

Variants with the same seed meet the same scenes and start with the same
weights in the layers they share, so that their differences pair.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import torch
from joblib import Parallel, delayed

from colorattn.runs import record
from colorattn.training.checkpoint import Row
from colorattn.training.config import Experiment
from colorattn.training.loop import Diverged

Pair = tuple[str, int]  # a variant and a seed


def sweep(
    variants: Mapping[str, Experiment],
    seeds: list[int],
    folder: Path,
    workers: int | None = None,
    skip: Container[Pair] = (),  # left out
) -> Iterator[list[Row]]:
    """Train every variant with every seed; yield the rows of each run.

    Each run saves its checkpoint in `folder` after every epoch and continues
    from it. A run that fails yields one row that says why, in `error`.

    Joblib runs them, `workers` at a time, on one thread each. Its backend, and
    without `workers` their number, are the caller's `joblib.parallel_config`.
    """
    runs = [
        delayed(run_one)(name, replace(variants[name], seed=seed), folder)
        for seed in seeds  # a whole round of variants first
        for name in variants
        if (name, seed) not in skip
    ]
    yield from Parallel(workers, return_as="generator_unordered")(runs)


def run_one(name: str, experiment: Experiment, folder: Path) -> list[Row]:
    """Train one variant with one seed to its end, on one thread."""
    threads = torch.get_num_threads()
    path = checkpoint_path(folder, name, experiment.seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    label = {"variant": name, "seed": experiment.seed}
    torch.set_num_threads(1)
    try:
        rows = [{**label, **row} for row in record.record(experiment, path)]
    except (Diverged, ValueError) as reason:
        rows = [{**label, "error": f"{type(reason).__name__}: {reason}"}]
    finally:
        torch.set_num_threads(threads)
    return rows


def checkpoint_path(folder: Path, name: str, seed: int | None) -> Path:
    """Return where a run keeps its checkpoint."""
    return folder / name / f"{seed}.safetensors"
