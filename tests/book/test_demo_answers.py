"""The live demo computes what Python computes, and shows it."""

import base64
import gzip
import random
import re

import export
import numpy as np
import pytest
import torch
from building import ROOT
from demo_networks import CLOSE, answers, assert_answers_agree, network
from demo_page import CANVAS, DEMO, DRAWINGS, EACH, SEED, read

from colorattn.data import symbols
from colorattn.data.scene import COLORS, Scene
from colorattn.data.stream import Stream

MODELS = ROOT / "book" / "vendor" / "models"

# Runs the page's own networks on scenes that no link could hold.
ASK = """async ([name, texts, temperatures]) => {
  const { bytesOf, halves, run } = await import("../_static/demo/engine.js");
  await import(`../_static/models/${name}.js`);
  const given = demoData[name];
  const network = { ...given, numbers: halves(bytesOf(given.numbers)) };
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return texts.map(([image, query], n) => {
    const { logits, scores, weights, glimpse } =
      run(network, bytes(image), bytes(query), temperatures[n]);
    return [logits, scores, weights, glimpse].map((x) => [...x]);
  });
}"""
# The brightness of a map's cells: that of the upper left corner of each.
CELLS = """(canvas) => {
  const { answers, net } = canvas.closest(".demo").shown;
  const { length } = answers.find((answer) => answer.net === net).weights;
  const side = Math.sqrt(length);
  const cell = canvas.width / side;
  const pen = canvas.getContext("2d");
  return Array.from({ length }, (_, n) => {
    const [x, y] = [(n % side) * cell, Math.floor(n / side) * cell];
    return [...pen.getImageData(x + 1, y + 1, 1, 1).data.slice(0, 3)];
  });
}"""


def link(batch, n, temperature):
    """Write a scene of a batch as a link; the colors come in their order."""
    order = batch.colors[n].argsort().tolist()
    parts = []
    for k in order:
        kind, drawing = int(batch.classes[n, k]), int(batch.drawing_ids[n, k])
        row, column = batch.positions[n, k].tolist()
        parts.append(f"{kind}-{drawing % EACH}-{row}-{column}")
    kind, drawing = divmod(int(batch.query_id[n]), EACH)
    percent = round(100 * temperature)
    return "_".join([*parts, f"{kind}-{drawing}", str(percent)])


# The same answers from PyTorch and the page.


@pytest.mark.parametrize("data", symbols.CLASSES)
def test_the_page_answers_fresh_scenes_as_python_does(demo, data):
    """PyTorch and the page: 200 scenes, and both networks."""
    images, labels = symbols.subset(data, "test")
    counts = torch.from_numpy(np.bincount(labels))
    some = symbols.Symbols(
        torch.from_numpy(images), counts, data, "test", "subset"
    )
    fresh = Stream(some, Scene(), batch_size=200, seed=SEED).batch(0)
    temperatures = random.Random(SEED).choices([0.25, 1.0, 4.0], k=200)

    def text(pixels):
        return base64.b64encode(pixels.numpy().tobytes()).decode()

    pairs = zip(fresh.image, fresh.query, strict=True)
    texts = [[text(image), text(query)] for image, query in pairs]
    for name in (f"post-{data}", f"best-{data}"):
        on_page = demo.page.evaluate(ASK, [name, texts, temperatures])
        for n, temperature in enumerate(temperatures):
            image, query = fresh.image[n : n + 1], fresh.query[n : n + 1]
            wanted = answers(name, image, query, temperature)
            for key, found in zip(export.OUTPUTS, on_page[n], strict=True):
                message = f"{name}, scene {n}: {key}"
                np.testing.assert_allclose(
                    found, wanted[key][0], **CLOSE, err_msg=message
                )


