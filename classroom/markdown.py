r"""Markdown with $formulas$ as HTML: `\(…\)` for other tools, or set by KaTeX.

Links become their text: they lead to places that only the book has.
"""

import html
import re
import sys
from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt

from classroom.exercises import MARK, ROOT

MARKDOWN = MarkdownIt("commonmark").enable("table")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.S)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\([^)]+\)")

Setter = Callable[[str, bool], str]  # of TeX, and whether it stands alone


def delimited(tex: str, display: bool) -> str:
    """Return a formula for tools that have MathJax."""
    return html.escape(rf"\[{tex}\]" if display else rf"\({tex}\)", False)


def typeset(tex: str, display: bool) -> str:
    """Return a formula as the book has it. Raises ValueError if it can't."""
    found, error = katex()(tex, display)
    if error:
        raise ValueError(f"formula {tex!r}: {error}")
    return found


@cache
def katex() -> Callable[[str, bool], tuple[str, str | None]]:
    """Return the book's own setter of formulas."""
    sys.path.append(str(ROOT / "book/_ext"))
    import mathematics

    return mathematics.typeset


def to_html(
    text: str, inline: bool = False, formula: Setter = delimited
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
