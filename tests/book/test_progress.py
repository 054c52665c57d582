"""What readers guess and do stays with them, and is compared and counted."""

import json

import pytest
from axe import COLORS, faults
from browsing import drag, watch
from building import listed_chapters
from playwright.sync_api import expect
from test_demo_links import FORBID

from colorattn import claims

CHAPTER = "chapters/02_baselines.html"
PAGE = "book/progress.html"
NAME = "baseline-convolution-accuracy"
OTHER = "baseline-told-accuracy"
STORED = "JSON.parse(localStorage.getItem('progress'))"
FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError"); };"""


@pytest.fixture
def window(browser):
    """A window of its own: nothing is stored in it."""
    size = {"width": 1280, "height": 720}
    with browser.new_context(viewport=size) as context:
        context.set_default_timeout(20_000)
        yield context


@pytest.fixture
def page(window, address):
    """A new page; a test must cause no error and no foreign request."""
    page = window.new_page()
    errors = watch(page, address)
    yield page
    assert errors == []


def place(page, name=NAME):
    """Return where a number is guessed, once it's ready."""
    found = page.locator(f'.guess[data-claim="{name}"]')
    found.get_by_role("button", name="Compare").or_(
        found.get_by_text("Measured")
    ).first.wait_for()
    return found


def guess(page, low, high, name=NAME):
    """Type a guess, and compare it."""
    found = place(page, name)
    found.get_by_label("from").fill(str(low))
    found.get_by_label("to", exact=True).fill(str(high))
    found.get_by_label("to", exact=True).press("Enter")
    return found.get_by_role("status")


def fill(page, data):
    """Store something before the page begins."""
    text = data if isinstance(data, str) else json.dumps(data)
    script = f"localStorage.setItem('progress', {json.dumps(text)})"
    page.evaluate(script)


@pytest.fixture
def value():
    return claims.ledger()[NAME].value


def test_a_guess_is_compared_and_remembered(page, address, value):
    page.goto(address + CHAPTER)
    status = place(page).get_by_role("status")
    expect(status).to_contain_text("80% sure")
    assert not place(page).locator(".measured").is_visible()
    expect(guess(page, 30, 40.5)).to_have_text(
        f"Measured: {value:.3g}%. Inside your range."
    )
    expect(place(page).get_by_role("button")).to_have_count(0)
    page.reload()
    expect(place(page).get_by_label("from")).to_have_value("30")
    expect(place(page).get_by_label("to", exact=True)).to_have_value("40.5")
    expect(place(page).get_by_label("from")).not_to_be_editable()
    expect(status).to_contain_text("Inside your range")
    left = place(page).locator(".measured").evaluate("(e) => e.style.left")
    assert float(left.strip("%")) == pytest.approx(value, abs=0.1)
    assert page.evaluate(STORED)["guesses"] == {NAME: [30, 40.5]}


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("90", "80", "below your range"),
        ("1,5", "", "above your range"),
        ("", "99", "below your range"),
        ("-5", "1000", "Inside your range"),
        ("about 40", "50", "Type a number"),
        ("1e999", "", "Type a number"),
        ("", " ", "Type a number"),
    ],
)
def test_whatever_is_typed_is_answered(page, address, low, high, said):
    page.goto(address + CHAPTER)
    expect(guess(page, low, high)).to_contain_text(said)
    if said.startswith("Type"):
        assert page.evaluate(STORED) is None
        expect(guess(page, "1", "2")).to_contain_text("above your range")


def test_the_distance_to_a_range_is_right(page, address, value):
    page.goto(address + CHAPTER)
    expect(guess(page, 50, 60)).to_contain_text(f"{50 - value:.3g} points")


def test_a_range_can_be_drawn(page, address):
    page.goto(address + CHAPTER)
    line = place(page).locator(".line")
    line.scroll_into_view_if_needed()
    box = line.bounding_box()
    y = box["y"] + box["height"] / 2
    ends = [(box["x"] + box["width"] * x, y) for x in (0.6, 0.2)]
    drag(page, *ends, steps=5)
    low = float(place(page).get_by_label("from").input_value())
    high = float(place(page).get_by_label("to", exact=True).input_value())
    assert (low, high) == pytest.approx((20, 60), abs=1)
    drawn = line.locator(".range").bounding_box()
    assert drawn["width"] == pytest.approx(0.4 * box["width"], abs=8)
    place(page).get_by_role("button", name="Compare").click()
    expect(place(page).get_by_role("status")).to_contain_text("Inside")
    drag(page, *ends[::-1], steps=3)  # what is compared stays
    assert page.evaluate(STORED)["guesses"][NAME] == [low, high]


