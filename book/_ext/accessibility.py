"""Accessibility: pages that a screen reader and a plain browser can use."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

# What people with a screen reader would stumble over, and what stands there
# instead. A name that differs from what is shown cannot be spoken to; an empty
# head has nothing to say; citations lie beside links, so they are no list.
STUMBLES = [
    (re.compile(r'<summary aria-label="[^"]*">'), "<summary>"),
    (re.compile(r"<th class=\"head[^>]*><p></p></th>"), "<td></td>"),
    (re.compile(r' role="doc-biblioentry"'), ""),
    (re.compile(r'<div role="list" class="citation'), '<div class="citation'),
]


def drop_repeated_scripts(app, pagename, templatename, context, doctree):
    """Keep one of each script in a page.

    sphinx-thebe adds its inline script twice, even when it is off, and then
    every page throws that a name has already been declared.
    """
    seen, kept = set(), []
    for script in context.get("script_files", []):
        key = (str(script.filename or ""), script.attributes.get("body"))
        if key not in seen:
            seen.add(key)
            kept.append(script)
    context["script_files"] = kept


def clear_the_way(app, pagename, templatename, context, doctree):
    """Take out of a page what a screen reader stumbles over."""
    for stumble, instead in STUMBLES:
        context["body"] = stumble.sub(instead, context.get("body", ""))


class LocalPictures(SphinxPostTransform):
    """Replace pictures of other sites, such as Colab's badge, by their text.

    A notebook shows the badge; a page of the book loads nothing from another
    site, so there the same link has words.
    """

    default_priority = 1  # before pictures are fetched or warned about

    def run(self, **_):
        """Replace the pictures of one page."""
        for picture in list(self.document.findall(nodes.image)):
            if "://" in picture["uri"]:
                text = picture.get("alt") or picture["uri"]
                picture.replace_self(nodes.Text(text))


class WithoutJavaScript(SphinxPostTransform):
    """Let a live figure's picture stand in where JavaScript is off.

    The notebook stores both; myst-nb, which comes later, keeps one of them.
    """

    default_priority = 3  # before myst-nb chooses
    LIVE = "application/vnd.jupyter.widget-view+json"

    def run(self, **_):
        """Add the pictures of one page."""
        if self.app.builder.format != "html":
            return
        for bundle in list(self.document.findall(nodes.container)):
            kinds = {part.get("mime_type"): part for part in bundle.children}
            if self.LIVE in kinds and "image/png" in kinds:
                still = [
                    nodes.raw("", "<noscript>", format="html"),
                    *kinds["image/png"].deepcopy().children,
                    nodes.raw("", "</noscript>", format="html"),
                ]
                place = bundle.parent.index(bundle) + 1
                bundle.parent.insert(place, still)


def setup(app):
    """Register the fixes with Sphinx."""
    app.connect("html-page-context", drop_repeated_scripts, priority=999)
    app.connect("html-page-context", clear_the_way)
    app.add_post_transform(LocalPictures)
    app.add_post_transform(WithoutJavaScript)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
