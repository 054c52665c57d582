"""The live demo opens as it should: from a link, in part, or not at all."""

import pytest
from axe import faults
from browsing import is_dark, save_screenshot
from demo_networks import assert_answers_agree
from demo_page import LINK, PAGE
from playwright.sync_api import expect

# Links.


def test_a_link_brings_the_same_scene_to_someone_else(demo, other):
    demo.draw((6, 5), (20, 6), (11, 23))
    demo.part("temperature").fill("0.5")
    demo.settle().move(1, 3, -5)
    demo.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    demo.click("link")
    expect(demo.part("note")).to_have_text("The link to this scene is copied.")
    copied = demo.page.evaluate("navigator.clipboard.readText()")
    assert copied == demo.page.url
    there = "#" + copied.partition("#")[2]
    assert len(there) < 1_000
    same = other().open(there)
    assert same.scene == demo.scene
    assert same.shown["query"] == demo.shown["query"]
    assert same.errors == []


def test_the_link_is_copied_where_the_clipboard_is_forbidden(other):
    demo = other()
    demo.page.add_init_script(
        """Object.defineProperty(navigator, "clipboard", { value: undefined });
        document.execCommand = (name) => {
          window.copied = [name, document.activeElement.value];
          return true;
        };"""
    )
    demo.open(LINK).click("link")
    assert demo.page.evaluate("copied") == ["copy", demo.page.url]
    assert "is copied" in demo.text("note")
    demo.page.evaluate("document.execCommand = () => false")
    demo.click("link")
    assert "address bar" in demo.text("note")
    assert demo.errors == []


def test_the_address_is_always_that_of_the_scene(demo):
    """And going back leads to the page before, not through every change."""
    before = demo.page.evaluate("history.length")
    demo.move(0, right=9, down=4)
    demo.page.wait_for_function("(old) => location.hash !== old", arg=LINK)
    demo.click("deal")
    moved = demo.page.url
    demo.page.wait_for_function("(old) => location.href !== old", arg=moved)
    scene = demo.scene
    demo.page.reload()
    demo.page.locator('.demo[data-state="ready"]').wait_for()
    assert demo.settle().scene == scene
    assert demo.page.evaluate("history.length") == before


def test_a_page_that_was_not_touched_keeps_its_plain_address(other):
    demo = other().open()
    demo.page.wait_for_timeout(800)
    assert "#" not in demo.page.url
    assert demo.errors == []


def test_a_link_counts_though_the_address_changes_before_it_is_read(demo):
    """As where the address is brought up to date in the same instant."""
    demo.page.evaluate(
        """(old) => {
          location.hash = "#scene_letters";
          history.replaceState(null, "", old);
        }""",
        LINK,
    )
    expect(demo.part("note")).to_contain_text("not written as scenes are")


GOOD = LINK.removeprefix("#scene_mnist")


LONG = "d" + "4040" * 100_000


@pytest.mark.parametrize(
    ("hash_", "why"),
    [
        ("#scene", "not written as scenes are"),
        ("#scene_letters" + GOOD, "not written as scenes are"),
        ("#scene_constructor" + GOOD, "not written as scenes are"),
        (LINK + "_1", "not written as scenes are"),
        (LINK.replace("7-3-36-4", "7-3-37-4"), "out of range"),
        (LINK.replace("7-3-36-4", "7-16-36-4"), "out of range"),
        (LINK.replace("7-3-36-4", "7-3-36"), "out of range"),
        (LINK.replace("7-3-36-4", "7-3--36-4"), "out of range"),
        (LINK.replace("7-3-36-4", "7-3-1e1-4"), "out of range"),
        (LINK.replace("7-3-36-4", "1-3-36-4"), "three classes"),
        (LINK.replace("_7-5_", "_11-5_"), "out of range"),
        (LINK.replace("_7-5_", "_dz40404_"), "drawing"),
        (LINK.replace("_7-5_", f"_{LONG}_"), "too long"),
        (LINK.replace("_100", "_0"), "below 0.1"),
        (LINK.replace("_100", "_99999999999"), "out of range"),
        (LINK.replace("_100", "_NaN"), "out of range"),
        ("#<script>alert(1)</script>", "not written as scenes are"),
        ("#scene_mnist_<img src=x onerror=alert(1)>", "not written"),
        ("#%E0%A4%A", "not written as scenes are"),
    ],
    ids=lambda text: text[:24],
)
def test_a_hostile_link_is_ignored_and_said_to_be(demo, hash_, why):
    before = demo.scene
    demo.open(hash_)
    expect(demo.part("note")).to_contain_text(why)
    assert demo.scene == before
    said = demo.text("note")
    assert said.startswith("The link’s scene cannot be shown") and why in said
    assert len(said) < 120 and "<" not in said


