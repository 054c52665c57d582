"""The live figures of chapters 3 and 4 compute what Python computes."""

import re

import matplotlib
import numpy as np
import pytest
import torch
from browsing import drag, is_dark, save_screenshot, watch
from live_figures import (
    CANVAS,
    CHAPTERS,
    HEADS,
    HOPS,
    IMAGE,
    LOOKS,
    NETS,
    SENT,
    SYMBOLS,
    TOKENS,
    after,
    seen_of,
    wanted,
)
from playwright.sync_api import expect

from colorattn.data.scene import COLORS
from colorattn.figures.style import WEIGHTS
from colorattn.widgets.field import best_key, field_of
from colorattn.widgets.live import script

PLAIN = """(figure) => JSON.parse(JSON.stringify(figure.shown))"""
SMALL_TEXT = """(figure) => [...figure.querySelectorAll("*")]
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3
    && n.data.trim()) && parseFloat(getComputedStyle(e).fontSize) < 12)
  .map((e) => e.outerHTML)"""
# Texts whose contrast with their background is below 4.5, as WCAG defines it.
FAINT_TEXT = """(figure) => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number)
      .map((x) => x / 255)
      .map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const clear = "rgba(0, 0, 0, 0)";
  const under = (e) => getComputedStyle(e).backgroundColor !== clear
    ? getComputedStyle(e).backgroundColor : under(e.parentElement);
  return [...figure.querySelectorAll("*")].filter((e) =>
    [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
    && !e.closest(".live-stage, [aria-disabled=true]"))
    .filter((e) => {
      const two = [getComputedStyle(e).color, under(e)].map(light);
      return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05) < 4.5;
    }).map((e) => e.outerHTML);
}"""


class Figure:
    """A page with a live figure, and everything that went wrong in it."""

    def __init__(self, context, address, name):
        self.page = context.new_page()
        self.errors = watch(self.page, address)
        self.page.goto(f"{address}chapters/{CHAPTERS[name]}.html")
        holder = f'.live-figure[data-kind="{name.title()}"]'
        self.page.locator(holder).scroll_into_view_if_needed()
        self.root = self.page.locator(f".live-{name}")
        self.root.wait_for(timeout=30_000)
        self.root.scroll_into_view_if_needed()

    def part(self, name):
        return self.root.locator(f'[data-part="{name}"]')

    def text(self, name):
        return self.part(name).inner_text()

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def press(self, name, times=1):
        """Click a button, even if it is marked as disabled."""
        for _ in range(times):
            self.button(name).click(force=True)

    @property
    def shown(self):
        return self.root.evaluate(PLAIN)


@pytest.fixture(scope="module")
def opened(window, address):
    return {name: Figure(window, address, name) for name in CHAPTERS}


def colors_of(shares):
    """Return the colors that figures give to weights."""
    return 255 * matplotlib.colormaps[WEIGHTS](shares)[..., :3]


# Temperature.

# Moves the slider from end to end, and lists what is shown at each step.
SWEEP = """(figure) => {
  const slider = figure.querySelector("input");
  return Array.from({ length: 141 }, (_, n) => {
    slider.value = n - 60;
    slider.dispatchEvent(new Event("input"));
    const { temperature, weights, glimpse } = figure.shown;
    return { temperature, weights, glimpse };
  });
}"""


@pytest.fixture
def heat(opened):
    """The temperature figure, in the state that the chapter shows."""
    figure = opened["temperature"]
    figure.button("1").click()
    figure.button("as above, τ = 2.0").click()
    yield figure
    assert figure.errors == []


def agrees(figure, scene):
    """Compare all that the figure shows with PyTorch, at its temperature."""
    shown = figure.shown
    weights, glimpse = wanted(scene, shown["temperature"])
    np.testing.assert_allclose(shown["weights"], weights, rtol=0, atol=1e-6)
    np.testing.assert_allclose(shown["glimpse"], glimpse, rtol=0, atol=1e-6)
    cells = torch.special.entr(weights).sum().exp().item()
    assert shown["cells"] == pytest.approx(cells, rel=1e-6)
    rows = figure.part("glimpse").locator("tr").all_inner_texts()
    for row, color, number in zip(rows, COLORS, glimpse, strict=True):
        assert row.split() == [color, f"{number:.3f}"]
    said = figure.text("says")
    right = int(glimpse.argmax()) == SENT["answers"][scene]
    assert ("✓ Right" in said) == right and ("✗ Wrong" in said) == (not right)
    assert f"answer is {COLORS[SENT['answers'][scene]]}." in said
    return shown