def test_questions_and_exercises_are_counted_and_remembered(page, address):
    page.goto(address + CHAPTER)
    reached = page.locator(".reached")
    questions = page.locator(".option.right").count()
    ticks = page.get_by_label("I've done this exercise")
    total = ticks.count()
    assert total >= 3
    start = f"0 of {questions} questions, 0 of {total} exercises, 0 of 3"
    expect(reached).to_contain_text(start)
    ticks.nth(1).check()
    page.locator(".option.wrong summary").first.click()
    expect(page.locator(".answered", has_text="answered")).to_have_count(0)
    page.locator(".option.right summary").first.click()
    page.locator(".option.right summary").nth(1).click()
    expect(page.locator(".answered", has_text="answered")).to_have_count(2)
    done = f"2 of {questions} questions, 1 of {total} exercises"
    expect(reached).to_contain_text(done)
    page.reload()
    expect(reached).to_contain_text(done)
    expect(ticks.nth(1)).to_be_checked()
    expect(ticks.nth(0)).not_to_be_checked()
    assert page.locator("details.option[open]").count() == 0
    stored = page.evaluate(STORED)
    assert stored["questions"] == {"02-1": [False, True], "02-2": [True, True]}
    ticks.nth(1).uncheck()
    expect(reached).to_contain_text(f"0 of {total} exercises")


def test_the_first_page_shows_how_far_each_chapter_is(page, address):
    page.goto(address + CHAPTER)
    guess(page, 1, 2)
    for name in ("book/index.html", "index.html"):
        page.goto(address + name)
        row = page.locator(".course-chapters tr", has_text="Baselines")
        expect(row).to_contain_text("1 of ")
        others = page.locator(".course-chapters .answered:not(:empty)")
        expect(others).to_have_count(1)


def test_another_window_sees_what_is_done(window, page, address):
    page.goto(address + PAGE)
    other = window.new_page()
    other.goto(address + CHAPTER)
    guess(other, 1, 2)
    row = page.locator("tr", has_text="2 · Baselines")
    expect(row.locator("td").nth(3)).to_have_text("1 of 3")


# The last page.


def test_it_compares_all_guesses(page, address, value):
    page.goto(address + CHAPTER)
    guess(page, 30, 50)
    guess(page, 1, 2, OTHER)
    page.goto(address + PAGE)
    part = page.locator('[data-reader="calibration"]')
    expect(part).to_contain_text("1 of your 2 ranges contain")
    expect(part).to_contain_text("50%")
    expect(part).to_contain_text("With 5 guesses or more")
    hit, miss = part.locator("tbody tr").all()
    expect(hit).to_contain_text(f"30% to 50%{value:.3g}%✓ inside")
    expect(miss).to_contain_text("✗ outside")
    line = hit.locator(".line").bounding_box()
    mark = hit.locator(".measured").bounding_box()
    at = (mark["x"] + mark["width"] / 2 - line["x"]) / line["width"]
    assert 100 * at == pytest.approx(value, abs=1.5)
    drawn = hit.locator(".range").bounding_box()["width"] / line["width"]
    assert 100 * drawn == pytest.approx(20, abs=2)
    for link in part.get_by_role("link").all():
        there = link.evaluate("(a) => a.href")
        assert page.request.get(there).status == 200


@pytest.mark.parametrize(
    ("hits", "n", "said"),
    [
        (0, 0, "haven't guessed yet"),
        (4, 4, "With 5 guesses or more"),
        (4, 5, "well calibrated"),
        (5, 5, "well calibrated"),
        (1, 5, "too narrow"),
        (12, 16, "well calibrated"),
        (16, 16, "wider than"),
    ],
)
def test_it_says_how_well_calibrated_the_reader_is(
    page, address, hits, n, said
):
    page.goto(address + PAGE)
    page.get_by_label("Summary").wait_for()
    names = page.evaluate(
        "bookCourse.flatMap((c) => c.guesses.map(([name]) => name))"
    )
    assert len(names) >= 16
    fill(
        page,
        {
            "guesses": {
                name: [-1, 1e6] if k < hits else [-2, -1]
                for k, name in enumerate(names[:n])
            }
        },
    )
    page.reload()
    part = page.locator('[data-reader="calibration"]')
    expect(part).to_contain_text(said)