def test_a_hostile_link_on_arrival_leaves_a_scene_to_play_with(other):
    demo = other().open("#scene_mnist_999")
    assert "cannot be shown" in demo.text("note")
    assert "is red" in demo.text("verdict")
    assert demo.errors == []


# Where something is missing.


@pytest.mark.parametrize(
    ("missing", "way", "said"),
    [
        ("best-mnist.js", "gone", "The network best-mnist is missing."),
        ("best-mnist.js", "empty", "The network best-mnist is damaged."),
        ("best-mnist.js", "cut short", "The network best-mnist is damaged."),
        ("mnist.js", "offline", "The file of drawings is missing."),
        ("mnist.js", "cut short", "The file of drawings is damaged."),
    ],
)
def test_a_missing_file_is_named_and_a_picture_stands_in(
    other, missing, way, said
):
    demo = other()

    def fail(route):
        if way == "offline":
            return route.abort()
        if way == "gone":
            return route.fulfill(status=404, body="not here")
        if way == "empty":
            return route.fulfill(body="")
        text = route.fetch().text()
        return route.fulfill(body=text[:-4000] + text[-4000:][-5:])

    demo.page.route(f"**/models/{missing}", fail)
    demo.open(state="failed")
    assert said in demo.text("note")
    assert demo.page.locator(".demo-stage img").is_visible()
    assert not demo.handle(0).is_visible()
    assert [e for e in demo.errors if "SyntaxError" not in e] == []


def test_clothes_that_are_missing_leave_the_digits(other):
    demo = other().open()
    demo.page.route("**/fashion.js", lambda route: route.abort())
    demo.page.get_by_role("radio", name="clothes").check()
    assert "missing" in demo.settle().text("note")
    assert not demo.page.locator(".demo-steps").is_visible()
    assert not demo.part("verdict").is_visible()
    demo.page.get_by_label("digits").check()
    assert demo.settle().text("note") == ""
    assert demo.page.locator(".demo-steps").is_visible()


FORBID = """
delete window.WebAssembly;
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
  Object.defineProperty(window, name, { get() {
    throw new DOMException("storage is blocked", "SecurityError"); } });
Object.defineProperty(document, "cookie", { get() {
  throw new DOMException("storage is blocked", "SecurityError"); } });
"""


def test_it_needs_no_webassembly_and_no_storage(other):
    demo = other()
    demo.page.add_init_script(FORBID)
    demo.open()
    assert_answers_agree(demo.shown)
    # The theme's own scripts ask for storage, the demo's do not.
    assert [e for e in demo.errors if "blocked" not in e] == []


def test_it_works_in_a_page_that_was_opened_as_a_file(other, html):
    demo = other()
    demo.page.unroute_all()
    for page in ("index", "demo"):
        demo.page.goto((html / "book" / f"{page}.html").as_uri())
        demo.page.locator('.demo[data-state="ready"]').wait_for()
        assert_answers_agree(demo.settle().shown)
    demo.page.get_by_role("radio", name="clothes").check()
    assert_answers_agree(demo.settle().shown)
    demo.page.wait_for_function("location.hash.startsWith('#scene_fashion')")
    scene = demo.scene
    demo.page.reload()
    demo.page.locator('.demo[data-state="ready"]').wait_for()
    assert demo.settle().scene == scene
    assert demo.errors == []


@pytest.mark.parametrize("page", ["book/index.html", PAGE])
def test_without_javascript_a_picture_and_a_sentence_stand_in(other, page):
    demo = other(java_script_enabled=False)
    demo.page.goto(demo.address + page)
    for picture in demo.page.locator(".demo img").all():
        assert picture.is_visible()
        assert picture.evaluate("(img) => img.naturalWidth") > 20
    sentence = demo.page.locator(".demo noscript p")
    assert sentence.is_visible()
    assert "JavaScript is off" in sentence.inner_text()
    assert demo.text("verdict") == "Answer: red. Right: the 7 is red."
    controls = demo.page.locator(".demo :is(button, select, input, canvas)")
    assert not any(control.is_visible() for control in controls.all())


