"""The page that trains a network: its HTML and its script.

A page writes the directive `train`. The modules in book/static/train become
one classic script, and what its workers run becomes a text within it, because
a page that was opened as a file may load neither modules nor workers.
"""

import json

from demo import STATIC, bundle, element, loading
from docutils import nodes
from site_files import add_file
from sphinx.util.docutils import SphinxDirective

SOURCE = STATIC / "train"


def markup(docname: str) -> str:
    """Return the HTML of the part that trains."""
    static = "../" * docname.count("/") + "_static"
    inner = (SOURCE / "markup.html").read_text(encoding="utf-8")
    small = ' data-size="small" data-unlinked'
    inner = inner.replace("{demo}", element(docname, ("yours",), small))
    inner = inner.replace("{static}", static)
    styles, scripts = ("demo/demo", "train/train"), ("models/mnist", "train")
    return (
        f"{loading(docname, styles, scripts)}"
        f'<div class="train" data-demo="{static}/demo.js" role="group"'
        f' aria-label="Train a network">\n{inner}</div>\n'
    )


def script(app) -> str:
    """Return the page's script, which holds that of its workers."""
    worker = json.dumps(f"{{\n{bundle(SOURCE / 'worker.js')}}}\n")
    page = bundle(SOURCE / "train.js")
    return f"{{\nself.trainWorker = {worker};\n{page}}}\n"


class Train(SphinxDirective):
    """Put the part that trains on a page: `{train}`."""

    def run(self):
        """Return it as HTML."""
        return [nodes.raw("", markup(self.env.docname), format="html")]


def setup(app):
    """Register with Sphinx."""
    app.add_directive("train", Train)
    add_file(app, "_static/train.js", script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
