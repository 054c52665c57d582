"""Every built page opens in a browser as it should."""

import re

import pytest
from axe import COLORS, faults
from browsing import is_dark, save_screenshot, watch
from building import listed_pages

SIZES = {"wide": (1280, 900), "phone": (390, 844)}
LOOKS = ["light", "dark"]
HASH = re.compile(r"[0-9a-f]{16,}")

# Elements that extend beyond the right edge of the window, unless they are in
# a box that scrolls by itself.
STICKING_OUT = """() => {
  const scrolls = (e) => e && e !== document.body && (
    /auto|scroll|hidden/.test(getComputedStyle(e).overflowX)
    || scrolls(e.parentElement));
  return [...document.querySelectorAll("main article *")]
    .filter((e) => e.getBoundingClientRect().width > 0
      && e.getBoundingClientRect().right > innerWidth + 1
      && !e.closest(".katex-mathml") && !scrolls(e.parentElement))
    .map((e) => e.outerHTML.slice(0, 120));
}"""
# Controls that are less than 24 px wide or high, but for words in a sentence
# and what is drawn over a canvas that takes every tap itself.
SMALL = """() => [...document.querySelectorAll(
    "a[href], button, summary, input, select, textarea, [role=button]",
  )].filter((e) => {
  if (!e.checkVisibility({ visibilityProperty: true,
    contentVisibilityAuto: true }) || e.matches(".skip")) return false;
  const { display, pointerEvents } = getComputedStyle(e);
  const { width, height } = (e.closest("label") ?? e).getBoundingClientRect();
  return Math.min(width, height) < 24 && pointerEvents !== "none"
    && (display !== "inline" || e.closest("td"));
}).map((e) => e.outerHTML.slice(0, 120))"""
ZOOMED = {"width": 320, "height": 256}  # of 1280 by 1024 px, at 400%
THEME = "document.documentElement.dataset.theme"
FADED = """() => document.getAnimations()
  .filter((fade) => fade.effect.getComputedTiming().endTime < Infinity)
  .forEach((fade) => fade.finish())"""  # from one look to the other


class Visit:
    """An opened page, and everything that went wrong in it."""

    def __init__(self, context, address, name):
        self.name = name
        self.page = context.new_page()
        self.errors = watch(self.page, address)
        self.page.on("response", self.check_status)
        self.page.on("console", self.check_console)
        self.page.on(
            "requestfailed",
            lambda r: self.errors.append(f"request failed: {r.url}"),
        )
        self.page.goto(address + name)
        self.page.wait_for_load_state("networkidle")
        if self.page.locator(".demo").count():
            self.page.locator('.demo[data-state="ready"]').wait_for()

    def check_console(self, message):
        if message.type == "error":
            self.errors.append(f"console: {message.text}")

    def check_status(self, response):
        if response.status >= 400:
            self.errors.append(f"status {response.status}: {response.url}")


# Module scope: each page is opened once in each window.
@pytest.fixture(scope="module", params=SIZES)
def window(request, browser):
    width, height = SIZES[request.param]
    with browser.new_context(
        viewport={"width": width, "height": height}
    ) as context:
        yield context


@pytest.fixture(scope="module", params=listed_pages())
def visit(request, window, address):
    visit = Visit(window, address, request.param)
    yield visit
    visit.page.close()


@pytest.fixture(params=LOOKS)
def seen(request, visit):
    """A visit in one of the color schemes."""
    visit.look = request.param
    if visit.page.evaluate(THEME) != visit.look:
        visit.page.emulate_media(color_scheme=visit.look)
        visit.page.wait_for_function(
            f"look => {THEME} === look", arg=visit.look
        )
        visit.page.evaluate(FADED)
    return visit


def test_it_opens_without_error_and_asks_no_other_site(visit):
    assert visit.errors == []


def test_its_formulas_are_set_and_can_be_heard(visit):
    asked = visit.page.locator("article .math").count()
    done = visit.page.locator("article .math .katex-html:visible").count()
    heard = visit.page.locator("article .math math").count()
    folded = visit.page.locator("article details .math").count()
    assert done + folded >= asked == heard
    assert visit.page.locator(".katex-error").count() == 0
    assert not re.search(r"\\[([]|\$", visit.page.inner_text("body"))


def test_its_live_figures_start_when_they_come_near(visit):
    for figure in visit.page.locator(".live-figure").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".live").wait_for(timeout=10_000)
        assert figure.locator(":is(canvas, svg):visible").count() > 1


def test_it_has_one_title(visit):
    assert visit.page.locator("h1:visible").count() == 1


def test_its_pictures_have_alt_texts(visit):
    for picture in visit.page.locator("img").all():
        alt = picture.get_attribute("alt") or ""
        assert alt.strip(), picture.get_attribute("src")
        assert not HASH.search(alt)


def test_its_figures_are_crisp_on_dense_screens(visit):
    coarse = visit.page.locator("article img:visible").evaluate_all(
        """(pictures) => pictures
        .filter((p) => /[.](png|webp)$/.test(p.currentSrc))
        .filter((p) => p.naturalWidth < 1.8 * p.clientWidth)
        .map((p) => `${p.src.slice(-60)}: ${p.naturalWidth}`)"""
    )
    assert coarse == []


def test_nothing_sticks_out_of_its_window(visit):
    assert visit.page.evaluate(STICKING_OUT) == []
    width = visit.page.evaluate("document.documentElement.scrollWidth")
    assert width <= visit.page.viewport_size["width"]


def test_nothing_sticks_out_at_400_percent(visit):
    before = visit.page.viewport_size
    visit.page.set_viewport_size(ZOOMED)
    sticking = visit.page.evaluate(STICKING_OUT)
    width = visit.page.evaluate("document.documentElement.scrollWidth")
    visit.page.set_viewport_size(before)
    assert sticking == []
    assert width <= ZOOMED["width"]


def test_what_is_touched_is_large_enough(visit):
    assert visit.page.evaluate(SMALL) == []


def test_it_says_what_it_is(visit):
    page = visit.page
    assert page.locator("html").get_attribute("lang") == "en"
    assert len(page.title()) > 12
    told = page.locator('meta[name="description"]')
    searched = not page.url.endswith("404.html")
    assert told.count() == searched
    if searched:
        assert len(told.get_attribute("content")) > 40


def test_it_is_dark_where_the_reader_asks_for_that(seen):
    assert is_dark(seen.page.locator("body")) == (seen.look == "dark")


def test_axe_finds_no_fault_in_it(seen):
    """All rules in light mode; in dark mode those about colors."""
    rules = COLORS if seen.look == "dark" else None
    assert faults(seen.page, rules) == []
    assert seen.errors == []


def test_its_picture_is_kept(seen):
    """For people to look at: see CONTRIBUTING.md."""
    width, height = seen.page.viewport_size.values()
    whole = seen.page.evaluate("document.documentElement.scrollHeight")
    part = {"x": 0, "y": 0, "width": width, "height": min(whole, 4 * height)}
    name = seen.name.removesuffix(".html").replace("/", "-")
    path = save_screenshot(
        seen.page, f"{name}-{width}-{seen.look}", full_page=True, clip=part
    )
    assert path.stat().st_size > 10_000
