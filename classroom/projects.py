"""Projects: a class trains together, with a seed and a variant for each.

`new --project` writes a notebook for every student, which trains a chapter's
network without and with a change. What its last cell prints is handed in;
`show` pools the pairs beside those that the course stores. A hand-in is only
read, and nothing in it runs.

The first losses of a run follow from its seed, so they are computed again
here. Other machines and numbers of threads move them by less than 0.015 of
the standard deviation between seeds (measured for all projects), so that a
tenth of it tells a different seed or a changed network from a different
machine. The accuracy has to be where the stored runs let us expect it; one
that was made up within these bounds cannot be told from one that was measured.
"""

import json
from base64 import b64encode
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from scipy import stats

from classroom import notebooks
from classroom.exercises import bootstrap
from classroom.folder import ClassFolder, Table, csv_text, number, read_table
from classroom.hand_in import read
from classroom.rendering import render
from classroom.sheets import facts
from colorattn import figures, runs
from colorattn.analysis import difference, error_ratio
from colorattn.analysis.statistics import Difference
from colorattn.data import load
from colorattn.data.symbols import Symbols
from colorattn.files import write
from colorattn.training import start, stream_of, train, vary
from colorattn.training.config import Experiment

FIRST_SEED = 100  # those below are the course's own
FIRST = 4  # losses that are computed again
REFERENCES = range(5)  # the seeds that tell how far apart seeds are
TOLERANCE = 0.1  # standard deviations between seeds
CERTAIN = 0.9999  # of the prediction interval for an accuracy
COLUMNS = ["id", "seed", "variant", "keep"]
BEGINS = '{"project": '  # the line that is handed in

Pairs = dict[str, pd.DataFrame]  # by variant: accuracies, a row for each seed
Figures = list[tuple[str, str]]  # PNG in base64, and alt text


@dataclass(frozen=True)
class Project:
    """What a class trains: base and variants are names of stored runs."""

    number: str  # "7.5"
    title: str
    base: str  # "ablations/post"
    variants: list[str]  # those that students get in turn
    epochs: int
    scenes: int  # on which accuracy is measured
    whole: bool = False  # to the end of the recipe, as the stored tests
    ratio: bool = False  # of error rates; else a difference in points
    changes: dict[str, Any] | None = None  # of variants that none stores

    def record(self, name: str) -> runs.Record | None:
        """Load the stored runs of base or variant; None if there are none."""
        if name in (self.changes or {}):
            return None
        return runs.load(f"{self.folder}{name}")

    @property
    def what(self) -> str:
        """What the figure shows, with its unit."""
        if self.ratio:
            return f"error rate, times that of {self.base_name}"
        return f"accuracy, difference from {self.base_name} (points)"

    @property
    def folder(self) -> str:
        """Where the runs are stored; it ends with a slash, or is empty."""
        return self.base[: self.base.rfind("/") + 1]

    @property
    def base_name(self) -> str:
        """The name of the base among the variants."""
        return self.base.removeprefix(self.folder)

    def experiments(self, variant: str) -> dict[str, Experiment]:
        """Map the names of base and variant to them, in this order."""
        base, found = runs.load(self.base).experiment, self.record(variant)
        changes = (self.changes or {}).get(variant, {})
        changed = found.experiment if found else vary(base, changes)
        return {self.base_name: base, variant: changed}

    def stored(self, name: str) -> pd.Series:
        """Return the accuracies of stored runs by seed; empty if none are."""
        found = self.record(name)
        if found is None:
            return pd.Series(dtype=float)
        curves = found.curves("accuracy")
        return found.test.accuracy if self.whole else curves[self.epochs]


@dataclass(frozen=True)
class Rows:
    """What a student has handed in."""

    seed: int
    drawings: int  # that were trained on
    first: dict[str, list[float]]  # losses, by the name of the run
    right: dict[str, int]  # scenes


def project(number: str) -> Project:
    """Return a project. Raises ValueError for one that does not exist."""
    known = facts()["project"]
    if number not in known:
        raise ValueError(
            f"there is no project {number!r}. There are {', '.join(known)}."
        )
    return Project(number, **known[number])


