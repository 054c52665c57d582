"""A class folder: who is in the class, what was handed in, what was found.

class.toml      the sheet, when it is due, points, limits
students.csv    id,name,extra_days,extra_seconds
submitted/ID/   what was handed in; never changed
marked/SHEET/   what the kit writes
overrides.csv   id,exercise,points,comment: the teacher's word, which wins
"""

import csv
import datetime
import io
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from classroom.exercises import exercises
from classroom.rendering import render
from classroom.sandbox import Limits
from classroom.sheets import POINTS, Sheet, sheet
from colorattn.files import write

STUDENTS = ["id", "name", "extra_days", "extra_seconds"]
OVERRIDES = ["id", "exercise", "points", "comment"]
ID = re.compile(r"\w[\w.@+-]{0,63}")

Table = list[dict[str, str]]


@dataclass(frozen=True)
class Student:
    """One row of students.csv."""

    id: str
    name: str = ""
    extra_days: float = 0
    extra_seconds: float = 0  # of computing


@dataclass(frozen=True)
class ClassFolder:
    """A class folder. `load` checks it."""

    path: Path
    sheet: Sheet
    due: datetime.datetime | None
    settings: dict[str, float]  # see templates/class.toml
    points: dict[str, float]  # of exercises, where they aren't the usual ones
    students: dict[str, Student]

    @property
    def marked(self) -> Path:
        """The folder that the kit writes into."""
        return self.path / "marked" / self.sheet.name

    def worth(self, number: str) -> float:
        """Return the points of an exercise."""
        return self.points.get(number, POINTS[exercises()[number].in_words])

    def hand_in(self, student: Student) -> tuple[Path | None, list[str]]:
        """Find the file that counts, with notes: the newest notebook."""
        paths = sorted((self.path / "submitted" / student.id).glob("[!.]*"))
        files = [path for path in paths if path.is_file()]
        books = [x for x in files if x.suffix in (".ipynb", ".py")] or files
        notes = [f"{len(books)} files; the newest was taken"]
        newest = max(books, key=lambda x: x.stat().st_mtime, default=None)
        return newest, notes if len(books) > 1 else []

    def limits(self, student: Student) -> Limits:
        """Return the limits of one student's exercises."""
        seconds = int(self.settings["seconds"] + student.extra_seconds)
        memory = int(self.settings["memory_gb"] * (1 << 30))
        return Limits(seconds, clock=max(60, 6 * seconds), memory=memory)

    @cached_property
    def overrides(self) -> dict[tuple[str, str], tuple[float, str]]:
        """The teacher's points and comments, by (id, exercise)."""
        found = {}
        table = read_table(self.path / "overrides.csv", OVERRIDES)
        for n, row in enumerate(table, 2):
            where = f"overrides.csv, row {n}"
            key = row["id"], row["exercise"]
            if key[0] not in self.students or key[1] not in exercises():
                raise ValueError(f"{where}: there is no {' or '.join(key)}.")
            points = number(row["points"], f"{where}: points")
            found[key] = points, row["comment"]
        return found


def load(path: Path) -> ClassFolder:
    """Read a class folder. Raises ValueError, naming file and line."""
    if not (path / "class.toml").is_file():
        raise ValueError(
            f"there is no class folder {str(path)!r}. Make one: python -m "
            f"classroom new {path} --sheet first"
        )
    settings = read_settings((path / "class.toml").read_text("utf-8"))
    return ClassFolder(path, *settings, read_students(path))


def create(path: Path, name: str, students: Path | None) -> None:
    """Make a class folder. Raises ValueError or OSError."""
    sheet(name)
    if path.exists() and any(path.iterdir()):
        raise ValueError(f"{str(path)!r} is not empty; choose a new folder.")
    table = ",".join(STUDENTS) + "\n"
    if students is not None:
        table = students.read_text("utf-8-sig")
    write(path / ".gitignore", b"*\n")  # nothing of a student goes into git
    write(path / "class.toml", render("class.toml", sheet=name))
    write(path / "students.csv", table.encode())
    (path / "submitted").mkdir(exist_ok=True)
    read_students(path)


