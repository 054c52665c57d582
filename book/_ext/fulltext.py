"""What the search looks in: the text of every section of the book."""

import json
import re
from collections.abc import Iterator

from docutils import nodes
from site_files import add_file

# What is no text of the page.
LEFT_OUT = (nodes.raw, nodes.comment, nodes.image, nodes.math_block)


def words(node: nodes.Node) -> str:
    """Return the text of a node, without that of sections inside it."""
    if isinstance(node, nodes.Text):
        return str(node)
    if isinstance(node, nodes.math):  # only what reads like text
        return "" if "\\" in node.astext() else node.astext()
    output = node.get("nb_element") == "cell_code_output"
    if output or isinstance(node, LEFT_OUT):
        return ""
    parts = [c for c in node.children if not isinstance(c, nodes.section)]
    inline = isinstance(node, nodes.TextElement)
    return ("" if inline else " ").join(map(words, parts))


def entries(doctree: nodes.document, uri: str) -> Iterator[dict[str, str]]:
    """Yield each section of a page, and each word of a glossary."""
    for section in doctree.findall(nodes.section):
        above, parent = [], section.parent
        while isinstance(parent, nodes.section):
            above.insert(0, parent[0].astext())
            parent = parent.parent
        text = " ".join(words(section).split())
        title = section[0].astext()
        # An exercise is found as one even where it's in the middle of a text.
        if re.match(r"\d+\.\d+ · ", title) and "Exercises" not in above:
            above.append("Exercise")
        yield {
            "at": f"{uri}#{section['ids'][0]}" if above else uri,
            "under": " › ".join(above),
            "title": title,
            "text": text.removeprefix(title).strip(),
        }
    for term in doctree.findall(nodes.term):
        meaning = term.next_node(
            nodes.definition, descend=False, siblings=True
        )
        if term["ids"] and meaning is not None:
            yield {
                "at": f"{uri}#{term['ids'][0]}",
                "under": "Glossary",
                "title": term.astext(),
                "text": " ".join(words(meaning).split()),
            }


def collect(app, doctree, docname):
    """Keep the sections of a page that has been read."""
    if app.builder.format == "html":
        uri = app.builder.get_target_uri(docname)
        app.fulltext[docname] = list(entries(doctree, uri))


def script(app) -> str:
    """Return them as a script: a page that is a file can load nothing else."""
    order = sorted(app.fulltext)
    found = [entry for name in order for entry in app.fulltext[name]]
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"window.bookSections={text};\n"


def setup(app):
    """Register with Sphinx."""
    app.fulltext = {}
    app.connect("doctree-resolved", collect)
    add_file(app, "_static/page/sections.js", script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