@pytest.mark.parametrize("data", symbols.CLASSES)
def test_a_link_is_painted_asked_and_answered_as_in_python(demo, data):
    images, counts = DRAWINGS[data].flatten(0, 1), torch.full((10,), EACH)
    held = symbols.Symbols(images, counts, data, "test", "the page")
    batch = Stream(held, Scene(), batch_size=8, seed=SEED).batch(0)
    for n, temperature in enumerate([1, 1, 1, 1, 0.1, 0.35, 2.5, 10]):
        demo.open(f"#scene_{data}_{link(batch, n, temperature)}")
        shown = demo.shown
        assert shown["image"] == batch.image[n].flatten().tolist()
        assert shown["query"] == batch.query[n].flatten().tolist()
        assert shown["scene"]["data"] == data
        assert shown["scene"]["temperature"] == temperature
        assert_answers_agree(shown)
        truth = COLORS[int(batch.target[n])]
        assert f"is {truth}." in demo.text("verdict")


def test_temperature_changes_weights_and_not_scores(demo):
    before = demo.shown["answers"]
    demo.part("temperature").fill("-1")
    cold = demo.settle().shown
    assert cold["scene"]["temperature"] == 0.1
    assert demo.part("temperature").get_attribute("aria-valuetext") == "0.10"
    for warm, colder in zip(before, cold["answers"], strict=True):
        np.testing.assert_allclose(warm["scores"], colder["scores"], **CLOSE)
        assert max(colder["weights"]) > max(warm["weights"])
    assert demo.click("trained").scene["temperature"] == 1
    assert demo.shown["answers"] == before
    assert "as trained" in demo.text("degrees")


# What the page shows of an answer.


@pytest.mark.parametrize("net", ["post", "best"])
def test_what_is_shown_is_what_the_network_answered(demo, net):
    assert [a["net"] for a in demo.shown["answers"]] == ["post", "best"]
    answer = demo.switch(net)
    logits = np.array(answer["logits"])
    shares = np.exp(logits) / np.exp(logits).sum()
    says = COLORS[logits.argmax()]
    assert demo.text("verdict").startswith(f"Answer: {says}.")
    button = demo.page.locator(f'.demo-switch [value="{net}"]').inner_text()
    assert re.fullmatch(rf"The {net}.*: {says} [✓✗]", button)
    for k, color in enumerate(COLORS):
        row = demo.page.locator(f'.demo tr[data-color="{color}"]')
        cells = row.locator("th, td").all_inner_texts()
        assert cells[0] == color
        assert cells[2] == f"{shares[k]:.2f}"
        assert float(cells[3].replace("−", "-")) == pytest.approx(
            logits[k], abs=0.051
        )
        bar = row.locator("i").bounding_box()["width"]
        whole = row.locator("td").first.bounding_box()["width"]
        assert bar <= max(2, whole)
        long = row.locator("i").evaluate("(bar) => bar.style.width")
        assert float(long[:-1]) == pytest.approx(100 * shares[k], abs=0.1)
    numbers = [read(demo.text(f"g{k}")) for k in range(3)]
    assert numbers == pytest.approx(answer["glimpse"], abs=0.001)


PALETTE = dict(
    re.findall(
        r"--([\w-]+): #(\w{6});",
        (ROOT / "book/static/palette.css").read_text(encoding="utf-8"),
    )
)


def shade(name):
    """Return a color of the palette: three numbers from 0 to 255."""
    return np.array(list(bytes.fromhex(PALETTE[name])))


def ramp(shares, quantity):
    """Return the colors of shares of the way from a quantity's 0 to its 1."""
    low, high = (shade(f"{quantity}-{end}") for end in ("low", "high"))
    shares = np.array(shares)[:, None]
    return (low + (high - low) * shares) * np.sqrt(shares)


