"""The page shows the snapshots of real trainings, as they were saved."""

import base64
import json
import zlib
from dataclasses import replace

import export
import numpy as np
import pytest
import snapshots
import torch
from axe import faults
from browsing import save_screenshot
from building import ROOT
from demo_networks import CLOSE
from demo_page import CANVAS, PAGE, SIDE
from playwright.sync_api import expect

from colorattn.data import symbols
from colorattn.data.scene import COLORS
from colorattn.model.colornet import ColorNetImage
from colorattn.runs.record import scenes
from colorattn.training import checkpoint, loop
from colorattn.training.config import EPOCH, NAMED

NETS = "post", "best"
FILES = {
    net: ROOT / f"book/static/models/{net}-mnist-training.js" for net in NETS
}
GIVEN = {
    net: json.loads(path.read_text().split("=", 2)[2].rstrip(";\n"))
    for net, path in FILES.items()
}
SHOWN = """() => {
  const found = document.querySelector(".demo").snapshots;
  const plain = ({ step, accuracy, logits, weights }) =>
    ({ step, accuracy, logits: [...logits], weights: [...weights] });
  return Object.fromEntries(Object.entries(found)
    .map(([net, one]) => [net, plain(one)]));
}"""


@torch.no_grad()
def network(net, n):
    """Build the nth snapshot of a network from the page's file."""
    given = GIVEN[net]
    content = np.frombuffer(
        zlib.decompress(base64.b64decode(given["packed"])), np.uint8
    )
    count = len(given["rows"])
    small = sum(size for size, step in given["parts"] if step is None)
    halves = content[: 2 * small * count].view("<f2").reshape(count, small)
    changes = content[2 * small * count :].view(np.int8).reshape(count, -1)
    whole = changes[: n + 1].sum(axis=0, dtype=np.int8)
    numbers, half, int_ = [], 0, 0
    for size, step in given["parts"]:
        if step is None:
            numbers.append(halves[n, half : half + size].astype(np.float32))
            half += size
        else:
            ints = whole[int_ : int_ + size].astype(np.float32)
            numbers.append(ints * np.float32(step))
            int_ += size
    listed = torch.from_numpy(np.concatenate(numbers))
    assert len(listed) == given["size"]
    model = ColorNetImage(NAMED[f"{net}-mnist"].model, 0).eval()
    for name, encoder in (
        ("image", model.encode_image),
        ("query", model.encode_query),
    ):
        parts = list(encoder.layers)
        convs = zip(parts[::3], parts[1::3], given[name], strict=True)
        for conv, norm, layer in convs:
            begin, outputs = layer["weights"], layer["outputs"]
            end = begin + conv.weight.numel()
            conv.weight.copy_(listed[begin:end].view_as(conv.weight))
            conv.bias.zero_()
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            at = layer["norm"]
            norm.weight.copy_(listed[at : at + outputs])
            norm.bias.copy_(listed[at + outputs : at + 2 * outputs])
    head = given["head"]
    model.head.weight.copy_(listed[head : head + 9].view(3, 3))
    model.head.bias.copy_(listed[head + 9 : head + 12])
    return model


def load(demo):
    demo.part("training-load").click()
    demo.part("training-shown").wait_for(timeout=20_000)
    return demo


@pytest.fixture
def training(other):
    demo = load(other(viewport={"width": 1280, "height": 900}).open())
    yield demo
    assert demo.errors == []


def drag_to(demo, n):
    demo.part("epoch").fill(str(n))
    return demo.page.evaluate(SHOWN)


def longest():
    return max(len(GIVEN[net]["rows"]) for net in NETS)


def test_it_is_loaded_on_demand_and_is_at_most_a_megabyte(other):
    demo = other().open()
    asked = [url for url in demo.requests if "-training.js" in url]
    assert asked == []
    load(demo)
    asked = [url for url in demo.requests if "-training.js" in url]
    assert len(asked) == 2
    assert sum(path.stat().st_size for path in FILES.values()) <= 1e6
    assert demo.errors == []