def test_at_first_it_shows_the_chapters_own_temperature(heat):
    assert agrees(heat, scene=0)["temperature"] == 2
    assert heat.text("degrees") == "2.0"
    pressed = heat.root.locator('[aria-pressed="true"]').all_inner_texts()
    assert pressed == ["1", "as above, τ = 2.0"]


@pytest.mark.parametrize("scene", range(5))
def test_at_every_temperature_it_computes_what_pytorch_does(heat, scene):
    heat.button(str(scene + 1)).click()
    found = heat.root.evaluate(SWEEP)
    assert len(found) == 141
    for place, shown in zip(range(-60, 81), found, strict=True):
        temperature = shown["temperature"]
        assert temperature == pytest.approx(10 ** (place / 40), rel=0.02)
        weights, glimpse = wanted(scene, temperature)
        close = {"rtol": 0, "atol": 1e-6}
        np.testing.assert_allclose(shown["weights"], weights, **close)
        np.testing.assert_allclose(shown["glimpse"], glimpse, **close)
    agrees(heat, scene)


def test_the_mouse_drags_from_the_mean_of_all_to_the_best_cell(heat):
    box = heat.part("slider").bounding_box()
    y = box["y"] + box["height"] / 2
    heat.page.mouse.move(box["x"] + box["width"] / 2, y)
    heat.page.mouse.down()
    heat.page.mouse.move(box["x"] + box["width"] - 3, y, steps=5)
    hot = agrees(heat, scene=0)
    assert hot["temperature"] == pytest.approx(100)
    assert hot["cells"] > 360
    assert heat.text("says").startswith("All 361 cells weigh nearly the same")
    heat.page.mouse.move(box["x"] + 3, y, steps=5)
    heat.page.mouse.up()
    cold = agrees(heat, scene=0)
    assert cold["temperature"] == pytest.approx(10**-1.5)
    assert cold["cells"] < 1.01
    assert heat.text("says").startswith("Nearly all the weight is on one")


def test_a_finger_moves_the_slider(browser, address):
    phone = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
    with browser.new_context(**phone, is_mobile=True) as context:
        figure = Figure(context, address, "temperature")
        box = figure.part("slider").bounding_box()
        at = {"x": box["width"] - 5, "y": box["height"] / 2}
        figure.part("slider").tap(position=at)
        assert agrees(figure, scene=0)["temperature"] > 80
        assert figure.errors == []


def test_keys_move_the_slider_and_it_says_where_it_is(heat):
    heat.part("slider").focus()
    heat.page.keyboard.press("ArrowLeft")
    shown = agrees(heat, scene=0)
    assert shown["temperature"] == pytest.approx(10 ** (11 / 40))
    heat.page.keyboard.press("Home")
    assert agrees(heat, scene=0)["cells"] < 1.01
    heat.page.keyboard.press("End")
    assert agrees(heat, scene=0)["cells"] > 360
    told = heat.part("slider").get_attribute("aria-valuetext")
    assert told == f"100. {heat.text('says')}"
    expect(heat.part("heard")).to_have_text(heat.text("says"))
    assert heat.part("heard").get_attribute("role") == "status"


def test_each_button_sets_its_temperature(heat):
    for name, temperature in SENT["presets"]:
        button = heat.root.get_by_role("button", name=re.compile(f"^{name},"))
        button.click()
        assert agrees(heat, scene=0)["temperature"] == temperature
        assert button.get_attribute("aria-pressed") == "true"


def test_what_the_chapter_says_of_the_five_scenes_is_so(heat):
    for place, right in (("-60", range(5)), ("80", [4])):
        for scene in range(5):
            heat.button(str(scene + 1)).click()
            heat.part("slider").fill(place)
            assert ("✓" in heat.text("says")) == (scene in right)
    assert COLORS[int(wanted(0, 0.2)[1].argmax())] == "blue"
    assert COLORS[int(wanted(0, 0.5)[1].argmax())] == "green"


