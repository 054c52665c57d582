"""What the course stores: rows of runs, and trained weights.

`stored/runs/NAME.csv` has a row for each seed and epoch, `NAME.json` says how
they were made, what they reach on the test scenes, and (packed) which of
these they answer right; `stored/weights/NAME.safetensors` is one network of
them. New seeds are added to those that a name has.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from colorattn.data.symbols import STORED
from colorattn.files import write
from colorattn.model.colornet import ColorNetImage
from colorattn.runs import record
from colorattn.training import checkpoint
from colorattn.training.checkpoint import Row
from colorattn.training.config import NAMED, Experiment, from_json
from colorattn.training.loop import Metrics, measure, start


@dataclass(frozen=True)
class Record:
    """Stored runs of one experiment that differ only in their seeds.

    Tables are indexed by seed, so that two records pair by seed:
    `a.test.accuracy - b.test.accuracy`.
    """

    name: str
    experiment: Experiment  # its seed is that of the stored model
    rows: pd.DataFrame  # indexed by (seed, epoch)
    test: pd.DataFrame  # indexed by seed; measured once, at the end
    provenance: dict[str, Any]  # command, hardware, versions, date
    # Whether each test scene (a column) is answered right, by seed; no rows
    # where this was not kept.
    right: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def seeds(self) -> list[int]:
        """The seeds, in order."""
        return [int(seed) for seed in self.rows.index.unique("seed")]

    def curves(self, field: str) -> pd.DataFrame:
        """Return one measure with a row for each seed, a column an epoch."""
        return self.rows[field].unstack("epoch")


def exists(name: str) -> bool:
    """Say whether runs are stored under a name."""
    return (STORED / "runs" / f"{name}.csv").exists()


def load(name: str) -> Record:
    """Read stored runs. Raises ValueError if there are none of this name."""
    facts = json.loads(stored_file("runs", name, "json").read_text("utf-8"))
    path = stored_file("runs", name, "csv")
    rows = pd.read_csv(path, index_col=["seed", "epoch"])
    experiment = from_json(facts.pop("experiment"))
    test = pd.DataFrame(facts.pop("test") or {"seed": []}).set_index("seed")
    right = unpack(facts.pop("right", {}))
    return Record(name, experiment, rows, test, facts, right)


def tables(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read runs of other networks: their curves, and what ended them.

    Curves are indexed by (variant, seed, step), what was measured at the end
    by (variant, seed). Raises ValueError if none are stored under the name.
    """
    facts = json.loads(stored_file("runs", name, "json").read_text("utf-8"))
    curves = pd.read_csv(stored_file("runs", name, "csv"))
    ends = pd.DataFrame(facts["end"]).set_index(["variant", "seed"])
    return curves.set_index(["variant", "seed", "step"]), ends


def model(name: str) -> ColorNetImage:
    """Return a stored model in evaluation mode, or raise ValueError."""
    path = stored_file("weights", name, "safetensors")
    return checkpoint.load_model(path)[1]


def stored_file(folder: str, name: str, suffix: str) -> Path:
    """Return the path of a stored file. Raises ValueError without one."""
    path = STORED / folder / f"{name}.{suffix}"
    if not path.exists():
        names = sorted(p.stem for p in path.parent.glob(f"*.{suffix}"))
        raise ValueError(f"nothing stored as {name!r}: choose from {names}.")
    return path


def store(name: str, paths: list[Path], provenance: dict[str, Any]) -> Record:
    """Store finished runs, measured on the test scenes, and a named model.

    Raises ValueError for runs that differ in more than their seeds.
    """
    found = [checkpoint.load_model(path) for path in paths]
    if not found:
        raise ValueError("there is no run to store: give at least one path.")
    experiment, model, _ = found[0]
    rows: list[Row] = []
    test: list[Row] = []
    right: dict[int | None, Any] = {}
    scene_set = record.scenes(experiment, "test")
    for path, (other, net, epochs) in zip(paths, found, strict=True):
        if not same_but_seed(other, experiment):
            raise ValueError(f"{path} is a run of a different experiment.")
        marks = measure(net, scene_set)
        means = Metrics(*marks.double().mean(dim=1).tolist())
        rows += epochs
        test.append({"seed": other.seed, **means._asdict()})
        right[other.seed] = marks[0].bool().numpy()
    table = pd.DataFrame(rows).set_index(["seed", "epoch"])
    measures = pd.DataFrame(test).set_index("seed")
    answers = pd.DataFrame.from_dict(right, orient="index")
    new = Record(name, experiment, table, measures, provenance, answers)
    kept = save(new)
    if name in NAMED and kept.experiment.seed == experiment.seed:
        bare = replace(start(experiment, model), step=experiment.recipe.steps)
        path = STORED / "weights" / f"{name}.safetensors"
        checkpoint.save(bare, path)
    return kept


def save(new: Record) -> Record:
    """Write a record, keeping the rows of other seeds of the same name.

    A different experiment of this name is replaced. Numbers keep five digits.
    """
    old = load(new.name) if exists(new.name) else new
    if not same_but_seed(old.experiment, new.experiment):
        old = new
    test = merge_rows(old.test, new.test).apply(
        lambda column: column.map(lambda value: float(f"{value:.5g}"))
    )
    facts = {
        "experiment": asdict(old.experiment),
        **new.provenance,
        "test": test.reset_index().to_dict("records"),
    }
    if packed := pack(merge_rows(old.right, new.right)):
        facts["right"] = packed
    table = merge_rows(old.rows, new.rows).to_csv(float_format="%.5g")
    body = json.dumps(facts, indent=2) + "\n"
    write(STORED / "runs" / f"{new.name}.csv", table.encode())
    write(STORED / "runs" / f"{new.name}.json", body.encode())
    return load(new.name)


def same_but_seed(one: Experiment, other: Experiment) -> bool:
    """Say whether two experiments differ at most in their seeds."""
    return replace(one, seed=other.seed) == other


def merge_rows(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Replace the rows of the new seeds and keep the others, in order."""
    seeds = new.index.get_level_values(0)  # the first of them is the seed
    kept = old[~old.index.get_level_values(0).isin(seeds)]
    return pd.concat([kept, new]).sort_index()


def pack(right: pd.DataFrame) -> dict[str, str]:
    """Turn each seed's marks into text, eight in a byte, base64."""
    rows = right.to_numpy(bool)
    return {
        str(seed): b64encode(np.packbits(marks).tobytes()).decode()
        for seed, marks in zip(right.index, rows, strict=True)
    }


def unpack(packed: dict[str, str]) -> pd.DataFrame:
    """Undo `pack`."""
    rows = {}
    for seed, text in packed.items():
        body = np.frombuffer(b64decode(text), np.uint8)
        rows[int(seed)] = np.unpackbits(body, count=record.TEST_SCENES)
    return pd.DataFrame.from_dict(rows, orient="index").astype(bool)
