"""The live demo opens as it should: from a link, in part, or not at all."""

import pytest
from axe import faults
from browsing import is_dark, save_screenshot
from demo_page import LINK, PAGE

# Links.


def test_a_link_brings_the_same_scene_to_someone_else(demo, other):
    demo.draw((6, 5), (20, 6), (11, 23))
    demo.part("temperature").fill("0.5")
    demo.settle().move(1, 3, -5)
    there = demo.part("link").get_attribute("href")
    assert len(there) < 1_000
    demo.part("link").click()
    assert demo.page.evaluate("location.hash") == there
    same = other().open(there)
    assert same.scene == demo.scene
    assert same.shown["query"] == demo.shown["query"]
    assert same.errors == []


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
    assert demo.scene == before
    said = demo.text("note")
    assert said.startswith("The link's scene cannot be shown") and why in said
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
        ("best-mnist.onnx", "gone", "The net best-mnist is missing (404)"),
        ("best-mnist.onnx", "cut short", "The net best-mnist is damaged"),
        ("mnist.bin", "offline", "The file of drawings is missing (offline)"),
        ("mnist.bin", "cut short", "The file of drawings is damaged"),
        ("ort.wasm.bundle.min.mjs", "gone", "program that runs the nets"),
        ("ort-wasm-simd-threaded.wasm", "cut short", "WebAssembly is off"),
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
        whole = route.fetch()
        return route.fulfill(response=whole, body=whole.body()[:1000])

    demo.page.route(f"**/{missing}", fail)
    demo.open(state="failed")
    assert said in demo.text("note")
    assert demo.page.locator(".demo-still img").is_visible()
    assert not demo.page.locator(".demo-stage").is_visible()
    assert demo.errors == []


def test_clothes_that_are_missing_leave_the_digits(other):
    demo = other().open()
    demo.page.route("**/fashion.bin", lambda route: route.abort())
    demo.page.get_by_label("clothes").check()
    assert "missing" in demo.settle().text("note")
    assert not demo.page.locator(".demo-nets").is_visible()
    demo.page.get_by_label("digits").check()
    assert demo.settle().text("note") == ""
    assert demo.page.locator(".demo-nets").is_visible()


def test_without_webassembly_a_sentence_and_a_picture_stand_in(other):
    demo = other()
    demo.page.add_init_script("delete window.WebAssembly")
    demo.open(state="failed")
    assert "WebAssembly" in demo.text("note")
    assert demo.page.locator(".demo-still img").is_visible()


def test_without_javascript_a_sentence_and_a_picture_stand_in(other):
    demo = other(java_script_enabled=False)
    demo.page.goto(demo.address + PAGE)
    assert demo.page.locator(".demo-still img").is_visible()
    needs = demo.page.get_by_text("needs JavaScript and WebAssembly")
    assert needs.is_visible()
    assert not demo.page.locator(".demo-stage").is_visible()
    assert not demo.part("start").is_visible()


# Loading, and how it looks.


def test_the_front_page_has_a_small_one_that_loads_when_asked(other):
    demo = other(viewport={"width": 1000, "height": 800})
    demo.page.goto(demo.address + "book/index.html")
    demo.page.wait_for_load_state("networkidle")
    heavy = (".onnx", ".wasm", ".mjs", ".bin")
    assert not [url for url in demo.requests if url.endswith(heavy)]
    start = demo.part("start").bounding_box()
    assert start["y"] + start["height"] < 800, "it is seen without scrolling"
    demo.part("start").click()
    demo.page.locator('.demo[data-state="ready"]').wait_for()
    assert demo.settle().text("verdict").startswith("Answer: the best net")
    assert not demo.part("temperature").is_visible()
    nets = {url.split("/")[-1] for url in demo.requests if ".onnx" in url}
    assert nets == {"best-mnist.onnx"}
    demo.move(0, right=-20, down=20)
    assert faults(demo.page) == []
    save_screenshot(demo.page, "demo-small")
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