BRIGHT = """(canvas) => {
  const pen = canvas.getContext("2d");
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  let lit = 0;
  for (let k = 0; k < data.length; k += 4)
    lit += data[k] + data[k + 1] + data[k + 2] > 300;
  return lit / (data.length / 4);
}"""


def test_light_spreads_over_the_map_as_it_heats(heat):
    lit = []
    for place in (-60, 12, 40, 80):
        heat.part("slider").fill(str(place))
        lit.append(heat.part("weights").evaluate(BRIGHT))
    assert lit == sorted(lit)
    map_ = (38 / CANVAS) ** 2  # 19 keys, 2 px apart
    assert lit[0] < 0.05 and lit[-1] > map_ - 0.01


def test_its_map_has_the_colors_of_weights(heat):
    read = """(canvas) => {
      const pen = canvas.getContext("2d");
      return Array.from({ length: 361 }, (_, n) => {  // 8 px for each of 64
        const [x, y] = [n % 19, Math.floor(n / 19)].map((k) => 108 + 16 * k);
        return [...pen.getImageData(x, y, 1, 1).data.slice(0, 3)];
      });
    }"""
    heat.part("slider").fill("12")
    weights = np.array(heat.shown["weights"])
    wanted = colors_of(weights / weights.max())
    drawn = heat.part("weights").evaluate(read)
    np.testing.assert_allclose(drawn, wanted, atol=20)
    assert np.ptp(wanted, axis=0).min() > 150


SHADE = "(e) => getComputedStyle(e).backgroundColor"
NEAREST = """figure => {  // for each letter: px to the ink of each color
  const stage = figure.querySelector('[data-part="scene"]').parentElement;
  const canvas = stage.querySelector("canvas");
  const side = canvas.width;
  const { data } = canvas.getContext("2d").getImageData(0, 0, side, side);
  const ink = [[], [], []];
  for (let n = 0; n < side * side; n++) {
    const color = [...data.slice(4 * n, 4 * n + 3)];
    const most = Math.max(...color);
    if (most > 90)
      ink[color.indexOf(most)].push([Math.floor(n / side), n % side]);
  }
  return [...stage.querySelectorAll("span")].map((letter) => {
    const [y, x] = ["top", "left"].map(
      (edge) => (parseFloat(letter.style[edge]) * side) / 100);
    const to = (places) => Math.min(
      ...places.map(([i, j]) => Math.hypot(i - y, j - x)));
    return [letter.textContent, ...ink.map(to)];
  });
}"""


@pytest.mark.parametrize("scene", range(5))
def test_each_letter_is_at_the_ink_of_its_color(heat, scene):
    heat.button(str(scene + 1)).click()
    for letter, *away in heat.root.evaluate(NEAREST):
        own = away.pop("RGB".index(letter))
        assert own < min(away), (letter, own, away)


def test_a_color_that_no_symbol_has_gets_no_letter(heat):
    places = """async (code) => {
      const blob = new Blob([code], { type: "text/javascript" });
      const widget = await import(URL.createObjectURL(blob));
      const ink = (n) => Object.assign(new Uint8Array(4096), { [n]: 255 });
      return widget.lettersOf([ink(650), new Uint8Array(4096), ink(3250)]);
    }"""
    red, green, blue = heat.page.evaluate(places, script("temperature"))
    assert green is None
    for place, (row, column) in ((red, (10, 10)), (blue, (50, 50))):
        assert np.hypot(place[0] - row, place[1] - column) < 5


def test_the_swatch_of_a_mixture_has_a_color(heat):
    """The sum of two bright tints would be white, which is no mixture."""
    heat.part("slider").fill("-60")
    cold = heat.part("swatch").evaluate(SHADE)
    heat.part("slider").fill("20")
    assert heat.part("swatch").evaluate(SHADE) not in (
        cold,
        "rgb(255, 255, 255)",
    )


# Descent.


@pytest.fixture
def arrows(opened):
    """The descent figure, in the state that the chapter shows."""
    figure = opened["descent"]
    figure.button("green 9").click()
    figure.button("as above").click()
    yield figure
    assert figure.errors == []


