"""Everyone can read what the kit makes, in the light and in the dark."""

import axe
import chromium
import pytest
from playwright.sync_api import sync_playwright

from classroom import printing
from classroom.__main__ import main
from classroom.sheets import sheet


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = chromium.start(playwright)
        yield started
        started.close()


def faults(browser, text, scheme):
    page = browser.new_page(color_scheme=scheme)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_content(text)
    found = axe.faults(page)
    page.close()
    return found + [x for x in requests if not x.startswith("data:")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_comes_back_has_no_barrier(marked, browser, scheme):
    for command in "words", "show":
        assert main([command, str(marked)]) == 0
    pages = {x.name: x for x in (marked / "marked").rglob("*.html")}
    for name in "18.html", "overview.html", "words.html":
        assert faults(browser, pages[name].read_text(), scheme) == []


@pytest.mark.parametrize(
    "name", ["slides", "guesses", "questions", "worksheet", "key", "cards"]
)
def test_what_is_handed_out_has_no_barrier(browser, name):
    page = printing.shown(f"{name}.html", sheet("chapter-04"), 2).decode()
    assert faults(browser, page, "light") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_of_what_is_handed_out_has_no_barrier(browser, scheme):
    name, page = next(printing.handed_out([], 0, ""))
    assert name == "README.html"
    assert faults(browser, page.decode(), scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_project_s_page_has_no_barrier(browser, tmp_path, scheme):
    students = tmp_path / "students.csv"
    students.write_text("id\n17\n")
    path = tmp_path / "class"
    command = ["new", path, "--project", "7.5", "--students", students]
    assert main([*map(str, command)]) == main(["show", str(path)]) == 0
    page = (path / "marked/project-7.5/overview.html").read_text()
    assert "nothing handed in" in page and "<img" in page
    assert faults(browser, page, scheme) == []
