"""The links of a page that open or download what it was made from."""

import urllib.parse

import pytest
from building import (
    ADDRESS,
    CONFIG,
    ROOT,
    assert_same_notebook,
    listed_files,
)
from links import Page, pages

BRANCH = CONFIG["repository"]["branch"]
COLAB = "https://colab.research.google.com/"
REPOSITORY = ADDRESS.removeprefix("https://github.com/")
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def built(html, chapter):
    """Return the page of a chapter."""
    return Page(html / "chapters" / f"{chapter.stem}.html")


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    """The notebook of a chapter."""
    return request.param


def test_colab_opens_the_notebook_of_the_page(html, chapter):
    """From the menu of the page, and from the link under its title."""
    wanted = f"{COLAB}github/{REPOSITORY}/blob/{BRANCH}/chapters"
    links = built(html, chapter).links
    found = [link for link in links if link.startswith(COLAB)]
    assert len(found) >= 2
    assert set(found) == {f"{wanted}/{chapter.name}"}


def test_the_notebook_of_the_page_can_be_downloaded(html, chapter):
    page = built(html, chapter)
    notebooks = {
        urllib.parse.unquote(link)
        for link in page.links
        if link.endswith(".ipynb") and "://" not in link
    }
    assert notebooks
    for link in notebooks:
        offered = (page.path.parent / link).read_bytes()
        assert_same_notebook(offered, chapter.read_bytes())


def test_links_to_the_repository_lead_to_its_files(html):
    """On every page, the links to Colab included."""
    found = set()
    for page in pages(html):
        for link in Page(page).links:
            _, ours, path = link.partition(f"{REPOSITORY}/blob/")
            if ours:
                found.add(urllib.parse.unquote(path.partition("#")[0]))
    assert len(found) >= len(CHAPTERS)
    assert found <= {f"{BRANCH}/{name}" for name in listed_files()}


def test_each_page_leads_to_the_repository(html):
    for chapter in CHAPTERS:
        assert ADDRESS in built(html, chapter).links
