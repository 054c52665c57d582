"""The one style sheet of all pages, put together from its parts."""

import hashlib
import pathlib
import re

from pygments.formatters import HtmlFormatter

BOOK = pathlib.Path(__file__).parents[1]
STATIC, VENDOR = BOOK / "static", BOOK / "vendor"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
FACE = re.compile(r"@font-face\{[^}]*?url\((fonts/[^)]*?\.woff2)\)[^}]*\}")
CODE = {"light": "a11y-high-contrast-light", "dark": "a11y-high-contrast-dark"}


def formulas() -> str:
    """Return KaTeX's style, with the faces that vendor.py has taken."""

    def keep(face: re.Match) -> str:
        file = VENDOR / "math" / face[1]
        return (
            re.sub(
                r"src:[^}]*",
                f'src:url("math/{face[1]}") format("woff2");font-display:swap',
                face[0],
            )
            if file.exists()
            else ""
        )

    style = (VENDOR / "build/katex.min.css").read_text(encoding="utf-8")
    return FACE.sub(keep, style)


def code(look: str) -> str:
    """Return the colors of code, of words only: cells have a ground."""
    formatter = HtmlFormatter(style=CODE[look], nobackground=True)
    rules = formatter.get_style_defs(f'html[data-theme="{look}"] .highlight')
    kept = [rule for rule in rules.splitlines() if ".highlight ." in rule]
    return "\n".join(kept)


def whole() -> str:
    """Return the style sheet."""
    parts = [
        (STATIC / name).read_text(encoding="utf-8")
        for name in ("palette.css", "fonts.css", "page.css", "course.css")
    ]
    # Paper is light, whatever the screen is.
    dark = f"@media screen {{\n{code('dark')}\n}}"
    light = code("light").replace('html[data-theme="light"] ', "")
    text = "\n".join([*parts[:2], formulas(), light, dark, *parts[2:]])
    return re.sub(r"\s*\n\s*", "\n", COMMENT.sub("", text))


def version(text: str) -> str:
    """Return a few letters that change when a file does."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
