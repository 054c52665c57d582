"""Put runs into the package: rows, how they were made, and trained weights.

What a name holds already stays, unless a seed is given anew: the seeds of a
sweep that takes days can be stored, and kept in git, as they come.
"""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from colorattn import checkpoint, records
from colorattn.experiment import NAMED, Experiment, to_json
from colorattn.files import write
from colorattn.records import WHOLE, Record, Row
from colorattn.training import begin, evaluate


def store(name: str, paths: list[Path], provenance: dict[str, Any]) -> Record:
    """Store finished runs under a name; of a named one the first net too.

    Measures each of them on the test scenes. Raises ValueError where the
    runs differ in more than their seeds.
    """
    found = [checkpoint.net(path) for path in paths]
    if not found:
        raise ValueError("there is no run to store: give at least one path.")
    experiment, model, _ = found[0]
    rows: list[Row] = []
    test: list[Row] = []
    asked = records.scenes(experiment, "test")
    for path, (its, trained, its_rows) in zip(paths, found, strict=True):
        if not alike(its, experiment):
            raise ValueError(f"{path} is a run of another experiment.")
        measured = evaluate(trained, asked)
        rows += its_rows
        test.append({"seed": its.seed, **measured._asdict()})
    record = keep(Record(name, experiment, rows, test, provenance))
    if name in NAMED and record.experiment.seed == experiment.seed:
        bare = replace(begin(experiment, model), step=experiment.recipe.steps)
        path = records.STORED / "weights" / f"{name}.safetensors"
        checkpoint.save(bare, path)
    return record


def keep(new: Record) -> Record:
    """Write the rows of a record, beside those of other seeds.

    Where the name holds another experiment, that is replaced. Numbers keep
    five significant digits.
    """
    old = records.run(new.name) if records.holds(new.name) else new
    if not alike(old.experiment, new.experiment):
        old = new
    text = io.StringIO()
    table = csv.DictWriter(text, list(new.rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rounded(row) for row in merged(old.rows, new.rows))
    facts = {
        "experiment": to_json(old.experiment),
        **new.provenance,
        "test": [rounded(row) for row in merged(old.test, new.test)],
    }
    body = json.dumps(facts, indent=2) + "\n"
    folder = records.STORED / "runs"
    write(folder / f"{new.name}.csv", text.getvalue().encode())
    write(folder / f"{new.name}.json", body.encode())
    return records.run(new.name)


def alike(one: Experiment, other: Experiment) -> bool:
    """Say whether two experiments differ in their seeds at most."""
    return replace(one, seed=other.seed) == other


def merged(old: list[Row], new: list[Row]) -> list[Row]:
    """Put new rows in the place of the old ones of their seeds, in order."""
    seeds = {row["seed"] for row in new}
    rows = [row for row in old if row["seed"] not in seeds] + new
    return sorted(rows, key=lambda row: (row["seed"], row.get("epoch", 0)))


def rounded(row: Row) -> Row:
    """Keep five significant digits of what was measured."""
    return {
        field: value if field in WHOLE else float(f"{value:.5g}")
        for field, value in row.items()
    }
