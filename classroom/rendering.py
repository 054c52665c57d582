r"""Templates and Markdown; formulas are `\(…\)`, or set by the book's KaTeX.

Templates escape whatever is put into them. Links become their text: they lead
to places that only the book has.
"""

import html
import re
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from classroom.exercises import MARK, ROOT

MARKDOWN = MarkdownIt("commonmark").enable("table")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.S)
MATHML = re.compile(r"<math\b[^>]*><semantics>(.+?)<annotation")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\([^)]+\)")


def render(name: str, /, **facts: Any) -> bytes:
    """Return what a template makes of some facts."""
    text = templates().get_template(name).render(facts)
    return text.encode(errors="replace")


@cache
def templates() -> Environment:
    """Return the templates."""
    found = Environment(
        autoescape=True,
        loader=PackageLoader("classroom"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    found.globals.update(
        to_html=to_html, book_html=book_html, page_html=page_html
    )
    return found


def book_html(text: str, inline: bool = False) -> Markup:
    """Turn Markdown into HTML with formulas as the book has them."""
    return Markup(to_html(text, inline, typeset))


def page_html(text: str) -> Markup:
    """Turn Markdown into HTML with formulas that need no style sheet."""
    return Markup(to_html(text, formula=mathml))


def delimited(tex: str, display: bool) -> str:
    """Mark a formula for whatever will set it."""
    return html.escape(
        rf"\[{tex}\]" if display else rf"\({tex}\)", quote=False
    )


def to_html(
    text: str,
    inline: bool = False,
    formula: Callable[[str, bool], str] = delimited,
) -> str:
    """Turn Markdown into HTML; marks of claims are left out."""
    formulas = []

    def keep(match: re.Match[str]) -> str:
        shown, inside = match.groups()
        formulas.append(formula(shown or inside, bool(shown)))
        return f"\x02{len(formulas) - 1}\x03"

    text = FORMULA.sub(keep, LINK.sub(r"\1", MARK.sub("", text)))
    render = MARKDOWN.renderInline if inline else MARKDOWN.render
    return re.sub(
        "\x02(\\d+)\x03",
        lambda match: formulas[int(match[1])],
        render(text).strip(),
    )


def mathml(tex: str, display: bool) -> str:
    """Return a formula as MathML, or as it was typed without KaTeX."""
    try:
        (found,) = MATHML.findall(typeset(tex, display))
    except (OSError, ValueError):
        return f"<code>{html.escape(tex)}</code>"
    return f"<math display={'block' if display else 'inline'}>{found}</math>"


def typeset(tex: str, display: bool) -> str:
    """Return a formula as the book has it. Raises ValueError if it can't."""
    book = str(ROOT / "book/_ext")
    if book not in sys.path:
        sys.path.append(book)
    import mathematics

    found, error = mathematics.typeset(tex, display)
    if error:
        raise ValueError(f"formula {tex!r}: {error}")
    return found
