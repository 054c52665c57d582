"""A number opens a card that says how it was measured; a page lists all."""

import json
import re

import pytest
from axe import COLORS, faults
from browsing import watch
from building import listed_chapters
from playwright.sync_api import expect

from colorattn import claims

CHAPTER = "chapters/05_training.html"
SIZES = {"wide": (1280, 720), "phone": (360, 640)}
NAME = "plateau-epochs"
FIRST = f'.claim[data-claim="{NAME}"][role] >> nth=0'
SORTED = """(column) => [...document.querySelectorAll(".ledger tbody tr")]
  .map((row) => Number(row.cells[column].dataset.value))"""


@pytest.fixture(scope="module", params=SIZES)
def window(request, browser):
    width, height = SIZES[request.param]
    size = {"width": width, "height": height}
    with browser.new_context(viewport=size) as context:
        context.set_default_timeout(20_000)
        yield context


@pytest.fixture
def page(window, address):
    """A new page; a test must cause no error and no foreign request."""
    page = window.new_page()
    errors = watch(page, address)
    yield page
    page.close()
    assert errors == []


def opened(page, key=None):
    """Open the card of a number of a chapter."""
    number = page.locator(FIRST)
    if key:
        number.focus()
        page.keyboard.press(key)
    else:
        number.click()
    page.locator("#card:popover-open").wait_for()
    return page.locator("#card")


@pytest.mark.parametrize("key", [None, "Enter", "Space"])
def test_a_number_opens_a_card_with_all_that_is_known(page, address, key):
    page.goto(address + CHAPTER)
    claim = claims.ledger()[NAME]
    shown = opened(page, key).inner_text().replace("\u00a0", " ")
    for part in (
        f"{claim.value:g} ± {claim.sd:g}",
        claim.what,
        "prediction interval",
        f"{claim.low:g} to {claim.high:g}",
        f"{claim.seeds} seeds",
        claim.command,
        claim.code,
        claim.hardware,
        claim.versions,
        claim.date,
    ):
        assert part in shown
    assert re.search("fresh: unchanged|stale: changed", shown)
    box = page.locator("#card").bounding_box()
    size = page.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= size["height"]
    number = page.locator(FIRST).bounding_box()
    at = min(number["x"], size["width"] - box["width"] - 16)
    assert box["x"] == pytest.approx(at, abs=2)


def test_escape_closes_it_and_leads_back_to_the_number(page, address):
    page.goto(address + CHAPTER)
    card = opened(page, "Enter")
    number = page.locator(FIRST)
    expect(card.get_by_label("Close")).to_be_focused()
    expect(number).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(card).not_to_be_visible()
    expect(number).to_be_focused()
    expect(number).to_have_attribute("aria-expanded", "false")
    opened(page, "Enter")
    page.keyboard.press("Enter")  # on its button
    expect(card).not_to_be_visible()
    expect(number).to_be_focused()


def test_it_goes_when_the_reader_goes_on(page, address):
    page.goto(address + CHAPTER)
    card = opened(page)
    page.locator(FIRST).click()  # the same number
    expect(card).not_to_be_visible()
    opened(page)
    page.mouse.click(2, 2)
    expect(card).not_to_be_visible()
    opened(page, "Enter")
    page.keyboard.press("Shift+Tab")
    expect(card).not_to_be_visible()
    other = page.locator(".claim[role]:not([data-claim^=plateau]) >> nth=0")
    opened(page)
    other.dispatch_event("click")
    name = other.get_attribute("data-claim")
    expect(card).to_contain_text(claims.ledger()[name].what)
    expect(page.locator('.claim[aria-expanded="true"]')).to_have_count(1)
    page.keyboard.press("Escape")
    expect(other).to_be_focused()


