"""Formulas, set by KaTeX when the book is built.

A page then needs no script for them: the style sheet and a few small fonts
are enough, and beside each formula stands MathML for those who listen. Query,
key and value have their colors in them, as in figures and in the demo.
"""

import atexit
import functools
import json
import pathlib
import re
import subprocess
from html import escape

from docutils import nodes
from sphinx.util import logging

SETTER = pathlib.Path(__file__).with_name("mathematics.js")
logger = logging.getLogger(__name__)
NAMES = {"q": "query", "k": "key", "v": "value"}
LETTER = re.compile(r"(?<![\\\w])([qkvKV])(_\w|_\{[^{}]*\})?(?!\w)")
# A small k or v without an index may be a kernel's side or a running mean. It
# is a key or a value beside one of these, and where the book introduces them.
BESIDE = re.compile(r"\\alpha|(?<![\\\w])q\b")
INTRODUCED = "chapters/03_attention"


@functools.cache
def setter() -> subprocess.Popen:
    """Start the process that sets formulas: a line of JSON for each."""
    pipe = subprocess.PIPE
    command = ["node", str(SETTER)]
    started = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8"
    )
    atexit.register(started.communicate)
    return started


@functools.cache
def typeset(tex: str, display: bool) -> tuple[str, str | None]:
    """Return a formula as HTML, and what is wrong with it, if anything is."""
    process = setter()
    print(json.dumps([tex, display]), file=process.stdin, flush=True)
    html, error = json.loads(process.stdout.readline())
    return html, error


def in_colors(tex: str, docname: str) -> str:
    """Give query, key and value their classes in a formula of a page."""
    known = docname == INTRODUCED or BESIDE.search(tex)

    def name(found: re.Match) -> str:
        letter, index = found.groups()
        if letter in "kv" and not index and not known:
            return found[0]
        kind = NAMES[letter.lower()]
        return rf"{{\htmlClass{{named-{kind}}}{{{found[0]}}}}}"

    return LETTER.sub(name, tex)


def place(translator, node, display: bool) -> None:
    """Add a formula to a page."""
    tex = node.astext()
    if display and not node["nowrap"] and r"\\" in tex:
        tex = rf"\begin{{split}}{tex}\end{{split}}"  # as Sphinx elsewhere
    colored = in_colors(tex, translator.builder.current_docname)
    html, error = typeset(colored, display)
    if error:
        logger.warning("formula: %s", error, location=node)
    html = html.replace(escape(colored), escape(tex))  # for those who copy it
    tag = "div" if display else "span"
    translator.body.append(f'<{tag} class="math">{html}</{tag}>')


def setup(app):
    """Register with Sphinx."""

    def visit(display):
        def visit_node(translator, node):
            place(translator, node, display)
            raise nodes.SkipNode

        return visit_node, None

    app.add_html_math_renderer("katex", visit(False), visit(True))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
