"""The live demo answers as Python does, whatever hands and links do to it."""

import base64
import os
import random
import re

import export
import numpy as np
import onnxruntime
import pytest
import torch
from axe import faults
from building import ROOT, SHOTS
from playwright.sync_api import expect

from colorattn.data import symbols
from colorattn.data.scene import COLORS, SIDE, Scene, paint
from colorattn.data.stream import Stream
from colorattn.runs import store
from colorattn.training.config import NAMED

DEMO = ROOT / "book" / "static" / "demo"
PAGE = "book/demo.html"
MODELS = ROOT / "book" / "vendor" / "models"
EACH, CANVAS = 16, 64
SEED = 5  # of scenes and gestures: what failed once fails again
LINK = "#scene_mnist_1-0-2-2_7-3-36-4_5-2-20-36_7-5_100"
BYTES = {name: (DEMO / f"{name}.bin").read_bytes() for name in symbols.CLASSES}
DRAWINGS = {
    name: torch.frombuffer(bytearray(content), dtype=torch.uint8).view(
        10, EACH, SIDE, SIDE
    )
    for name, content in BYTES.items()
}
ASKED = {name: export.DemoNet(store.model(name)) for name in NAMED}

# What the page shows, as plain lists.
SHOWN = """() => {
  const { shown } = document.querySelector(".demo");
  const list = ([key, value]) => [key, value.map ? [...value] : value];
  const plain = (one) => Object.fromEntries(Object.entries(one).map(list));
  return { ...plain(shown), answers: shown.answers.map(plain) };
}"""
# Asks the page's own nets about scenes that no link could hold.
ASK = """async ([name, texts, temperatures]) => {
  const { ask } = await import("../_static/demo/onnx.js");
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const found = [];
  for (const [n, [image, query]] of texts.entries()) {
    const its = await ask(name, bytes(image), bytes(query), temperatures[n]);
    found.push(Object.values(its).map((values) => [...values]));
  }
  return found;
}"""


# Whether the demo, and not the page around it, lies under a point.
UNDER = "(at) => !!document.elementFromPoint(...at)?.closest('.demo')"
# The brightness of a map's cells: of the darkest pixel of each, where no
# symbol shines through.
CELLS = """(canvas) => {
  const side = canvas.closest("section").matches(":last-of-type") ? 16 : 8;
  const cell = canvas.width / side;
  const pen = canvas.getContext("2d");
  return Array.from({ length: side * side }, (_, n) => {
    const [x, y] = [(n % side) * cell, Math.floor(n / side) * cell];
    const { data } = pen.getImageData(x, y, cell, cell);
    let darkest = 765;
    for (let k = 0; k < data.length; k += 4)
      darkest = Math.min(darkest, data[k] + data[k + 1] + data[k + 2]);
    return darkest;
  });
}"""


class Demo:
    """The page with the demo, and all that went wrong in it."""

    def __init__(self, context, address):
        self.address = address
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page = context.new_page()
        self.page.route("**/*", self.stay_here)
        self.page.on("pageerror", lambda error: self.errors.append(f"{error}"))
        self.page.on("request", lambda r: self.requests.append(r.url))

    def stay_here(self, route):
        if route.request.url.startswith((self.address, "data:", "blob:")):
            return route.continue_()
        self.errors.append(f"asks another site: {route.request.url}")
        return route.abort()

    def open(self, hash_="", state="ready"):
        self.page.goto(self.address + PAGE + hash_)
        self.page.locator(f'.demo[data-state="{state}"]').wait_for(
            timeout=20_000
        )
        return self.settle()

    def settle(self):
        """Wait until the page has shown what it was asked for."""
        self.page.locator('.demo[aria-busy="false"]').wait_for(timeout=20_000)
        return self

    def part(self, name):
        return self.page.locator(f'.demo [data-part="{name}"]')

    def text(self, name):
        return self.part(name).first.inner_text()

    def click(self, name):
        self.part(name).first.click()
        return self.settle()

    @property
    def shown(self):
        return self.page.evaluate(SHOWN)

    @property
    def scene(self):
        return self.shown["scene"]

    def handle(self, color):
        return self.page.locator(".demo-stage button").nth(color)

    def places(self):
        return [(s["row"], s["column"]) for s in self.scene["symbols"]]

    def move(self, color, right, down):
        """Drag a symbol with the mouse, by pixels of the scene."""
        box = self.handle(color).bounding_box()
        pixel = box["width"] / SIDE
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + right * pixel, y + down * pixel, steps=5)
        self.page.mouse.up()
        return self.settle()

    def draw(self, *stroke):
        """Draw a stroke on the card with the mouse, in pixels of the card."""
        box = self.part("card").bounding_box()
        for n, (x, y) in enumerate(stroke):
            at = [box["x"] + x * box["width"] / SIDE]
            at.append(box["y"] + y * box["height"] / SIDE)
            self.page.mouse.move(*at, steps=1 if n == 0 else 8)
            if n == 0:
                self.page.mouse.down()
        self.page.mouse.up()
        return self.settle()


