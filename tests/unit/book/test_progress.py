"""Chapters have places for guesses, and a list of what there is to do."""

import json
import re
from collections import defaultdict
from types import SimpleNamespace

import progress
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.parsers.docutils_ import Parser
from sphinx.environment.collectors.metadata import MetadataCollector

from colorattn import claims

CHAPTERS = sorted((claims.LEDGER.parents[2] / "chapters").glob("*.ipynb"))
CHAPTER = """# 5 · A chapter

[Open in Colab](https://colab.research.google.com/github/a)

Time: long.

setup

## A section

**Guess** it. <!-- given: a mark of another kind -->

<!-- guess:{name}, the "<b>query</b>"
  as it is -->

<!-- guess:gone, unknown -->

### 5.2 · An exercise

### 5.10 · Another

### 5 points

## Check yourself

**Question 1.** What?

**Question 2.** Or **what**?
"""


def app(docname="chapters/05_a"):
    """What the extension needs of Sphinx."""
    env = SimpleNamespace(metadata=defaultdict(dict), docname=docname)
    builder = SimpleNamespace(get_target_uri=lambda name: f"{name}.html")
    return SimpleNamespace(env=env, builder=builder)


def read(sphinx, name="post-best"):
    """Parse a chapter."""
    doctree = publish_doctree(
        CHAPTER.format(name=name),
        parser=Parser(),
        settings_overrides={"doctitle_xform": False},
    )
    place = next(p for p in doctree.findall() if p.astext() == "setup")
    cell = nodes.container(nb_element="cell_code")
    place.parent.replace(place.parent[place.parent.index(place)], cell)
    progress.read(sphinx, doctree)
    return doctree


def raws(doctree):
    """List the HTML of a page."""
    return [node.astext().strip() for node in doctree.findall(nodes.raw)]


def test_it_counts_what_there_is_to_do():
    sphinx = app()
    read(sphinx)
    claim = claims.ledger()["post-best"]
    said = 'the "<b>query</b>" as it is'
    assert sphinx.env.metadata["chapters/05_a"]["course"] == {
        "title": "5 · A chapter",
        "questions": [1, 2],
        "exercises": [2, 10],
        "guesses": [["post-best", said, claim.value, claim.unit]],
    }
    MetadataCollector().clear_doc(sphinx, sphinx.env, "chapters/05_a")
    assert progress.course(sphinx) == "window.bookCourse=[];\n"


def test_a_mark_becomes_a_place_unless_its_claim_is_unknown():
    found = [html for html in raws(read(app())) if "guess" in html]
    place, gone = found
    assert place.startswith(
        '<div class="guess" data-claim="post-best" data-label="the '
        '&quot;&lt;b&gt;query&lt;/b&gt;&quot; as it is">'
    )
    assert "<p>Your guess: <b>the &quot;&lt;b&gt;query&lt;/b&gt;" in place
    assert place.count('class="blank"') == 2
    assert gone == "<!-- guess:gone, unknown -->"


def test_the_header_has_room_for_what_is_done():
    doctree = read(app())
    cell = next(doctree.findall(progress.is_cell))
    before = cell.parent[cell.parent.index(cell) - 1]
    assert 'class="reached"' in before.astext()
    assert sum("reached" in html for html in raws(doctree)) == 1


def test_a_page_that_is_no_chapter_has_nothing_to_do():
    sphinx = app("book/index")
    assert not any("reached" in html for html in raws(read(sphinx)))
    assert sphinx.env.metadata == {}


def test_the_script_has_the_measured_values():
    sphinx = app()
    read(sphinx)
    text = progress.course(sphinx)
    assert "<" not in text
    (told,) = json.loads(text.removeprefix("window.bookCourse=")[:-2])
    known = sphinx.env.metadata["chapters/05_a"]["course"]
    assert told == {"number": "05", "uri": "chapters/05_a.html", **known}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_what_a_chapter_lets_guess_is_measured(path):
    """And asked for only once, or two guesses would be one."""
    text = "".join(
        "".join(cell["source"]) + "\n"
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    )
    marks = re.findall("<!--\\s*guess.*?-->", text, re.S)
    found = [progress.GUESS.fullmatch(mark) for mark in marks]
    assert all(found)
    names = [each[1] for each in found]
    assert set(names) <= claims.ledger().keys()
    assert len(set(names)) == len(names)
    assert all(each[2] for each in found)