def test_the_query_and_each_key_are_drawn_in_their_colors(arrows):
    """The page has names for colors as well, and they mean other things."""
    shown = """(figure) => {
      const drawn = (kind) => getComputedStyle(
        figure.querySelector(`.${kind} line`)).stroke;
      const word = Object.assign(document.createElement("b"),
        { className: "named-query" });
      document.querySelector("article").append(word);
      const {color} = getComputedStyle(word);
      word.remove();
      return [color, drawn("query"), drawn("red"), drawn("blue")];
    }"""
    named, query, red, blue = arrows.root.evaluate(shown)
    assert query == named
    assert len({query, red, blue}) == 3


def test_steps_move_the_arrows_as_python_does(arrows):
    arrows.press("1 step", times=2)
    arrows.press("10 steps")
    shown = arrows.shown
    assert shown["step"] == 12 and len(shown["losses"]) == 13
    np.testing.assert_allclose(shown["glimpse"], after(12), atol=1e-6)
    assert arrows.text("says").startswith("Step 12.")
    expect(arrows.part("heard")).to_have_text(arrows.text("says"))


def test_it_runs_until_it_is_stopped(arrows):
    arrows.button("run").click()
    arrows.page.wait_for_function(
        "(figure) => figure.shown.step > 3",
        arg=arrows.root.element_handle(),
    )
    arrows.button("stop").click()
    step = arrows.shown["step"]
    np.testing.assert_allclose(arrows.shown["glimpse"], after(step), atol=1e-6)
    arrows.press("1 step")
    assert arrows.shown["step"] == step + 1


def test_short_arrows_and_other_questions_learn_too(arrows):
    arrows.button("short arrows").click()
    arrows.button("red 1").click()
    arrows.press("10 steps", times=6)
    wanted = after(60, start=1, target=0)
    np.testing.assert_allclose(arrows.shown["glimpse"], wanted, atol=1e-6)
    assert "the answer is red" in arrows.text("says")


# Field.


@pytest.fixture
def field(opened):
    """The field figure, in the state that the chapter shows."""
    figure = opened["field"]
    figure.button("the post's network").click()
    best = figure.root.get_by_role("button", name="best key")
    best.first.click()
    yield figure
    assert figure.errors == []


def sees(figure, layers):
    """Compare what the figure shows with sums over the key's square."""
    shown = figure.shown
    size, jump = field_of(layers)
    assert (shown["field"], shown["jump"]) == (size, jump)
    for color, its in enumerate(shown["symbols"]):
        share = seen_of(color, shown["key"], layers)
        assert its["name"] == SYMBOLS[color]
        assert its["share"] == pytest.approx(share, abs=1e-6)
        best = best_key(IMAGE[color], layers)[1]
        assert its["best"] == pytest.approx(best, abs=1e-6)
        row = figure.part("symbols").locator("tr").nth(color).inner_text()
        assert f"{100 * share:.0f}%" in row
        assert f"best key: {100 * best:.0f}%" in row
    told = [figure.text(name) for name in ("field", "jump")]
    assert told == [f"{size} px", f"{jump} px"]
    assert f"sees {size} by {size} pixels" in figure.text("says")
    return shown


@pytest.mark.parametrize(
    ("net", "size", "jump", "keys"),
    [("the post's network", 17, 8, 8), ("the improved network", 47, 4, 16)],
)
def test_both_nets_are_a_button_away(field, net, size, jump, keys):
    field.button(net).click()
    shown = sees(field, NETS[net])
    found = shown["field"], shown["jump"], shown["keys"]
    assert found == (size, jump, keys)
    assert field.text("keys") == f"{keys} × {keys}"
    assert field.button(net).get_attribute("aria-pressed") == "true"
    rows = field.root.locator("[data-part=layers] > :visible").count()
    assert rows == len(NETS[net])


def test_what_the_chapter_says_of_the_digits_is_so(field):
    best = [its["best"] for its in field.shown["symbols"]]
    assert max(best) < 0.95
    field.button("the improved network").click()
    assert [its["best"] for its in field.shown["symbols"]] == [1, 1, 1]
    field.button("the post's network").click()
    for layer, wider in ((1, 4), (3, 8)):
        name = f"dilation of convolution {layer}"
        field.button(f"{name}: more").click()
        assert field.shown["field"] == 17 + wider
        assert field.shown["jump"] == 8
        field.button(f"{name}: less").click()