@pytest.fixture(scope="module")
def window(browser):
    with browser.new_context(viewport={"width": 1200, "height": 900}) as it:
        yield it


@pytest.fixture(scope="module")
def opened(window, address):
    return Demo(window, address).open()


@pytest.fixture
def demo(opened):
    """The demo, with one scene of digits; it must come to no harm."""
    opened.open("#").open(LINK)
    yield opened
    assert opened.errors == []


@pytest.fixture
def other(browser, address):
    """Make a demo in a window of its own."""
    contexts = []

    def make(**options):
        contexts.append(browser.new_context(**options))
        return Demo(contexts[-1], address)

    yield make
    for context in contexts:
        context.close()


def held(name):
    """Return the symbols that the page has, as the package holds symbols."""
    images = DRAWINGS[name].flatten(0, 1)
    counts = torch.full((10,), EACH)
    return symbols.Symbols(images, counts, name, "test", "the page")


def link(batch, n, temperature):
    """Write a scene of a batch as a link; the colors come in their order."""
    order = batch.colors[n].argsort().tolist()
    parts = []
    for k in order:
        kind, drawing = int(batch.classes[n, k]), int(batch.drawing_ids[n, k])
        row, column = batch.positions[n, k].tolist()
        parts.append(f"{kind}-{drawing % EACH}-{row}-{column}")
    asked = divmod(int(batch.query_id[n]), EACH)
    percent = round(100 * temperature)
    return "_".join([*parts, f"{asked[0]}-{asked[1]}", str(percent)])


def answers(name, image, query, temperature):
    """Ask the net in Python; return its outputs by name."""
    with torch.inference_mode():
        found = ASKED[name](image, query, torch.tensor(temperature))
    return {
        key: value.flatten(1).numpy()
        for key, value in zip(export.OUTPUTS, found, strict=True)
    }


# The same answers in PyTorch, in onnxruntime and in the page.


@pytest.mark.parametrize("data", symbols.CLASSES)
def test_the_page_answers_fresh_scenes_as_python_does(demo, data):
    """PyTorch, onnxruntime and the page: 200 scenes, and both nets."""
    images, labels = symbols.subset(data, "test")
    counts = torch.from_numpy(np.bincount(labels))
    some = symbols.Symbols(
        torch.from_numpy(images), counts, data, "test", "subset"
    )
    fresh = Stream(some, Scene(), batch_size=200, seed=SEED).batch(0)
    heats = random.Random(SEED).choices([0.25, 1.0, 4.0], k=200)

    def text(pixels):
        return base64.b64encode(pixels.numpy().tobytes()).decode()

    pairs = zip(fresh.image, fresh.query, strict=True)
    texts = [[text(image), text(query)] for image, query in pairs]
    for name in (f"post-{data}", f"best-{data}"):
        found = demo.page.evaluate(ASK, [name, texts, heats])
        runtime = onnxruntime.InferenceSession(MODELS / f"{name}.onnx")
        for n, heat in enumerate(heats):
            one = fresh.image[n : n + 1], fresh.query[n : n + 1]
            wanted = answers(name, *one, heat)
            given = [*(part.numpy() for part in one), np.float32(heat)]
            again = runtime.run(
                export.OUTPUTS,
                dict(zip(export.INPUTS, map(np.asarray, given), strict=True)),
            )
            for page, onnx, key in zip(
                found[n], again, export.OUTPUTS, strict=True
            ):
                for value in (page, onnx.ravel()):
                    np.testing.assert_allclose(
                        value,
                        wanted[key][0],
                        rtol=1e-4,
                        atol=1e-4,
                        err_msg=f"{name}, scene {n}: {key}",
                    )


