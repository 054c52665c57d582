"""What the templates in book/theme need to know of a page."""

import html
import json
import pathlib
import posixpath
import re

from docutils import nodes
from site_files import add_file
from stylesheet import STATIC, version, whole

LONGEST = 200  # characters of a description; search engines cut there
COLAB = "https://colab.research.google.com/github"
# Fonts of the first screen: those of every page, and those that a page's first
# characters ask for. A font that comes later moves the lines it stands in.
EARLY = ["source-serif-4-normal", "source-sans-3-normal"]
ASKED = {"<em>": "source-serif-4-italic", "<code": "source-code-pro-normal"}
FIRST = 3_000  # characters of a page's HTML
CARD = (
    "Six scenes of three colored digits, each with a map of attention weights "
    "below: dark but for a bright spot on the digit that is asked for."
)
SEARCH = (
    "Search an open course on dot-product attention: its chapters, exercises, "
    "words and measured numbers, found as you type."
)
TAGS = re.compile(r"<[^>]+>")
PAPER = re.compile(r"--(?:figure-)?paper: (#\w+)")
# The address of a file, in an attribute of a page, relative to that page.
RELATIVE = re.compile(
    r'\b(href|src|srcset|action|data-root)="(?![a-z]+:|[#/])([^"]*)"'
)


def describe(app, pagename, doctree) -> str:
    """Return the first paragraph of a page, cut after a whole word."""
    if pagename == app.config.root_doc:
        return app.config.html_context["summary"]
    if pagename == "search":
        return SEARCH
    paragraphs = doctree.findall(nodes.paragraph) if doctree else ()
    text = next((" ".join(p.astext().split()) for p in paragraphs), "")
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rpartition(" ")[0] + " …"


def section_list(toc: str) -> str:
    """Return the list of sections inside a page's table of contents."""
    start = toc.find("<ul", 1)
    return toc[start : toc.rfind("</ul>", 0, toc.rfind("</li>")) + 5].strip()


def linked_data(app, context) -> str:
    """Say to search engines, in schema.org's words, what a page is."""
    course = {
        "@type": "Course",
        "name": app.config.project,
        "description": app.config.html_context["summary"],
        "url": app.config.html_baseurl,
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "provider": {"@type": "Organization", "name": app.config.author},
        "about": ["dot-product attention", "deep learning", "PyTorch"],
    }
    page = {
        "@type": "LearningResource",
        "name": context["heading"],
        "description": context["description"],
        "url": context["canonical"],
        "isPartOf": {key: course[key] for key in ("@type", "name", "url")},
    }
    found = course if context["is_root"] else page
    return json.dumps({"@context": "https://schema.org", **found})


def extend_context(app, pagename, templatename, context, doctree):
    """Give the templates what they need."""
    base = app.config.html_baseurl
    repository = context["theme_repository_url"]
    is_root = pagename == app.config.root_doc
    about = "an open course on dot-product attention"
    title = context.get("title", "Search")  # the only page without a document
    start = context.get("body", "")[:FIRST]
    asked = [name for tag, name in ASKED.items() if tag in start]
    contents = context["toctree"](
        maxdepth=1, collapse=False, includehidden=True, titles_only=True
    )
    context |= {
        "is_root": is_root,
        "docstitle": about if is_root else app.config.project,
        "heading": html.unescape(TAGS.sub("", title)),
        "description": html.escape(describe(app, pagename, doctree)),
        "public_address": base,
        "canonical": base if is_root else f"{base}{pagename}.html",
        "repository": repository,
        "home": context["pathto"]("index.html", 1),
        "up": "../" * pagename.count("/"),
        "author": app.config.author,
        "theme_script": app.theme_script,
        "versions": app.versions,
        "early_fonts": EARLY + asked,
        "paper": app.paper,
        "card_alt": CARD,
        # The names of its parts head no text.
        "contents": re.sub(r' (aria-level|role)="\w+"', "", contents),
    }
    toc = context.get("toc", "")
    metadata = app.env.metadata.get(pagename, {})
    removed = "html_theme.sidebar_secondary.remove" in metadata
    if toc.count("<li>") > 3 and not removed:
        context["sections"] = section_list(toc)
    if pagename.startswith("chapters/"):
        owned = "/".join(repository.split("/")[-2:])
        branch = context["theme_repository_branch"]
        path = f"{owned}/blob/{branch}/{pagename}.ipynb"
        context["colab"] = f"{COLAB}/{path}"
    else:
        context["sourcename"] = ""  # only notebooks are there to be taken
    context["linked_data"] = linked_data(app, context)


def prepare(app):
    """Read what is the same on all pages."""
    app.builder.search = False  # Sphinx's own; see fulltext.py
    app.style = whole()
    app.theme_script = (STATIC / "page/theme.js").read_text(encoding="utf-8")
    script = (STATIC / "page/page.js").read_text(encoding="utf-8")
    app.versions = {
        "book.css": version(app.style),
        "page/page.js": version(script),
    }
    palette = (STATIC / "palette.css").read_text(encoding="utf-8")
    papers = PAPER.findall(palette)
    app.paper = {"light": papers[0], "dark": papers[1]}


def first_page(app) -> str:
    """Return the first page for the site's root, where people look for it."""
    root = app.config.root_doc
    folder = posixpath.dirname(root)

    def from_root(found: re.Match) -> str:
        address = posixpath.normpath(posixpath.join(folder, found[2] or "."))
        return f'{found[1]}="{address}"'

    page = pathlib.Path(app.outdir, f"{root}.html")
    return RELATIVE.sub(from_root, page.read_text(encoding="utf-8"))


def sitemap(app) -> str:
    """List the pages for search engines."""
    base = app.config.html_baseurl
    names = sorted(app.env.found_docs - {app.config.root_doc})
    addresses = [base, *(f"{base}{name}.html" for name in names)]
    entries = "".join(f"<url><loc>{each}</loc></url>\n" for each in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}</urlset>\n"
    )


def robots(app) -> str:
    """Tell search engines where the list is."""
    address = f"{app.config.html_baseurl}sitemap.xml"
    return f"User-agent: *\nAllow: /\nSitemap: {address}\n"


def setup(app):
    """Register with Sphinx."""
    # Jupyter Book sets it, for an extension that this book does without.
    app.add_config_value("comments_config", {}, "env")
    app.connect("builder-inited", prepare)
    app.connect("html-page-context", extend_context)
    add_file(app, "_static/book.css", lambda app: app.style)
    add_file(app, "sitemap.xml", sitemap)
    add_file(app, "robots.txt", robots)
    # Before sphinx-external-toc, which would write a redirection instead.
    add_file(app, "index.html", first_page, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
