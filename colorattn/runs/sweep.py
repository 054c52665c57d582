"""Train many runs side by side: every variant of a sweep with every seed.

Variants with the same seed meet the same scenes and start with the same
weights in the layers they share, so that their differences pair.
"""

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock

import torch
from joblib import Parallel, delayed

from colorattn.runs import record
from colorattn.training.checkpoint import Row
from colorattn.training.config import Experiment
from colorattn.training.loop import Diverged

Pair = tuple[str, int]  # a variant and a seed
ALONE = Lock()  # in a process: layers draw from PyTorch's one generator


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
    On other machines `folder` must be the same folder.
    """
    folder = folder.absolute()
    runs = [
        delayed(run_one)(name, replace(variants[name], seed=seed), folder)
        for seed in seeds  # a whole round of variants first
        for name in variants
        if (name, seed) not in skip
    ]
    # All at once, since a cluster may grow while it works.
    parallel = Parallel(
        workers,
        return_as="generator_unordered",
        pre_dispatch="all",
        batch_size=1,
    )
    yield from parallel(runs)


def run_one(name: str, experiment: Experiment, folder: Path) -> list[Row]:
    """Train one variant with one seed to its end, on one thread.

    Where another process trains this run, wait and return what it reaches.
    """
    path = checkpoint_path(folder, name, experiment.seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    label = {"variant": name, "seed": experiment.seed}
    with ALONE, locked(path), one_thread():
        try:
            rows = record.record(experiment, path)
            return [{**label, **row} for row in rows]
        except (Diverged, ValueError) as reason:
            return [{**label, "error": f"{type(reason).__name__}: {reason}"}]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a checkpoint, once no other process holds it.

    A scheduler that has lost sight of a worker starts its run elsewhere, while
    the worker may go on. The system releases the lock of a killed process.
    """
    from fcntl import LOCK_EX, flock  # not on Windows

    with open(path.with_name(f".{path.name}.lock"), "w") as file:
        flock(file, LOCK_EX)
        yield


@contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch compute on one thread, so that last bits are the same."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def checkpoint_path(folder: Path, name: str, seed: int | None) -> Path:
    """Return where a run keeps its checkpoint."""
    return folder / name / f"{seed}.safetensors"