@pytest.mark.parametrize("data", symbols.CLASSES)
def test_a_link_is_painted_asked_and_answered_as_in_python(demo, data):
    batch = Stream(held(data), Scene(), batch_size=8, seed=SEED).batch(0)
    for n, heat in enumerate([1.0, 1.0, 1.0, 1.0, 0.1, 0.35, 2.5, 10.0]):
        demo.open(f"#scene_{data}_{link(batch, n, heat)}")
        shown = demo.shown
        assert shown["image"] == batch.image[n].flatten().tolist()
        assert shown["query"] == batch.query[n].flatten().tolist()
        for answer in shown["answers"]:
            name = f"{answer['net']}-{data}"
            one = batch.image[n : n + 1], batch.query[n : n + 1]
            for key, wanted in answers(name, *one, heat).items():
                np.testing.assert_allclose(
                    answer[key], wanted[0], rtol=1e-4, atol=1e-4
                )
        truth = COLORS[int(batch.target[n])]
        assert f"is {truth}." in demo.text("verdict")


def test_what_is_shown_is_what_the_nets_answered(demo):
    shown = demo.shown
    columns = demo.page.locator(".demo section").all()
    assert [a["net"] for a in shown["answers"]] == ["post", "best"]
    for column, answer in zip(columns, shown["answers"], strict=True):
        logits = np.array(answer["logits"])
        shares = np.exp(logits) / np.exp(logits).sum()
        said = COLORS[logits.argmax()]
        says = column.locator('[data-part="says"]').inner_text()
        assert says == said
        for k, color in enumerate(COLORS):
            row = column.locator(f'tr[data-part="{color}"]')
            cells = row.locator("th, td").all_inner_texts()
            assert cells[0] == color
            assert cells[2] == f"{shares[k]:.2f}"
            assert float(cells[3].replace("−", "-")) == pytest.approx(
                logits[k], abs=0.051
            )
            bar = row.locator("i").bounding_box()["width"]
            whole = row.locator("td").first.bounding_box()["width"]
            assert bar <= max(2, whole)
        peak = max(answer["weights"])
        assert f"{peak:.2f}" in column.inner_text()
        glimpse = column.locator('[data-part="glimpse"]').inner_text()
        told = [float(x) for x in re.findall(r"\d\.\d+", glimpse)]
        assert told == pytest.approx(answer["glimpse"], abs=0.0051)


def test_maps_are_bright_where_the_numbers_are_high(demo):
    for net, answer in enumerate(demo.shown["answers"]):
        for kind in ("scores", "weights"):
            drawn = demo.part(kind).nth(net).evaluate(CELLS)
            values = np.array(answer[kind])
            assert len(drawn) == len(values)
            assert drawn[values.argmax()] == max(drawn)
            assert drawn[values.argmin()] == min(drawn)


# Hands.


def test_a_symbol_is_dragged_and_stays_on_the_canvas(demo):
    before = demo.places()
    demo.move(0, right=20, down=7)
    assert demo.places() == [
        (before[0][0] + 7, before[0][1] + 20),
        *before[1:],
    ]
    demo.move(0, right=90, down=-90)
    assert demo.places()[0] == (0, 36)
    layers = DRAWINGS["mnist"][[1, 7, 5], [0, 3, 2]]
    colors, places = torch.arange(3), torch.tensor(demo.places())
    wanted = paint(layers[None], colors[None], places[None], CANVAS)
    assert demo.shown["image"] == wanted.flatten().tolist()


