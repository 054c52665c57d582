"""Exercises and questions, read from the chapters, which are the one source.

The cells of exercise N of chapter CC have ids: `ex-CC-N` (the text), then
`-stub`, `-check` and `-solution`, or `-words` where the answer is a text.
A question is one cell, `ask-CC-N`; each of its options is a `<details>`.
"""

import ast
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CHAPTERS = ROOT / "chapters"
PART = re.compile(r"(ex-\d\d-\d+)(?:-(\w+))?")
QUESTION = re.compile(r"ask-\d\d-\d+")
TITLE = re.compile(r"^### (\d+\.\d+) · (.+)$", re.M)
MINUTES = re.compile(r"\*(?:Easy|Medium|Hard),\s+(\d+)\s+minutes")
FOLDED = re.compile(
    r"<details>\s*<summary>(.+?)</summary>\s*(.+?)\s*</details>", re.S
)
OPTION = re.compile(  # of a question
    r"^<details>\n<summary>(.+?)</summary>\n\n(.+?)\n\n</details>$",
    re.M | re.S,
)
CHECK = re.compile(r"checks\.tell\(checks\.(\w+), (\w+)\)")
MARK = re.compile(r"<!--.*?-->", re.S)  # of a claim
MODEL = "A model answer"
# Imports that only figures need; an answer returns numbers.
SHOWING = re.compile(r"\b(figures|widgets|matplotlib|IPython|ipywidgets)\b")

Cell = dict[str, Any]  # as in a notebook's file, its source joined


@dataclass(frozen=True)
class Exercise:
    """One exercise; its Markdown has no marks of claims."""

    id: str  # "ex-03-1"
    number: str  # "3.1"
    title: str
    minutes: int
    text: str  # Markdown, with the title and without hints
    hints: tuple[tuple[str, str], ...]  # summary and text of each
    imports: str  # those of its chapter, which stub and solution need
    model: str = ""  # the model answer, if the answer is a text
    stub: str = ""  # if the answer is code
    check: str = ""  # its name in colorattn.checks
    function: str = ""  # the name of what the learner writes
    solution: str = ""  # its source, under that name

    @property
    def in_words(self) -> bool:
        """Whether the answer is a text and not a function."""
        return not self.function

    @property
    def chapter(self) -> int:
        """The number of its chapter."""
        return int(self.number.partition(".")[0])


@dataclass(frozen=True)
class Option:
    """One answer to choose, and what we say to those who chose it."""

    text: str
    reply: str  # Markdown; begins with a verdict

    @property
    def right(self) -> bool:
        """Whether this is the right one."""
        return self.reply.replace("**", "").startswith("Right.")


@dataclass(frozen=True)
class Question:
    """A question with options, of which one is right."""

    id: str  # "ask-03-1"
    text: str  # Markdown
    options: tuple[Option, ...]

    @property
    def chapter(self) -> int:
        """The number of its chapter."""
        return int(self.id.split("-")[1])


@cache
def chapters() -> dict[int, list[Cell]]:
    """Map the number of each chapter to its cells."""
    found = {}
    for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        for cell in cells:
            cell["source"] = "".join(cell["source"])
        found[int(path.name[:2])] = cells
    return found


@cache
def exercises() -> dict[str, Exercise]:
    """Map the number of each exercise, such as "3.1", to it."""
    found = {}
    for cells in chapters().values():
        before = imports(cells)
        for id, parts in exercise_cells(cells).items():
            if parts.keys() & {"check", "words"}:  # else a class's project
                exercise = read_exercise(id, parts, before)
                found[exercise.number] = exercise
    return found


def exercise_cells(cells: list[Cell]) -> dict[str, dict[str, Cell]]:
    """Map the id of each exercise to its cells, by the part they are."""
    found: dict[str, dict[str, Cell]] = {}
    for cell in cells:
        if match := PART.fullmatch(cell["id"]):
            id, part = match.groups(default="text")
            found.setdefault(id, {})[part] = cell
    return found


@cache
def questions() -> dict[str, Question]:
    """Map the id of each question to it."""
    found = {}
    for cell in (cell for cells in chapters().values() for cell in cells):
        if QUESTION.fullmatch(cell["id"]):
            text = FOLDED.sub("", MARK.sub("", cell["source"])).strip()
            text = re.sub(r"^\*\*Question \d+\.\*\*\s*", "", text)
            asked = Question(cell["id"], text, tuple(options(cell["source"])))
            found[asked.id] = asked
    return found


def read_exercise(id: str, cells: dict[str, Cell], before: str) -> Exercise:
    """Turn the cells of an exercise into one record."""
    parts = {
        part: MARK.sub("", cell["source"]) for part, cell in cells.items()
    }
    prompt = "\n\n".join(parts[k] for k in ("text", "words") if k in parts)
    prompt = prompt[prompt.index("### ") :]
    title, minutes = TITLE.search(prompt), MINUTES.search(prompt)
    if title is None or minutes is None:
        raise ValueError(f"{id} has no title, or no level and minutes.")
    code = {}
    if check := CHECK.search(parts.get("check", "")):
        code = {
            "stub": parts["stub"].strip(),
            "check": check[1],
            "function": check[2],
            "solution": solution(parts["solution"], check[2]),
        }
    folded = FOLDED.findall(prompt)
    return Exercise(
        id,
        *title.groups(),
        int(minutes[1]),
        text=re.sub(r"\n{3,}", "\n\n", FOLDED.sub("", prompt)).strip(),
        hints=tuple(pair for pair in folded if pair[0] != MODEL),
        imports=before,
        model=dict(folded).get(MODEL, ""),
        **code,
    )


def solution(source: str, function: str) -> str:
    """Return a solution's code up to its function, under the stub's name."""
    own = f"{function}_solution"
    ends = [
        node.end_lineno
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name in (own, function)
    ]
    lines = source.splitlines()[: ends[-1]]
    lines = [line for line in lines if not line.startswith("# @title")]
    return re.sub(rf"\b{own}\b", function, "\n".join(lines)).strip()


def options(source: str) -> list[Option]:
    """List the options of a question."""
    found = OPTION.findall(MARK.sub("", source))
    return [Option(" ".join(text.split()), reply) for text, reply in found]


def imports(cells: list[Cell]) -> str:
    """Return the imports of a chapter's cells, each once, but for figures'."""
    code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    lines = [
        ast.unparse(node)
        for source in code[1:]  # the first installs the package
        for node in ast.parse(source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return "\n".join(x for x in dict.fromkeys(lines) if not SHOWING.search(x))


def bootstrap() -> str:
    """Return the cell that installs the package on Colab."""
    cells = next(iter(chapters().values()))
    return next(cell["source"] for cell in cells if cell["id"] == "bootstrap")
