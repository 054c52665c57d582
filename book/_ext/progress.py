"""What a reader can do in a chapter, and where its page shows what is done.

A chapter marks a number to guess with `<!-- guess:id, what it is -->`, on a
line of its own. In a page the reader guesses there, ticks off exercises, and
finds in the chapter's header how much is done; book/static/page/progress.js
keeps it in the reader's browser. Without JavaScript nothing of this is shown.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from docutils import nodes
from header import is_cell, is_colab_link
from site_files import add_file

from colorattn import claims

GUESS = re.compile(
    r"<!--\s*guess:\s*([a-z0-9-]+)\s*(?:,\s*(.*?))?\s*-->", re.S
)
EXERCISE = re.compile(r"(\d+)\.(\d+) · ")
QUESTION = re.compile(r"Question (\d+)\.")


def read(app, doctree):
    """Put in the places of a chapter that has been read, and count."""
    docname = app.env.docname
    if not docname.startswith("chapters/"):
        return
    known = claims.ledger()
    guesses = []
    for node in list(doctree.findall(nodes.raw)):
        if not (found := GUESS.fullmatch(node.astext().strip())):
            continue
        name, said = found[1], " ".join((found[2] or "").split())
        if name in known:
            value, unit = known[name].value, known[name].unit
            guesses.append([name, said, value, unit])
            html = place(name, said, unit)
            node.replace_self(nodes.raw("", html, format="html"))
    app.env.metadata[docname]["course"] = {
        "title": doctree.next_node(nodes.title).astext(),
        "questions": list(questions(doctree)),
        "exercises": list(exercises(doctree)),
        "guesses": guesses,
    }
    announce(doctree)


def place(name: str, said: str, unit: str) -> str:
    """Return where a number is guessed: on paper there are blanks."""
    said = escape(said or "this number", quote=True)
    share = unit == "%"
    return PLACE.format(
        name=name,
        said=said,
        unit=unit if share else f" {escape(unit)}",
        line=LINE if share else "",
    )


PLACE = """<div class="guess" data-claim="{name}" data-label="{said}">
<div class="on-paper"><p>Your guess: <b>{said}</b></p>
<p>from <span class="blank"></span> to <span class="blank"></span>{unit}</p>
{line}</div>
</div>"""
LINE = """<div class="axis"></div>
<p class="ends"><span>0%</span><span>50%</span><span>100%</span></p>
"""


def exercises(doctree) -> Iterator[int]:
    """Yield the number of each exercise, as its heading gives it."""
    for section in doctree.findall(nodes.section):
        if found := EXERCISE.match(section[0].astext()):
            yield int(found[2])


def questions(doctree) -> Iterator[int]:
    """Yield the number of each question."""
    for words in doctree.findall(nodes.strong):
        if found := QUESTION.fullmatch(words.astext()):
            yield int(found[1])


def announce(doctree):
    """Make room in the header for what the reader has done."""
    for link in doctree.findall(is_colab_link):
        after = link.parent.children[link.parent.index(link) :]
        for cell in filter(is_cell, after):
            line = '<p class="reached">Nothing done yet.</p>'
            at = cell.parent.index(cell)
            cell.parent.insert(at, nodes.raw("", line, format="html"))
            return


def course(app) -> str:
    """Return the script with what each chapter has to do."""
    chapters = [
        {
            "number": Path(docname).name[:2],
            "uri": app.builder.get_target_uri(docname),
            **metadata["course"],
        }
        for docname, metadata in sorted(app.env.metadata.items())
        if "course" in metadata
    ]
    text = json.dumps(chapters, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", r"\u003c")
    return f"window.bookCourse={text};\n"


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-read", read)
    add_file(app, "_static/page/course.js", course)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
