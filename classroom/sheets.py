"""Sheets: which exercises are handed out together, and how words are marked.

The sessions of the lesson plan are in `sheets.toml`, and so are the rubrics;
besides, each chapter has a sheet of all its exercises.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classroom.exercises import Exercise, exercises

POINTS = {True: 3, False: 2}  # in words: one a line of the rubric; in code


@dataclass(frozen=True)
class Sheet:
    """Exercises that are handed out and marked together."""

    name: str  # "first" or "chapter-03"
    title: str
    numbers: list[str]  # "3.1"

    @property
    def project(self) -> str:
        """The number of the project, "7.5"; empty for exercises."""
        return self.name.partition("project-")[2]

    @property
    def exercises(self) -> list[Exercise]:
        """Its exercises, in order."""
        return [exercises()[number] for number in self.numbers]

    @property
    def chapters(self) -> list[int]:
        """The numbers of the chapters that they are from, in order."""
        return sorted({exercise.chapter for exercise in self.exercises})


@cache
def facts() -> dict[str, Any]:
    """Read `sheets.toml`."""
    path = Path(__file__).with_suffix(".toml")
    return tomllib.loads(path.read_text("utf-8"))


@cache
def sheets() -> dict[str, Sheet]:
    """Map the name of each sheet to it: sessions first, then chapters."""
    found = {
        name: Sheet(name, given["title"], given["exercises"])
        for name, given in facts()["sheet"].items()
    }
    for number, exercise in exercises().items():
        name = f"chapter-{exercise.chapter:02}"
        whole = Sheet(name, f"Chapter {exercise.chapter}", [])
        found.setdefault(name, whole).numbers.append(number)
    return found


def sheet(name: str) -> Sheet:
    """Return a sheet. Raises ValueError for one that does not exist."""
    known = facts()["project"]
    if (number := name.removeprefix("project-")) != name and number in known:
        title = f"Project {number}: {known[number]['title']}"
        return Sheet(name, title, [])
    if name not in sheets():
        raise ValueError(
            f"there is no sheet {name!r}. There are {', '.join(sheets())}."
        )
    return sheets()[name]


def rubrics() -> dict[str, Any]:
    """Map each exercise in words to `lines`, and what a typical one `misses`.

    There is a point for each of the three lines. One that has no rubric of
    its own yet has the usual one.
    """
    known = facts()["rubric"]
    words = [number for number, x in exercises().items() if x.in_words]
    return {number: known.get(number, known["usual"]) for number in words}


def question(number: str, misconception: str) -> str:
    """Return what to ask a class that has a misconception."""
    asked = facts()["ask"][number]
    return asked.get(misconception, asked["usual"])
