"""Numbers that say how they were measured, and the page that lists them.

Prose marks a number with an invisible `<!-- claim:id -->`. In a page the two
become an element that book/static/page/cards.js opens; without JavaScript it
is plain text. What a card shows is in one script, loaded when the first card
is opened. The directive `ledger` lists all claims, and where each is cited.
"""

import json
import re
import sys
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.parsers.rst import Directive
from header import is_cell
from site_files import add_file
from tables import made, shown, with_unit

from colorattn import claims
from colorattn.claims import Claim

sys.path.append(str(Path(__file__).parents[1] / "measure"))
from citations import MARK, following, phrases
from freshness import state
from uses import uses

BOOK = Path(__file__).parents[1]
# A span in one of these would be a button inside another control.
CONTROLS = (nodes.reference, nodes.title)


class Citation(NamedTuple):
    """A place in the book that gives a claim's number."""

    anchor: str  # of the number
    section: str  # its title
    figure: str  # anchor of the figure before it in its section, or ""


# ------------------------------------------------------- numbers in a page


def mark_numbers(app, doctree):
    """Mark the numbers of a page that has been read; keep where they are."""
    known = claims.ledger()
    times: Counter[str] = Counter()  # that the page cites a claim
    found: list[tuple[str, Citation]] = []
    figures: dict[nodes.Node | None, str] = {}  # the last of each section
    count = 0
    for node in list(doctree.findall()):
        if has_figure(node):
            count += 1
            node["ids"].append(f"figure-{count}")
            figures[section_of(node)] = f"figure-{count}"
        elif isinstance(node, nodes.raw) and (mark := cited(node)):
            name = mark.partition(".")[0]
            number = number_before(node)
            if name not in known or number is None:
                continue
            times[name] += 1
            again = f"--{times[name]}" if times[name] > 1 else ""
            anchor = f"claim-{name}{again}"
            section = section_of(node)
            title = section[0].astext() if section else ""
            its = Citation(anchor, title, figures.get(section, ""))
            found.append((name, its))
            wrap(node, *number, mark, anchor)
    app.env.metadata[app.env.docname]["citations"] = found


def has_figure(node: nodes.Node) -> bool:
    """Return whether a node is a code cell that shows a picture."""
    return is_cell(node) and any(node.findall(nodes.image))


def cited(node: nodes.raw) -> str:
    """Return what a mark cites, such as `id` or `id.sd`; "" for no mark."""
    found = MARK.fullmatch(node.astext().strip())
    return found[2] if found and found[1] == "claim" else ""


def section_of(node: nodes.Node) -> nodes.section | None:
    """Return the section that a node is in."""
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def number_before(mark: nodes.raw) -> tuple[nodes.Text, int] | None:
    """Return the text that ends in the number of a mark, and its start."""
    text = last_text(mark.parent, mark.parent.index(mark))
    if text is None or has_control(mark):
        return None
    end = len(text)
    for phrase in phrases(text):
        place = following(phrase, f"{text}\0", {end: ("claim", "")})
        if place == end:
            minus = text[: phrase.start].endswith("−")
            return text, phrase.start - minus
    return None


def last_text(parent: nodes.Element, end: int) -> nodes.Text | None:
    """Return the text before a place, its lines joined; None for no text."""
    start = end
    while start and isinstance(parent[start - 1], nodes.Text):
        start -= 1
    if words := "".join(parent.children[start:end]):
        parent[start:end] = [nodes.Text(words)]
        return parent[start]
    before = parent[start - 1] if start else None
    if isinstance(before, nodes.strong | nodes.emphasis):
        return last_text(before, len(before))
    return None


def has_control(node: nodes.Node) -> bool:
    """Return whether a node is in a link or in a heading."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, CONTROLS):
            return True
    return False


def wrap(
    mark: nodes.raw, text: nodes.Text, start: int, cites: str, anchor: str
) -> None:
    """Put the number that a mark follows into an element of its own."""
    opening = f'<span class="claim" id="{anchor}" data-claim="{cites}">'
    parts = [
        nodes.Text(text[:start]),
        nodes.raw("", opening, format="html"),
        nodes.Text(text[start:]),
        nodes.raw("", "</span>", format="html"),
    ]
    text.parent.replace(text, parts[not start :])
    mark.parent.remove(mark)


# ------------------------------------------------------------ what is known

KINDS = {  # of intervals, by words in what a claim says
    "t-interval": "confidence",
    "confidence interval": "confidence",
    "over drawings": "bootstrap",
    "bootstrap interval": "bootstrap",
    "on fixed scenes": "tolerance",
    "; tolerance": "tolerance",
}


def kind(claim: Claim) -> str:
    """Name the kind of a claim's interval, as the page defines it."""
    if claim.low is None:
        return ""
    kinds = (kind for words, kind in KINDS.items() if words in claim.what)
    return next(kinds, "prediction")


def interval(claim: Claim) -> str:
    """Format a claim's interval, and name its kind."""
    if claim.low is None:
        return "—"
    return f"{shown(claim.low)} to {shown(claim.high)}, {kind(claim)}"


def page_name(env, docname: str) -> str:
    """Name a page: by its number where it is a chapter."""
    if docname.startswith("chapters/"):
        return f"chapter {int(Path(docname).name[:2])}"
    return env.titles[docname].astext()