def read_students(path: Path) -> dict[str, Student]:
    """Read students.csv; without rows, whoever has handed in is a student."""
    found: dict[str, Student] = {}
    for n, row in enumerate(read_table(path / "students.csv", ["id"]), 2):
        where, id = f"students.csv, row {n}", row["id"]
        if not ID.fullmatch(id):
            raise ValueError(
                f"{where}: the id {id!r} has to be letters, digits and .@+-"
            )
        if id in found:
            first = [*found].index(id) + 2
            raise ValueError(
                f"students.csv has the id {id} twice, in rows {first} and {n}."
            )
        extra = [
            number(row.get(key) or "0", f"{where}: {key}")
            for key in ("extra_days", "extra_seconds")
        ]
        found[id] = Student(id, row.get("name", ""), *extra)
    if not found and (path / "submitted").is_dir():
        names = sorted(x.name for x in (path / "submitted").iterdir())
        found = {name: Student(name) for name in names if ID.fullmatch(name)}
    return found


def read_settings(text: str) -> tuple[Any, ...]:
    """Read class.toml. Raises ValueError, naming the line."""
    try:
        facts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise ValueError(f"class.toml: {reason}") from None

    def check(right: bool, key: str, needed: str, value: object) -> None:
        lines = enumerate(text.splitlines(), 1)
        line = next((n for n, x in lines if key in x.partition("#")[0]), 1)
        if not right:
            raise ValueError(
                f"class.toml, line {line}: {key} must be {needed}, not "
                f"{value!r}."
            )

    usual = tomllib.loads(render("class.toml", sheet="").decode())
    del usual["sheet"], usual["points"]
    due, points = facts.pop("due", None), facts.pop("points", {})
    chosen = sheet(facts.pop("sheet", ""))
    right = due is None or isinstance(due, datetime.datetime)
    check(right, "due", "a date and time, as in 2027-01-31T18:00:00", due)
    check(isinstance(points, dict), "points", "a table", points)
    for key in facts:
        known = ["sheet", "due", *usual, "[points]"]
        check(key in usual, key, f"one of {', '.join(known)}", key)
    for key in points:
        check(key in exercises(), key, "the number of an exercise", key)
    for key, value in [*facts.items(), *points.items()]:
        right = type(value) in (int, float) and 0 <= value <= 1e6
        check(right, key, "a number of at least 0", value)
    return chosen, due, usual | facts, points


def read_table(path: Path, needed: list[str]) -> Table:
    """Read a spreadsheet's table; none if there is no file.

    Raises ValueError if a column is missing.
    """
    if not path.exists():
        return []
    text = path.read_text("utf-8-sig")
    mark = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
    columns = reader.fieldnames = [x.strip() for x in reader.fieldnames or []]
    if missing := [name for name in needed if name not in columns]:
        raise ValueError(
            f"{path.name}: the first line has to name the columns "
            f"{', '.join(needed)}; {', '.join(missing)} is missing."
        )
    found = [{k: (v or "").strip() for k, v in x.items() if k} for x in reader]
    return [row for row in found if any(row.values())]


def csv_text(table: Table) -> bytes:
    """Write a table for spreadsheets, so that no cell can be a formula."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*table[0]] if table else [])
    writer.writeheader()
    signs = tuple("=+-@\t\r")
    for row in table:
        inert = {k: "'" * v.startswith(signs) + v for k, v in row.items()}
        writer.writerow(inert)
    return out.getvalue().encode("utf-8-sig", errors="replace")


def number(text: str, what: str, most: float = 1e6) -> float:
    """Read a number of at least 0. Raises ValueError naming what it is."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise ValueError(
            f"{what} must be a number from 0 to {most:g}, not {text!r}."
        )
    return value
