"""The questions of a chapter can be read and answered in its page."""

import re

import pytest
from building import CHAPTERS, ROOT, read_notebook

MOST_TABS = 1000  # more than any page needs

# The number of the option that has the focus, or null.
FOCUSED = """() => {
  const option = document.activeElement.closest("details.option");
  const all = [...document.querySelectorAll("details.option")];
  return option && document.activeElement.matches("summary")
    ? all.indexOf(option) : null;
}"""
# The sign before each option: +, or once it is open ✓ or ✗.
SIGNS = """() => [...document.querySelectorAll("details.option > summary")]
  .map((e) => getComputedStyle(e, "::before").content[1])"""
# The replies that are visible, by the number of their option.
SEEN = """() => [...document.querySelectorAll("details.option")]
  .flatMap((e, n) => e.querySelector("summary ~ *").checkVisibility(
    {contentVisibilityAuto: true}) ? [n] : [])"""
ALL_SEEN = f"(wanted) => ({SEEN})().join() === wanted.join()"

# The sections that replies name, each with the heading its link leads to.
LEADS = """() => [...document.querySelectorAll(".questions .option em")]
  .filter((e) => /[Ss]ee\\s([\\w\\s.,]+\\s)?$/.test(
    (e.closest("a") ?? e).previousSibling?.textContent))
  .map((e) => [e.textContent, document.querySelector(
    e.closest("a")?.hash || "none")?.querySelector("h2, h3").textContent])"""


def asked(name):
    """Return how many options each question of a chapter has."""
    cells = read_notebook(ROOT / f"chapters/{name}.ipynb").cells
    return [
        cell.source.count("<details>")
        for cell in cells
        if re.fullmatch(r"ask-\d\d-\d+", cell.id)
    ]


@pytest.fixture(scope="module", params=[path.stem for path in CHAPTERS])
def name(request):
    return request.param


@pytest.fixture(scope="module")
def page(browser, address, name):
    page = browser.new_page()
    page.goto(f"{address}chapters/{name}.html", wait_until="networkidle")
    page.locator("section.questions").wait_for()
    yield page
    page.close()


@pytest.fixture(scope="module")
def plain_page(browser, address, name):
    """The page with JavaScript turned off."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}chapters/{name}.html")
    yield page
    page.close()


def test_it_has_the_questions_of_its_notebook(page, name):
    section = page.locator("section.questions")
    assert section.locator("h2").inner_text().startswith("Check yourself")
    number = re.compile(r"^Question \d+\.")
    found = section.locator("p > strong").filter(has_text=number).count()
    assert found == len(asked(name)) >= 4
    assert section.locator("details").count() == sum(asked(name))
    assert section.locator("details.right").count() == len(asked(name))


def test_no_mark_and_no_raw_formula_is_shown(page):
    shown = page.locator("section.questions").inner_text()
    hidden = page.locator("section.questions").text_content()
    for text in shown, hidden:
        assert not re.search(r"<!--|-->|claim:|\$|\*\*", text)


def test_where_to_look_again_is_a_link(page, name):
    leads = page.evaluate(LEADS)
    assert len(leads) >= len(asked(name))
    for said, heading in leads:
        assert heading is not None, f"“{said}” is no link"
        assert said.split() == heading.removesuffix("#").split()


def test_each_option_is_opened_by_keyboard_and_says_if_it_is_right(page, name):
    assert page.evaluate(SEEN) == []
    assert set(page.evaluate(SIGNS)) == {"+"}
    reached = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        option = page.evaluate(FOCUSED)
        if option is not None:
            page.keyboard.press("Enter" if option % 2 else "Space")
            reached.append(option)
            page.wait_for_function(ALL_SEEN, arg=reached, timeout=10_000)
        if len(reached) == sum(asked(name)):
            break
    assert reached == list(range(sum(asked(name))))
    replies = page.locator(".option > summary + p").all_inner_texts()
    words = {"✓": ("Right.",), "✗": ("No.", "Not quite.")}
    for sign, reply in zip(page.evaluate(SIGNS), replies, strict=True):
        assert reply.startswith(words[sign])


def test_without_scripts_they_open_all_the_same(plain_page):
    option = plain_page.locator("details.option").first
    reply = option.locator("summary + p")
    assert not reply.is_visible()
    option.locator("summary").press("Enter")
    assert reply.is_visible()


def test_on_paper_all_options_are_open(plain_page, name):
    plain_page.emulate_media(media="print")
    assert plain_page.evaluate(SEEN) == list(range(sum(asked(name))))
    assert set(plain_page.evaluate(SIGNS)) == {"✓", "✗"}