def test_steppers_change_one_number_each_and_stop_at_the_ends(field):
    layers = [[5, 2, 1], [3, 2, 1], [3, 2, 1]]
    for k, name in enumerate(("kernel", "stride", "dilation")):
        field.button(f"{name} of convolution 2: more").click()
        layers[1][k] += 2 if name == "kernel" else 1
        sees(field, layers)
    field.press("kernel of convolution 3: less", times=3)
    layers[2][0] = 1
    sees(field, layers)
    less = field.button("kernel of convolution 3: less")
    assert less.get_attribute("aria-disabled") == "true"
    assert not field.button("the post's network").evaluate(
        "(button) => button.ariaPressed === 'true'"
    )


def test_convolutions_are_added_and_taken_away(field):
    for n in (4, 5, 6, 6):
        field.press("number of convolutions: more")
        assert field.text("count").split() == ["−", f"{n}", "+"]
    sees(field, [*NETS["the post's network"], *[[3, 1, 1]] * 3])
    field.press("number of convolutions: less", times=6)
    sees(field, [[5, 2, 1]])


def test_the_best_key_of_each_symbol_is_a_button_away(field):
    for color, name in enumerate(SYMBOLS):
        label = re.compile(f"^best key: .*, for the {name}$")
        field.root.get_by_role("button", name=label).click()
        shown = sees(field, NETS["the post's network"])
        key, share = best_key(IMAGE[color], NETS["the post's network"])
        assert shown["key"] == list(key)
        assert shown["symbols"][color]["share"] == pytest.approx(share)
        assert f"ink of the {name}. No key sees more" in field.text("says")


def test_arrow_keys_move_the_key_and_stay_on_the_map(field):
    before = field.shown["key"]
    field.part("handle").focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowUp"):
        field.page.keyboard.press(key)
    after = sees(field, NETS["the post's network"])["key"]
    assert after == [before[0] - 1, before[1] - 2]
    for _ in range(9):
        field.page.keyboard.press("ArrowUp")
    assert sees(field, NETS["the post's network"])["key"] == [0, after[1]]
    label = field.part("handle").get_attribute("aria-label")
    assert f"row 0, column {after[1]} of 8 by 8" in label
    assert "beyond the edge" in field.text("says")


def test_the_mouse_drags_the_square_from_key_to_key(field):
    before = field.shown["key"]
    stage = field.part("stage").bounding_box()
    pixel = stage["width"] / CANVAS
    box = field.part("handle").bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 4
    end = x - 15 * pixel, y - 25 * pixel
    drag(field.page, (x, y), end, steps=6)
    field.page.mouse.move(x, y)
    after = sees(field, NETS["the post's network"])["key"]
    assert after == [before[0] - 3, before[1] - 2]


def test_a_click_elsewhere_brings_the_key_there(field):
    stage = field.part("stage").bounding_box()
    pixel = stage["width"] / CANVAS
    at = stage["x"] + 9.5 * pixel, stage["y"] + 31 * pixel
    field.page.mouse.click(*at)
    assert sees(field, NETS["the post's network"])["key"] == [4, 1]


def test_other_convolutions_keep_the_key_near_its_place(field):
    before = [8 * k for k in field.shown["key"]]
    field.button("the improved network").click()
    after = [4 * k for k in field.shown["key"]]
    assert after == before


def test_a_finger_taps_and_drags(browser, address):
    phone = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
    with browser.new_context(**phone, is_mobile=True) as context:
        figure = Figure(context, address, "field")
        pixel = figure.part("stage").bounding_box()["width"] / CANVAS
        at = {"x": 16.5 * pixel, "y": 8.5 * pixel}
        figure.part("scene").tap(position=at)
        assert sees(figure, NETS["the post's network"])["key"] == [1, 2]
        figure.part("stage").evaluate(
            """(stage) => {
              const at = { pointerType: "touch", pointerId: 7, bubbles: true };
              const handle = stage.querySelector("button");
              const send = (on, type, x, y) => on.dispatchEvent(
                new PointerEvent(type, { ...at, clientX: x, clientY: y }));
              stage.setPointerCapture = () => {};
              const step = stage.clientWidth / 8;
              send(stage.querySelector("canvas"), "pointerdown", 100, 100);
              send(stage, "pointermove", 100, 100 + 4 * step);
              send(handle, "pointerdown", 100, 100);
              send(stage, "pointermove", 100 + 3 * step, 100);
              send(stage, "lostpointercapture", 0, 0);
              send(stage, "pointermove", 0, 0);
            }"""
        )
        assert sees(figure, NETS["the post's network"])["key"] == [1, 5]
        assert figure.errors == []


