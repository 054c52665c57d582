"""Formulas, set by KaTeX when the book is built.

A page then needs no script for them: the style sheet and a few small fonts
are enough, and beside each formula stands MathML for those who listen.
"""

import atexit
import functools
import json
import pathlib
import subprocess

from docutils import nodes
from sphinx.util import logging

SETTER = pathlib.Path(__file__).with_name("mathematics.js")
logger = logging.getLogger(__name__)


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


def lines(tex: str) -> str:
    """Let a formula break where it says so, as Sphinx has it elsewhere."""
    return rf"\begin{{split}}{tex}\end{{split}}" if r"\\" in tex else tex


def place(translator, node, display: bool) -> None:
    """Add a formula to a page."""
    tex = node.astext()
    if display and not node["nowrap"]:
        tex = lines(tex)
    html, error = typeset(tex, display)
    if error:
        logger.warning("formula: %s", error, location=node)
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
