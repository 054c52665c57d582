"""Reads what a learner handed in, and trusts nothing in it.

A notebook may be renamed, damaged, saved by Colab without ids, or something
else; whatever is wrong with it is said in a sentence.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.exercises import Exercise

FILE_LIMIT = 200 << 20  # bytes
CELL_LIMIT = 200_000  # characters
OTHERS = {  # how a file begins that is no notebook, and what to say
    b"PK": "an archive or an office document, not a notebook. In Jupyter: "
    "File, Download",
    b"%PDF-": "a PDF, not a notebook. In Jupyter: File, Download",
    b"<": "a web page, not a notebook. In Colab: File, Download, Download "
    ".ipynb",
}
EMPTY_ANSWER = "*Write here.*"


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook."""

    id: str
    kind: str  # "code" or "markdown"
    source: str
    printed: str = ""


@dataclass(frozen=True)
class HandIn:
    """The cells of a hand-in, and what is to be said about the file."""

    cells: list[Cell]
    notes: list[str]

    def code(self, exercise: Exercise) -> tuple[Cell | None, list[str]]:
        """Find the answer to an exercise in code, with notes about it.

        It is the cell with the exercise's id, or one that defines the
        function; of several, the last that differs from the stub.
        """
        code = [cell for cell in self.cells if cell.kind == "code"]
        own = [cell for cell in code if cell.id == f"{exercise.id}-stub"]
        name = re.escape(exercise.function)
        begins = re.compile(rf"^(?:def\s+{name}\b|{name}\s*=)", re.M)
        named = [cell for cell in code if begins.search(cell.source)]
        notes = []
        if len(own) > 1:
            notes = ["the cell is there twice; the last changed one counts"]
        if named and not own:
            notes = ["found by the function's name, not by its cell"]
        changed = [
            cell
            for cell in [*named, *own]
            if cell.source.strip() != exercise.stub
        ]
        return [None, *named, *own, *changed][-1], notes

    def words(self, exercise: Exercise) -> str:
        """Find the answer to an exercise in words; empty if there is none.

        It is the cell with the exercise's id, or what is below its title.
        """
        for cell in self.cells:
            if cell.id == f"{exercise.id}-answer":
                return without_prompt(cell.source)
        below, inside = [], False
        for cell in self.cells:
            if cell.source.startswith("### ") and cell.kind == "markdown":
                inside = cell.source.startswith(f"### {exercise.number} ")
            elif inside and cell.kind == "markdown":
                below.append(without_prompt(cell.source))
        return "\n\n".join(below).strip()

    def other_code(self, answer: Cell | None) -> list[str]:
        """List the code of the other cells, which an answer may rest on."""
        return [
            cell.source
            for cell in self.cells
            if cell.kind == "code"
            and cell is not answer
            and cell.id != "bootstrap"
            and not cell.id.endswith("-check")
        ]


def read(path: Path) -> HandIn:
    """Read a notebook or a program. Raises ValueError, saying what it is."""
    if path.is_symlink():
        raise ValueError("a link to another file, which is not followed")
    size = path.stat().st_size
    if size == 0:
        raise ValueError("empty")
    if size > FILE_LIMIT:
        raise ValueError(f"{size >> 20} MB large; clear its outputs")
    raw, notes = path.read_bytes(), []
    for start, sentence in OTHERS.items():
        if raw.lstrip().startswith(start):
            raise ValueError(sentence)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
        notes.append("not UTF-8; read as Latin-1")
    if path.suffix == ".py":
        notes.append("a program, not a notebook: answers in words are missing")
        return HandIn([Cell("", "code", without_magics(text))], notes)
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise ValueError("JSON, but nested too deeply") from None
    except ValueError as reason:
        place = getattr(reason, "pos", 0)
        raise ValueError(
            f"cut off or damaged: not JSON from character {place} of "
            f"{len(text)} on. Was it saved before it was sent?"
        ) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise ValueError("JSON, but not a notebook: it has no cells")
    found = [read_cell(cell) for cell in cells if isinstance(cell, dict)]
    return HandIn(found, notes)


def read_cell(cell: dict[str, Any]) -> Cell:
    """Turn a cell of any form into one of ours."""
    text, kind = joined(cell.get("source", "")), str(cell.get("cell_type"))
    text = without_magics(text) if kind == "code" else text
    outputs = cell.get("outputs")
    printed = [
        joined(output.get("text", ""))
        for output in (outputs if isinstance(outputs, list) else [])
        if isinstance(output, dict)
    ]
    return Cell(str(cell.get("id", "")), kind, text, "".join(printed))


def joined(lines: Any) -> str:
    """Return a notebook's text, which may be a list of lines."""
    parts = lines if isinstance(lines, list) else [lines]
    return "".join(map(str, parts))[:CELL_LIMIT]


def without_magics(code: str) -> str:
    """Turn Jupyter's own commands into comments; line numbers stay."""
    if code.startswith("%%"):
        code = "# " + code
    return re.sub(r"^(\s*)([!%].*)$", r"\1# \2", code, flags=re.M)


def without_prompt(words: str) -> str:
    """Return an answer in words without the sheet's invitation."""
    return words.replace(EMPTY_ANSWER, "").strip()