@pytest.mark.parametrize("kind", ["touch", "pen"])
def test_fingers_and_pens_drag_too(demo, kind):
    demo.handle(1).evaluate(
        """(handle, kind) => {
          const at = { pointerType: kind, pointerId: 7, bubbles: true };
          const send = (type, x, y) => handle.dispatchEvent(
            new PointerEvent(type, { ...at, clientX: x, clientY: y }));
          handle.setPointerCapture = () => {};
          send("pointerdown", 200, 200);
          send("pointermove", 200 + handle.clientWidth / 2, 200);
          send("lostpointercapture", 0, 0);
          send("pointermove", 400, 400);
        }""",
        kind,
    )
    demo.settle()
    row, column = demo.places()[1]
    assert row == 36 and 16 <= column <= 19


def test_arrow_keys_move_a_symbol_and_enter_asks_for_it(demo):
    demo.handle(2).focus()
    for key in ("ArrowUp", "ArrowLeft", "Shift+ArrowUp", "ArrowDown"):
        demo.page.keyboard.press(key)
    assert demo.settle().places()[2] == (14, 35)
    demo.page.keyboard.press("Shift+ArrowRight")
    assert demo.settle().places()[2] == (14, 36)
    demo.page.keyboard.press("Enter")
    query = demo.settle().scene["query"]
    assert query["kind"] == 5 and query["drawing"] != 2
    pressed = [demo.handle(k).get_attribute("aria-pressed") for k in range(3)]
    assert pressed == ["false", "false", "true"]


def test_the_keyboard_alone_reaches_every_control(demo):
    demo.page.locator(".demo-top input").first.focus()
    reached = set()
    for _ in range(14):
        reached.add(
            demo.page.evaluate(
                "document.activeElement.dataset.part"
                "|| document.activeElement.ariaLabel?.split(' ')[0]"
            )
        )
        demo.page.keyboard.press("Tab")
    wanted = {"deal", "link", "class", "another", "wipe", "temperature"}
    assert wanted | {"trained", "failure", *COLORS} <= reached


def test_a_tap_asks_for_a_symbol(demo):
    demo.handle(0).click()
    query = demo.settle().scene["query"]
    assert query["kind"] == 1 and query["drawing"] != 0
    assert "the 1 is red" in demo.text("verdict")


def test_a_drawing_becomes_the_query(demo):
    demo.click("wipe")
    assert set(demo.shown["query"]) == {0}
    assert "empty" in demo.text("verdict")
    demo.draw((3, 4), (14, 3), (8, 18))
    demo.draw((5, 10), (12, 10))
    strokes = demo.scene["query"]["strokes"]
    assert len(strokes) == 2
    pixels = np.array(demo.shown["query"], float).reshape(SIDE, SIDE)
    at = np.arange(SIDE) + 0.5
    center = pixels.sum(0) @ at, pixels.sum(1) @ at
    assert np.array(center) / pixels.sum() == pytest.approx(
        [14.5, 14.5], abs=0.3
    )
    assert np.abs(pixels - rastered(strokes)).max() <= 1
    assert "you are the judge" in demo.text("verdict")
    query = torch.tensor(demo.shown["query"], dtype=torch.uint8)
    image = torch.tensor(demo.shown["image"], dtype=torch.uint8)
    for answer in demo.shown["answers"]:
        wanted = answers(
            f"{answer['net']}-mnist",
            image.view(1, 3, CANVAS, CANVAS),
            query.view(1, 1, SIDE, SIDE),
            1.0,
        )
        np.testing.assert_allclose(
            answer["logits"], wanted["logits"][0], rtol=1e-4, atol=1e-4
        )