def test_its_links_lead_to_the_figure_and_to_its_row(page, address):
    page.goto(address + CHAPTER)
    card = opened(page)
    where = card.get_by_role("link", name="chapter 5:").get_attribute("href")
    there = page.locator(where[where.index("#") :])
    assert there.locator("img").count() or there.get_attribute("class")
    card.get_by_text("Its row in the ledger").click()
    page.wait_for_url(f"{address}book/ledger.html#claim-{NAME}")
    row = page.locator("tr:target")
    expect(row).to_be_in_viewport()
    row.get_by_role("link", name="chapter 5").first.click()
    page.wait_for_url(f"{address}{CHAPTER}#claim-{NAME}")
    expect(page.locator(".claim:target")).to_be_in_viewport()


REACHED = """() => [...document.querySelectorAll("article pre")].every(
  (box) => box.closest("details:not([open])") || box.tabIndex === 0
    || box.scrollWidth <= box.clientWidth)"""


def test_a_card_has_no_fault_in_any_look(page, address):
    page.goto(address + CHAPTER)
    opened(page)
    page.wait_for_function(REACHED)  # page.js does it bit by bit
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLORS) == []
    page.emulate_media(forced_colors="active")
    lined = "(e) => getComputedStyle(e).textDecorationLine"
    assert page.locator(FIRST).evaluate(lined) == "underline"
    edge = "(e) => getComputedStyle(e).borderTopStyle"
    assert page.locator("#card").evaluate(edge) == "solid"


def test_on_paper_a_number_is_a_number(page, address):
    page.goto(address + CHAPTER)
    opened(page)
    page.emulate_media(media="print")
    expect(page.locator("#card")).not_to_be_visible()
    lined = "(e) => getComputedStyle(e).textDecorationLine"
    assert page.locator(FIRST).evaluate(lined) == "none"


def test_cards_weigh_nothing_until_one_is_opened(page, address):
    asked = []
    page.on("request", lambda r: asked.append(r.url.rpartition("/")[2]))
    page.goto(address + CHAPTER, wait_until="networkidle")
    assert not {"claims.js", "cards.js"} & set(asked)
    opened(page)
    page.keyboard.press("Escape")
    opened(page)
    assert asked.count("claims.js") == asked.count("cards.js") == 1


HOSTILE = {
    NAME: {
        "value": "<img src=x onerror=alert(1)>",
        "unit": ["%"],
        "what": "<b>bold</b>",
        "seeds": None,
        "low": {},
        "command": 3,
        "state": "__proto__",
        "kind": "constructor",
        "cited": [1, ["javascript:alert(1)", "bad", "a", "b", ""], [None]],
    }
}


@pytest.mark.parametrize(
    "script",
    [
        f"window.bookClaims={json.dumps(HOSTILE)}",
        f"window.bookClaims={json.dumps({NAME: None})}",
        "window.bookClaims={}",
        "window.bookClaims=",
        None,
    ],
)
def test_broken_data_breaks_no_card(window, address, script):
    page = window.new_page()
    errors = watch(page, address)
    page.route(
        "**/claims.js",
        lambda route: (
            route.abort()
            if script is None
            else route.fulfill(body=script, content_type="text/javascript")
        ),
    )
    page.goto(address + CHAPTER)
    card = opened(page)
    assert card.locator("img, b").count() == 0
    hrefs = "(all) => all.map((a) => a.href)"
    for href in card.locator("a").evaluate_all(hrefs):
        assert href.startswith(address)
    said = card.inner_text()
    assert "undefined" not in said
    assert "[object" not in said
    assert "Its row in the ledger" in said
    page.close()
    assert [e for e in errors if "Unexpected end of input" not in e] == []


def test_it_works_in_a_page_that_was_opened_as_a_file(window, html):
    page = window.new_page()
    page.goto((html / CHAPTER).as_uri())
    assert claims.ledger()[NAME].what in opened(page).inner_text()
    page.close()


