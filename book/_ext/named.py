"""Query, key and value in their colors, where the text introduces them.

There a chapter has them in bold, the glossary as terms, and the notation in a
cell of its table; formulas, figures and the demo have the same colors.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

NAMED = re.compile(r"(query|key|value)s?(?: vector)?")


class Named(SphinxPostTransform):
    """Give such words a class where they name one of the three."""

    default_priority = 192
    formats = ("html",)

    def run(self, **_):
        """Mark the words of one page."""
        for kind in (nodes.strong, nodes.term, nodes.entry):
            for word in self.document.findall(kind):
                if found := NAMED.fullmatch(word.astext()):
                    word["classes"].append(f"named-{found[1]}")


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(Named)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
