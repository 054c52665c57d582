"""Accessibility: repairs to the HTML of pages, and fallbacks."""

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
]


def drop_repeated_scripts(app, pagename, templatename, context, doctree):
    """Keep one copy of each script of a page.

    sphinx-thebe adds its inline script twice, even when it is off, and then
    every page throws an error because a name has already been declared.
    """
    kept = {}
    for script in context.get("script_files", []):
        key = (str(script.filename or ""), script.attributes.get("body"))
        kept.setdefault(key, script)
    context["script_files"] = list(kept.values())


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


class WidgetFallbacks(SphinxPostTransform):
    """Show the image of a live figure where JavaScript is off.

    The notebook stores both, but myst-nb keeps only one of them.
    """

    default_priority = 3  # before myst-nb chooses
    WIDGET = "application/vnd.jupyter.widget-view+json"

    def run(self, **_):
        """Add the images of one page."""
        if self.app.builder.format != "html":
            return
        for bundle in list(self.document.findall(nodes.container)):
            kinds = {part.get("mime_type"): part for part in bundle.children}
            if self.WIDGET in kinds and "image/png" in kinds:
                fallback = [
                    nodes.raw("", "<noscript>", format="html"),
                    *kinds["image/png"].deepcopy().children,
                    nodes.raw("", "</noscript>", format="html"),
                ]
                bundle.parent.insert(bundle.parent.index(bundle) + 1, fallback)


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", drop_repeated_scripts, priority=999)
    app.connect("html-page-context", repair_html)
    app.add_post_transform(RemoteImages)
    app.add_post_transform(WidgetFallbacks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
