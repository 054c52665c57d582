"""Numbers are marked in a page, and the ledger's page lists every claim."""

import json
import re
from collections import defaultdict
from types import SimpleNamespace

import ledger
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.parsers.docutils_ import Parser
from sphinx.environment.collectors.metadata import MetadataCollector

from colorattn import claims
from colorattn.claims import Claim

MADE = {"command": "make it", "hardware": "h", "date": "2026-11-22"}
HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def known(tmp_path, monkeypatch):
    """A ledger of four claims."""
    monkeypatch.setattr(claims, "LEDGER", tmp_path / "claims.json")
    share = Claim(88.2, "%", "a share", 5, 1000, 0.44, 86.0, 90.4, **MADE)
    quoted = Claim(95.0, "%", "quoted", source="the post")
    speed = Claim(9012.5, "scenes/s", "speed", **MADE)
    hostile = Claim(0.0, "", HOSTILE, **MADE)
    all_ = {"post-best": quoted, "scenes": speed, "zero": hostile}
    claims.save({"best-mnist-test-accuracy": share, **all_})


def app():
    """What the extension needs of Sphinx."""
    titles = {"book/index": nodes.title("", "Home")}
    env = SimpleNamespace(
        metadata=defaultdict(dict), docname="chapters/05_a", titles=titles
    )
    builder = SimpleNamespace(
        get_target_uri=lambda name: f"{name}.html",
        get_relative_uri=lambda _, name: f"../{name}.html",
    )
    return SimpleNamespace(env=env, builder=builder)


def read(text, sphinx=None):
    """Parse Markdown, and mark its numbers."""
    doctree = publish_doctree(text, parser=Parser())
    ledger.mark_numbers(sphinx or app(), doctree)
    return doctree


def shown(doctree):
    """Return the text of a page with its HTML."""
    found = doctree.findall(lambda n: isinstance(n, nodes.Text))
    return "".join(map(str, found))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It is 95.0%<!-- claim:post-best -->.", "95.0%"),
        ("It's **95%**<!-- claim:post-best -->.", "95%"),
        ("95%<!-- claim:post-best --> is", "95%"),
        ("It loses −0.4 points<!-- claim:post-best -->.", "−0.4 points"),
        ("From 86 to 90%<!-- claim:post-best -->", "86 to 90%"),
        ("88.2 ± 0.4%<!-- claim:post-best -->", "88.2 ± 0.4%"),
        ("over 5\nruns<!-- claim:post-best.seeds -->", "5\nruns"),
        ("9 of 10<!-- claim:post-best --> are", "9 of 10"),
        ("4 % and 5%<!-- claim:post-best --> more", "5%"),
        ("| a |\n|--|\n| 38 ± 4<!-- claim:post-best --> |", "38 ± 4"),
    ],
)
def test_the_number_before_a_mark_is_marked(text, number):
    doctree = read(text)
    marked = re.search(
        r'<span class="claim" id="claim-post-best" '
        r'data-claim="post-best(\.seeds)?">(.*?)</span>',
        shown(doctree),
        re.S,
    )
    assert marked[2] == number
    assert bool(marked[1]) == (".seeds" in text)
    plain = publish_doctree(text, parser=Parser()).astext()
    plain = re.sub(r"\s*<!--.*?-->\s*", "", plain)
    without = re.sub("<.*?>", "", shown(doctree))
    assert "".join(without.split()) == "".join(plain.split())


@pytest.mark.parametrize(
    "text",
    [
        "It is 95%<!-- claim:unknown -->.",
        "no number<!-- claim:post-best -->",
        "`95%`<!-- claim:post-best -->",
        "<!-- claim:post-best --> 95%",
        "[95%<!-- claim:post-best -->](https://a.org)",
        "# Up to 95%<!-- claim:post-best -->",
        "95%<!-- given: an assumption -->",
        "95%<!-- claim: -->",
    ],
)
def test_what_is_no_cited_number_stays_as_it_is(text):
    sphinx = app()
    assert "<span" not in shown(read(text, sphinx))
    assert sphinx.env.metadata == {"chapters/05_a": {"citations": []}}


def test_each_place_has_an_anchor_a_section_and_the_figure_above():
    text = "one 95%<!-- claim:post-best -->"
    sphinx = app()
    doctree = publish_doctree(
        f"# A\n\n## B\n\n{text}\n\nfigure\n\n{text}\n\n### C\n\n{text}",
        parser=Parser(),
        settings_overrides={"doctitle_xform": False},
    )
    place = next(p for p in doctree.findall() if p.astext() == "figure")
    cell = nodes.container(nb_element="cell_code")
    cell += nodes.image(uri="a.png")
    place.parent.replace(place.parent[place.parent.index(place)], cell)
    ledger.mark_numbers(sphinx, doctree)
    assert sphinx.env.metadata["chapters/05_a"]["citations"] == [
        ("post-best", ("claim-post-best", "B", "")),
        ("post-best", ("claim-post-best--2", "B", "figure-1")),
        ("post-best", ("claim-post-best--3", "C", "")),
    ]
    assert cell["ids"] == ["figure-1"]


