"""The live demo follows mouse, touch, pen and keyboard, and survives them."""

import random

import numpy as np
import pytest
import torch
from demo_networks import assert_answers_agree, network
from demo_page import CANVAS, DRAWINGS, LINK, SEED, read
from playwright.sync_api import expect

from colorattn import runs
from colorattn.data import symbols
from colorattn.data.scene import COLORS, SIDE, Scene, paint

# Whether the demo, and not the page around it, lies under a point.
UNDER = "(at) => !!document.elementFromPoint(...at)?.closest('.demo')"


# Mouse, touch, pen and keyboard.


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


def test_each_key_press_is_answered(demo):
    """How fast: see bench_demo.py."""
    row, column = demo.places()[0]
    assert len(demo.answer_times(31)) == 31
    assert demo.places()[0] == (row + 1, column)


def test_the_keyboard_alone_reaches_every_control(demo):
    demo.page.locator(".demo-top input").first.focus()
    reached = set()
    for _ in range(20):
        reached.add(
            demo.page.evaluate(
                """() => {
                  const { dataset, ariaLabel, name, value } =
                    document.activeElement;
                  const symbol = dataset.part === "symbol";
                  if (symbol) return ariaLabel.split(" ")[0];
                  return dataset.part || name || value;
                }"""
            )
        )
        demo.page.keyboard.press("Tab")
    wanted = {"deal", "link", "class", "another", "wipe", "temperature"}
    wanted |= {"trained", "failure", "cell", "demo-over", "post", "best"}
    assert wanted | set(COLORS) <= reached


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
    assert np.abs(pixels - rasterize(strokes)).max() <= 1
    assert "you are the judge" in demo.text("verdict")
    assert_answers_agree(demo.shown)


def rasterize(strokes):
    """Draw strokes in Python: soft lines 2.5 px wide, then centered."""
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


def test_the_card_grows_to_be_drawn_on(other):
    """Not in the middle of a stroke, and only as long as it is needed."""
    phone = {"width": 390, "height": 760}
    demo = other(viewport=phone).open(LINK)
    small = demo.part("card").bounding_box()["width"]
    demo.click("wipe")
    large = demo.part("card").bounding_box()["width"]
    assert small < 100 and large > 180
    demo.draw((3, 4), (14, 3), (8, 18))
    assert demo.part("card").bounding_box()["width"] == large
    demo.part("class").select_option("4")
    demo.settle()
    assert demo.part("card").bounding_box()["width"] == small
    box = demo.part("card").bounding_box()
    demo.page.mouse.move(box["x"] + 20, box["y"] + 20)
    demo.page.mouse.down()
    demo.page.mouse.move(box["x"] + 50, box["y"] + 50, steps=4)
    demo.settle()
    assert demo.part("card").bounding_box()["width"] == small
    demo.page.mouse.up()
    demo.settle()
    assert demo.part("card").bounding_box()["width"] == large
    assert demo.errors == []


