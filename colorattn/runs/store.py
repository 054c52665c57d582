"""What the course stores: rows of runs, and trained weights.

`stored/runs/NAME.csv` has a row for each seed and epoch, `NAME.json` says how
they were made; `stored/weights/NAME.safetensors` is one network of them. New
seeds are added to those that a name has, so that the seeds of a sweep that
takes days can be stored as they finish.
"""

import csv
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from colorattn.data.symbols import STORED
from colorattn.files import write
from colorattn.model.colornet import ColorNetImage
from colorattn.runs.record import Row, scenes
from colorattn.training import checkpoint
from colorattn.training.config import NAMED, Experiment, from_json, to_json
from colorattn.training.loop import evaluate, start

COUNTS = ("seed", "epoch")  # fields that count; the others are measured


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


def exists(name: str) -> bool:
    """Say whether runs are stored under a name."""
    return (STORED / "runs" / f"{name}.csv").exists()


def load(name: str) -> Record:
    """Read stored runs. Raises ValueError where there are none of the name."""
    facts = json.loads(stored_file("runs", name, "json").read_text("utf-8"))
    with stored_file("runs", name, "csv").open(newline="") as file:
        rows = [
            {
                field: int(value) if field in COUNTS else float(value)
                for field, value in row.items()
            }
            for row in csv.DictReader(file)
        ]
    experiment = from_json(facts.pop("experiment"))
    return Record(name, experiment, rows, facts.pop("test"), facts)


def model(name: str) -> ColorNetImage:
    """Return a stored net, ready to be asked (in evaluation mode).

    Names: post-mnist, post-fashion, best-mnist, best-fashion. Raises
    ValueError for another.
    """
    _, model, _ = checkpoint.load_model(
        stored_file("weights", name, "safetensors")
    )
    return model


def stored_file(folder: str, name: str, suffix: str) -> Path:
    """Return the path of a stored file that exists."""
    path = STORED / folder / f"{name}.{suffix}"
    if not path.exists():
        names = sorted(p.stem for p in path.parent.glob(f"*.{suffix}"))
        raise ValueError(f"nothing stored as {name!r}: choose from {names}.")
    return path


def store(name: str, paths: list[Path], provenance: dict[str, Any]) -> Record:
    """Store finished runs under a name; of a named one the first net too.

    Measures each of them on the test scenes. Raises ValueError where the
    runs differ in more than their seeds.
    """
    found = [checkpoint.load_model(path) for path in paths]
    if not found:
        raise ValueError("there is no run to store: give at least one path.")
    experiment, model, _ = found[0]
    rows: list[Row] = []
    test: list[Row] = []
    asked = scenes(experiment, "test")
    for path, (its, trained, its_rows) in zip(paths, found, strict=True):
        if not same_but_seed(its, experiment):
            raise ValueError(f"{path} is a run of another experiment.")
        measured = evaluate(trained, asked)
        rows += its_rows
        test.append({"seed": its.seed, **measured._asdict()})
    record = save(Record(name, experiment, rows, test, provenance))
    if name in NAMED and record.experiment.seed == experiment.seed:
        bare = replace(start(experiment, model), step=experiment.recipe.steps)
        path = STORED / "weights" / f"{name}.safetensors"
        checkpoint.save(bare, path)
    return record


def save(new: Record) -> Record:
    """Write the rows of a record, beside those of other seeds.

    Where the name holds another experiment, that is replaced. Numbers keep
    five significant digits.
    """
    old = load(new.name) if exists(new.name) else new
    if not same_but_seed(old.experiment, new.experiment):
        old = new
    text = io.StringIO()
    table = csv.DictWriter(text, list(new.rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rounded(row) for row in merge_rows(old.rows, new.rows))
    facts = {
        "experiment": to_json(old.experiment),
        **new.provenance,
        "test": [rounded(row) for row in merge_rows(old.test, new.test)],
    }
    body = json.dumps(facts, indent=2) + "\n"
    folder = STORED / "runs"
    write(folder / f"{new.name}.csv", text.getvalue().encode())
    write(folder / f"{new.name}.json", body.encode())
    return load(new.name)


def same_but_seed(one: Experiment, other: Experiment) -> bool:
    """Say whether two experiments differ in their seeds at most."""
    return replace(one, seed=other.seed) == other


def merge_rows(old: list[Row], new: list[Row]) -> list[Row]:
    """Put new rows in the place of the old ones of their seeds, in order."""
    seeds = {row["seed"] for row in new}
    rows = [row for row in old if row["seed"] not in seeds] + new
    return sorted(rows, key=lambda row: (row["seed"], row.get("epoch", 0)))


def rounded(row: Row) -> Row:
    """Keep five significant digits of what was measured."""
    return {
        field: value if field in COUNTS else float(f"{value:.5g}")
        for field, value in row.items()
    }
