"""The live demo on pages: its HTML, its script, and chapter 6's Explorer.

A page writes the directive `demo` with the networks that it shows. The
modules in book/static/demo become one classic script, because a page that was
opened as a file may not load modules. Where a notebook stores an Explorer,
which needs Python, the page has the live demo instead.
"""

import re
from collections.abc import Container
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.transforms.post_transforms import SphinxPostTransform

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
WIDGET = "application/vnd.jupyter.widget-view+json"
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
    up = "../" * docname.count("/")
    static = f"{up}_static"
    files = ["mnist", *(f"{network}-mnist" for network in networks)]
    scripts = [f"{static}/models/{name}.js" for name in files]
    guided = "tour" in options
    scripts += [f"{static}/guide.js"] if guided else []
    scripts.append(f"{static}/demo.js")
    loaded = "".join(f'<script defer src="{s}"></script>\n' for s in scripts)
    size = ' data-size="small"' if "small" in options else ""
    style = f"{static}/guide/guide.css"
    style = f'<link rel="stylesheet" href="{style}" />\n' if guided else ""
    return (
        f'<link rel="stylesheet" href="{static}/demo/demo.css" />\n'
        f"{style}{loaded}" + element(docname, networks, size, options)
    )


def element(
    docname: str,
    networks: tuple[str, ...],
    data: str,
    options: Container[str] = (),
) -> str:
    """Return the element of a demo alone, with some of its `data-`."""
    up = "../" * docname.count("/")
    inner = (SOURCE / "markup.html").read_text(encoding="utf-8")
    tour = (GUIDE / "tour.html").read_text(encoding="utf-8")
    guided = "tour" in options
    inner = inner.replace("{tour}", tour if guided else "")
    inner = inner.replace("{tour-button}", TOUR if guided else "")
    kept = training() if "training" in options else ""
    inner = inner.replace("{training}", kept)
    inner = inner.replace("{up}", up)
    inner = inner.replace("{demo}", f"{up}book/demo.html")
    inner = inner.replace("{static}", f"{up}_static")
    buttons = [
        BUTTON.format(name, str(name == networks[-1]).lower(), NETWORKS[name])
        for name in (networks if len(networks) > 1 else ())
    ]
    name = "<b>Network</b>" if buttons else ""
    inner = inner.replace("{switch}", name + "".join(buttons))
    return (
        f'<div class="demo" data-nets="{escape(" ".join(networks))}"{data}'
        f' role="group" aria-label="Live demo">\n{inner}</div>\n'
    )


def training() -> str:
    """Return the HTML that shows the training; see book/tools/snapshots.py."""
    html = (GUIDE / "training.html").read_text(encoding="utf-8")
    files = (SOURCE.parent / "models").glob("*-training.js")
    size = sum(file.stat().st_size for file in files)
    return html.replace("{size}", f"{size / 1e6:.1f}")


class Demo(Directive):
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
        env = self.state.document.settings.env
        html = markup(env.docname, networks, self.options)
        return [nodes.raw("", html, format="html")]


class LiveExplorer(SphinxPostTransform):
    """Replace the stored Explorer, which needs Python, by the live demo."""

    default_priority = 2  # before myst-nb chooses what to show
    formats = ("html",)

    def run(self, **_):
        """Replace the Explorers of one page."""
        for output in list(self.document.findall(nodes.container)):
            kinds = {part.get("mime_type"): part for part in output.children}
            plain = kinds.get("text/plain")
            if WIDGET in kinds and plain is not None:
                if plain.astext().startswith("<Explorer"):
                    html = markup(self.env.docname, (*NETWORKS,))
                    demo = nodes.raw("", html, format="html")
                    output.replace_self(demo)


def write_script(app, exception):
    """Write the scripts of the demo and of its guide."""
    if app.builder.format == "html" and exception is None:
        for source in (SOURCE / "demo.js", GUIDE / "guide.js"):
            path = Path(app.outdir) / "_static" / source.name
            path.write_text(f"{{\n{bundle(source)}}}\n", encoding="utf-8")


def setup(app):
    """Register with Sphinx."""
    app.add_directive("demo", Demo)
    app.add_post_transform(LiveExplorer)
    app.connect("build-finished", write_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