def test_a_finger_draws_and_the_page_stays_where_it_is(other):
    phone = {"width": 390, "height": 760}
    demo = other(viewport=phone, has_touch=True, is_mobile=True).open(LINK)
    demo.click("wipe")
    demo.part("card").scroll_into_view_if_needed()
    before = demo.page.evaluate("scrollY")
    box = demo.part("card").bounding_box()
    touch = demo.page.context.new_cdp_session(demo.page)

    def send(kind, *points):
        side = box["width"]
        at = [
            {"x": box["x"] + x * side, "y": box["y"] + y * side}
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


# One cell, number by number.


def explained(demo):
    """Compare the numbers of the shown cell with Python's; return it."""
    shown = demo.shown
    found, net = shown["numbers"], shown["net"]
    (answer,) = [a for a in shown["answers"] if a["net"] == net]
    model = network(f"{net}-{shown['scene']['data']}").net
    image = torch.tensor(shown["image"], dtype=torch.uint8)
    query = torch.tensor(shown["query"], dtype=torch.uint8)
    image = image.view(1, 3, CANVAS, CANVAS)
    with torch.inference_mode():
        keys = model.encode_image(model.prepare(model.normalize(image)))
        encoded = model.encode_query(model.normalize(query.view(1, 1, 28, 28)))
        vector = model.pool(encoded)[0]
        side = keys.shape[2]
        values = torch.nn.functional.adaptive_avg_pool2d(image / 255, side)
    cell = found["cell"]
    row, column = divmod(cell, side)
    key, value = keys[0, :, row, column], values[0, :, row, column]
    temperature = shown["scene"]["temperature"]
    scores = torch.einsum("cij,c->ij", keys[0], vector) / len(vector) ** 0.5
    power = (scores - scores.max()) / temperature
    powers = power.exp()
    weight = (powers / powers.sum())[row, column]
    wanted = {
        "key": key,
        "products": key * vector,
        "dot": key @ vector,
        "score": scores[row, column],
        "power": power[row, column],
        "exp": powers[row, column],
        "sum": powers.sum(),
        "weight": weight,
        "value": value,
        "part": weight * value,
    }
    for name, number in wanted.items():
        np.testing.assert_allclose(
            found[name], number, rtol=1e-3, atol=1e-4, err_msg=name
        )
    np.testing.assert_allclose(answer["query"], vector, rtol=1e-3, atol=1e-4)
    for name in ("dot", "score", "power", "exp", "sum", "weight"):
        assert read(demo.text(name)) == pytest.approx(
            found[name], rel=0.06, abs=0.0006
        ), name
    for k in range(3):
        assert read(demo.text(f"v{k}")) == pytest.approx(
            found["value"][k], rel=0.06, abs=0.0006
        )
        assert read(demo.text(f"p{k}")) == pytest.approx(
            found["part"][k], rel=0.06, abs=0.0006
        )
    assert demo.text("dim") == f"{len(vector)}"
    assert demo.text("root") == f"√{len(vector)}"
    assert demo.text("cells") == f"{side * side}"
    label = demo.part("cell").get_attribute("aria-label")
    assert f"row {row}, column {column}" in label
    assert f"row {row}, column {column}" in demo.text("which")
    square, stage = (
        demo.part(name).bounding_box() for name in ("cell", "stage")
    )
    for axis, at in (("x", column), ("y", row)):
        found_at = square[axis] + 3 - stage[axis]  # around it is an edge
        assert found_at == pytest.approx(at * stage["width"] / side, abs=1)
    return cell


@pytest.mark.parametrize("net", ["post", "best"])
def test_at_first_it_explains_the_largest_weight(demo, net):
    answer = demo.switch(net)
    assert explained(demo) == int(np.argmax(answer["weights"]))
    assert "largest weight" in demo.text("which")
    parts = np.array(answer["values"]).reshape(3, -1) * answer["weights"]
    np.testing.assert_allclose(parts.sum(1), answer["glimpse"], atol=1e-5)


def test_it_explains_the_cell_under_the_mouse(demo):
    top = explained(demo)
    for cell in (5, 100, 255, 37):
        demo.page.mouse.move(*demo.cell_at(cell, 256))
        assert explained(demo) == cell
    demo.page.mouse.move(5, 5)
    assert explained(demo) == top


def test_a_tap_keeps_a_cell_until_the_question_changes(demo):
    top = explained(demo)
    demo.page.mouse.click(*demo.cell_at(249, 256))
    demo.page.mouse.move(5, 5)
    assert explained(demo) == 249
    demo.handle(0).press("ArrowDown")  # what moves changes its numbers
    demo.settle()
    assert explained(demo) == 249
    demo.page.mouse.click(*demo.cell_at(249, 256))
    demo.page.mouse.move(5, 5)
    demo.handle(0).press("ArrowUp")
    assert explained(demo.settle()) == top
    demo.page.mouse.click(*demo.cell_at(249, 256))
    demo.click("another")
    demo.page.mouse.move(5, 5)
    assert explained(demo) == int(
        np.argmax(demo.shown["answers"][1]["weights"])
    )


def test_a_finger_taps_a_cell(other):
    phone = {"width": 390, "height": 760}
    demo = other(viewport=phone, has_touch=True, is_mobile=True).open(LINK)
    demo.part("stage").scroll_into_view_if_needed()
    demo.page.touchscreen.tap(*demo.cell_at(249, 256))
    assert explained(demo) == 249
    scene = demo.scene
    demo.page.touchscreen.tap(*demo.cell_at(249, 256))
    assert "largest weight" in demo.text("which")
    assert demo.scene == scene
    assert demo.errors == []


def test_a_drag_does_not_choose_a_cell(demo):
    demo.move(0, right=20, down=7)
    demo.page.mouse.move(5, 5)
    assert "largest weight" in demo.text("which")


def test_arrow_keys_move_from_cell_to_cell_and_say_its_numbers(demo):
    side, top = 16, explained(demo)
    demo.part("cell").focus()
    for key, step in (
        ("ArrowUp", -side),
        ("ArrowLeft", -1),
        ("ArrowLeft", -1),
        ("ArrowDown", side),
        ("ArrowRight", 1),
    ):
        before = demo.shown["numbers"]["cell"]
        demo.page.keyboard.press(key)
        assert explained(demo) == before + step
    said = demo.part("live").inner_text()
    assert said == demo.part("cell").get_attribute("aria-label")
    assert "weight" in said and "score" in said
    for _ in range(20):
        demo.page.keyboard.press("ArrowUp")
    assert explained(demo) == (top - 1) % side
    demo.page.keyboard.press("Home")
    assert explained(demo) == top


@pytest.mark.parametrize(
    ("net", "field", "step"), [("post", 17, 8), ("best", 47, 4)]
)
def test_the_patch_is_what_the_key_sees(demo, net, field, step):
    demo.switch(net)
    side = CANVAS // step
    for cell in (0, side + 2, side * side - 1):
        demo.page.mouse.move(*demo.cell_at(cell, side * side))
        shown = demo.shown
        assert demo.text("seen") == f"{field} × {field}"
        image = np.array(shown["image"]).reshape(3, CANVAS, CANVAS)
        if net == "best":
            image = np.repeat(image.max(0, keepdims=True), 3, axis=0)
        half = field // 2
        pads = (0, 0), (half, half), (half, half)
        beyond = np.pad(image, pads, constant_values=40)
        row, column = (k * step for k in divmod(cell, side))
        wanted = beyond[:, row : row + field, column : column + field]
        found = np.array(shown["patch"]).reshape(3, field, field)
        assert (found == wanted).all()
        box, stage = (
            demo.part(name).bounding_box() for name in ("field", "stage")
        )
        pixel = stage["width"] / CANVAS
        assert box["width"] == pytest.approx(field * pixel, abs=1)
        left = stage["x"] + (column - half) * pixel
        assert box["x"] == pytest.approx(left, abs=1)
    demo.page.mouse.move(5, 5)


@pytest.mark.parametrize(
    ("net", "field", "step"), [("post", 17, 8), ("best", 47, 4)]
)
def test_no_pixel_beyond_the_patch_changes_a_key(net, field, step):
    """The square is the receptive field, by PyTorch's gradients."""
    model, cell = runs.model(f"{net}-mnist"), 32 // step
    seen = torch.zeros(CANVAS, CANVAS)
    random = torch.Generator().manual_seed(SEED)
    for _ in range(20):
        channels = model.encode_image.layers[0].in_channels
        image = torch.randn(1, channels, CANVAS, CANVAS, generator=random)
        keys = model.encode_image(image.requires_grad_())
        keys[0, :, cell, cell].sum().backward()
        seen += image.grad.abs().sum(dim=(0, 1))
    half = field // 2
    for axis in (0, 1):
        found = seen.sum(dim=axis).nonzero().flatten()
        assert found[0] == cell * step - half
        assert found[-1] == cell * step + half


def test_temperature_divides_the_power(demo):
    demo.part("temperature").fill("0.5")
    demo.settle()
    demo.page.mouse.move(*demo.cell_at(100, 256))
    assert explained(demo) == 100
    demo.page.mouse.move(5, 5)


def test_query_key_and_value_have_one_color_each(demo):
    color = "(e) => getComputedStyle(e).color"
    steps = demo.page.locator(".demo-steps li")
    heads = [step.locator("h2").evaluate(color) for step in steps.all()]
    assert len(set(heads)) == 4
    for step, head in zip(steps.all(), heads, strict=True):
        for letter in step.locator("b").all():
            assert letter.evaluate(color) == head
    names = [step.locator("h2").inner_text() for step in steps.all()]
    assert names == ["Query", "Compare", "Softmax", "Read"]


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
    buttons = demo.page.locator(".demo-switch button").all_inner_texts()
    assert not any(mark in text for mark in "✓✗" for text in buttons)


def test_clothes_take_the_place_of_digits_and_back(demo):
    demo.page.get_by_role("radio", name="clothes").check()
    assert demo.settle().scene["data"] == "fashion"
    options = demo.part("class").locator("option").all_inner_texts()
    assert options == list(symbols.CLASSES["fashion"])
    demo.page.get_by_label("digits").check()
    assert demo.settle().scene["data"] == "mnist"


# What a screen reader hears.


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


# Everything at once.


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
            if page.evaluate(UNDER, [x, y]):  # outside are the page's links
                page.mouse.down()
        elif gesture == "up":
            page.mouse.up()
        elif gesture == "key":
            if page.evaluate("!document.activeElement.closest('.demo')"):
                demo.part("deal").focus()  # outside are the page's links
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