def hand_out(own: ClassFolder, variants: list[str]) -> None:
    """Give each student a seed, a variant and a notebook.

    Raises ValueError for a class without a list, and an unknown variant.
    """
    its = project(own.sheet.project)
    if not own.students:
        raise ValueError("a project needs --students: each gets a seed.")
    variants = variants or its.variants
    for variant in variants:
        its.experiments(variant)
    table: Table = []
    for n, id in enumerate(own.students):
        seed, variant = FIRST_SEED + n, variants[n % len(variants)]
        row = {"id": id, "seed": str(seed), "variant": variant, "keep": ""}
        table.append(row)
        path = own.path / "handed_out" / f"{id}.ipynb"
        write(path, notebook(own, seed, variant))
    write(own.path / "project.csv", csv_text(table))


def notebook(own: ClassFolder, seed: int, variant: str) -> bytes:
    """Return the notebook of one student."""
    its = project(own.sheet.project)
    change = (its.changes or {}).get(variant)
    about = {"seed": seed, "variant": variant, "first": FIRST}
    text = render("project.md", its=its, change=change, **about).decode()
    title, *code = [part.strip() for part in text.split("\n%%\n")]
    cells = [
        notebooks.markdown("title", title),
        notebooks.markdown("name", notebooks.NAME),
        notebooks.code("bootstrap", bootstrap()),
    ]
    cells += [notebooks.code(f"project-{n}", x) for n, x in enumerate(code, 1)]
    return notebooks.notebook(cells, own.sheet)


def handed_in(path: Path, most: int) -> Rows:
    """Read what the last cell has printed; at most so many scenes are right.

    Raises ValueError, saying what is wrong.
    """
    printed = "\n".join(cell.printed for cell in read(path).cells)
    lines = [x for x in printed.splitlines() if x.startswith(BEGINS)]
    if not lines:
        raise ValueError("no rows: run all cells, save, and hand in again")
    try:
        row = json.loads(lines[-1])
        told = dict(row["runs"].items())
        found = Rows(
            int(row["seed"]),
            int(row["drawings"]),
            {name: [*map(float, its["first"])] for name, its in told.items()},
            {name: its["right"] for name, its in told.items()},
        )
        written = all(len(losses) == FIRST for losses in found.first.values())
        for right in found.right.values():
            written &= type(right) is int and 0 <= right <= most
    except Exception:  # of a form that the notebook does not write
        written = False
    if not written:
        raise ValueError("rows that the notebook does not write")
    return found


@cache
def drawings(dataset: str) -> Symbols:
    """Return the drawings that a dataset's networks train on."""
    return load(dataset, "train")


@cache
def first_losses(experiment: Experiment, seed: int) -> torch.Tensor:
    """Return the losses of an experiment's first steps."""
    run = start(replace(experiment, seed=seed))
    stream = stream_of(run, drawings(experiment.dataset))
    steps = train(run, stream, FIRST, report_every=1)
    return torch.tensor([step.loss for step in steps])


def doubt(its: Project, rows: Rows, seed: int, variant: str) -> str:
    """Say why rows cannot come from a seed; empty if they can."""
    experiments = its.experiments(variant)
    if rows.seed != seed or rows.right.keys() != experiments.keys():
        return f"these are {', '.join(rows.right)} of seed {rows.seed}"
    count = len(drawings(experiments[variant].dataset).images)
    if rows.drawings != count:
        return f"trained on {rows.drawings} drawings, not {count}"
    for name, experiment in experiments.items():
        spread = torch.stack([first_losses(experiment, n) for n in REFERENCES])
        away = torch.tensor(rows.first[name]) - first_losses(experiment, seed)
        if not (away.abs() < TOLERANCE * spread.std(dim=0)).all():
            return f"{name}: the first losses are not those of seed {seed}"
        low, high = expected(its.stored(name))
        if not low <= rows.right[name] / its.scenes <= high:
            share = rows.right[name] / its.scenes
            return f"{name}: {share:.1%} is not from {low:.1%} to {high:.1%}"
    return ""


def expected(stored: pd.Series) -> tuple[float, float]:
    """Return the prediction interval of an accuracy; 0 to 1 if unknown."""
    n = len(stored)
    if n < 2:
        return 0.0, 1.0
    scale = stored.std() * (1 + 1 / n) ** 0.5
    low, high = stats.t.interval(CERTAIN, n - 1, stored.mean(), scale)
    return max(low, 0.0), min(high, 1.0)