def test_a_finger_draws_and_the_page_stays_where_it_is(other):
    phone = {"width": 390, "height": 760}
    demo = other(viewport=phone, has_touch=True, is_mobile=True).open(LINK)
    demo.click("wipe")
    demo.part("card").scroll_into_view_if_needed()
    before = demo.page.evaluate("scrollY")
    box = demo.part("card").bounding_box()
    touch = demo.page.context.new_cdp_session(demo.page)

    def send(kind, *points):
        at = [
            {
                "x": box["x"] + x * box["width"],
                "y": box["y"] + y * box["width"],
            }
            for x, y in points
        ]
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": at}
        )

    send("touchStart", (0.3, 0.2))
    for step in range(1, 9):
        send("touchMove", (0.3 + 0.05 * step, 0.2 + 0.07 * step))
    send("touchEnd")
    (stroke,) = demo.settle().scene["query"]["strokes"]
    assert len(stroke) >= 5
    (left, top), (right, bottom) = stroke[0], stroke[-1]
    assert right - left == pytest.approx(0.4 * SIDE, abs=1.5)
    assert bottom - top == pytest.approx(0.56 * SIDE, abs=1.5)
    assert max(demo.shown["query"]) == 255
    assert demo.page.evaluate("scrollY") == before
    assert "you are the judge" in demo.text("verdict")
    assert demo.errors == []


def test_nothing_is_told_by_color_alone(demo):
    letters = demo.page.locator(".demo-stage button span").all_inner_texts()
    assert letters == ["R", "G", "B"]
    for color, handle in zip(COLORS, range(3), strict=True):
        label = demo.handle(handle).get_attribute("aria-label")
        assert label.startswith(color)
    for net, answer in enumerate(demo.shown["answers"]):
        said = COLORS[int(np.argmax(answer["logits"]))]
        assert demo.part("says").nth(net).inner_text() == said
        assert demo.part("mark").nth(net).inner_text() in (
            "✓ right",
            "✗ wrong",
        )
        assert said in demo.part("glimpse").nth(net).inner_text() or (
            "mixture" in demo.part("glimpse").nth(net).inner_text()
        )


def rastered(strokes):
    """Draw strokes anew: soft lines 2.5 px wide, then centered."""
    grid = np.stack(np.meshgrid(*[np.arange(SIDE) + 0.5] * 2), axis=-1)

    def ink(shift):
        far = np.full((SIDE, SIDE), np.inf)
        for stroke in strokes:
            points = np.array(stroke)
            before = points[[0, *range(len(points) - 1)]]
            for a, b in zip(before, points, strict=True):
                steps = np.linspace(0, 1, 200)[:, None]
                for point in a + steps * (b - a) + shift:
                    far = np.minimum(
                        far, np.hypot(*(grid - point).transpose(2, 0, 1))
                    )
        return 255 * np.clip(1.75 - far, 0, 1)

    shift = np.zeros(2)
    for _ in range(3):
        cut = ink(shift)  # what the card cuts off is missing at first
        center = (cut[..., None] * grid).sum((0, 1)) / cut.sum()
        shift = np.floor(4 * (shift + 14.5 - center) + 0.5) / 4
    return ink(shift)


# The other controls.


def test_a_new_scene_is_dealt_as_training_deals_them(demo):
    seen = set()
    for _ in range(6):
        demo.click("deal")
        scene = demo.scene
        places = np.array(demo.places())
        for a, b in ((0, 1), (0, 2), (1, 2)):
            assert np.abs(places[a] - places[b]).max() >= Scene().spacing
        kinds = [symbol["kind"] for symbol in scene["symbols"]]
        assert len(set(kinds)) == 3 and scene["query"]["kind"] in kinds
        same = scene["symbols"][kinds.index(scene["query"]["kind"])]
        assert same["drawing"] != scene["query"]["drawing"]
        seen.add(str(scene))
    assert len(seen) == 6


def test_another_drawing_keeps_the_class(demo):
    before = demo.scene["query"]
    after = demo.click("another").scene["query"]
    assert before["kind"] == after["kind"]
    assert before["drawing"] != after["drawing"]


def test_a_class_that_is_absent_can_be_asked_for(demo):
    demo.part("class").select_option("4")
    assert demo.settle().scene["query"]["kind"] == 4
    assert "No 4 is there" in demo.text("verdict")
    assert demo.text("mark") == ""


def test_clothes_take_the_place_of_digits_and_back(demo):
    demo.page.get_by_label("clothes").check()
    assert demo.settle().scene["data"] == "fashion"
    options = demo.part("class").locator("option").all_inner_texts()
    assert options == list(symbols.CLASSES["fashion"])
    demo.page.get_by_label("digits").check()
    assert demo.settle().scene["data"] == "mnist"