def test_a_page_that_is_gone_cites_nothing():
    sphinx = app()
    read("one 95%<!-- claim:post-best -->", sphinx)
    MetadataCollector().clear_doc(sphinx, sphinx.env, "chapters/05_a")
    assert ledger.citations(sphinx) == {}


@pytest.fixture
def sphinx():
    """A book that cites a claim on a page and, in a chapter, twice."""
    sphinx = app()
    sphinx.env.docname = "book/index"
    read("# H\n\n95%<!-- claim:post-best -->", sphinx)
    sphinx.env.docname = "chapters/05_a"
    mark = "95%<!-- claim:post-best -->"
    read(f"# One\n\n## <b>Two\n\n{mark} and\n{mark}", sphinx)
    return sphinx


def test_the_ledger_table_has_all_that_is_known(sphinx, monkeypatch):
    monkeypatch.setattr(ledger, "uses", lambda _: {})
    html = ledger.table(sphinx, "book/ledger")
    rows = re.findall(r'<tr[^>]* id="claim-(.*?)">(.*?)</tr>', html)
    cells = {
        name: re.findall("<td[^>]*>(.*?)</td>", row) for name, row in rows
    }
    assert cells["best-mnist-test-accuracy"] == [
        "<code>best-mnist-test-accuracy</code> a share",
        "88.2 ± 0.44%",
        "86 to 90.4, prediction",
        "5 × 1,000",
        'unreachable, <a href="#way-1">way 1</a>',
        "—",
    ]
    assert cells["post-best"][1:5] == ["95%", "—", "—", "the post"]
    assert cells["scenes"][1:4] == ["9,012.5 scenes/s", "—", "—"]
    assert cells["scenes"][4].endswith(">way 1</a>")
    assert html.count('<li id="way-1"><code>make it</code> on h') == 1
    assert HOSTILE not in html
    assert {len(row) for row in cells.values()} == {len(ledger.HEAD)}


def test_a_claim_is_listed_with_the_places_that_give_it(sphinx):
    html = ledger.table(sphinx, "book/ledger")
    (row,) = re.findall('id="claim-post-best">.*?</tr>', html)
    chapter, again, home = re.findall('href="([^#].*?)" title', row)
    assert chapter == "../chapters/05_a.html#claim-post-best"
    assert again == "../chapters/05_a.html#claim-post-best--2"
    assert home == "../book/index.html#claim-post-best"
    assert ">chapter 5</a>" in row
    assert ">Home</a>" in row
    # And where code names it, of which this book has nothing.
    (row,) = re.findall('id="claim-best-mnist-test-acc.*?</tr>', html)
    assert "a table" in row
    assert "the code of chapter 10" in row


def test_the_script_has_all_that_a_card_shows(sphinx):
    text = ledger.script(sphinx)
    assert "<" not in text
    found = re.search(r"entries, ways] = (\[.*\]);", text)
    told, ways = json.loads(found[1])
    assert told["zero"]["what"] == HOSTILE
    assert told["zero"]["value"] == 0
    share = told["best-mnist-test-accuracy"]
    assert share["kind"] == "prediction"
    assert share["state"] == "unreachable"
    assert "cited" not in share
    assert ways[share["way"]]["command"] == "make it"
    assert ways.count(ways[0]) == 1
    first, _, last = told["post-best"]["cited"]
    assert first[:3] == ["chapters/05_a.html", "chapter 5", "claim-post-best"]
    assert last[:2] == ["book/index.html", "Home"]


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("a share", "prediction"),
        ("points; 95 % t-interval of paired differences", "confidence"),
        ("times; 95 % confidence interval of the mean", "confidence"),
        ("accuracy; one net, interval over drawings", "bootstrap"),
        ("a share; 95 % bootstrap interval over seeds", "bootstrap"),
        ("a share; one net on fixed scenes", "tolerance"),
    ],
)
def test_an_interval_is_named_by_its_kind(what, kind):
    claim = Claim(2.0, "", what, low=1.0, high=3.0)
    assert ledger.interval(claim) == f"1 to 3, {kind}"
    assert f"**{kind}" in (ledger.BOOK / "ledger.md").read_text("utf-8")
