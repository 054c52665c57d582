"""The public address of the book, page descriptions, and the 404 page.

Everything follows from the address of the repository in _config.yml: GitHub
Pages publishes owner/name at https://owner.github.io/name/. A book with a
domain of its own sets html_baseurl instead.
"""

import pathlib
import urllib.parse

from docutils import nodes

LONGEST = 200  # characters of a description; search engines cut there
PALETTE = pathlib.Path(__file__).parents[1] / "static" / "palette.css"


def published(repository: str) -> str:
    """Return where GitHub Pages publishes a repository."""
    owner, name = repository.rstrip("/").split("/")[-2:]
    host = f"{owner.lower()}.github.io"
    folder = "" if name.lower() == host else f"{name}/"
    return f"https://{host}/{folder}"


def set_address(app, config):
    """Derive the public address, unless the configuration gives one."""
    if not config.html_baseurl:
        repository = config.html_theme_options["repository_url"]
        config.html_baseurl = published(repository)


def describe(doctree) -> str:
    """Return the first paragraph of a page, cut after a whole word."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree else ()
    text = next((" ".join(p.astext().split()) for p in paragraphs), "")
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rpartition(" ")[0] + " …"


def extend_context(app, pagename, templatename, context, doctree):
    """Give the templates the description and the address of a page."""
    context["description"] = describe(doctree)
    context["public_address"] = app.config.html_baseurl
    if pagename == app.config.root_doc:
        context["docstitle"] = "an open course on dot-product attention"
    if pagename == "404":
        context["root"] = urllib.parse.urlsplit(app.config.html_baseurl).path
        context["palette"] = PALETTE.read_text(encoding="utf-8")


def setup(app):
    """Register with Sphinx."""
    app.connect("config-inited", set_address, priority=900)
    app.connect("html-page-context", extend_context)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