def test_all_can_be_saved_forgotten_and_loaded(page, address):
    page.goto(address + CHAPTER)
    guess(page, 30, 50)
    page.get_by_label("I've done this exercise").first.check()
    page.goto(address + PAGE)
    row = page.locator("tr", has_text="2 · Baselines")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    assert download.value.suggested_filename == "attention-in-color.json"
    content = download.value.path().read_bytes()
    page.get_by_role("button", name="Forget").click()
    expect(row.locator("td").nth(3)).to_have_text("1 of 3")  # not yet
    page.get_by_role("button", name="Really?").click()
    expect(row.locator("td").nth(3)).to_have_text("0 of 3")
    assert not any(page.evaluate(STORED).values())
    file = {"name": "a.json", "mimeType": "application/json"}
    page.get_by_label("Load a file").set_input_files(
        {**file, "buffer": content}
    )
    expect(page.get_by_role("status")).to_have_text("Loaded: 2 entries.")
    expect(row.locator("td").nth(3)).to_have_text("1 of 3")
    expect(row.locator("td").nth(2)).to_contain_text("1 of ")


BROKEN = [
    "",
    "{",
    "null",
    "3",
    "[[]]",
    '"text"',
    '{"guesses": 3, "questions": [1], "exercises": null}',
    '{"guesses": {"__proto__": [1, 2], "a<b>": [1, 2], "a": ["1", 2],'
    f' "b": [2, 1], "c": [1], "d": null, "{OTHER}": [1, {{}}],'
    f' "{OTHER}x": [1, 1e999]}}}}',
    '{"questions": {"02-1": true, "02-2": [1, 1], "02-3": {}},'
    ' "exercises": {"02-1": 1, "02-2": "true", "02-3": {}}}',
    '{"__proto__": {"guesses": {"a": [1, 2]}}, "constructor": 3}',
    "[" * 100_000,
]


@pytest.mark.parametrize("data", BROKEN)
def test_a_broken_value_is_dropped_and_not_the_page(page, address, data):
    page.goto(address + PAGE)
    fill(page, data)
    page.goto(address + CHAPTER)
    expect(page.locator(".reached")).to_contain_text("0 of 3 guesses")
    expect(page.locator(".reached")).to_contain_text("progress. 0 of")
    expect(guess(page, 30, 50)).to_contain_text("Inside")
    stored = page.evaluate(STORED)
    assert stored == {
        "guesses": {NAME: [30, 50]},
        "questions": {},
        "exercises": {},
    }
    page.goto(address + PAGE)
    file = {"name": "a.json", "mimeType": "application/json"}
    page.get_by_label("Load a file").set_input_files(
        {**file, "buffer": data.encode()}
    )
    expect(page.get_by_role("status")).to_contain_text("no progress of this")
    assert page.evaluate(STORED) == stored


def test_what_is_valid_beside_broken_values_is_kept(page, address):
    page.goto(address + PAGE)
    data = {"guesses": {NAME: [1, 2], OTHER: "x"}, "exercises": {"02-1": True}}
    fill(page, data)
    page.goto(address + CHAPTER)
    expect(place(page).get_by_role("status")).to_contain_text("above your")
    expect(page.locator(".reached")).to_contain_text("1 of 3 guesses")
    ticks = page.get_by_label("I've done this exercise")
    expect(ticks.first).to_be_checked()


@pytest.mark.parametrize("script", [FORBID, FULL])
def test_without_storage_it_lasts_as_long_as_the_page(window, address, script):
    page = window.new_page()
    errors = watch(page, address)
    page.add_init_script(script)
    page.goto(address + CHAPTER)
    expect(guess(page, 30, 50)).to_contain_text("Inside")
    page.get_by_label("I've done this exercise").first.check()
    expect(page.locator(".reached")).to_contain_text("1 of 3 guesses")
    expect(place(page).get_by_role("status")).to_contain_text("Inside")
    page.goto(address + PAGE)
    expect(page.locator("tr", has_text="2 · Base")).to_contain_text("0 of 3")
    if script == FORBID:
        expect(page.get_by_role("status")).to_contain_text("keeps nothing")
    assert errors == []


@pytest.mark.parametrize("body", ["window.bookCourse={}", "oops(", None])
def test_a_page_without_its_data_is_a_page(window, address, body):
    page = window.new_page()
    errors = watch(page, address)
    page.route(
        "**/course.js",
        lambda route: (
            route.abort()
            if body is None
            else route.fulfill(body=body, content_type="text/javascript")
        ),
    )
    page.goto(address + CHAPTER, wait_until="networkidle")
    assert not page.locator(".guess").first.is_visible()
    page.locator(".option.right summary").first.click()
    page.locator(".claim[role]").first.click()
    page.locator("#card:popover-open").wait_for()
    assert [e for e in errors if "Unexpected end" not in e] == []


