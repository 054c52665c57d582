"""Accessibility: repairs to the HTML of pages."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

REPAIRS = [
    # An accessible name must contain the text that is visible.
    (re.compile(r'<summary aria-label="[^"]*">'), "<summary>"),
    # A header cell without text is announced as nothing.
    (re.compile(r"<th class=\"head[^>]*><p></p></th>"), "<td></td>"),
    # Citations are divs with links between them, not a list.
    (re.compile(r' role="doc-biblioentry"'), ""),
    (re.compile(r'<div role="list" class="citation'), '<div class="citation'),
    # A wide table scrolls by itself, not the page.
    (
        re.compile(r'<table class="docutils.*?</table>', re.DOTALL),
        r'<div class="table-scroll">\g<0></div>',
    ),
]


def repair_html(app, pagename, templatename, context, doctree):
    """Repair what a screen reader would misread."""
    for fault, repair in REPAIRS:
        context["body"] = fault.sub(repair, context.get("body", ""))


class RemoteImages(SphinxPostTransform):
    """Replace images on other sites, such as Colab's badge, by their text.

    A notebook shows the badge. A page of the book loads nothing from another
    site, so there the link has words instead.
    """

    default_priority = 1  # before images are downloaded or warned about

    def run(self, **_):
        """Replace the images of one page."""
        for image in list(self.document.findall(nodes.image)):
            if "://" in image["uri"]:
                text = image.get("alt") or image["uri"]
                image.replace_self(nodes.Text(text))


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", repair_html)
    app.add_post_transform(RemoteImages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
