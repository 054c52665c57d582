"""Answers in words: a spreadsheet to mark them in, and read it back.

`words.csv` has a row for each answer and a column for each line of the
rubric; names are left out, and the order within an exercise tells nothing.
"""

import hashlib
from dataclasses import dataclass

from classroom.folder import ClassFolder, csv_text, number, read_table
from classroom.marking import Marks
from colorattn.files import write

LINES = ["line 1", "line 2", "line 3"]  # of the rubric
COLUMNS = ["exercise", "answer", "text", *LINES, "comment"]


@dataclass(frozen=True)
class Words:
    """How one answer in words was marked."""

    lines: tuple[float | None, ...]  # a point or none for each of the rubric's
    comment: str

    @property
    def points(self) -> float | None:
        """The sum of the lines; None while one of them is missing."""
        known = [x for x in self.lines if x is not None]
        return sum(known) if len(known) == len(self.lines) else None


Marked = dict[tuple[str, str], Words]  # by (student, exercise)


def code_of(student: str, number: str) -> str:
    """Return the name of an answer that does not tell whose it is."""
    return hashlib.sha256(f"{student} {number}".encode()).hexdigest()[:8]


def answers(
    folder: ClassFolder, class_marks: list[Marks]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Map (exercise, name of an answer) to the student and the text."""
    found = {}
    for exercise in folder.sheet.numbers:
        answered = [x for x in class_marks if x.words.get(exercise)]
        by_code = {code_of(x.student, exercise): x for x in answered}
        for code, marks in sorted(by_code.items()):
            found[exercise, code] = marks.student, marks.words[exercise]
    return found


def write_words(folder: ClassFolder, class_marks: list[Marks]) -> int:
    """Write the table of answers, keeping what is marked; count the rest."""
    marked = read_words(folder, class_marks)
    known = answers(folder, class_marks)
    table = []
    for (exercise, code), (student, text) in known.items():
        before = marked.get((student, exercise), Words((None,) * 3, ""))
        lines = ["" if x is None else f"{x:g}" for x in before.lines]
        cells = [exercise, code, text, *lines, before.comment]
        table.append(dict(zip(COLUMNS, cells, strict=True)))
    if table:
        write(folder.marked / "words.csv", csv_text(table))
    return sum("" in (row[name] for name in LINES) for row in table)


def read_words(folder: ClassFolder, class_marks: list[Marks]) -> Marked:
    """Read how answers were marked.

    Raises ValueError, naming the row, for anything but points of 0 to 1.
    """
    known = answers(folder, class_marks)
    found = {}
    rows = read_table(folder.marked / "words.csv", COLUMNS)
    for n, row in enumerate(rows, 2):
        where = f"words.csv, row {n}"
        lines = tuple(
            number(row[x], f"{where}: {x}", most=1) if row[x] else None
            for x in LINES
        )
        key = row["exercise"], row["answer"]
        if key in known:  # else it was handed in again, without this answer
            found[known[key][0], key[0]] = Words(lines, row["comment"])
    return found
