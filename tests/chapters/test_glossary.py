"""The glossary says of each term where it is explained, and that is so."""

import re

import pytest
from building import CHAPTERS, ROOT, read_notebook

ENTRY = re.compile(
    r"^(?P<term>\S[^\n]*)\n(?P<text>(?:  [^\n]+\n)+?)"
    r"  \[Chapter (?P<number>\d+)\]\(\.\./chapters/(?P<name>\w+)\.ipynb\)$",
    re.M,
)
GLOSSARY = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
NOTATION = (ROOT / "book" / "notation.md").read_text(encoding="utf-8")
# A row of the notation: | symbol | word | …, and the chapter at its end.
ROW = re.compile(r"^\|(.+)\|\s*(\d+)\s*\|$", re.M)


def entries(text):
    """Return (term, definition, number and name of its chapter)."""
    body = text.partition(":::{glossary}")[2].partition("\n:::\n")[0]
    return [
        (e["term"], " ".join(e["text"].split()), e["number"], e["name"])
        for e in ENTRY.finditer(body)
    ]


def words(text):
    """Return a text as words parted by single blanks, in small letters."""
    return " ".join(re.findall(r"[\w-]+", text.lower()))


def forms(term):
    """Return a term and its other number: keys for key, weight for weights."""
    small = term.lower()
    ends = [small, f"{small}s", f"{small}es", small.removesuffix("s")]
    return "|".join(map(re.escape, dict.fromkeys(ends)))


def uses(term, text):
    """Say whether a text has a term, in singular or plural."""
    return re.search(rf"\b(?:{forms(term)})\b", words(text)) is not None


def prose(path):
    """Return the Markdown of a chapter."""
    cells = read_notebook(path).cells
    return "\n".join(c.source for c in cells if c.cell_type == "markdown")


MATH = re.compile(
    r"\$\$(.+?)\$\$|(?<![\\$])\$(?=\S)([^$]*?)(?<=[^\s\\])\$(?!\d)", re.S
)
GREEK = re.compile(
    r"\\(alpha|beta|[gG]amma|delta|epsilon|theta|lambda|mu|sigma|tau|varphi)(?![a-z])"
)
KNOWN_TO_ALL = {"e"}  # Euler's number; i and j count rows and columns


def letters(text):
    """Return the letters of a text's formulas, Greek ones by their names."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)
    found = set()
    for display, inline in MATH.findall(text):
        bare = re.sub(r"\\(text|mathrm)\{[^}]*\}", "", display or inline)
        bare = re.sub(r"\\(begin|end)\{[^}]*\}", "", bare)
        found |= set(GREEK.findall(bare))
        found |= set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", "", bare)))
    return found


def table():
    """Return the words of the notation with the chapters that it names."""
    found = {}
    for row, number in ROW.findall(NOTATION):
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) > 2:  # the last table has no words
            found |= dict.fromkeys(cells[1].split(", or "), number)
    return found


ENTRIES = entries(GLOSSARY)
TERMS = {term: number for term, _, number, _ in ENTRIES}


def test_the_glossary_is_read_whole():
    assert len(ENTRIES) == GLOSSARY.count("\n  [Chapter ") > 30
    assert len(TERMS) == len(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry[0])
def test_a_term_is_used_in_the_chapter_that_it_leads_to(entry):
    term, definition, number, name = entry
    assert int(name[:2]) == int(number)
    assert uses(term, prose(ROOT / f"chapters/{name}.ipynb")), (
        f"{name} does not say {term!r}"
    )
    assert 20 < len(definition) < 240
    assert definition.endswith((".", "$."))


def test_terms_stand_in_the_order_of_the_alphabet():
    terms = [term.lower() for term in TERMS]
    assert terms == sorted(terms)


def test_notation_and_glossary_name_the_same_chapters():
    assert len(table()) > 20
    known = {
        form: n
        for term, n in TERMS.items()
        for form in (term, f"{term}s", term.removesuffix("s"))
    }
    named = {word: n for word, n in table().items() if word != "sd"}
    assert named == {word: known.get(word, "no entry") for word in named}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_letters_of_a_chapters_formulas_stand_in_the_notation(path):
    unknown = letters(prose(path)) - letters(NOTATION) - KNOWN_TO_ALL
    assert not unknown, f"{path.stem} has {unknown}: add them to the notation"


def test_letters_are_read_from_formulas_only():
    text = r"A b $\alpha_{ij} = \text{softmax}(s)$ `$z$` costs 5 $ or $$c^2$$"
    assert letters(text) == {"alpha", "i", "j", "s", "c"}


@pytest.mark.parametrize(
    ("term", "text", "used"),
    [
        ("key", "Their **keys** fit.", True),
        ("weights", "one weight at\nalmost 1", True),
        ("query vector", "two query\nvectors", True),
        ("map", "This is mapped.", False),
        ("one-cycle", "The one-cycle schedule", True),
        ("class", "ten classes", True),
        ("scene set", "The scene is set.", False),
    ],
)
def test_a_use_is_found_in_any_number_and_across_lines(term, text, used):
    assert uses(term, text) == used


def test_a_faulty_entry_is_not_taken_for_a_good_one():
    good = ":::{glossary}\n:sorted:\n\nink\n  Not black, at all.\n"
    link = "  [Chapter 1](../chapters/01_colored_mnist.ipynb)\n:::\n"
    assert len(entries(good + link)) == 1
    assert entries(good + ":::\n") == []
    assert entries(good + link.replace("  [", "[")) == []