# How someone sees linear RGB who lacks one kind of cones (Machado, Oliveira
# and Fernandes, 2009).
EYES = {
    "all cones": np.eye(3),
    "no M cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no L cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722]]
XYZ += [[0.0193, 0.1192, 0.9505]]


def lab(colors, eyes="all cones"):
    """Return lightness, a and b of sRGB colors, as CIELAB defines them."""
    shares = np.atleast_2d(colors) / 255
    light = ((shares + 0.055) / 1.055) ** 2.4
    light = np.where(shares <= 0.04045, shares / 12.92, light)
    seen = np.clip(light @ np.transpose(EYES[eyes]), 0, 1)
    whole = seen @ np.transpose(XYZ) / np.sum(XYZ, axis=1)
    dark = 7.787 * whole + 16 / 116
    x, y, z = np.where(whole > 0.008856, np.cbrt(whole), dark).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def differ(some, others, eyes="all cones"):
    """Return how different colors are; 2 is what people can just see."""
    return np.linalg.norm(lab(some, eyes) - lab(others, eyes), axis=1)


@pytest.mark.parametrize("quantity", ["weights", "scores"])
def test_no_color_of_a_map_is_an_answers_color(quantity):
    colors = ramp(np.linspace(0, 1, 101), quantity)
    for answer in COLORS:
        assert differ(colors, shade(f"lit-{answer}")).min() > 45
    assert (np.diff(lab(colors)[:, 0]) > 0).all(), "it lightens all along"


@pytest.mark.parametrize("eyes", EYES)
def test_weights_and_scores_have_different_colors(eyes):
    shares = np.linspace(0.1, 0.9, 81)
    both = (ramp(shares, quantity) for quantity in ("weights", "scores"))
    assert differ(*both, eyes).min() > 25


def without_ink(image, cells):
    """Return which cells are black, and so are the pixels around them."""
    ink = np.array(image).reshape(3, CANVAS, CANVAS).max(axis=0)
    near = np.pad(ink, 1)
    for axis in (0, 1):
        near = np.maximum.reduce([np.roll(near, k, axis) for k in (-1, 0, 1)])
    side = round(cells**0.5)
    size = CANVAS // side
    blocks = near[1:-1, 1:-1].reshape(side, size, side, size)
    return blocks.max(axis=(1, 3)).flatten() == 0


@pytest.mark.parametrize("net", ["post", "best"])
def test_the_scene_glows_where_the_numbers_are_high(demo, net):
    """The color follows from the weight, whatever the network and scene."""
    answer = demo.switch(net)
    weights, scores = np.array(answer["weights"]), np.array(answer["scores"])
    clear = without_ink(demo.shown["image"], len(weights))
    assert clear.sum() > len(weights) / 5
    part = (scores - scores.min()) / np.ptp(scores)
    shares = {"weights": weights**0.5, "scores": part, "nothing": 0 * part}
    for name, share in shares.items():
        demo.page.locator(f'.demo [name="demo-over"][value="{name}"]').check()
        seen = np.array(demo.part("scene").evaluate(CELLS))
        colors = ramp(share, "scores" if name == "scores" else "weights")
        np.testing.assert_allclose(seen[clear], colors[clear], atol=3)
    assert not demo.part("scale").is_visible()
    demo.page.locator('.demo [name="demo-over"][value="weights"]').check()


def assert_scale_has_the_colors_of(scale, quantity):
    drawn = scale.locator("canvas").evaluate(
        """(canvas) => [...canvas.getContext("2d")
          .getImageData(0, 0, canvas.width, 1).data]"""
    )
    drawn = np.array(drawn).reshape(-1, 4)[:, :3]
    wanted = ramp(np.arange(len(drawn)) / len(drawn), quantity)
    np.testing.assert_allclose(drawn, wanted, atol=3)
    assert (np.diff(drawn.sum(axis=1)) > 0).all(), "it brightens all along"


def test_it_has_a_scale(demo):
    scale = demo.part("scale")
    assert scale.inner_text().split() == [*"weight α 0".split(), *MARKS]
    assert_scale_has_the_colors_of(scale, "weights")
    line = scale.locator("span").bounding_box()
    for mark in scale.locator("em").all():
        box = mark.bounding_box()
        at = (box["x"] + box["width"] / 2 - line["x"]) / line["width"]
        wanted = float(mark.inner_text()) ** 0.5
        assert at == pytest.approx(wanted, abs=0.01)
    top = max(demo.shown["answers"][1]["weights"])
    label = scale.get_attribute("aria-label")
    assert read(label.split()[-1]) == pytest.approx(top, abs=0.001)
    demo.page.locator('.demo [name="demo-over"][value="scores"]').check()
    scores = demo.shown["answers"][1]["scores"]
    said = scale.inner_text().replace("−", "-").split()
    ends = [f"{end:.1f}" for end in (min(scores), max(scores))]
    assert said == ["score", *ends]
    assert_scale_has_the_colors_of(scale, "scores")
    demo.page.locator('.demo [name="demo-over"][value="weights"]').check()


MARKS = ["0.01", "0.1", "0.25", "0.5", "1"]


def test_nothing_is_told_by_color_alone(demo):
    letters = demo.page.locator(".demo-stage button span").all_inner_texts()
    assert letters == ["R", "G", "B"]
    for k, color in enumerate(COLORS):
        label = demo.handle(k).get_attribute("aria-label")
        assert label.startswith(color)
    for answer in demo.shown["answers"]:
        said = COLORS[int(np.argmax(answer["logits"]))]
        button = demo.page.locator(f'.demo-switch [value="{answer["net"]}"]')
        assert re.search(f"{said} [✓✗]$", button.inner_text())


def test_the_word_of_the_answer_has_its_color(demo):
    for kind, color in ((1, "red"), (7, "green"), (5, "blue")):
        demo.part("class").select_option(str(kind))
        demo.settle()
        word = demo.part("verdict").locator("b").last
        assert word.inner_text() == color
        shown = word.evaluate("(word) => getComputedStyle(word).color")
        most = np.argmax([int(x) for x in re.findall(r"\d+", shown)[:3]])
        assert COLORS[most] == color


def test_letters_are_at_the_ink_and_never_overprint(demo):
    """Even when two symbols are in the same place."""
    demo.open("#scene_mnist_1-0-10-10_7-3-10-10_5-2-10-10_7-5_100")
    boxes = [demo.handle(k).locator("span").bounding_box() for k in range(3)]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        apart = [abs(boxes[a][axis] - boxes[b][axis]) for axis in "xy"]
        assert max(apart) >= boxes[a]["width"] - 1
    stage = demo.part("stage").bounding_box()
    demo.open("#scene_mnist_1-0-0-0_7-3-36-36_5-2-0-36_7-5_100")
    for k in range(3):
        box = demo.handle(k).locator("span").bounding_box()
        for axis, size in (("x", "width"), ("y", "height")):
            start = box[axis] - demo.part("stage").bounding_box()[axis]
            assert 0 <= start <= stage[size] - box[size]


# Where each letter is: [row, column] in px of the scene.
LETTERS = """(stage) => [...stage.querySelectorAll("button span")].map((e) =>
  ["top", "left"].map((edge) => 0.64 * parseFloat(e.parentElement.style[edge])
    + 0.28 * parseFloat(e.style[edge])))"""


def test_each_letter_is_nearest_to_the_ink_of_its_color(demo):
    """So that who is color-blind reads which symbol it names."""
    images, counts = DRAWINGS["mnist"].flatten(0, 1), torch.full((10,), EACH)
    held = symbols.Symbols(images, counts, "mnist", "test", "the page")
    batch = Stream(held, Scene(), batch_size=12, seed=SEED).batch(0)
    for n in range(len(batch)):
        demo.open(f"#scene_mnist_{link(batch, n, 1)}")
        image = np.array(demo.shown["image"]).reshape(3, CANVAS, CANVAS)
        letters = np.array(demo.part("stage").evaluate(LETTERS))
        for color, place in enumerate(letters):
            away = [
                np.linalg.norm(np.argwhere(ink > 60) - place, axis=1).min()
                for ink in image
            ]
            assert np.argmin(away) == color, (n, COLORS[color], away)


@pytest.mark.parametrize("net", ["post", "best"])
def test_a_failure_is_found_and_shown(demo, net):
    demo.page.get_by_role("radio", name="clothes").check()
    demo.settle().switch(net)
    demo.page.set_viewport_size({"width": 900, "height": 500})
    demo.part("failure").focus()
    demo.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    demo.part("failure").evaluate("(button) => button.click()")
    says = re.compile(rf"^Scene \d+ fools the {net}.*network\.$")
    demo.page.locator('[data-part="note"]', has_text=says).wait_for()
    shown = demo.settle().shown
    (answer,) = [a for a in shown["answers"] if a["net"] == net]
    kinds = [symbol["kind"] for symbol in shown["scene"]["symbols"]]
    truth = kinds.index(shown["scene"]["query"]["kind"])
    assert int(np.argmax(answer["logits"])) != truth
    assert "Wrong: " in demo.text("verdict")
    box = demo.part("stage").bounding_box()
    demo.page.set_viewport_size({"width": 1200, "height": 900})
    assert 0 <= box["y"] and box["y"] + box["height"] <= 500


def test_a_search_ends_when_the_reader_goes_on(demo):
    demo.page.evaluate(
        """() => {
          document.querySelector(".demo [data-part=failure]").click();
          document.querySelector(".demo [data-part=wipe]").click();
        }"""
    )
    demo.settle()
    demo.page.wait_for_timeout(200)
    assert demo.scene["query"] == {"strokes": []}
    assert demo.text("note") == ""


# The files that the page is made of.


def test_its_drawings_are_the_first_of_the_test_split():
    for name in symbols.CLASSES:
        images, labels = symbols.subset(name, "test")
        firsts = [images[labels == kind][:EACH] for kind in range(10)]
        text = (MODELS / f"{name}.js").read_text().split('"')[3]
        assert base64.b64decode(text) == np.concatenate(firsts).tobytes()
    notice = (DEMO / "NOTICE.txt").read_text(encoding="utf-8")
    assert "CC BY-SA 3.0" in notice and "MIT License" in notice


def test_what_it_loads_is_small(html):
    """So that the index and the demo stay below 300 kB with all the rest."""

    def size(*names):
        contents = [(html / "_static" / name).read_bytes() for name in names]
        return sum(len(gzip.compress(content, 9)) for content in contents)

    program = "demo.js", "demo/demo.css"
    pictures = "demo/first-scene.png", "demo/first-card.png"
    index = "models/mnist.js", "models/best-mnist.js"
    assert size(*program) <= 17_500
    assert size(*program, *pictures, *index) <= 80_000
    assert size(*program, *pictures, *index, "models/post-mnist.js") <= 105_000


def test_its_classes_are_those_of_the_package(demo):
    found = demo.page.evaluate(
        """async () => (await import("../_static/demo/scene.js")).CLASSES"""
    )
    assert {k: tuple(v) for k, v in found.items()} == symbols.CLASSES


def test_what_it_says_of_the_nets_is_so(demo):
    text = demo.page.locator("#demo-nets").inner_text()
    for name, scale in (("post-mnist", 8), ("best-mnist", 4)):
        parameters = sum(p.numel() for p in network(name).parameters())
        assert f"{parameters:,}" in text
        assert f"{CANVAS // scale} by {CANVAS // scale}" in text


def test_its_programs_can_be_read_at_one_sitting():
    programs = list(DEMO.glob("*.js"))
    lines = [p.read_text(encoding="utf-8").count("\n") for p in programs]
    assert sum(lines) <= 1_100  # of which the network: see test_export.py
