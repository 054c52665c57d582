"""README leads to the book, its demo and every chapter; its map is true."""

import re

import pytest
from building import ADDRESS, CHAPTERS, ROOT
from rules import COLAB

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\]\(([^)\s]+)\)", README)
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", README, re.M | re.S)
MAP = BLOCKS[-1]
COMMANDS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "book/index.md",
    ".ci/run",
    ".github/workflows/ci.yml",
    ".github/workflows/newest.yml",
]


def test_it_is_a_landing_page():
    assert README.count("\n") <= 90
    assert MAP.count("\n") <= 10


def test_it_leads_to_the_published_book_and_to_its_demo():
    owner, name = ADDRESS.split("/")[-2:]
    host = f"{owner.lower()}.github.io"
    book = f"https://{host}/" + ("" if name.lower() == host else f"{name}/")
    assert f"{book}" in LINKS
    demo = f"{book}book/demo.html"
    assert demo in LINKS
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert "file: book/demo\n" in contents


@pytest.mark.parametrize("name", [path.name for path in CHAPTERS])
def test_a_chapter_opens_here_and_in_colab(name):
    assert f"chapters/{name}" in LINKS
    assert f"{COLAB}/blob/main/chapters/{name}" in LINKS


def test_its_other_links_lead_to_files():
    inside = [link for link in LINKS if "://" not in link]
    assert [link for link in inside if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_commands_that_a_file_names_are_targets(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    text = (ROOT / name).read_text(encoding="utf-8")
    asked = set(re.findall(r"(?:`|^|run: |exec )make ([a-z-]+)", text, re.M))
    assert asked and asked <= targets


def named(folder):
    """List what a line of the map, and those indented below it, names."""
    start = re.search(rf"^{folder}/", MAP, re.M).start()
    rest = re.search(r"\n(?=\S)|\Z", MAP[start:]).start()
    return set(re.findall(r"(?<!\S)(\w+(?:/|\.py))", MAP[start:][:rest]))


def test_its_map_names_the_package_and_nothing_else():
    package = ROOT / "colorattn"
    there = {f"{path.name}/" for path in package.iterdir() if path.is_dir()}
    found = named("colorattn")
    assert there - {"__pycache__/"} <= found
    assert all((package / name).exists() for name in found - {"colorattn/"})


@pytest.mark.parametrize("folder", ["book", "tests"])
def test_what_its_map_names_exists(folder):
    names = named(folder) - {f"{folder}/"}
    assert [n for n in names if not (ROOT / folder / n).exists()] == []
