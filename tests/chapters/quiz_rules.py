"""The rules of a chapter's questions: each lists what breaks it.

A question is one Markdown cell, `ask-CC-N`: what is asked, and then each
option as a `<details>`. Its summary is the option; inside stands what we say
to those who chose it, which begins with one of `REPLIES`.
"""

import re
from collections import Counter

from classroom.exercises import MARK, QUESTION, options

SECTION = "## Check yourself"
NEXT = "## What to remember"
REPLIES = ("Right.", "No.", "Not quite.")
NUMBER = re.compile(r"[\d.%]\s?(?:[a-z]+\s?)?<!-- claim:")
SEE = re.compile(r"\b[Ss]ee (?:[\w .,]+ )?\*([^*]+)\*")
# A summary is HTML: there the book shows none of these as it should.
RAW = re.compile(r"[$*`_]|\[.*\]\(")


def questions(notebook):
    """Pair the id of each question with its options, in order."""
    return [
        (cell.id, options(cell.source))
        for cell in notebook.cells
        if QUESTION.fullmatch(cell.id)
    ]


def plain(text):
    """Return a text on one line, without marks and bold letters."""
    return " ".join(MARK.sub("", text).replace("**", "").split())


def asks_questions(notebook, path):
    """Four at least, between the exercises and what to remember."""
    names = [name for name, _ in questions(notebook)]
    chapter = path.name[:2]
    if len(names) < 4:
        yield f"it asks {len(names)} questions"
    if names != [f"ask-{chapter}-{n + 1}" for n in range(len(names))]:
        yield f"its questions are called {names}"
    cells = {cell.id: cell.source for cell in notebook.cells}
    heads = [text.partition("\n")[0] for text in cells.values()]
    ids = list(cells)
    if SECTION not in heads:
        yield f"it has no section '{SECTION}'"
    elif NEXT in heads:
        first, last = heads.index(SECTION), heads.index(NEXT)
        if ids[first + 1 : last] != names:
            yield f"between '{SECTION}' and '{NEXT}' stands something else"
        if any(name.startswith("ex-") for name in ids[first:]):
            yield "an exercise comes after its questions"
    if not any(NUMBER.search(cells[name]) for name in names):
        yield "no question has a measured number"


def answers_every_option(notebook, path):
    """Three options at least, one of them right, and a sentence to each."""
    cells = {cell.id: cell.source for cell in notebook.cells}
    headings = set(re.findall(r"^#+ (.+)$", "\n".join(cells.values()), re.M))
    for n, (name, found) in enumerate(questions(notebook), 1):
        if not cells[name].startswith(f"**Question {n}.** "):
            yield f"{name} does not begin with its number"
        if len(found) != cells[name].count("<details>") or len(found) < 3:
            yield f"{name} has {len(found)} options that can be read"
        if sum(option.right for option in found) != 1:
            yield f"{name} has not one right option"
        for option in found:
            if RAW.search(option.text):
                yield f"{name}: the book shows “{option.text}” raw"
            reply = plain(option.reply)
            if not reply.startswith(REPLIES):
                yield f"{name}: “{reply}” begins with no {REPLIES}"
            _, _, reason = reply.partition(". ")
            if len(SEE.sub("", reason)) < 40:
                yield f"{name}: “{reply}” gives no reason"
        said = SEE.findall(plain(cells[name]))
        if not said:
            yield f"{name} does not say where to look again"
        for place in set(said) - headings:
            yield f"{name} leads to “{place}”, which is no section"


def gives_no_hint(notebook, path):
    """Neither the place nor the length of an option tells that it is right."""
    all_options = [found for _, found in questions(notebook)]
    places = Counter(
        [option.right for option in found].index(True)
        for found in all_options
        if any(option.right for option in found)
    )
    if places and max(places.values()) > len(all_options) / 2:
        yield f"its right options stand at the places {dict(places)}"
    longest = [
        max(found, key=lambda option: len(option.text)).right
        for found in all_options
        if found
    ]
    if sum(longest) > len(all_options) / 2:
        yield "its right options are mostly the longest"
