"""The live demo computes what Python computes, and shows it."""

import base64
import random
import re

import export
import numpy as np
import onnxruntime
import pytest
import torch
from building import ROOT
from demo_networks import CLOSE, answers, assert_answers_agree, network
from demo_page import BYTES, CANVAS, DEMO, DRAWINGS, EACH, SEED

from colorattn.data import symbols
from colorattn.data.scene import COLORS, Scene
from colorattn.data.stream import Stream

MODELS = ROOT / "book" / "vendor" / "models"

# Runs the page's own networks on scenes that no link could hold.
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
# The brightness of a map's cells: that of the darkest pixel of each, where
# no symbol shows through.
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


# The same answers from PyTorch, onnxruntime and the page.


@pytest.mark.parametrize("data", symbols.CLASSES)
def test_the_page_answers_fresh_scenes_as_python_does(demo, data):
    """PyTorch, onnxruntime and the page: 200 scenes, and both networks."""
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
        runtime = onnxruntime.InferenceSession(MODELS / f"{name}.onnx")
        for n, temperature in enumerate(temperatures):
            image, query = fresh.image[n : n + 1], fresh.query[n : n + 1]
            wanted = answers(name, image, query, temperature)
            divisor = np.array(temperature, np.float32)
            inputs = image.numpy(), query.numpy(), divisor
            in_runtime = runtime.run(
                export.OUTPUTS, dict(zip(export.INPUTS, inputs, strict=True))
            )
            for key, *found in zip(
                export.OUTPUTS, on_page[n], in_runtime, strict=True
            ):
                message = f"{name}, scene {n}: {key}"
                for value in map(np.ravel, found):
                    np.testing.assert_allclose(
                        value, wanted[key][0], **CLOSE, err_msg=message
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


def test_what_is_shown_is_what_the_nets_answered(demo):
    shown = demo.shown
    columns = demo.page.locator(".demo section").all()
    assert [a["net"] for a in shown["answers"]] == ["post", "best"]
    for column, answer in zip(columns, shown["answers"], strict=True):
        logits = np.array(answer["logits"])
        shares = np.exp(logits) / np.exp(logits).sum()
        says = column.locator('[data-part="says"]').inner_text()
        assert says == COLORS[logits.argmax()]
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
        numbers = [float(x) for x in re.findall(r"\d\.\d+", glimpse)]
        assert numbers == pytest.approx(answer["glimpse"], abs=0.0051)


def test_maps_are_bright_where_the_numbers_are_high(demo):
    for net, answer in enumerate(demo.shown["answers"]):
        for kind in ("scores", "weights"):
            drawn = demo.part(kind).nth(net).evaluate(CELLS)
            values = np.array(answer[kind])
            assert len(drawn) == len(values)
            assert drawn[values.argmax()] == max(drawn)
            assert drawn[values.argmin()] == min(drawn)


def test_nothing_is_told_by_color_alone(demo):
    letters = demo.page.locator(".demo-stage button span").all_inner_texts()
    assert letters == ["R", "G", "B"]
    for k, color in enumerate(COLORS):
        label = demo.handle(k).get_attribute("aria-label")
        assert label.startswith(color)
    for net, answer in enumerate(demo.shown["answers"]):
        said = COLORS[int(np.argmax(answer["logits"]))]
        assert demo.part("says").nth(net).inner_text() == said
        mark = demo.part("mark").nth(net).inner_text()
        assert mark in ("✓ right", "✗ wrong")
        glimpse = demo.part("glimpse").nth(net).inner_text()
        assert said in glimpse or "mixture" in glimpse


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
        parameters = sum(p.numel() for p in network(name).parameters())
        assert f"{parameters:,}" in text
        assert f"{CANVAS // scale} by {CANVAS // scale}" in text


def test_its_programs_can_be_read_at_one_sitting():
    programs = list(DEMO.glob("*.js"))
    lines = [p.read_text(encoding="utf-8").count("\n") for p in programs]
    assert sum(lines) <= 600
