"""The book builds without a warning, and no link in it is broken."""

import json
import re

import pytest
from building import (
    ADDRESS,
    NAME,
    OWNER,
    PROJECT,
    ROOT,
    jupyter_book,
    listed_files,
    listed_pages,
)
from links import broken_links, pages


def test_the_book_builds_without_a_warning(build):
    status, printed = build
    assert status == 0, printed


def test_the_pages_are_those_of_the_table_of_contents(html):
    built = {path.relative_to(html).as_posix() for path in pages(html)}
    assert built == set(listed_pages())
    written = [*ROOT.glob("book/*.md"), *ROOT.glob("chapters/*.ipynb")]
    names = {f"{p.relative_to(ROOT).with_suffix('.html')}" for p in written}
    assert names <= built


def test_links_within_the_book_lead_somewhere(html):
    assert broken_links(html, PROJECT) == []


@pytest.mark.parametrize(
    "link",
    ["gone.html", "b.html#gone", "#gone", "pictures/gone.png", "/b.html"],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path, link):
    (tmp_path / "b.html").write_text('<p id="there">b</p>')
    page = tmp_path / "a.html"
    page.write_text('<a href="b.html#there">b</a><img src="/site/b.html">')
    assert broken_links(tmp_path, "/site/") == []
    page.write_text(f'<a href="{link}">b</a>')
    assert broken_links(tmp_path, "/site/") == [f"a.html: {link}"]


def test_sphinx_finds_no_broken_link(build):
    done = jupyter_book("--builder", "custom", "--custom-builder", "linkcheck")
    lines = (ROOT / "_build/linkcheck/output.json").read_text().splitlines()
    broken = [
        link for link in map(json.loads, lines) if link["status"] == "broken"
    ]
    assert not broken
    assert done.returncode == 0, done.stdout


def texts():
    """Yield the text files of the course."""
    for path in map(ROOT.joinpath, listed_files()):
        if path.suffix in {".md", ".ipynb", ".toml", ".cff", ".yml", ".py"}:
            yield path, path.read_text(encoding="utf-8")


def test_the_public_address_is_the_same_everywhere():
    repository = re.compile(r"github(?:\.com)?/([\w.-]+)/(\w[\w.-]*\b)", re.A)
    pages = re.compile(r"\b([\w-]+)\.github\.io/(\w[\w.-]*\b)", re.A)
    elsewhere = [
        f"{path.relative_to(ROOT)}: {owner}/{name}"
        for path, text in texts()
        for kind in ([repository] if PROJECT == "/" else [repository, pages])
        for owner, name in kind.findall(text)
        if (owner.lower() == OWNER.lower())
        != (name.removesuffix(".git") == NAME)
    ]
    assert not elsewhere
    for name in ["pyproject.toml", "CITATION.cff"]:
        assert ADDRESS in (ROOT / name).read_text(encoding="utf-8")
