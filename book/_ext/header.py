"""How a chapter of the book begins, laid out from what its notebook says.

A notebook is plain Markdown: a title, a promise, a link to Colab, what the
chapter takes, and a cell that installs the course on Colab. The same words get
a shape here: a line that stands out, buttons, a box, and the cell folded. What
a folded cell hides is named as well: it is a solution.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

COLAB = "https://colab.research.google.com/"
DOWNLOAD = (
    '<a class="course-button" href="{up}_sources/{name}.ipynb" download>'
    "Download the notebook</a>"
)


def colab(node: nodes.Node) -> bool:
    """Tell whether a paragraph is the link to Colab."""
    return isinstance(node, nodes.paragraph) and any(
        link.get("refuri", "").startswith(COLAB)
        for link in node.findall(nodes.reference)
    )


def is_cell(node: nodes.Node) -> bool:
    """Tell whether a node is a cell of code."""
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "cell_code"
    )


class ChapterHeads(SphinxPostTransform):
    """Give the first lines of a chapter their shape."""

    default_priority = 190  # before myst-nb folds the cells that say so
    formats = ("html",)

    def run(self, **_):
        """Shape the head of one page; pages without a Colab link have none."""
        for cell in self.document.findall(is_cell):
            if cell.get("hide_mode") == "all":
                cell["prompt_show"] = "Show a solution"
                cell["prompt_hide"] = "Hide the solution"
        for top in self.document.findall(nodes.section):
            links = [k for k, node in enumerate(top.children) if colab(node)]
            if links:
                self.shape(top, links[0])
            return  # only the first section has a head

    def shape(self, top: nodes.section, link: int) -> None:
        """Shape the head of a chapter, whose Colab link has this place."""
        promise, buttons = top.children[1], top.children[link]
        promise["classes"].append("course-promise")
        buttons["classes"].append("course-buttons")
        for reference in buttons.findall(nodes.reference):
            reference["classes"].append("course-button")
        name = self.env.docname
        address = DOWNLOAD.format(up="../" * name.count("/"), name=name)
        buttons += nodes.raw("", address, format="html")
        after = top.children[link + 1 :]
        cell = next((k for k, node in enumerate(after) if is_cell(node)), 0)
        if not cell:
            return
        box = nodes.container(classes=["course-facts"])
        box.extend(after[:cell])
        fold(after[cell])
        top.children[link + 1 : link + 1 + cell] = []
        top.insert(link + 1, box)


def fold(cell: nodes.container) -> None:
    """Fold the cell that installs the course: it is the same everywhere."""
    cell["hide_mode"] = "input"
    cell["prompt_show"] = "Show the set-up, for Colab"
    cell["prompt_hide"] = "Hide the set-up"


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(ChapterHeads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