def test_temperature_changes_weights_and_not_scores(demo):
    before = demo.shown["answers"]
    demo.part("temperature").fill("-1")
    cold = demo.settle().shown
    assert cold["scene"]["temperature"] == 0.1
    assert demo.part("temperature").get_attribute("aria-valuetext") == "0.10"
    for warm, colder in zip(before, cold["answers"], strict=True):
        np.testing.assert_allclose(
            warm["scores"], colder["scores"], rtol=1e-4, atol=1e-4
        )
        assert max(colder["weights"]) > max(warm["weights"])
    assert demo.click("trained").scene["temperature"] == 1
    assert demo.shown["answers"] == before
    assert "as trained" in demo.text("degrees")


@pytest.mark.parametrize("net", [0, 1])
def test_a_failure_is_found_where_there_is_one(demo, net):
    demo.page.get_by_label("clothes").check()
    demo.settle()
    demo.part("failure").nth(net).click()
    says = re.compile(r"^Here the (post’s|best) net is wrong, at scene \d+\.$")
    demo.page.locator('[data-part="note"]', has_text=says).wait_for()
    demo.settle()
    answer, scene = demo.shown["answers"][net], demo.scene
    kinds = [symbol["kind"] for symbol in scene["symbols"]]
    truth = kinds.index(scene["query"]["kind"])
    assert int(np.argmax(answer["logits"])) != truth
    assert demo.part("mark").nth(net).inner_text() == "✗ wrong"


def test_a_search_ends_when_the_reader_goes_on(demo):
    demo.page.evaluate(
        """() => {
          document.querySelectorAll(".demo [data-part=failure]")[1].click();
          document.querySelector(".demo [data-part=wipe]").click();
        }"""
    )
    demo.settle()
    demo.page.wait_for_timeout(200)
    assert demo.scene["query"] == {"strokes": []}
    assert demo.text("note") == ""


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


# 500 gestures, drawn at random.


def test_no_row_of_gestures_harms_it(demo):
    chance, page = random.Random(SEED), demo.page
    keys = ["Tab", "Shift+Tab", "Enter", "Space", "ArrowUp", "ArrowRight"]
    keys += ["Shift+ArrowLeft", "ArrowDown", "Home", "End", "PageDown"]
    x = y = 0
    for _ in range(500):
        gesture = chance.choice(["move"] * 4 + ["down", "up", "key", "click"])
        if gesture == "move":
            box = page.locator(".demo").bounding_box()
            x = box["x"] + chance.random() * box["width"]
            y = max(60, box["y"]) + chance.random() * min(700, box["height"])
            page.mouse.move(x, y)
        elif gesture == "down":
            if page.evaluate(UNDER, [x, y]):  # or it follows the page's links
                page.mouse.down()
        elif gesture == "up":
            page.mouse.up()
        elif gesture == "key":
            if page.evaluate("!document.activeElement.closest('.demo')"):
                demo.part("deal").focus()  # or keys follow the page's links
            page.keyboard.press(chance.choice(keys))
        else:
            name = chance.choice(["deal", "another", "wipe", "trained"])
            demo.part(name).evaluate("(button) => button.click()")
    page.mouse.up()
    page.keyboard.press("Escape")
    assert demo.errors == []
    assert "demo.html" in page.url
    demo.open("#").open(LINK)
    assert "is green" in demo.text("verdict")


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


# Loading, speed, and looks.


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
    SHOTS.mkdir(parents=True, exist_ok=True)
    demo.page.screenshot(path=SHOTS / "demo-small.png")
    assert demo.errors == []