def test_the_picture_is_what_the_script_draws_first(other):
    """So that nothing changes when it has loaded."""
    demo = other().open()
    said = demo.text("verdict")
    differ = demo.page.evaluate(
        """async () => {
          const differences = [];
          for (const image of document.querySelectorAll(".demo img")) {
            await image.decode();
            const canvas = image.nextElementSibling;
            const { width } = canvas;
            const mine = new OffscreenCanvas(width, width).getContext("2d");
            mine.drawImage(image, 0, 0);
            const read = (pen) => pen.getImageData(0, 0, width, width).data;
            const [a, b] = [read(mine), read(canvas.getContext("2d"))];
            const off = a.reduce((sum, x, n) => sum + Math.abs(x - b[n]), 0);
            differences.push(off / a.length);
          }
          return differences;
        }"""
    )
    assert len(differ) == 2 and max(differ) < 1.5
    plain = other(java_script_enabled=False)
    plain.page.goto(plain.address + PAGE)
    assert plain.text("verdict") == said
    for k in range(3):
        places = [
            page.handle(k).locator("span").get_attribute("style")
            for page in (demo, plain)
        ]
        assert len(set(places)) == 1, places


# Loading, and how it looks.


# What moves in the demo; not what moves because all of it is pushed down.
SHIFTS = """() => new Promise((done) => {
  const inside = ({ node }) =>
    (node?.parentElement ?? node)?.parentElement?.closest(".demo");
  const down = ({ currentRect, previousRect }) =>
    currentRect.y - previousRect.y;
  const own = ({ sources }) => sources.some(inside)
    && new Set(sources.map(down)).size > 1;
  const values = (list) =>
    list.getEntries().filter(own).map(({ value }) => value);
  new PerformanceObserver((list) => done(values(list)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done([]), 500);
})"""
PARTS = ".demo :is(button, canvas, p, h2, table)"
TEXTS = """(demo) => [...demo.querySelectorAll(
    "[data-part]:not(:has(*)), b, .demo-verdict, .demo-switch button, td")]
  .filter((e) => !e.closest(
    "select, [data-part=live], [data-part=mark], .demo-scale"))
  .map((e) => e.textContent)"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("page", ["book/index.html", PAGE])
def test_it_is_live_at_once_and_nothing_shifts(other, page, width):
    """Without a button, and in the scene of the index's sentence."""
    demo, before = (
        other(viewport={"width": width, "height": 720}) for _ in range(2)
    )
    for each in (demo, before):  # fonts that come later shift all pages
        each.page.route("**/*.woff2", lambda route: route.abort())
    before.page.route("**/_static/demo.js", lambda route: route.abort())
    before.page.goto(before.address + page)
    demo.open(page=page)
    shown, waiting = (
        [
            box
            for its in each.page.locator(PARTS).all()
            if (box := its.bounding_box())
        ]
        for each in (demo, before)
    )
    assert len(shown) == len(waiting) > 20
    for box, old in zip(shown, waiting, strict=True):
        assert box == pytest.approx(old, abs=1)
    assert sum(demo.page.evaluate(SHIFTS)) == 0
    texts = [
        each.page.locator(".demo").evaluate(TEXTS) for each in (demo, before)
    ]
    assert texts[0] == texts[1]
    scene = demo.shown["scene"]
    assert [its["kind"] for its in scene["symbols"]] == [7, 3, 0]
    assert scene["query"]["kind"] == 7
    assert demo.text("verdict") == "Answer: red. Right: the 7 is red."
    assert demo.errors == []


@pytest.mark.parametrize("page", ["book/index.html", PAGE])
def test_a_demo_that_has_half_arrived_is_not_drawn(other, html, page):
    """Its parts would move when the rest comes."""
    text = (html / page).read_text(encoding="utf-8")
    half, later, _ = text.partition('<div class="demo-scene">')
    assert later
    demo = other()
    demo.page.route(
        f"**/{page}",
        lambda route: route.fulfill(body=half, content_type="text/html"),
    )
    demo.page.goto(demo.address + page)
    main = demo.page.locator(".demo-main")
    assert main.bounding_box()
    expect(main).not_to_be_visible()


