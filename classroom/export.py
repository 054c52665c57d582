"""A sheet for those who have nbgrader or otter-grader already.

Both run the check in the learner's own process, where an answer can replace
it. Our own `mark` can't be cheated like that.
"""

import ast
from typing import Any

from classroom.exercises import Cell, Exercise
from classroom.notebooks import check_of, code, markdown, notebook, opening
from classroom.rendering import render
from classroom.sheets import POINTS, Sheet


def for_nbgrader(sheet: Sheet) -> dict[str, bytes]:
    """Return nbgrader's source notebook and configuration, by path."""
    cells = [graded(cell, locked=True) for cell in opening(sheet)]
    for exercise in sheet.exercises:
        id, points = exercise.id, POINTS[exercise.in_words]
        text = markdown(f"{id}-text", exercise.text)
        cells.append(graded(text, locked=True))
        if exercise.in_words:
            answer = f"### BEGIN SOLUTION\n{exercise.model}\n### END SOLUTION"
            words = markdown(f"{id}-answer", answer)
            cells.append(graded(words, solution=True, points=points))
            continue
        answer = marked_solution(exercise, "###")
        hidden = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
        check = f"{check_of(exercise)}\n{hidden.format(strict(exercise))}"
        cells.append(graded(code(f"{id}-stub", answer), solution=True))
        cell = code(f"{id}-check", check)
        cells.append(graded(cell, locked=True, points=points))
    return {
        f"source/{sheet.name}/{sheet.name}.ipynb": notebook(cells, sheet),
        "nbgrader_config.py": render("nbgrader_config.py"),
    }


def graded(cell: Cell, **facts: Any) -> Cell:
    """Add nbgrader's metadata to a cell; `points` make it a graded one."""
    usual = {"solution": False, "locked": False, "task": False}
    own = {"grade_id": cell["id"], "grade": "points" in facts}
    about = usual | own | facts | {"schema_version": 3}
    return {**cell, "metadata": {"nbgrader": about}}


def for_otter(sheet: Sheet) -> dict[str, bytes]:
    """Return the notebook that `otter assign` reads, by path."""
    config = render("otter.yml", sheet=sheet).decode()
    cells = [raw("config", config), *opening(sheet)]
    for exercise in sheet.exercises:
        id, points = exercise.id, POINTS[exercise.in_words]
        begin = f"# BEGIN QUESTION\nname: {id.replace('-', '_')}\n"
        begin += f"points: {points}" + "\nmanual: true" * exercise.in_words
        cells += [raw(f"{id}-begin", begin)]
        cells += [markdown(f"{id}-text", exercise.text)]
        cells += [raw(f"{id}-solution", "# BEGIN SOLUTION")]
        if exercise.in_words:
            cells += [markdown(f"{id}-answer", exercise.model)]
        else:
            cells += [code(f"{id}-stub", marked_solution(exercise, "#"))]
        cells += [raw(f"{id}-solved", "# END SOLUTION")]
        if not exercise.in_words:
            cells += [raw(f"{id}-tests", "# BEGIN TESTS")]
            cells += [code(f"{id}-check", strict(exercise))]
            cells += [raw(f"{id}-tested", "# END TESTS")]
        cells += [raw(f"{id}-end", "# END QUESTION")]
    return {f"{sheet.name}.ipynb": notebook(cells, sheet)}


def raw(id: str, source: str) -> Cell:
    """Return a raw cell, which otter-grader reads as a command."""
    return {**markdown(id, source), "cell_type": "raw"}


def strict(exercise: Exercise) -> str:
    """Return a call of a check that raises and shows no value."""
    return f"_ = checks.{exercise.check}({exercise.function})"


def marked_solution(exercise: Exercise, sign: str) -> str:
    """Return a solution; what a student doesn't get is between two marks."""
    lines = exercise.solution.splitlines()
    ends = next(
        node.body[0].end_lineno
        for node in ast.parse(exercise.solution).body
        if getattr(node, "name", "") == exercise.function
    )
    begin, end = f"    {sign} BEGIN SOLUTION", f"    {sign} END SOLUTION"
    return "\n".join([*lines[:ends], begin, *lines[ends:], end])
