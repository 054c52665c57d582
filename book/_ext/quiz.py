"""The quiz at the end of a chapter: classes for its options, and links."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class Quiz(SphinxPostTransform):
    """Give the options of questions a class, and link to sections.

    In a notebook an option is a plain `<details>`, and the first word of its
    reply says whether it is right. Here the element also gets a class for the
    style sheet, and the name of a section becomes a link to it.
    """

    default_priority = 1
    formats = ("html",)

    def run(self, **_):
        """Mark the options of one page."""
        for section in self.document.findall(nodes.section):
            if "check-yourself" in section["ids"]:
                section["classes"].append("questions")
                for opening in list(section.findall(nodes.raw)):
                    self.classify(opening)
                for name in list(section.findall(nodes.emphasis)):
                    self.link(name)

    def classify(self, opening):
        """Give a class to the option that begins at the end of some HTML."""
        before, found, option = opening.astext().rpartition("<details>")
        reply = opening.next_node(descend=False, siblings=True)
        if found and reply is not None:
            right = reply.astext().startswith("Right.")
            kind = "right" if right else "wrong"
            html = f'{before}<details class="option {kind}">{option}'
            opening.replace_self(nodes.raw("", html, format="html"))

    def link(self, name):
        """Turn the name of a section into a link to it."""
        for section in self.document.findall(nodes.section):
            if section[0].astext().split() == name.astext().split():
                target = section["ids"][0]
                link = nodes.reference("", "", internal=True, refid=target)
                name.replace_self(link)
                link += name
                return


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(Quiz)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