def share():
    """Return how many times slower a busy machine lets a page be."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def test_the_first_answer_comes_within_two_seconds(other):
    """Of opening the page: on an idle machine, and at best of a few times."""
    taken, allowed = [], 2000 * share()
    for _ in range(4):
        demo = other()
        demo.page.add_init_script(
            """addEventListener("shown", () => {
              window.answered ??= performance.now();
            }, true);"""
        )
        demo.open()
        taken.append(demo.page.evaluate("window.answered"))
        if taken[-1] < allowed:
            return
    raise AssertionError(f"{taken} ms, allowed: {allowed}")


def test_an_update_takes_less_than_50_ms(demo):
    """On an idle machine, and in half of the times."""
    taken = demo.page.evaluate(
        """async () => {
          const demo = document.querySelector(".demo");
          const handle = demo.querySelector(".demo-stage button");
          const taken = [];
          for (let n = 0; n < 31; n++) {
            const start = performance.now();
            const key = n % 2 ? "ArrowUp" : "ArrowDown";
            const shown = new Promise((done) =>
              demo.addEventListener("shown", done, { once: true }));
            handle.dispatchEvent(new KeyboardEvent("keydown", { key }));
            await shown;
            taken.push(performance.now() - start);
            await new Promise(requestAnimationFrame);
          }
          return taken;
        }"""
    )
    assert np.median(taken) < 50 * share(), taken


def test_the_answer_is_spoken_once_the_hand_rests(demo):
    live = demo.part("live")
    assert live.get_attribute("role") == "status"
    before = demo.text("verdict")
    expect(live).to_have_text(before)
    demo.part("class").select_option("4")
    demo.settle()
    assert demo.text("verdict") != before
    expect(live).to_have_text(demo.text("verdict"))


def test_what_is_drawn_is_named(demo):
    label = demo.handle(1).get_attribute("aria-label")
    assert label == "green 7, row 36, column 4: ask for it"
    assert demo.part("card").get_attribute("aria-label") == "The query: 7"
    demo.draw((5, 5), (20, 20))
    label = demo.part("card").get_attribute("aria-label")
    assert label == "The query: your own drawing"
    described = demo.page.locator(".demo [aria-describedby]").all()
    assert len(described) >= 10
    for control in described:
        name = control.get_attribute("aria-describedby")
        assert len(demo.page.locator(f"#{name}").inner_text()) > 40


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_it_fits_its_window_in_the_light_and_in_the_dark(other, width, look):
    demo = other(
        viewport={"width": width, "height": 760},
        color_scheme=look,
        has_touch=width < 400,
    ).open(LINK)
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"demo-{width}-{look}.png"
    demo.page.screenshot(path=path, full_page=True)
    whole = demo.page.evaluate("document.documentElement.scrollWidth")
    assert whole <= width
    parts = demo.page.locator(".demo :is(button, select, input, canvas, p)")
    for part in parts.all():
        if box := part.bounding_box():
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
    paper = demo.page.locator(".demo").evaluate(
        "(demo) => getComputedStyle(demo).backgroundColor"
    )
    brightness = sum(map(int, re.findall(r"\d+", paper)[:3])) / 3
    assert (brightness < 128) == (look == "dark")
    assert demo.errors == []


# The files that the page is made of.


def test_its_drawings_are_the_first_of_the_test_split():
    for name in symbols.CLASSES:
        images, labels = symbols.subset(name, "test")
        firsts = [images[labels == kind][:EACH] for kind in range(10)]
        assert BYTES[name] == np.concatenate(firsts).tobytes()
    assert sum(map(len, BYTES.values())) < 300_000
    notice = (DEMO / "NOTICE.txt").read_text(encoding="utf-8")
    assert "CC BY-SA 3.0" in notice and "MIT License" in notice


def test_its_classes_are_those_of_the_package(demo):
    found = demo.page.evaluate(
        """async () => (await import("../_static/demo/scene.js")).CLASSES"""
    )
    assert {k: tuple(v) for k, v in found.items()} == symbols.CLASSES


def test_what_it_says_of_the_nets_is_so(demo):
    text = demo.page.locator("#demo-nets").inner_text()
    for name, scale in (("post-mnist", 8), ("best-mnist", 4)):
        net = store.model(name)
        parameters = sum(p.numel() for p in net.parameters())
        assert f"{parameters:,}" in text
        assert f"{CANVAS // scale} by {CANVAS // scale}" in text


def test_its_programs_can_be_read_at_one_sitting():
    programs = list(DEMO.glob("*.js"))
    lines = [p.read_text(encoding="utf-8").count("\n") for p in programs]
    assert sum(lines) <= 600
