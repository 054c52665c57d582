"""Points, and tables of them: our own, and those that Moodle and Canvas read.

Points follow from what was found, from class.toml and from the teacher's
overrides, so that changing either needs no new marking.
"""

import datetime
import math
import re
from pathlib import Path

from classroom.answers_in_words import Marked
from classroom.folder import ClassFolder, Student, Table, csv_text, read_table
from classroom.marking import Marks

FIRST_RIGHT = "Not quite: right so far"  # the first case is, another is not


def points(
    folder: ClassFolder, marks: Marks, words: Marked
) -> dict[str, float | None]:
    """Map each exercise to its points; None where words are not marked yet."""
    found: dict[str, float | None] = {}
    for exercise in folder.sheet.exercises:
        number = exercise.number
        key = marks.student, number
        worth = folder.worth(number)
        if key in folder.overrides:
            found[number] = folder.overrides[key][0]
        elif not exercise.in_words:
            found[number] = worth * share(folder, marks, number)
        elif not marks.words.get(number):
            found[number] = 0.0
        else:
            given = words[key].points if key in words else None
            found[number] = None if given is None else worth * given / 3
    return found


def share(folder: ClassFolder, marks: Marks, number: str) -> float:
    """Return the share of an exercise's points that an answer in code has."""
    mark = marks.exercises.get(number)
    if mark is None:
        return 0.0
    if mark.state == "not yet" and mark.message.startswith(FIRST_RIGHT):
        return folder.settings["partial"]
    return float(mark.state == "right")


def late_days(folder: ClassFolder, student: Student) -> int:
    """Count the days after the due date, the student's own days first."""
    due, (path, _) = folder.due, folder.hand_in(student)
    if due is None or path is None:
        return 0
    stamp = path.stat().st_mtime
    handed_in = datetime.datetime.fromtimestamp(stamp, due.tzinfo)
    hours = (handed_in - due).total_seconds() / 3600
    hours -= folder.settings["grace_hours"]
    return max(math.ceil(hours / 24 - student.extra_days), 0)


def grades(
    folder: ClassFolder, class_marks: list[Marks], words: Marked
) -> Table:
    """List a row for each student: points of each exercise, and their sum."""
    most = sum(map(folder.worth, folder.sheet.numbers))
    table = []
    for marks in class_marks:
        student = folder.students[marks.student]
        found = points(folder, marks, words)
        late = late_days(folder, student)
        total = sum(x for x in found.values() if x is not None)
        total = max(total - late * folder.settings["late_points"], 0.0)
        notes = [marks.error, *marks.notes]
        if left := [n for n, x in found.items() if x is None]:
            notes.append(f"not marked yet: {', '.join(left)}")
        row = {"id": student.id, "name": student.name}
        row |= {n: "" if x is None else f"{x:.4g}" for n, x in found.items()}
        row |= {"sum": f"{total:.4g}", "of": f"{most:.4g}"}
        row["late_days"] = str(late)
        row["notes"] = "; ".join(filter(None, notes))
        table.append(row)
    return table


def for_moodle(table: Table, worksheet: Path) -> bytes:
    """Fill in the grading worksheet that Moodle offers for download.

    Its rows are found by the ID number, else by the full name.
    """
    needed = ["Identifier", "Full name", "Grade", "Feedback comments"]
    found = read_table(worksheet, needed)
    for row, ours in paired(found, table, ["ID number", "Full name"]):
        row["Grade"] = ours["sum"]
        row["Feedback comments"] = ours["notes"]
    return csv_text(found)


def for_canvas(table: Table, gradebook: Path, assignment: str) -> bytes:
    """Change one column of a gradebook that Canvas has exported.

    Raises ValueError if no column is the assignment's.
    """
    found = read_table(gradebook, ["Student", "ID"])
    names = [*found[0]] if found else []
    wanted = re.compile(rf"{re.escape(assignment)}( \(\d+\))?")
    columns = [name for name in names if wanted.fullmatch(name)]
    if len(columns) != 1:
        raise ValueError(
            f"{gradebook.name} has {len(columns) or 'no'} columns of "
            f"{assignment!r}; it has {', '.join(names)}."
        )
    keys = ["SIS User ID", "SIS Login ID", "ID", "Student"]
    for row, ours in paired(found, table, keys):
        row[columns[0]] = ours["sum"]
    return csv_text(found)


def paired(
    theirs: Table, ours: Table, keys: list[str]
) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Pair their rows with ours: by id, or by a name that only one has."""
    names = [row["name"] for row in ours]
    unique = [row for row in ours if names.count(row["name"]) == 1]
    known = {row["name"]: row for row in unique}
    known |= {row["id"]: row for row in ours}
    known.pop("", None)
    ids = [next((x[k] for k in keys if x.get(k) in known), "") for x in theirs]
    return [(x, known[id]) for x, id in zip(theirs, ids, strict=True) if id]
