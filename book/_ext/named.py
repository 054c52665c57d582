"""Query, key and value in their colors, where the text introduces them.

There a chapter has them in bold; figures and the demo have the same colors.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

NAMED = re.compile(r"(query|key|value)s?(?: vector)?")


class Named(SphinxPostTransform):
    """Give bold words a class where they name one of the three."""

    default_priority = 192
    formats = ("html",)

    def run(self, **_):
        """Mark the words of one page."""
        for strong in self.document.findall(nodes.strong):
            if found := NAMED.fullmatch(strong.astext()):
                strong["classes"].append(f"named-{found[1]}")


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(Named)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
