"""The header of a chapter's page, made from the first cells of its notebook.

A notebook begins in plain Markdown: a title, a promise, a link to Colab, what
the chapter takes, and a cell that installs the course in Colab. Here they
become a lead line, buttons, a box and a folded cell.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

COLAB = "https://colab.research.google.com/"
DOWNLOAD = (
    '<a class="course-button" href="{up}_sources/{name}.ipynb" download>'
    "Download the notebook</a>"
)

FOLDED = {  # by its tags: what a reader may open, and close again
    "all": ("a solution", "the solution"),
    "input": ("the code", "the code"),
}


def is_colab_link(node: nodes.Node) -> bool:
    """Return whether a node is the paragraph with the link to Colab."""
    return isinstance(node, nodes.paragraph) and any(
        link.get("refuri", "").startswith(COLAB)
        for link in node.findall(nodes.reference)
    )


def is_cell(node: nodes.Node) -> bool:
    """Return whether a node is a code cell."""
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "cell_code"
    )


class ChapterHeader(SphinxPostTransform):
    """Lay out the header, and label the cells that the chapter folds."""

    default_priority = 190  # before myst-nb folds cells
    formats = ("html",)

    def run(self, **_):
        """Lay out one page; a page without a link to Colab has no header."""
        for cell in self.document.findall(is_cell):
            if part := FOLDED.get(cell.get("hide_mode")):
                cell["prompt_show"] = f"Show {part[0]}"
                cell["prompt_hide"] = f"Hide {part[1]}"
        for top in self.document.findall(nodes.section):
            found = list(map(is_colab_link, top.children))
            if any(found):
                self.lay_out(top, found.index(True))
            return  # only the first section has a header

    def lay_out(self, top: nodes.section, link: int) -> None:
        """Lay out the header, whose link to Colab is the child `link`."""
        promise, buttons = top.children[1], top.children[link]
        promise["classes"].append("course-promise")
        buttons["classes"].append("course-buttons")
        for reference in buttons.findall(nodes.reference):
            reference["classes"].append("course-button")
        name = self.env.docname
        address = DOWNLOAD.format(up="../" * name.count("/"), name=name)
        buttons += nodes.raw("", address, format="html")
        after = top.children[link + 1 :]
        setup = next((k for k, node in enumerate(after) if is_cell(node)), 0)
        if setup:
            cell = after[setup]
            cell["hide_mode"] = "input"
            cell["prompt_show"] = "Show the set-up, for Colab"
            cell["prompt_hide"] = "Hide the set-up"
            box = nodes.container(classes=["course-facts"])
            box.extend(after[:setup])
            top[link + 1 : link + 1 + setup] = [box]


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(ChapterHeader)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
