"""Train variants of an experiment side by side, and keep a row of each epoch.

A variant changes one dotted field of a base (`model.read`), or a few that
only make sense together. Variants with one seed meet the same scenes and
begin alike in whatever layers they share, so that their differences pair.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import torch
from joblib import Parallel, delayed, parallel_config

from colorattn import records
from colorattn.experiment import Experiment
from colorattn.records import Row
from colorattn.training import Diverged

Changes = Mapping[str, Any]  # from dotted fields to their values
Pair = tuple[str, int]  # a variant and a seed


def vary(base: Any, changes: Changes) -> Any:
    """Return an experiment with some dotted fields changed.

    Raises ValueError for a field that does not exist, naming those that do,
    and for a value that does not fit the others.
    """
    own: dict[str, Any] = {}
    deeper: dict[str, dict[str, Any]] = {}
    for path, value in changes.items():
        name, _, rest = path.partition(".")
        known = [f.name for f in fields(base)] if is_dataclass(base) else []
        if name not in known:
            raise ValueError(
                f"{type(base).__name__} has no field {name!r}: choose from "
                f"{known}."
            )
        if rest:
            deeper.setdefault(name, {})[rest] = value
        else:
            own[name] = value
    for name, parts in deeper.items():
        own[name] = vary(getattr(base, name), parts)
    return replace(base, **own)


def sweep(
    variants: Mapping[str, Experiment],
    seeds: list[int],
    folder: Path,
    workers: int = 1,
    done: Container[Pair] = (),
) -> Iterator[list[Row]]:
    """Train every variant with every seed; yield a run's rows as it ends.

    Leaves out each (variant, seed) that is in `done`.

    Each run keeps its checkpoint in `folder` after every epoch, so that a
    sweep that was killed continues where it was and repeats nothing. Runs go
    side by side in processes of one thread each. A run that fails yields one
    row that says why, in `error`; it is tried again when the sweep is.
    """
    runs = [
        delayed(one)(name, replace(variants[name], seed=seed), folder)
        for seed in seeds  # a whole round of variants first
        for name in variants
        if (name, seed) not in done
    ]
    with parallel_config("loky", inner_max_num_threads=1):
        yield from Parallel(workers, return_as="generator_unordered")(runs)


def one(name: str, experiment: Experiment, folder: Path) -> list[Row]:
    """Train one variant with one seed to its end, on one thread."""
    threads = torch.get_num_threads()
    path = place(folder, name, experiment.seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    label = {"variant": name, "seed": experiment.seed}
    torch.set_num_threads(1)
    try:
        rows = [{**label, **row} for row in records.record(experiment, path)]
    except (Diverged, ValueError) as reason:
        rows = [{**label, "error": f"{type(reason).__name__}: {reason}"}]
    finally:
        torch.set_num_threads(threads)
    return rows


def place(folder: Path, name: str, seed: int | None) -> Path:
    """Return where a run keeps its checkpoint."""
    return folder / name / f"{seed}.safetensors"