def test_a_number_that_is_no_share_is_typed(page, address, html):
    """The chapters have none yet."""
    text = (html / "_static/page/course.js").read_text("utf-8")
    body = text.replace('"%"', '"epochs"')
    page.route(
        "**/course.js",
        lambda route: route.fulfill(body=body, content_type="text/javascript"),
    )
    page.goto(address + CHAPTER)
    assert not place(page).locator(".line").is_visible()
    expect(place(page).get_by_role("status")).not_to_contain_text("drag")
    expect(guess(page, 50, 60)).to_contain_text("38.1 epochs. That's 11.9 ep")
    page.goto(address + PAGE)
    line = page.locator('[data-reader="calibration"] .line')
    ends = "(e) => [e.lastChild.style.left, e.firstChild.style.left]"
    mark, start = (float(x[:-1]) for x in line.evaluate(ends))
    assert mark == pytest.approx(0)
    assert start == pytest.approx(100 * 11.916 / (60 - 38.084), abs=0.1)


def test_a_summary_names_no_reader(page, address):
    page.goto(address + CHAPTER)
    guess(page, 30, 50)
    page.locator(".option.right summary").first.click()
    page.goto(address + PAGE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the summary").click()
    expect(page.get_by_role("status")).to_have_text("The summary is copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    title, *lines, end = copied.splitlines()
    assert title == "Attention in Color: progress by chapter"
    assert len(lines) == len(listed_chapters())
    assert lines[1].startswith("2: 1 of ")
    assert "(1 right at once)" in lines[1]
    assert lines[1].endswith("1 of 3 guesses")
    assert end == "1 of 1 ranges contain the measured number"


def test_the_summary_can_be_copied_where_the_clipboard_is_forbidden(
    page, address
):
    page.add_init_script(
        """Object.defineProperty(navigator, "clipboard", { value: undefined });
        document.execCommand = (name) => {
          window.copied = [name, document.activeElement.value];
          return true;
        };"""
    )
    page.goto(address + PAGE)
    page.get_by_role("button", name="Copy the summary").click()
    expect(page.get_by_role("status")).to_have_text("The summary is copied.")
    name, text = page.evaluate("copied")
    assert (name, text.splitlines()[0]) == (
        "copy",
        "Attention in Color: progress by chapter",
    )
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy the summary").click()
    expect(page.get_by_role("status")).to_contain_text("Ctrl+C")


REACHED = """() => [...document.querySelectorAll("article pre")]
  .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth)
  .every((e) => e.tabIndex === 0)"""


@pytest.mark.parametrize("width", [1280, 360])
def test_no_barrier_in_what_scripts_add(page, address, width):
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(address + CHAPTER)
    guess(page, 30, 50)
    guess(page, 1, 2, OTHER)
    page.wait_for_function(REACHED)  # what scrolls is found step by step
    assert faults(page) == []
    page.goto(address + PAGE)
    page.get_by_label("Summary").wait_for()
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLORS) == []
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= width


def test_paper_has_room_for_guesses_and_no_controls(page, address):
    page.goto(address + CHAPTER)
    expect(guess(page, 30, 40.5)).to_contain_text("Inside")
    found = place(page, OTHER)
    page.emulate_media(media="print")
    parts = page.locator(".reached, .tick, .guess button")
    assert parts.count() > 3
    assert not any(part.is_visible() for part in parts.all())
    assert_room(found)
    for control in found.locator("input, form, [role=status]").all():
        assert not control.is_visible()
    made = place(page)
    assert not made.locator(".on-paper").is_visible()
    assert made.get_by_label("from").input_value() == "30"
    assert made.get_by_text("Inside your range").is_visible()
    page.emulate_media(media="screen")
    assert not page.locator(".on-paper >> visible=true").count()


def assert_room(found):
    """Expect a title, two blanks, and a line with its ends."""
    words = " ".join(found.inner_text().split())
    said = found.get_attribute("data-label")
    assert words == f"Your guess: {said} from to % 0% 50% 100%"
    blanks = [blank.bounding_box() for blank in found.locator(".blank").all()]
    assert len(blanks) == 2
    assert all(box["width"] > 60 and box["height"] > 24 for box in blanks)
    assert found.locator(".axis").bounding_box()["width"] > 300
    assert not found.locator(".line >> visible=true").count()


def test_pages_without_scripts_have_it_on_paper_alone(browser, address):
    plain = browser.new_page(java_script_enabled=False)
    plain.goto(address + CHAPTER)
    parts = plain.locator(".guess, .reached")
    assert parts.count() == 4
    assert not any(part.is_visible() for part in parts.all())
    plain.emulate_media(media="print")
    assert not plain.locator(".reached").is_visible()
    for found in plain.locator(".guess").all():
        assert_room(found)
    plain.close()


def test_it_works_in_pages_that_were_opened_as_files(window, html):
    page = window.new_page()
    page.goto((html / CHAPTER).as_uri())
    expect(guess(page, 30, 50)).to_contain_text("Inside")
    page.goto((html / PAGE).as_uri())
    part = page.locator('[data-reader="calibration"]')
    expect(part).to_contain_text("1 of your 1 range contains")