# Hops.


@pytest.fixture
def hops(opened):
    """The figure of hops, in the state that the chapter shows."""
    figure = opened["hops"]
    figure.button("1").click()
    figure.button("the query").click()
    for muted in figure.root.get_by_role("button", name="muted").all():
        muted.click()
    yield figure
    assert figure.errors == []


def assert_looks(figure, row, muted, asking):
    m = sum(2**k for k in muted)
    shown = figure.shown
    wanted = LOOKS[row, m, :, asking] / 255
    np.testing.assert_allclose(shown["weights"], wanted, atol=1e-6)
    assert shown["chances"] == pytest.approx(HOPS["chances"][row][m])
    color = ("red", "green", "blue")[np.argmax(HOPS["chances"][row][m])]
    assert f"% {color}." in figure.text("says")


def test_each_row_and_each_token_shows_what_the_network_does(hops):
    assert_looks(hops, 0, [], TOKENS - 1)
    hops.button("2").click()
    assert_looks(hops, 1, [], TOKENS - 1)
    hops.button("cell 5, middle").click()
    assert_looks(hops, 1, [], 4)
    assert hops.text("says").startswith("Cell 5, middle asks")


def test_its_strips_have_the_colors_of_weights(hops):
    """Those of figures, such as the picture that stands in for it."""
    drawn = (
        hops.part("heads")
        .locator("i")
        .evaluate_all(
            """(all) => all.map((e) => getComputedStyle(e)
          .backgroundColor.match(/\\d+/g).slice(0, 3).map(Number))"""
        )
    )
    wanted = colors_of(np.concatenate(hops.shown["weights"]))
    np.testing.assert_allclose(drawn, wanted, atol=20)
    assert np.ptp(wanted, axis=0).min() > 150


def test_a_finger_taps_who_asks_in_the_row_itself(browser, address):
    phone = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
    with browser.new_context(**phone, is_mobile=True) as context:
        figure = Figure(context, address, "hops")
        row = figure.shown["row"]
        cell = figure.part("image").bounding_box()["width"] / (TOKENS - 1)
        figure.part("image").tap(position={"x": 4.5 * cell, "y": 9})
        assert_looks(figure, row, [], 4)
        asking = figure.part("heads").locator("i.asking")
        assert asking.count() == len(HEADS)
        above = figure.button("block 1, head 1").bounding_box()["x"]
        assert asking.first.bounding_box()["x"] > above + 3.5 * cell
        figure.part("query").tap()
        assert_looks(figure, row, [], TOKENS - 1)
        figure.button("cell 9, right").tap()
        assert_looks(figure, row, [], 8)
        assert figure.errors == []


def test_heads_are_muted_and_heard_again(hops):
    hops.button(HEADS[2]).click()
    assert_looks(hops, 0, [2], TOKENS - 1)
    assert f"{HEADS[2]} is muted" in hops.text("says")
    hops.button(HEADS[0]).click()
    assert_looks(hops, 0, [2, 0], TOKENS - 1)
    hops.button(f"{HEADS[2]}: muted").click()
    assert_looks(hops, 0, [0], TOKENS - 1)


def test_a_token_asks_when_it_is_pointed_at_or_reached_by_keyboard(hops):
    hops.button("cell 2, left").hover()
    assert_looks(hops, 0, [], 1)
    hops.button("cell 2, left").focus()
    hops.page.keyboard.press("Tab")
    assert_looks(hops, 0, [], 2)