def citations(app) -> dict[str, list[tuple[str, Citation]]]:
    """Map each claim to the pages, chapters first, and places citing it."""
    found: dict[str, list[tuple[str, Citation]]] = {}
    pages = app.env.metadata
    for docname in sorted(pages, key=lambda name: (name < "chapters", name)):
        for name, citation in pages[docname].get("citations", []):
            found.setdefault(name, []).append((docname, citation))
    return found


ORIGIN = "command", "hardware", "versions", "date", "code", "source"
MERGED = """{
  const [entries, ways] = %s;
  for (const entry of Object.values(entries))
    Object.assign(entry, ways[entry.way]);
  window.bookClaims = entries;
}
"""


def script(app) -> str:
    """Return the script with all that a card shows.

    How they were measured is said once for all claims of which it is true.
    """
    known, where = claims.ledger(), citations(app)
    entries, ways = {}, []
    for name, claim in known.items():
        entry: dict[str, Any] = {k: v for k, v in vars(claim).items() if v}
        entry |= {"value": claim.value, "unit": claim.unit}
        entry |= {"kind": kind(claim), "state": state(claim)}
        entry["cited"] = [
            [
                app.builder.get_target_uri(docname),
                page_name(app.env, docname),
                *citation,
            ]
            for docname, citation in where.get(name, [])
        ]
        way = {key: entry.pop(key) for key in ORIGIN if key in entry}
        if way not in ways:
            ways.append(way)
        entry["way"] = ways.index(way)
        entries[name] = {k: v for k, v in entry.items() if v != []}
    text = json.dumps(
        [entries, ways], ensure_ascii=False, separators=(",", ":")
    )
    text = text.replace("<", r"\u003c")  # or a claim could end the script
    return MERGED % text


# --------------------------------------------------------------- the ledger


class listing(nodes.General, nodes.Element):  # noqa: N801
    """Where the table of all claims goes."""


class Listing(Directive):
    """List all claims: `{ledger}`."""

    def run(self):
        """Keep the place, since the pages are not all read yet."""
        return [listing()]


def resolve(app, doctree, docname):
    """Put in the table, once all pages are read."""
    for place in list(doctree.findall(listing)):
        html = table(app, docname)
        place.replace_self(nodes.raw("", html, format="html"))


HEAD = ["claim", "value ± sd", "interval", "seeds × scenes", "measured"]
HEAD += ["cited in"]


def table(app, docname: str) -> str:
    """Return the table of all claims, and under it how each was measured."""
    known, where = claims.ledger(), citations(app)
    read = uses(known)
    ways: dict[str, int] = {}
    rows = []
    for name, claim in known.items():
        way = escape(str(claim.source))
        if claim.source is None:  # we measured it
            number = ways.setdefault(made(vars(claim)), len(ways) + 1)
            way = f'{state(claim)}, <a href="#way-{number}">way {number}</a>'
        of = f"{shown(claim.seeds)} × {shown(claim.scenes)}"
        places = [
            link(app, docname, place, citation)
            for place, citation in where.get(name, [])
        ]
        pages = {BOOK.parent / place for place, _ in where.get(name, [])}
        places += [
            elsewhere(path)
            for path in read.get(name, [])
            if path.with_suffix("") not in pages
        ]
        cells = [
            f"<td><code>{name}</code> {escape(claim.what)}</td>",
            f'<td data-value="{claim.value}">{escape(with_unit(claim))}</td>',
            f"<td>{interval(claim)}</td>",
            f'<td data-value="{claim.seeds or 0}">'
            f"{of if claim.seeds or claim.scenes else '—'}</td>",
            f"<td>{way}</td>",
            f"<td>{', '.join(places) or '—'}</td>",
        ]
        row = "".join(cells).replace("<td", '<td role="cell"')
        rows.append(f'<tr role="row" id="claim-{name}">{row}</tr>')
    return LAYOUT.format(
        head="".join(
            f'<th role="columnheader" scope="col">{title}</th>'
            for title in HEAD
        ),
        rows="\n".join(rows),
        ways="\n".join(
            f'<li id="way-{n}">{in_code(way)}</li>' for way, n in ways.items()
        ),
    )


# Roles, because rows that are laid out as grids are no table to each browser.
LAYOUT = """<table class="docutils ledger" role="table">
<thead role="rowgroup"><tr role="row">{head}</tr></thead>
<tbody role="rowgroup">
{rows}
</tbody></table>
<h3>The ways</h3>
<ol class="ways">
{ways}
</ol>
"""


def link(app, docname: str, place: str, citation: Citation) -> str:
    """Link to the place that gives a number."""
    uri = app.builder.get_relative_uri(docname, place)
    name = escape(page_name(app.env, place))
    title = escape(citation.section, quote=True)
    return f'<a href="{uri}#{citation.anchor}" title="{title}">{name}</a>'


def elsewhere(path: Path) -> str:
    """Name a use of a claim that is no number in a page."""
    if path.suffix == ".ipynb":
        return f"the code of chapter {int(path.name[:2])}"
    if path.suffix == ".py":
        return "a table"
    return path.relative_to(BOOK.parent).as_posix()


def in_code(text: str) -> str:
    """Return escaped text, with what is between backticks as code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))


def setup(app):
    """Register with Sphinx."""
    app.add_node(listing)
    app.add_directive("ledger", Listing)
    app.connect("doctree-read", mark_numbers)
    app.connect("doctree-resolved", resolve)
    add_file(app, "_static/page/claims.js", script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
