"""All that is handed out, and what of it is printed or projected.

Worksheets, guesses and questions are HTML with the book's fonts, colors and
formulas, which the tests' Chromium prints as tagged PDF. Slides are one HTML
file that needs no script and no network.
"""

import base64
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from playwright.sync_api import sync_playwright

from classroom import notebooks
from classroom.exercises import MARK, ROOT, Cell, chapters, questions
from classroom.quizzes import quizzes
from classroom.rendering import render
from classroom.sheets import Sheet, facts
from classroom.worksheets import task, tasks

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
    "worksheet.pdf": "to do with a pencil; the numbers differ by student",
    "key.pdf": "the answers to all worksheets",
    "questions.pdf": "the questions, one a page, to project; then the key",
    "slides.html": "each figure after its guess; needs no network",
}

Files = Iterator[tuple[str, bytes]]


def handed_out(sheets: list[Sheet], students: int, size: str) -> Files:
    """Make all that is handed out; yield the path and content of each file.

    `size` is that of the paper; if it is empty, nothing is printed.
    """
    about = {"title": "What is handed out", "purposes": PURPOSES}
    sessions = facts()["sheet"]
    yield "README.html", render("readme.html", sessions=sessions, **about)
    yield from ((f"quiz/{name}", file) for name, file in quizzes().items())
    for sheet in sheets:
        yield f"{sheet.name}/sheet.ipynb", notebooks.student(sheet)
        hints = notebooks.student(sheet, hints=True)
        yield f"{sheet.name}/sheet-hints.ipynb", hints
        yield f"{sheet.name}/teacher.ipynb", notebooks.teacher(sheet)
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
