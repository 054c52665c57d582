"""The live demo on pages: its HTML and its script.

A page writes the directive `demo` with the networks that it shows. The
modules in book/static/demo become one classic script, because a page that was
opened as a file may not load modules.
"""

import re
from collections.abc import Container, Iterable
from functools import partial
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from site_files import add_file
from sphinx.util.docutils import SphinxDirective

STATIC = Path(__file__).parents[1] / "static"
SOURCE = STATIC / "demo"
GUIDE = STATIC / "guide"
IMPORT = re.compile(
    r'^import (?:\* as )?([^;]+?) from "([./\w]+)\.js";\n', re.M
)
EXPORT = re.compile(
    r"^export ((?:async )?(?:function\*?|const|class) (\w+))", re.M
)
COMMENT = re.compile(r"^ *(?://[^\n]*|/\*\*.*?\*/)\n", re.M | re.S)
NETWORKS = {"post": "The post’s", "best": "The best"}
BUTTON = (
    '<button type="button" value="{0}" aria-pressed="{1}" '
    'data-name="{2}">{2}: '
    '<b data-color="red">red</b> ✓</button>'
)  # what it says in the first scene
TOUR = (
    '<button type="button" data-part="tour-start">Guided tour</button>\n    '
)


def bundle(path: Path, done: set[Path] | None = None) -> str:
    """Join a module and what it imports into one script.

    Each module becomes a constant of its name: the result of a function that
    is called once and returns what the module exports.
    """
    done = set() if done is None else done
    text = path.read_text(encoding="utf-8")
    parts = []
    for _, other in IMPORT.findall(text):
        file = (path.parent / f"{other}.js").resolve()
        if file not in done:
            done.add(file)
            parts.append(bundle(file, done))
    exported = ", ".join(known for _, known in EXPORT.findall(text))
    body = IMPORT.sub(
        lambda its: f"const {its[1]} = {Path(its[2]).name};\n",
        COMMENT.sub("", text),
    )
    body = re.sub(r"^ +", "", EXPORT.sub(r"\1", body), flags=re.M)
    parts.append(
        f"const {path.stem} = (() => {{\n{body}"
        f"return {{ {exported} }};\n}})();\n"
    )
    return "".join(parts)


def markup(
    docname: str, networks: tuple[str, ...], options: Container[str] = ()
) -> str:
    """Return the HTML of the demo for a page."""
    styles, scripts = ["demo/demo"], ["models/mnist"]
    scripts += [f"models/{network}-mnist" for network in networks]
    if "tour" in options:
        styles.append("guide/guide")
        scripts.append("guide")
    size = ' data-size="small"' if "small" in options else ""
    return loading(docname, styles, [*scripts, "demo"]) + element(
        docname, networks, size, options
    )


def loading(
    docname: str, styles: Iterable[str], scripts: Iterable[str]
) -> str:
    """Return the HTML by which a page loads style sheets and scripts."""
    static = "../" * docname.count("/") + "_static"
    return "".join(
        f'<link rel="stylesheet" href="{static}/{name}.css" />\n'
        for name in styles
    ) + "".join(
        f'<script defer src="{static}/{name}.js"></script>\n'
        for name in scripts
    )


def element(
    docname: str,
    networks: tuple[str, ...],
    data: str,
    options: Container[str] = (),
) -> str:
    """Return the element of a demo alone, with some of its `data-`."""
    up = "../" * docname.count("/")
    tour = (GUIDE / "tour.html").read_text(encoding="utf-8")
    guided = "tour" in options
    places = {
        "tour": tour if guided else "",
        "tour-button": TOUR if guided else "",
        "training": training() if "training" in options else "",
        "up": up,
        "demo": f"{up}book/demo.html",
        "static": f"{up}_static",
        "switch": switch(networks) if len(networks) > 1 else "",
    }
    inner = (SOURCE / "markup.html").read_text(encoding="utf-8")
    for place, html in places.items():
        inner = inner.replace(f"{{{place}}}", html)
    return (
        f'<div class="demo" data-nets="{escape(" ".join(networks))}"{data}'
        f' role="group" aria-label="Live demo">\n{inner}</div>\n'
    )


def switch(networks: tuple[str, ...]) -> str:
    """Return the buttons that choose a network; the last one is pressed."""
    buttons = [
        BUTTON.format(name, str(name == networks[-1]).lower(), NETWORKS[name])
        for name in networks
    ]
    return "<b>Network</b>" + "".join(buttons)


def training() -> str:
    """Return the HTML that shows the training; see book/tools/snapshots.py."""
    html = (GUIDE / "training.html").read_text(encoding="utf-8")
    files = (SOURCE.parent / "models").glob("*-training.js")
    size = sum(file.stat().st_size for file in files)
    return html.replace("{size}", f"{size / 1e6:.1f}")


class Demo(SphinxDirective):
    """Put the live demo on a page: `{demo} post best`, small or with more."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"small": directives.flag, "tour": directives.flag}
    option_spec |= {"training": directives.flag}

    def run(self):
        """Return the demo as HTML."""
        networks = tuple(self.arguments[0].split())
        if not set(networks) <= NETWORKS.keys():
            raise self.error(f"the demo has the networks {[*NETWORKS]}.")
        html = markup(self.env.docname, networks, self.options)
        return [nodes.raw("", html, format="html")]


def script(source: Path, app) -> str:
    """Return the script of the demo, or of its guide."""
    return f"{{\n{bundle(source)}}}\n"


def setup(app):
    """Register with Sphinx."""
    app.add_directive("demo", Demo)
    for source in (SOURCE / "demo.js", GUIDE / "guide.js"):
        add_file(app, f"_static/{source.name}", partial(script, source))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