def test_without_scripts_it_is_plain_text(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(address + CHAPTER)
    number = page.locator(f'.claim[data-claim="{NAME}"]').first
    lined = "(e) => getComputedStyle(e).textDecorationLine"
    assert number.evaluate(lined) == "none"
    assert number.get_attribute("role") is None
    page.goto(address + "book/ledger.html")
    rows = page.locator(".ledger tbody tr:visible")
    assert rows.count() == len(claims.ledger())
    assert page.locator(".find, .ledger button").count() == 0
    page.close()


def test_every_cited_number_is_marked(html):
    """But for those in the summary of an option, which opens it."""
    count = 0
    for name in listed_chapters():
        text = (html / name).read_text(encoding="utf-8")
        left = re.sub("<summary>.*?</summary>", "", text, flags=re.S)
        assert not re.search(r"<!--\s*claim:", left), name
        count += text.count('<span class="claim"')
    assert count > 500


# The ledger's page.


def test_the_search_and_the_first_rows_come_before_the_reading(page, address):
    page.goto(address + "book/ledger.html")
    height = page.viewport_size["height"]
    find = page.get_by_label("Search the claims").bounding_box()
    assert find["y"] + find["height"] < height
    row = page.locator(".ledger tbody tr").first.bounding_box()
    assert row["y"] < 1.25 * height
    folded = page.get_by_text("A prediction interval is for")
    assert not folded.is_visible()
    page.get_by_text("How to read the table").click()
    assert folded.is_visible()


def test_only_rows_near_the_window_are_laid_out(page, address):
    """All 550 at once would keep a phone busy for a third of a second."""
    page.goto(address + "book/ledger.html")
    last = page.locator(".ledger tbody tr").last
    drawn = """(row) =>
      row.cells[0].checkVisibility({ contentVisibilityAuto: true })"""
    assert not last.evaluate(drawn)
    last.scroll_into_view_if_needed()
    page.wait_for_function(
        f"(row) => ({drawn})(row)", arg=last.element_handle()
    )
    table = page.get_by_role("table")
    assert table.get_by_role("row").count() == len(claims.ledger()) + 1
    assert table.get_by_role("columnheader").count() == 6


def test_on_paper_its_head_is_on_each_sheet(page, address):
    page.goto(address + "book/ledger.html")
    page.emulate_media(media="print")
    shown = "(part) => getComputedStyle(part).display"
    head = page.locator(".ledger thead")
    assert head.evaluate(shown) == "table-header-group"
    row = page.locator(".ledger tbody tr").first
    assert row.evaluate(shown) == "table-row"


def test_it_finds_claims_by_their_words_and_commands(page, address):
    page.goto(address + "book/ledger.html")
    box = page.get_by_label("Search the claims")
    rows = page.locator(".ledger tbody tr:visible")
    total = len(claims.ledger())
    expect(page.get_by_role("status")).to_have_text(
        f"{total} of {total} claims"
    )
    box.fill("PLATEAU epochs")
    expect(page.locator(f"#claim-{NAME}")).to_be_visible()
    for text in rows.all_inner_texts():
        assert "plateau" in text.lower() or "epochs" in text.lower()
    assert 0 < rows.count() < total / 4
    box.fill("chapter_02.py")
    assert 0 < rows.count() < total / 4
    box.fill("[(*\\")
    expect(page.get_by_role("status")).to_have_text(f"0 of {total} claims")
    page.evaluate(f"location.hash = 'claim-{NAME}'")
    expect(page.locator(f"#claim-{NAME}")).to_be_in_viewport()
    expect(box).to_have_value("")


def test_its_columns_can_be_sorted(page, address):
    page.goto(address + "book/ledger.html")
    button = page.get_by_role("button", name="value ± sd")
    button.focus()
    page.keyboard.press("Enter")
    up = page.evaluate(SORTED, 1)
    assert up == sorted(c.value for c in claims.ledger().values())
    head = page.locator(".ledger th").nth(1)
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Enter")
    assert page.evaluate(SORTED, 1) == up[::-1]
    expect(head).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="claim").click()
    names = page.locator(".ledger tbody td:first-child").all_inner_texts()
    assert len(names) == len(up)
    assert page.locator("th[aria-sort]").count() == 1
    assert faults(page) == []
