"""Small Sphinx fixes for the book."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


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


def setup(app):
    """Register the fixes with Sphinx."""
    app.connect("html-page-context", drop_repeated_scripts, priority=999)
    app.add_post_transform(LocalPictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