def pool(own: ClassFolder) -> tuple[Pairs, Table]:
    """Read all hand-ins: the pairs that count, and a row for each student.

    Rows that cannot come from their seed count only if the teacher has
    written something into the column `keep`. Raises ValueError for a
    project.csv that is wrong.
    """
    its = project(own.sheet.project)
    pairs: dict[str, dict[int, dict[str, float]]] = {}
    table: Table = []
    owners: dict[str, str] = {}
    for n, given in enumerate(read_table(own.path / "project.csv", COLUMNS)):
        where, id = f"project.csv, row {n + 2}", given["id"]
        seed = int(number(given["seed"], f"{where}: seed"))
        if id not in own.students:
            raise ValueError(f"{where}: there is no student {id!r}.")
        variant, note = given["variant"], "nothing handed in"
        path, _ = own.hand_in(own.students[id])
        try:
            rows = handed_in(path, its.scenes) if path else None
        except (ValueError, OSError) as reason:
            rows, note = None, str(reason)
        right = {name: "" for name in (its.base_name, variant)}
        if rows:
            right = {x: str(rows.right.get(x, "")) for x in right}
            note = doubt(its, rows, seed, variant)
            owner = owners.setdefault(f"{rows.first} {rows.right}", id)
            note = f"these are the rows of {owner}" if owner != id else note
        if "" not in right.values() and (given["keep"] or not note):
            shares = {x: int(n) / its.scenes for x, n in right.items()}
            pairs.setdefault(variant, {})[seed] = shares
        counts = dict(zip(("base", "changed"), right.values(), strict=True))
        table.append(given | counts | {"note": note[:200]})
    frames = {k: pd.DataFrame.from_dict(v, "index") for k, v in pairs.items()}
    return frames, table


def show(own: ClassFolder, anonymous: bool = False) -> None:
    """Write the page of a project, and its table."""
    its = project(own.sheet.project)
    pairs, table = pool(own)
    groups: dict[str, dict[str, Any]] = {}
    dots: dict[str, list[float]] = defaultdict(list)
    for variant in dict.fromkeys(row["variant"] for row in table):
        names = its.base_name, variant
        stored = pd.DataFrame({x: its.stored(x) for x in names})
        ours = pairs.get(variant, stored[:0])
        for name in names:
            dots[f"{name}, stored"] = [*(100 * stored[name].dropna())]
            dots[f"{name}, class"] += [*(100 * ours[name])]
        both = pd.concat([stored.dropna(), ours])
        sources = {"stored": stored.dropna(), "class": ours, "together": both}
        for source, found in sources.items():
            if len(found) > 1:
                effect = effect_of(its, found[variant], found[names[0]])
                groups.setdefault(source, {})[variant] = effect
    content = render(
        "project.html",
        title=own.sheet.title,
        its=its,
        groups=groups,
        figures=drawn(its, groups, {k: x for k, x in dots.items() if x}),
        doubtful=[] if anonymous else [row for row in table if row["note"]],
        pairs=sum(map(len, pairs.values())),
        table=table,
    )
    write(own.marked / "overview.html", content)
    write(own.marked / "rows.csv", csv_text(table))


def effect_of(its: Project, variant: pd.Series, base: pd.Series) -> Difference:
    """Return what the change does, with its paired interval."""
    if its.ratio:
        return error_ratio(1 - variant, 1 - base)
    return difference(100 * variant, 100 * base)


def drawn(its: Project, groups: Any, dots: Any) -> Figures:
    """Draw the intervals, and every run."""
    found = []
    if groups:
        intervals = {
            source: {variant: x[:3] for variant, x in effects.items()}
            for source, effects in groups.items()
        }
        alt = f"Intervals of 95%: {its.what}."
        found.append(figures.interval_dots(intervals, its.what, alt))
    if dots:
        alt = "Accuracy of every run, the course's and the class's."
        found.append(figures.seed_rows({"accuracy (%)": dots}, alt))
    return [(b64encode(x.png()).decode(), x.alt) for x in found]
