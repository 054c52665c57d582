"""Notebooks to hand out: a student's sheet, and the teacher's edition.

All bytes are the same each time: cell ids are the chapters', nothing is
drawn, and there are no dates.
"""

import json

from classroom.exercises import Cell, Exercise, bootstrap
from classroom.hand_in import EMPTY_ANSWER
from classroom.rendering import render
from classroom.sheets import Sheet, rubrics

NAME = "My number or alias: "
FOLDED = "\n\n<details>\n<summary>{}</summary>\n\n{}\n\n</details>"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def student(sheet: Sheet, hints: bool = False) -> bytes:
    """Return a student's notebook: no solution and no model answer in it."""
    cells = opening(sheet)
    for exercise in sheet.exercises:
        id = exercise.id
        cells.append(markdown(f"{id}-text", prompt(exercise, hints)))
        if exercise.in_words:
            cells.append(markdown(f"{id}-answer", EMPTY_ANSWER))
        else:
            cells.append(code(f"{id}-stub", exercise.stub))
            cells.append(code(f"{id}-check", check_of(exercise)))
    return notebook(cells, sheet)


def teacher(sheet: Sheet) -> bytes:
    """Return the teacher's notebook: solutions, model answers, rubrics."""
    cells = opening(sheet)
    for exercise in sheet.exercises:
        id = exercise.id
        cells.append(markdown(f"{id}-text", prompt(exercise, hints=True)))
        if exercise.in_words:
            rubric = rubrics()[exercise.number]
            model = render("model.md", exercise=exercise, rubric=rubric)
            cells.append(markdown(f"{id}-model", model.decode()))
        else:
            cells.append(code(f"{id}-solution", exercise.solution))
            cells.append(code(f"{id}-check", check_of(exercise)))
    return notebook(cells, sheet)


def opening(sheet: Sheet) -> list[Cell]:
    """Return the first cells: how to hand in, name, package, imports."""
    lines = [x.imports for x in sheet.exercises if not x.in_words]
    lines = "\n".join(["from colorattn import checks", *lines]).splitlines()
    return [
        markdown("title", render("title.md", sheet=sheet).decode()),
        markdown("name", NAME),
        code("bootstrap", bootstrap()),
        code("imports", "\n".join(dict.fromkeys(lines))),
    ]


def prompt(exercise: Exercise, hints: bool) -> str:
    """Return the text of an exercise, with the hints folded if asked for."""
    folded = [FOLDED.format(*hint) for hint in exercise.hints]
    return exercise.text + "".join(folded if hints else [])


def check_of(exercise: Exercise) -> str:
    """Return the cell that checks an answer."""
    return f"checks.tell(checks.{exercise.check}, {exercise.function})"


def markdown(id: str, source: str) -> Cell:
    """Return a Markdown cell."""
    lines = source.splitlines(keepends=True)
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": lines}


def code(id: str, source: str) -> Cell:
    """Return a code cell that has not run."""
    cell = {**markdown(id, source), "cell_type": "code"}
    return {**cell, "execution_count": None, "outputs": []}


def notebook(cells: list[Cell], sheet: Sheet) -> bytes:
    """Return a notebook file, which says what it holds."""
    about = {"sheet": sheet.name, "exercises": sheet.numbers}
    metadata = {"kernelspec": KERNEL, "classroom": about}
    book = {"cells": cells, "metadata": metadata}
    book |= {"nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1, ensure_ascii=False).encode() + b"\n"