# Looks, and where something is missing.


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", CHAPTERS)
def test_it_is_legible_in_every_window(browser, address, name, width, look):
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=look
    ) as context:
        figure = Figure(context, address, name)
        assert figure.root.evaluate(SMALL_TEXT) == []
        assert figure.root.evaluate(FAINT_TEXT) == []
        box = figure.root.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        inside = "(figure) => figure.scrollWidth <= figure.clientWidth"
        assert figure.root.evaluate(inside)
        assert is_dark(figure.root) == (look == "dark")
        for target in figure.root.locator("button:visible, input").all():
            size = target.bounding_box()
            assert min(size["width"], size["height"]) >= 24
        save_screenshot(figure.root, f"{name}-{width}-{look}")
        assert figure.errors == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_forced_colors_leave_what_means_something(browser, address, look):
    with browser.new_context(
        forced_colors="active", color_scheme=look
    ) as context:
        figure = Figure(context, address, "temperature")
        shades = [
            figure.part("glimpse").locator(f".{color} i").evaluate(SHADE)
            for color in COLORS
        ]
        shades.append(figure.root.evaluate(SHADE))
        assert len(set(shades)) == 4
        track = "(e) => getComputedStyle(e).backgroundImage"
        assert "gradient" in figure.part("slider").evaluate(track)
        assert figure.root.evaluate(FAINT_TEXT) == []
        for name in ("temperature", "hops"):
            figure = Figure(context, address, name)
            figure.button("1").click()
            pressed = [
                figure.button(number).evaluate(SHADE) for number in "12"
            ]
            assert len(set(pressed)) == 2
            save_screenshot(figure.root, f"{name}-forced-{look}")
        lit = (
            figure.part("heads")
            .locator("i")
            .evaluate_all(
                "(all) => all.map((e) => getComputedStyle(e).backgroundColor)"
            )
        )
        assert len(set(lit)) > 4
        for name in ("field", "descent", "hops"):
            figure = Figure(context, address, name)
            assert figure.root.evaluate(FAINT_TEXT) == []
            save_screenshot(figure.root, f"{name}-forced-{look}")
            assert figure.errors == []


def test_on_paper_are_its_colors_and_the_choice_that_was_made(heat, field):
    for figure, kept in ((heat, "1"), (field, "the post's network")):
        figure.page.emulate_media(media="print")
        try:
            buttons = figure.root.locator(".live-choice > button:visible")
            assert kept in buttons.all_inner_texts()
            for pressed in buttons.all():
                assert pressed.get_attribute("aria-pressed") == "true"
            exact = figure.root.locator("canvas, i").evaluate_all(
                "(all) => all.map((e) => getComputedStyle(e).printColorAdjust)"
            )
            assert set(exact) == {"exact"}
        finally:
            figure.page.emulate_media(media="screen")


def test_on_paper_a_picture_stands_in_for_what_has_not_come_alive(
    browser, address
):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}chapters/{CHAPTERS['field']}.html")
        holder = page.locator('.live-figure[data-kind="Field"]')
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert holder.locator(".live").count() == 0
        picture = holder.locator("img")
        assert picture.is_visible()
        height = picture.bounding_box()["height"]
        assert holder.bounding_box()["height"] < height + 100
        page.emulate_media(media="screen")
        holder.scroll_into_view_if_needed()
        holder.locator(".live").wait_for(timeout=30_000)
        expect(picture).not_to_be_visible()


def test_its_words_are_as_wide_as_its_slider(heat):
    """So that each end of the slider has its word below it."""
    ends = heat.root.locator(".live-heat p span").all()
    cold, hot = (end.bounding_box() for end in ends)
    slider = heat.part("slider").bounding_box()
    assert cold["x"] == pytest.approx(slider["x"], abs=1)
    right = [box["x"] + box["width"] for box in (hot, slider)]
    assert right[0] == pytest.approx(right[1], abs=1)


def test_it_has_the_face_of_the_demo(heat):
    family = "(e) => getComputedStyle(e).fontFamily"
    assert heat.part("says").evaluate(family).startswith('"Source Sans"')


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_control_has_a_name_of_its_own(opened, name):
    controls = opened[name].root.locator("button:visible, input").all()
    names = [
        control.evaluate("(e) => e.ariaLabel || e.innerText")
        for control in controls
    ]
    assert all(text.strip() for text in names)
    assert len(set(names)) == len(names)
    for canvas in opened[name].root.locator("canvas").all():
        assert canvas.get_attribute("role") == "img"
        assert len(canvas.get_attribute("aria-label")) > 10


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_javascript_a_picture_stands_in(browser, address, name):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}chapters/{CHAPTERS[name]}.html")
        said = {
            "descent": "85% blue at step 0",
            "temperature": "τ = 2: green",
            "field": "47 px, 100%",
            "hops": "block 2, head 1",
        }
        picture = page.locator(f'noscript img[alt*="{said[name]}"]')
        assert picture.count() == 1
        assert picture.bounding_box()["width"] > 300
