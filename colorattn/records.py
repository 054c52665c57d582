"""What the course measures and stores: rows of runs, and trained weights.

`stored/runs/NAME.csv` holds a row for each seed and epoch, `NAME.json` beside
it how they were made; `stored/weights/NAME.safetensors` is one net of them.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from colorattn import checkpoint, symbols
from colorattn.experiment import EPOCH, Experiment, from_json
from colorattn.model import ColorNetImage
from colorattn.pretraining import pretrain
from colorattn.stream import Batch, fixed_scenes
from colorattn.training import batches, begin, evaluate, train

Row = dict[str, Any]
VALIDATION_SCENES = 1_000  # as many as the post held out
TEST_SCENES = 10_000
SCENE_SEED = 0  # of both scene sets, the same for every run
STORED = symbols.STORED
WHOLE = ("seed", "epoch")  # fields that count; the others are measured


@dataclass(frozen=True)
class Record:
    """Stored runs of one experiment that differ in their seeds alone."""

    name: str
    experiment: Experiment  # its seed is that of the stored net
    rows: list[Row]  # of all seeds, epoch by epoch
    test: list[Row]  # one for each seed, measured once, at the end
    provenance: dict[str, Any]  # command, hardware, versions, date

    @property
    def seeds(self) -> list[int]:
        """The seeds, in the order in which `curves` returns them."""
        return sorted({row["seed"] for row in self.rows})

    def curves(self, field: str) -> np.ndarray:
        """Return one field as an array of (seed, epoch)."""
        return np.array(
            [
                [row[field] for row in self.rows if row["seed"] == seed]
                for seed in self.seeds
            ]
        )


def scenes(experiment: Experiment, split: str) -> Batch:
    """Return the fixed scene set on which a run is measured."""
    n = TEST_SCENES if split == "test" else VALIDATION_SCENES
    drawings = symbols.load(experiment.symbols, split)
    return fixed_scenes(drawings, experiment.scene, n, SCENE_SEED)


def record(
    experiment: Experiment, path: Path, device: str = "cpu"
) -> Iterator[Row]:
    """Train an experiment to its end, yielding a row after each epoch.

    Run and rows are saved to `path` before each row is yielded; what is
    there already is yielded first and continued. Raises ValueError where
    `path` holds another experiment.
    """
    if path.exists():
        run, rows = checkpoint.load(path, device=device)
        check_same(experiment, run.experiment, path)
        run.experiment = replace(run.experiment, recipe=experiment.recipe)
        yield from rows[: experiment.recipe.epochs]
    else:
        run, rows = begin(experiment, device=device), []
    drawings = symbols.load(experiment.symbols, "train").to(device)
    held_out = scenes(experiment, "validation").to(device)
    before = rows[-1]["seconds"] if rows else 0.0
    start = perf_counter()
    if run.step == 0:
        pretrain(run, drawings)
    left = max(0, experiment.recipe.steps - run.step)
    for progress in train(run, batches(run, drawings), left):
        seconds = before + perf_counter() - start
        rows.append(
            {
                "seed": run.experiment.seed,
                "epoch": run.step // EPOCH,
                "train_loss": progress.loss,
                **evaluate(run.model, held_out)._asdict(),
                "seconds": seconds,  # of training; evaluation not counted
            }
        )
        checkpoint.save(run, path, rows)
        yield rows[-1]
        before, start = seconds, perf_counter()


def check_same(asked: Experiment, found: Experiment, path: Path) -> None:
    """Refuse to continue another experiment; a longer one may continue."""
    recipe = found.recipe
    if recipe.schedule == "constant":  # then epochs do not shape the run
        recipe = replace(recipe, epochs=asked.recipe.epochs)
    seed = found.seed if asked.seed is None else asked.seed
    if replace(asked, seed=seed) != replace(found, recipe=recipe):
        raise ValueError(
            f"{path} holds another experiment (seed {found.seed}): give "
            "another path, or delete it to begin anew."
        )


def holds(name: str) -> bool:
    """Say whether runs are stored under a name."""
    return (STORED / "runs" / f"{name}.csv").exists()


def run(name: str) -> Record:
    """Read stored runs. Raises ValueError where there are none of the name."""
    facts = json.loads(stored("runs", name, "json").read_text("utf-8"))
    with stored("runs", name, "csv").open(newline="") as file:
        rows = [
            {
                field: int(value) if field in WHOLE else float(value)
                for field, value in row.items()
            }
            for row in csv.DictReader(file)
        ]
    experiment = from_json(facts.pop("experiment"))
    return Record(name, experiment, rows, facts.pop("test"), facts)


def weights(name: str) -> ColorNetImage:
    """Return a stored net, ready to be asked (in evaluation mode).

    Names: post-mnist, post-fashion, best-mnist, best-fashion. Raises
    ValueError for another.
    """
    _, model, _ = checkpoint.net(stored("weights", name, "safetensors"))
    return model


def stored(folder: str, name: str, suffix: str) -> Path:
    """Return the path of a stored file that exists."""
    path = STORED / folder / f"{name}.{suffix}"
    if not path.exists():
        names = sorted(p.stem for p in path.parent.glob(f"*.{suffix}"))
        raise ValueError(f"nothing stored as {name!r}: choose from {names}.")
    return path
