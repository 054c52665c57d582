"""What is handed out: notebooks, and what is printed or projected.

Worksheets, guesses and questions are HTML with the book's fonts, colors and
formulas, which the tests' Chromium prints as tagged PDF. Slides are one HTML
file that needs no script and no network.
"""

import base64
import re
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from markupsafe import Markup
from playwright.sync_api import sync_playwright
from torch import nn

from classroom import handouts
from classroom.exercises import (
    MARK,
    ROOT,
    Cell,
    chapters,
    exercises,
    questions,
)
from classroom.marking import solution_of
from classroom.quizzes import quizzes
from classroom.rendering import render
from classroom.sheets import Sheet, facts

GUESS = re.compile(r"\*\*(?:Guess|Write down)")
FACE = re.compile(r'url\("((?:fonts|math)/[^"]+\.woff2)"\)')
WIDGET = "application/vnd.jupyter.widget-view+json"
# Sections that are no slides.
APART = "Exercises", "Check yourself", "What to remember", "Where to read more"

PURPOSES = {
    "sheet.ipynb": "for students: the exercises, with a check under each",
    "sheet-hints.ipynb": "the same, with three hints under each exercise",
    "teacher.ipynb": "solutions, model answers, and how to mark words",
    "guesses.pdf": "every guess that is asked for, with a line for it",
    "worksheet.pdf": "to do with a pencil; everybody has other numbers",
    "key.pdf": "the answers to all worksheets",
    "questions.pdf": "the questions, one a page, to project; then the key",
    "slides.html": "each figure after its guess; needs no network",
}

Files = Iterator[tuple[str, bytes]]
Task = Callable[[Random], tuple[str, str]]  # makes a text and its answer


def handed_out(sheets: list[Sheet], students: int, size: str) -> Files:
    """Make all that is handed out; yield the path and content of each file.

    `size` is that of the paper; if it is empty, nothing is printed.
    """
    about = {"title": "What is handed out", "purposes": PURPOSES}
    sessions = facts()["sheet"]
    yield "README.html", render("readme.html", sessions=sessions, **about)
    yield from ((f"quiz/{name}", file) for name, file in quizzes().items())
    for sheet in sheets:
        yield f"{sheet.name}/sheet.ipynb", handouts.student(sheet)
        hints = handouts.student(sheet, hints=True)
        yield f"{sheet.name}/sheet-hints.ipynb", hints
        yield f"{sheet.name}/teacher.ipynb", handouts.teacher(sheet)
        yield f"{sheet.name}/slides.html", shown("slides.html", sheet)
    if size:
        pages = {
            f"{sheet.name}/{name}.pdf": shown(f"{name}.html", sheet, students)
            for sheet in sheets
            for name in ("guesses", "questions", "worksheet", "key")
            if tasks(sheet) or name in ("guesses", "questions")
        }
        pages["cards.pdf"] = shown("cards.html", sheets[0])
        yield from printed(pages, size)


def shown(template: str, sheet: Sheet, students: int = 0) -> bytes:
    """Return a page of what is printed or projected, by its template."""
    numbers = sheet.chapters
    return render(
        template,
        title=sheet.title,
        style=style(),
        guesses=[x for n in numbers for x in guesses(chapters()[n])],
        questions=[x for x in questions().values() if x.chapter in numbers],
        slides=[x for n in numbers for x in slides(chapters()[n])],
        worksheets=[
            [task(make, student) for make in tasks(sheet)]
            for student in range(1, students + 1)
        ],
    )


def printed(pages: dict[str, bytes], size: str) -> Files:
    """Print pages as tagged PDF. Raises ValueError if there is no Chromium."""
    sys.path.append(str(ROOT / "book/tools"))
    import chromium

    with sync_playwright() as playwright:
        try:
            page = chromium.start(playwright).new_page()
        except ValueError as none:
            raise ValueError(f"{none}: --no-pdf") from None
        for name, content in pages.items():
            page.set_content(content.decode())
            yield name, chromium.printed(page, format=size)


@cache
def style() -> Markup:
    """Return the book's palette and faces, which load nothing."""
    sys.path.append(str(ROOT / "book/_ext"))
    import stylesheet

    def inline(match: re.Match[str]) -> str:
        content = (Path(stylesheet.VENDOR) / match[1]).read_bytes()
        data = base64.b64encode(content).decode()
        return f'url("data:font/woff2;base64,{data}")'

    static = Path(stylesheet.STATIC)
    names = "palette.css", "fonts.css"
    text = "".join((static / name).read_text("utf-8") for name in names)
    return Markup(FACE.sub(inline, text + stylesheet.formulas()))


def guesses(cells: list[Cell]) -> list[str]:
    """List the paragraphs of a chapter that ask for a guess, in Markdown."""
    return [
        text.strip()
        for cell in cells
        if cell["cell_type"] == "markdown"
        for text in MARK.sub("", cell["source"]).split("\n\n")
        if GUESS.search(text)
    ]


