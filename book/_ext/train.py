"""The page that trains a network: its HTML and its script.

A page writes the directive `train`. The modules in book/static/train become
one classic script, and what its workers run becomes a text within it, because
a page that was opened as a file may load neither modules nor workers.
"""

import json
from pathlib import Path

from demo import STATIC, bundle, element
from docutils import nodes
from docutils.parsers.rst import Directive

SOURCE = STATIC / "train"


def markup(docname: str) -> str:
    """Return the HTML of the part that trains."""
    static = "../" * docname.count("/") + "_static"
    inner = (SOURCE / "markup.html").read_text(encoding="utf-8")
    small = ' data-size="small" data-unlinked'
    inner = inner.replace("{demo}", element(docname, ("yours",), small))
    inner = inner.replace("{static}", static)
    return (
        f'<link rel="stylesheet" href="{static}/demo/demo.css" />\n'
        f'<link rel="stylesheet" href="{static}/train/train.css" />\n'
        f'<script defer src="{static}/models/mnist.js"></script>\n'
        f'<script defer src="{static}/train.js"></script>\n'
        f'<div class="train" data-demo="{static}/demo.js" role="group"'
        f' aria-label="Train a network">\n{inner}</div>\n'
    )


def script() -> str:
    """Return the page's script, which holds that of its workers."""
    worker = json.dumps(f"{{\n{bundle(SOURCE / 'worker.js')}}}\n")
    page = bundle(SOURCE / "train.js")
    return f"{{\nself.trainWorker = {worker};\n{page}}}\n"


class Train(Directive):
    """Put the part that trains on a page: `{train}`."""

    def run(self):
        """Return it as HTML."""
        env = self.state.document.settings.env
        return [nodes.raw("", markup(env.docname), format="html")]


def write_script(app, exception):
    """Write the script of the page."""
    if app.builder.format == "html" and exception is None:
        path = Path(app.outdir) / "_static" / "train.js"
        path.write_text(script(), encoding="utf-8")


def setup(app):
    """Register with Sphinx."""
    app.add_directive("train", Train)
    app.connect("build-finished", write_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