def test_the_snapshots_answer_as_in_python(training):
    shown = training.shown
    image = torch.tensor(shown["image"], dtype=torch.uint8)
    query = torch.tensor(shown["query"], dtype=torch.uint8)
    for n in (0, longest() // 2, longest() - 1):
        found = drag_to(training, n)
        for net in NETS:
            rows = GIVEN[net]["rows"]
            k = min(n, len(rows) - 1)
            model = export.DemoNet(network(net, k))
            with torch.inference_mode():
                logits, _, weights, _ = model(
                    image.view(1, 3, CANVAS, CANVAS),
                    query.view(1, 1, SIDE, SIDE),
                    torch.tensor(1.0),
                )
            answer = found[net]
            assert [answer["step"], answer["accuracy"]] == rows[k][:2]
            np.testing.assert_allclose(answer["logits"], logits[0], **CLOSE)
            np.testing.assert_allclose(
                answer["weights"], weights[0].flatten(), **CLOSE
            )


@pytest.mark.parametrize("net", NETS)
def test_packing_keeps_the_accuracy(net):
    """The rows were measured on the weights as they were trained."""
    held_out = scenes(NAMED[f"{net}-mnist"], "validation")
    rows = GIVEN[net]["rows"]
    for n in (len(rows) // 2, len(rows) - 1):
        found = loop.evaluate(network(net, n), held_out)
        assert found.accuracy == pytest.approx(rows[n][1], abs=0.01)
        assert found.loss == pytest.approx(rows[n][3], abs=0.02)


@pytest.mark.parametrize("net", NETS)
def test_the_trainings_begin_close_together_and_learn(net):
    steps, accuracy = zip(
        *[row[:2] for row in GIVEN[net]["rows"]], strict=True
    )
    assert list(steps) == snapshots.STEPS
    assert accuracy[0] < 0.4 and max(accuracy) > 0.7


def test_the_curve_and_the_plateaus_are_those_of_the_rows(training):
    most = longest() - 1
    for net in NETS:
        accuracy = [row[1] for row in GIVEN[net]["rows"]]
        curve = training.page.locator(f'polyline[data-net="{net}"]')
        points = curve.get_attribute("points").split()
        drawn = np.array([point.split(",") for point in points], float)
        np.testing.assert_allclose(drawn[:, 1], 100 - 100 * np.array(accuracy))
        np.testing.assert_allclose(
            drawn[:, 0], 100 * np.arange(len(accuracy)) / most
        )
        end = next(n for n, right in enumerate(accuracy) if right >= 0.5)
        bar = training.page.locator(f'.demo-curve i[data-net="{net}"]')
        width = bar.evaluate("(bar) => parseFloat(bar.style.width)")
        assert width == pytest.approx(100 * end / most, abs=0.01)
        drag_to(training, end - 1)
        on = "both networks" if net == "best" else "the post’s network"
        expect(training.part("epoch-said")).to_contain_text(
            f"on the plateau of {on}"
        )
    label = training.part("curve").get_attribute("aria-label")
    assert "reaches half of the answers at epoch" in label


def test_the_keyboard_moves_it_and_every_value_is_spoken(training):
    slider = training.part("epoch")
    expect(slider).to_be_focused()
    for key, n in (("ArrowRight", 1), ("ArrowRight", 2), ("Home", 0)):
        training.page.keyboard.press(key)
        assert slider.input_value() == str(n)
    training.page.keyboard.press("End")
    text = slider.get_attribute("aria-valuetext")
    found = training.page.evaluate(SHOWN)
    epoch = max(found[net]["step"] for net in NETS) // EPOCH
    assert text.startswith(f"Epoch {epoch}")
    for net, name in zip(NETS, ("the post’s", "the best"), strict=True):
        color = COLORS[int(np.argmax(found[net]["logits"]))]
        right = f"{100 * found[net]['accuracy']:.0f}% right overall"
        assert f"{name} network is {right} and says {color}" in text
    map_ = training.page.locator('figure[data-net="post"] canvas')
    label = map_.get_attribute("aria-label")
    assert label.startswith("Weights of the post’s network: the largest, ")


def test_the_maps_follow_the_scene(training):
    before = drag_to(training, longest() - 1)
    training.handle(0).press("Shift+ArrowDown")
    training.handle(0).press("Shift+ArrowLeft")
    training.settle()
    after = training.page.evaluate(SHOWN)
    for net in NETS:
        assert after[net]["weights"] != before[net]["weights"]
        assert after[net]["step"] == before[net]["step"]
    training.page.get_by_role("radio", name="clothes").check()
    training.settle()
    assert "digits" in training.text("epoch-said")
    assert not training.page.locator(".demo-maps canvas").first.is_visible()
    training.page.get_by_label("digits").check()
    training.settle()
    assert training.page.locator(".demo-maps canvas").first.is_visible()


@pytest.mark.parametrize("way", ["gone", "cut short"])
def test_a_file_that_is_missing_is_named_and_asked_for_again(other, way):
    demo = other().open()

    def fail(route):
        if way == "gone":
            return route.fulfill(status=404, body="not here")
        text = route.fetch().text()
        return route.fulfill(body=text[:-4000] + '"};\n')

    demo.page.route("**/best-mnist-training.js", fail)
    demo.part("training-load").click()
    said = "missing" if way == "gone" else "damaged"
    expect(demo.part("training-said")).to_have_text(
        f"The training of best is {said}.", timeout=20_000
    )
    assert demo.part("training-load").is_enabled()
    assert demo.shown["scene"]["data"] == "mnist"
    assert demo.errors == []


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_slider_curve_and_maps_are_in_one_view(other, width, look):
    height = 720 if width > 400 else 640
    demo = other(
        viewport={"width": width, "height": height}, color_scheme=look
    ).open()
    drag_to(load(demo), longest() // 2)
    whole = demo.page.evaluate("document.documentElement.scrollWidth")
    assert whole <= width
    boxes = [demo.part("curve").bounding_box()]
    boxes += [
        figure.bounding_box()
        for figure in demo.page.locator(".demo-maps figure").all()
    ]
    bottom = max(box["y"] + box["height"] for box in boxes)
    assert bottom - boxes[0]["y"] <= height
    save_screenshot(demo.part("training"), f"training-{width}-{look}")
    assert faults(demo.page) == []
    assert demo.errors == []


def test_it_works_in_a_page_that_was_opened_as_a_file(other, html):
    demo = other()
    demo.page.unroute_all()
    demo.page.goto((html / PAGE).as_uri())
    demo.page.locator('.demo[data-state="ready"]').wait_for()
    assert set(drag_to(load(demo), 3)) == set(NETS)


# How the snapshots are made.


def test_snapshots_are_those_of_one_training_that_is_never_interrupted(
    tmp_path, monkeypatch
):
    """No batch comes twice, also where the training was stopped."""
    held_out = scenes(NAMED["post-mnist"], "validation")[:10]
    monkeypatch.setattr(snapshots, "scenes", lambda *_: held_out)
    for steps in ([0, 1], [0, 1, 2, 4]):
        monkeypatch.setattr(snapshots, "STEPS", steps)
        snapshots.train("post-mnist", tmp_path)
    saved = sorted((tmp_path / "post-mnist").iterdir())
    assert [path.stem for path in saved] == [
        "00000",
        "00001",
        "00002",
        "00004",
    ]
    run = loop.start(replace(NAMED["post-mnist"], seed=snapshots.SEED))
    batches = loop.stream_of(run, symbols.load("mnist", "train"))
    assert list(loop.train(run, batches, 4)) == []
    last, rows = checkpoint.load(saved[-1])
    assert [row["step"] for row in rows] == [0, 1, 2, 4]
    wanted = run.model.state_dict()
    for name, value in last.model.state_dict().items():
        assert torch.equal(value, wanted[name]), name