def slides(cells: list[Cell]) -> list[dict[str, Any]]:
    """List a chapter's slides: sections, guesses, and then each figure."""
    found: list[dict[str, Any]] = []
    wanted, title = True, ""
    for cell in cells:
        prose = cell["cell_type"] == "markdown"
        heading = re.match(r"##? (.+)", cell["source"]) if prose else None
        if heading:
            title, wanted = heading[1], heading[1] not in APART
            found += [{"title": title}] * wanted
        if not wanted:
            continue
        found += [{"title": title, "text": x} for x in guesses([cell])]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data and WIDGET not in data:
                alt = output["metadata"].get("image/png", {}).get("alt", "")
                image = "".join(data["image/png"]).replace("\n", "")
                found.append({"title": title, "image": image, "alt": alt})
    return found


def tasks(sheet: Sheet) -> list[Task]:
    """List what can be done by hand in the chapters of a sheet."""
    return [x for n in sheet.chapters for x in BY_HAND.get(n, [])]


def task(make: Task, student: int) -> tuple[str, str, str]:
    """Return a task's title, text and answer; each student's are different."""
    title = make.__name__.replace("_", " ").capitalize()
    return title, *make(Random(f"{title} {student}"))


def four_cells(dice: Random) -> tuple[str, str]:
    """Draw four scores whose weights are fractions."""
    names = "red", "green", "blue"
    counts, colors = dice.sample(range(1, 7), 4), dice.choices(names, k=4)
    scores = ", ".join(rf"$\ln {n}$" for n in counts)
    text = f"Four cells have the scores {scores} and the colors "
    text += f"{', '.join(colors)}. Work out the weights and the glimpse."
    total = sum(counts)
    weights = ", ".join(str(Fraction(n, total)) for n in counts)
    pairs = list(zip(counts, colors, strict=True))
    glimpse = ", ".join(
        f"{Fraction(sum(n for n, c in pairs if c == color), total)} {color}"
        for color in names
    )
    return text, f"Weights: {weights}. Glimpse: {glimpse}."


def parameters(dice: Random) -> tuple[str, str]:
    """Draw a chain of convolutions whose parameters are to be counted."""
    channels = [3, *(dice.choice([2, 4, 5, 8, 10]) for _ in range(2))]
    kernels = [dice.choice([1, 3, 5]) for _ in range(2)]
    text = f"Two convolutions with a bias have {channels[0]}, {channels[1]} "
    text += f"and {channels[2]} channels and kernels of {kernels[0]} and "
    text += f"{kernels[1]} pixels. A batch norm follows each. How many "
    text += "parameters does the chain have?"
    layers = nn.ModuleList()
    for a, b, k in zip(channels[:-1], channels[1:], kernels, strict=True):
        layers += [nn.Conv2d(a, b, k), nn.BatchNorm2d(b)]
    return text, str(sum(x.numel() for x in layers.parameters()))


def receptive_field(dice: Random) -> tuple[str, str]:
    """Draw a chain of convolutions whose field is asked for."""
    kernels = [dice.choice([3, 5, 7]) for _ in range(3)]
    strides = [dice.choice([1, 2]) for _ in range(3)]
    text = f"Three convolutions have kernels of {listed(kernels)} pixels and "
    text += f"the strides {listed(strides)}. How wide is the receptive field, "
    text += "and how far apart are neighboring keys?"
    wide, jump = solution_of(exercises()["4.2"])(kernels, strides, [1] * 3)
    return text, f"{wide} pixels, {jump} pixels"


def next_run(dice: Random) -> tuple[str, str]:
    """Draw five accuracies; the interval of a sixth is asked for."""
    values = [round(dice.gauss(95, 0.6), 1) for _ in range(5)]
    text = (
        f"Five runs reached {listed(values)} percent. Work out the interval "
    )
    text += "for one more run, with Student's $t = 4.604$."
    low, high = solution_of(exercises()["5.2"])(values, 4.604)
    return text, f"{low:.2f} to {high:.2f} percent"


def many_looks(dice: Random) -> tuple[str, str]:
    """Draw four p-values, which are to be corrected."""
    chances = [x / 1000 for x in dice.sample(range(1, 60), 4)]
    text = f"Four variants have the p-values {listed(chances)}. Correct them "
    text += "by Holm's method."
    found = solution_of(exercises()["7.2"])(chances)
    return text, ", ".join(f"{x:.3g}" for x in found)


def listed(values: list[float]) -> str:
    """Write numbers as a list."""
    return ", ".join(map(str, values))


BY_HAND: dict[int, list[Task]] = {
    3: [four_cells],
    4: [parameters, receptive_field],
    5: [next_run],
    7: [many_looks],
}
