"""The questions at the end of a chapter: options to open, links to look up."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class Questions(SphinxPostTransform):
    """Name the options of questions for the style sheet, and link from them.

    In a notebook an option is a plain `<details>` and the first word behind
    it says whether it is right. Here it also becomes a class of the element,
    and the name of a section, where to look again, becomes a link.
    """

    default_priority = 1
    formats = ("html",)

    def run(self, **_):
        """Mark the options of one page."""
        for section in self.document.findall(nodes.section):
            if "check-yourself" in section["ids"]:
                section["classes"].append("questions")
                for opening in list(section.findall(nodes.raw)):
                    self.mark(opening)
                for name in list(section.findall(nodes.emphasis)):
                    self.link(name)

    def mark(self, opening):
        """Name the option that begins at the end of some HTML."""
        before, found, option = opening.astext().rpartition("<details>")
        reply = opening.next_node(descend=False, siblings=True)
        if found and reply is not None:
            right = reply.astext().startswith("Right.")
            kind = "right" if right else "wrong"
            html = f'{before}<details class="option {kind}">{option}'
            opening.replace_self(nodes.raw("", html, format="html"))

    def link(self, name):
        """Lead from the name of a section to the section."""
        for section in self.document.findall(nodes.section):
            if section[0].astext().split() == name.astext().split():
                place = section["ids"][0]
                link = nodes.reference("", "", internal=True, refid=place)
                name.replace_self(link)
                link += name
                return


def setup(app):
    """Register the questions with Sphinx."""
    app.add_post_transform(Questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