def test_the_front_page_has_a_small_one(other):
    demo = other(viewport={"width": 1280, "height": 720})
    demo.open(page="book/index.html")
    for name in ("temperature", "data", "over"):
        assert not demo.part(name).is_visible()
    models = {url.split("/")[-1] for url in demo.requests if "/models/" in url}
    assert models == {"best-mnist.js", "mnist.js"}
    demo.move(0, right=-20, down=20)
    assert demo.scene["symbols"][0]["column"] < 36
    heads = demo.page.locator(".demo-steps h2").all_inner_texts()
    assert heads == ["Query", "Compare", "Softmax", "Read"]
    assert faults(demo.page) == []
    save_screenshot(demo.page, "demo-small")
    assert demo.errors == []


def test_the_explorer_of_chapter_6_is_the_live_demo(other):
    demo = other().open(page="chapters/06_looking_inside.html")
    assert_answers_agree(demo.shown)
    demo.page.get_by_role("radio", name="clothes").check()
    demo.part("temperature").fill("0.5")
    assert_answers_agree(demo.settle().shown)
    widgets = demo.page.locator(".jupyter-widgets, .widget-slider")
    assert widgets.count() == 0
    assert demo.errors == []


@pytest.mark.parametrize(
    ("width", "height", "page"),
    [(1280, 720, PAGE), (1280, 720, "book/index.html"), (360, 640, PAGE)],
)
def test_cause_and_effect_are_in_one_view(other, width, height, page):
    """The query, the scene with its weights, their scale and the answer."""
    demo = other(viewport={"width": width, "height": height}).open(page=page)
    parts = ["card", "stage", "scale", "verdict"]
    parts += ["switch"] if page == PAGE else []
    boxes = [demo.part(name).bounding_box() for name in parts]
    top = min(box["y"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    header = demo.page.locator(
        ".bd-header-article, .bd-header, header.bar"
    ).first
    room = height - header.bounding_box()["height"]
    assert bottom - top <= room
    assert demo.part("stage").bounding_box()["width"] >= 0.85 * min(width, 400)
    assert demo.errors == []


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_it_fits_its_window_in_the_light_and_in_the_dark(other, width, look):
    demo = other(
        viewport={"width": width, "height": 760},
        color_scheme=look,
        has_touch=width < 400,
    ).open(LINK)
    save_screenshot(demo.page, f"demo-{width}-{look}", full_page=True)
    whole = demo.page.evaluate("document.documentElement.scrollWidth")
    assert whole <= width
    parts = demo.page.locator(".demo :is(button, select, input, canvas, p)")
    for part in parts.all():
        if box := part.bounding_box():
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert is_dark(demo.page.locator(".demo")) == (look == "dark")
    assert demo.errors == []


def test_forced_colors_leave_what_means_something(other):
    demo = other(
        viewport={"width": 1200, "height": 900}, forced_colors="active"
    ).open(LINK)
    save_screenshot(demo.page, "demo-forced", full_page=True)
    shade = "(e) => getComputedStyle(e).backgroundColor"
    bars = [
        demo.page.locator(f'.demo tr[data-color="{color}"] i').evaluate(shade)
        for color in ("red", "green", "blue")
    ]
    assert len(set(bars)) == 3
    swatches = [demo.part(name).evaluate(shade) for name in ("value", "part")]
    assert len(set(swatches)) == 2
    pressed = [
        demo.page.locator(f'.demo-switch [value="{net}"]').evaluate(shade)
        for net in ("post", "best")
    ]
    assert len(set(pressed)) == 2
    assert faults(demo.page) == []
    assert demo.errors == []


def test_on_paper_are_the_scene_and_its_numbers(other):
    demo = other().open(LINK)
    demo.page.emulate_media(media="print")
    for name in ("scene", "card", "verdict", "q", "swatch"):
        assert demo.part(name).is_visible()
    for name in ("deal", "temperature", "class"):
        assert not demo.part(name).is_visible()
    for letter in demo.page.locator(".demo-stage span").all():
        assert letter.is_visible()  # a printer may have no colors
    assert not demo.page.locator(".demo-notice").is_visible()
    exact = "(e) => getComputedStyle(e).printColorAdjust"
    for name in ("scene", "swatch", "value"):
        assert demo.part(name).evaluate(exact) == "exact"
