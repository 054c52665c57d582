"""Live figures compute in JavaScript what PyTorch computes in Python."""

import base64
import fnmatch
import json
import random
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import nbformat
import pytest
import torch
import torch.nn.functional as F
import traitlets
from tiny import NET

from colorattn import widgets
from colorattn.data.rows import draw_rows
from colorattn.data.scene import COLORS, Scene
from colorattn.data.stream import fixed_scenes
from colorattn.figures.style import WEIGHTS
from colorattn.model.encoder import EncoderConfig, convolutions
from colorattn.model.transformer import (
    Transformer,
    TransformerConfig,
    place_codes,
)
from colorattn.training.config import BEST, POST
from colorattn.widgets.descent import STEPS, descend
from colorattn.widgets.field import best_key, field_of, layers_of
from colorattn.widgets.live import script

HERE = Path(widgets.__file__).parent
ROOT = HERE.parents[1]
STORED = "application/vnd.jupyter.widget-state+json"
LIVE = "application/vnd.jupyter.widget-view+json"
SLIDER = [10 ** (n / 40) for n in range(-60, 81)]
NETS = {"post": POST.model.image_encoder, "best": BEST.model.image_encoder}


def ask(module, body, *given):
    """Run a function's body in Node, with a figure's module as `m`."""
    text = script(module.removesuffix(".js")).encode()
    code = (
        "import * as m from 'data:text/javascript;base64,"
        f"{base64.b64encode(text).decode()}';"
        f"const answer = (...given) => {{ {body} }};"
        "import { readFileSync } from 'node:fs';"
        "const given = JSON.parse(readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(answer(...given)));"
    )
    node = Path(sys.executable).with_name("node")
    command = [node, "--input-type=module", "--eval", code]
    stdin = json.dumps(given)
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def scenes(drawings):
    return fixed_scenes(drawings, Scene(), n=5, seed=0)


@pytest.fixture
def temperature(scenes):
    noise = torch.Generator().manual_seed(0)
    scores = 6 * torch.randn(5, 7, 7, generator=noise)
    values = torch.rand(5, 3, 7, 7, generator=noise)
    return widgets.Temperature(scenes, scores, values, 16, temperature=2.0)


@pytest.fixture
def field(scenes, drawings):
    return widgets.Field(scenes[:1], drawings, NETS)


QUERY = torch.tensor([1.1, 0.5])
KEYS = torch.tensor([[1.4, 0.2], [0.1, -1.3], [-1.2, 0.5], [0.3, 0.4]])
COLORED = torch.tensor([[0.0, 0, 1], [1, 0, 0], [0, 1, 0], [0.2, 0.5, 0]])
NAMES = ["0", "1", "9", "7"]


@pytest.fixture
def descent():
    starts = {"long": (QUERY, KEYS), "short": (QUERY / 100, KEYS / 100)}
    return widgets.Descent(starts, COLORED, NAMES, target=1, rate=0.15)


@pytest.fixture
def reader():
    """A transformer with two blocks of two heads, and tokens of three rows."""
    config = TransformerConfig(features=5, dim=8)
    net = Transformer(config, place_codes(7, 8), seed=0).eval()
    noise = torch.Generator().manual_seed(0)
    return net, torch.randn(3, 7, 5, generator=noise)


@pytest.fixture
def hops(drawings, reader):
    rows = draw_rows(drawings, 3, torch.Generator().manual_seed(0))
    return widgets.Hops(rows, *reader)


# The numbers: those of PyTorch.


def assert_near(found, wanted, rtol=1e-6):
    found = torch.tensor(found, dtype=torch.float64)
    torch.testing.assert_close(found, wanted, atol=1e-6, rtol=rtol)


@pytest.mark.parametrize("spread", [1, 6, 300])
def test_weights_glimpse_and_measures_equal_pytorchs(spread):
    noise = torch.Generator().manual_seed(spread)
    scores = spread * torch.randn(361, generator=noise).double()
    values = torch.rand(3, 361, generator=noise).double()
    body = """const [scores, values, heats] = given;
        return heats.map((heat) => {
          const weights = m.softmax(scores, heat);
          const glimpse = m.mix(weights, values);
          return [weights, glimpse, m.sharing(weights), m.freedom(weights)];
        });"""
    given = scores.tolist(), values.tolist(), SLIDER
    found = ask("temperature.js", body, *given)
    for heat, measures in zip(SLIDER, found, strict=True):
        weights, glimpse, cells, left = measures
        wanted = (scores / heat).softmax(dim=0)
        assert_near(weights, wanted)
        assert_near(glimpse, values @ wanted)
        entropy = torch.special.entr(wanted).sum()
        assert cells == pytest.approx(entropy.exp().item(), rel=1e-6)
        assert left == pytest.approx(1 - (wanted**2).sum().item(), abs=1e-6)


def some_layers(n):
    """Draw chains of convolutions whose fields fit on 129 pixels."""
    chance = random.Random(0)
    while n:
        layers = [
            [chance.choice((1, 3, 5, 7, 9)), chance.randint(1, 3)]
            + [chance.randint(1, 4)]
            for _ in range(chance.randint(1, 5))
        ]
        if field_of(layers)[0] < 100:
            n -= 1
            yield layers


def measured(layers, canvas=129):
    """Ask PyTorch's own convolutions for field, jump and keys."""
    kernels, strides, dilations = zip(*layers, strict=True)
    ones = (1,) * len(layers)
    pixels = torch.ones(1, 1, canvas, canvas, requires_grad=True)
    features = pixels
    config = EncoderConfig(ones, kernels, strides, dilations)
    for convolution in convolutions(config, channels=1):
        torch.nn.init.ones_(convolution.weight)
        features = convolution(features)
    keys = features.shape[2]
    reached = []
    for key in {keys // 2, min(keys - 1, keys // 2 + 1)}:
        pixels.grad = None
        features[0, 0, key, key].backward(retain_graph=True)
        first, last = pixels.grad[0, 0].nonzero().aminmax(dim=0)
        reached.append((int(first[0]), int(last[0]), key))
    return keys, sorted(reached, key=lambda found: found[2])


def test_field_jump_and_keys_are_those_of_pytorchs_convolutions():
    chains = [*some_layers(40), *map(layers_of, NETS.values())]
    body = "return given[0].map((layers) => m.trace(layers, 129).at(-1));"
    found, inside = ask("field.js", body, chains), 0
    for layers, its in zip(chains, found, strict=True):
        keys, reached = measured(layers)
        assert its["keys"] == keys, layers
        half = its["field"] // 2
        for first, last, key in reached:
            center = key * its["jump"]
            if first > 0 and last < 128:
                assert (first, last) == (center - half, center + half), layers
                inside += 1
        assert field_of(layers) == (its["field"], its["jump"])
    assert inside > 30


def test_the_share_of_ink_equals_pytorchs_for_every_key(scenes):
    ink = scenes.image[0, scenes.target[0]]
    ink[:, 40:] //= 3
    chains = [layers_of(NETS["post"]), layers_of(NETS["best"]), [[3, 3, 1]]]
    body = """const [ink, chains] = given;
        return chains.map((layers) => {
          const last = m.trace(layers, 64).at(-1);
          const all = m.shares(ink, last);
          return [all, m.best(all, ink, last)];
        });"""
    found = ask("field.js", body, ink.flatten().tolist(), chains)
    for layers, (shares, best) in zip(chains, found, strict=True):
        size, jump = field_of(layers)
        means = F.avg_pool2d(ink[None].double(), size, jump, size // 2)
        wanted = size**2 * means / ink.sum()
        assert_near(shares, wanted.flatten(), rtol=0)
        (row, column), share = best_key(ink, layers)
        assert best == row * wanted.shape[2] + column
        assert share == pytest.approx(shares[best], abs=1e-9)


def test_a_tie_goes_to_the_key_nearest_to_the_center_of_the_ink():
    ink = torch.zeros(64, 64, dtype=torch.uint8)
    ink[30:33, 39:42] = 255
    assert best_key(ink, [[41, 4, 1]]) == ((8, 10), 1.0)


@pytest.mark.parametrize("target", [0, 1, 2])
def test_a_step_down_the_color_loss_is_autograds(target):
    query = QUERY.double().requires_grad_()
    keys = KEYS.double().requires_grad_()
    weights = (keys @ query).softmax(dim=0)
    loss = -(weights @ COLORED.double())[target].log()
    slopes = torch.autograd.grad(loss, (query, keys))
    found = descend(query, keys, COLORED.double(), target, rate=0.15)
    for new, old, slope in zip(found, (query, keys), slopes, strict=True):
        torch.testing.assert_close(new, old - 0.15 * slope)


def test_steps_in_javascript_are_those_in_python():
    found = ask(
        "descent.js",
        """const [arrows, values, target, steps] = given;
        const all = [arrows];
        for (let n = 0; n < steps; n++)
          all.push(m.descend(all[n], values, target, 0.15));
        return all.map(({ query, keys }) => {
          const weights = m.weigh(query, keys);
          return [query, keys, weights, m.mix(weights, values)];
        });""",
        {"query": QUERY.tolist(), "keys": KEYS.tolist()},
        COLORED.tolist(),
        2,
        60,
    )
    query, keys, values = QUERY.double(), KEYS.double(), COLORED.double()
    for numbers in found:
        weights = (keys @ query).softmax(dim=0)
        wanted = query, keys, weights, weights @ values
        for here, there in zip(numbers, wanted, strict=True):
            here = torch.tensor(here).double()
            torch.testing.assert_close(here, there, atol=1e-5, rtol=1e-5)
        query, keys = descend(query, keys, values, 2, rate=0.15)


def test_the_maps_are_those_of_the_network_with_the_heads_muted(hops, reader):
    net, tokens = reader
    sent = unpacked(hops.weights, torch.uint8, 3, 16, 4, 7, 7)
    for muted in ([], [0], [1, 2], [0, 1, 2, 3]):
        mute = {n: [k % 2 for k in muted if k // 2 == n] for n in (0, 1)}
        logits, maps = net(tokens, mute)
        m = ask("hops.js", "return m.choice(given[0]);", muted)
        wanted = 255 * torch.cat(maps, dim=1)
        assert (sent[:, m] - wanted).abs().max() <= 0.5
        chances = torch.tensor(hops.chances)[:, m]
        torch.testing.assert_close(chances, logits[:, -1].softmax(dim=1))
    assert hops.heads[2] == "block 2, head 1"
    assert (hops.row, hops.asking, hops.muted) == (0, 6, [])


def test_weights_have_the_colors_that_figures_give_them():
    shares = [n / 100 for n in range(101)]
    found = ask("hops.js", "return given[0].map(m.magma);", shares)
    colors = [[int(x) for x in re.findall(r"\d+", text)] for text in found]
    wanted = matplotlib.colormaps[WEIGHTS](shares)[:, :3] * 255
    assert abs(wanted - colors).max() < 20


# The words.


def test_words_about_hops_name_who_asks_and_whom_the_heads_ask():
    looks = [[0, 0.9, 0, 0, 0, 0, 0.1], [0, 0, 0, 0, 0, 0.2, 0.8]]
    heads = ["head 1", "head 2"]
    body = "return m.words(...given);"
    given = looks, heads, [], [0.1, 0.2, 0.7], 2
    found = ask("hops.js", body, 6, *given)
    assert found == (
        "The query asks: head 1 looks most at cell 2, left; head 2 looks most "
        "at the query. The answer is 70% blue. ✓ Right: it is blue."
    )
    found = ask("hops.js", body, 3, looks, heads, [1], [0.1, 0.2, 0.7], 0)
    assert found.startswith("Cell 4, middle asks: ")
    assert "head 2 is muted" in found
    assert found.endswith("✗ Wrong: it is red.")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (1, r"^Step 7\. .* 63% green\. ✓ Right: .* green\. Loss 0\.46\.$"),
        (2, r"^Step 7\. .* 63% green\. ✗ Wrong: .* blue\. Loss 1\.27\.$"),
    ],
)
def test_words_about_a_step_follow_the_glimpse(target, said):
    glimpse = [0.09, 0.63, 0.28]
    found = ask("descent.js", "return m.words(...given);", 7, glimpse, target)
    assert re.search(said, found), found


@pytest.mark.parametrize(
    ("weights", "glimpse", "answer", "said"),
    [
        ([1, 0, 0, 0], [0.1, 0, 0.5], "blue", "one cell.*blue. ✓ Right"),
        ([1, 0, 0, 0], [0.1, 0, 0.5], "red", "color, blue. ✗ Wrong.*is red"),
        ([0.25] * 4, [0.3, 0.4, 0], "green", "All 4 cells.*green ahead. ✓"),
        ([0.5, 0.5, 0, 0], [1, 0, 0], "red", "^2.0 of 4 cells.*is red. ✓"),
    ],
)
def test_words_about_weights_follow_them(weights, glimpse, answer, said):
    body = """const [weights, glimpse, answer] = given;
        const cells = m.sharing(weights);
        return m.words({ weights, glimpse, cells }, answer);"""
    found = ask("temperature.js", body, weights, glimpse, answer)
    assert re.search(said, found), found


@pytest.mark.parametrize(
    ("share", "best", "outside", "said"),
    [
        (0.25, 0.5, False, r"25% of the ink of the red 8.*sees 50%\.$"),
        (0.5, 0.5, False, r"No key sees more of it\.$"),
        (0.5, 0.5, True, r"Part of them is beyond the edge\.$"),
        (0, 0.5, False, r"^This key sees 17 by 17 pixels, and no ink"),
    ],
)
def test_words_about_a_field_follow_the_ink(share, best, outside, said):
    field = {"field": 17, "outside": outside}
    green = {"name": "green 6", "share": share / 2, "best": 1}
    red = {"name": "red 8", "share": share, "best": best}
    found = ask("field.js", "return m.words(...given);", field, [green, red])
    assert re.search(said, found), found


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1 / 28, "0.036"),
        (1, "1.0"),
        (1.996, "2.0"),
        (9.97, "10"),
        (100, "100"),
    ],
)
def test_numbers_have_the_two_digits_that_count(number, text):
    assert ask("temperature.js", "return m.digits(...given);", number) == text


# What Python sends.


def unpacked(content, kind, *shape):
    return torch.frombuffer(bytearray(content), dtype=kind).view(shape)


def test_the_temperature_figure_gets_the_batchs_numbers(scenes):
    noise = torch.Generator().manual_seed(0)
    scores = torch.randn(5, 7, 7, generator=noise).double()
    values = torch.rand(5, 7, 3, 7, generator=noise).transpose(1, 2)
    live = widgets.Temperature(scenes, scores, values, dim=784)
    for sent, tensor in {
        live.scores: scores.float(),
        live.values: values,
        live.images: scenes.image,
        live.queries: scenes.query[:, 0],
    }.items():
        assert torch.equal(unpacked(sent, tensor.dtype, *tensor.shape), tensor)
    assert live.answers == scenes.target.tolist()
    assert live.presets == [["no root", 1 / 28], ["the root", 1.0]]


def test_the_map_covers_the_centers_of_the_patches(temperature):
    # 7 keys from pixel 14 to pixel 50, so 6 px apart, each 3 px around.
    assert temperature.margin == 11


def test_the_field_figure_starts_with_the_best_key_of_the_first_net(
    field, scenes
):
    ink = scenes.image[0, scenes.target[0]]
    layers = [[5, 2, 1], [3, 2, 1], [3, 2, 1]]
    assert field.layers == layers
    assert field.key == list(best_key(ink, layers)[0])
    assert dict(field.presets)["best"] == layers_of(NETS["best"])
    assert field_of(dict(field.presets)["best"]) == (47, 4)
    assert {name.split()[0] for name in field.symbols} == set(COLORS)
    sent = unpacked(field.image, torch.uint8, 3, 64, 64)
    assert torch.equal(sent, scenes.image[0])


def test_the_descent_figure_starts_with_the_first_arrows(descent):
    torch.testing.assert_close(torch.tensor(descent.query), QUERY)
    torch.testing.assert_close(torch.tensor(descent.key_vectors), KEYS)
    assert (descent.step, descent.target, descent.rate) == (0, 1, 0.15)
    assert [name for name, _, _ in descent.starts] == ["long", "short"]
    torch.testing.assert_close(torch.tensor(descent.starts[1][2]), KEYS / 100)
    assert descent.values == COLORED.tolist()


def test_the_static_picture_shows_the_same_descent(descent):
    arrows = QUERY, KEYS
    for step in range(STEPS[-1] + 1):
        if step in STEPS:
            glimpse = (arrows[1] @ arrows[0]).softmax(dim=0) @ COLORED
            most = int(glimpse.argmax())
            said = f"{glimpse[most]:.0%} {COLORS[most]} at step {step}"
            assert said in descent.picture.alt
        arrows = descend(*arrows, COLORED, 1, 0.15)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("temperature", "<Temperature of 5 scenes>"),
        ("field", "<Field of one scene; networks: post, best>"),
        ("descent", "<Descent of 4 keys; starts: long, short>"),
        ("hops", "<Hops of 4 heads in 3 rows>"),
    ],
)
def test_a_notebook_stores_figure_picture_and_text(name, said, request):
    live = request.getfixturevalue(name)
    data, facts = live._repr_mimebundle_()
    assert set(data) == {LIVE, "image/png", "text/plain"}
    assert data[LIVE]["model_id"] == live.model_id
    assert data["text/plain"] == said
    assert facts["image/png"]["alt"] == live.picture.alt
    assert live.get_state()["_esm"] == script(name)


def test_colab_is_told_where_the_front_end_of_widgets_is(
    temperature, monkeypatch
):
    manager = {"url": "https://example.org/widgets"}
    colab = SimpleNamespace(
        enable_custom_widget_manager=lambda: None,
        _widgets=SimpleNamespace(_installed_url=manager["url"]),
    )
    monkeypatch.setitem(sys.modules, "google.colab.output", colab)
    data, facts = temperature._repr_mimebundle_()
    assert facts[LIVE] == {"colab": {"custom_widget_manager": manager}}
    assert {LIVE, "image/png"} <= data.keys()
    assert "alt" in facts["image/png"]


def test_the_static_picture_names_the_same_colors(temperature):
    scores = unpacked(temperature.scores, torch.float32, 5, 49)[0]
    values = unpacked(temperature.values, torch.float32, 5, 3, 49)[0]
    for heat in (0.1, 2, 50):
        color = int((values @ (scores / heat).softmax(dim=0)).argmax())
        assert f"τ = {heat:g}: {COLORS[color]}" in temperature.picture.alt


# Bad input.

OFF = 0.0, -1.0, 0.03, 101.0  # the slider of temperatures


def test_scores_of_other_scenes_are_refused(scenes):
    scores, values = torch.zeros(5, 7, 7), torch.zeros(5, 3, 7, 7)
    with pytest.raises(ValueError, match="2 scenes need as many maps"):
        widgets.Temperature(scenes[:2], scores, values, dim=16)
    with pytest.raises(ValueError, match="three of values"):
        widgets.Temperature(scenes, scores, values[:, :, 1:], dim=16)


@pytest.mark.parametrize(
    ("trait", "value", "said"),
    [
        *(("temperature", x, "off the slider: take") for x in OFF),
        *(("scene", n, "they are 0 to 4") for n in (-1, 5)),
    ],
)
def test_settings_off_the_sliders_are_refused(temperature, trait, value, said):
    before = getattr(temperature, trait)
    with pytest.raises(traitlets.TraitError, match=said):
        setattr(temperature, trait, value)
    assert getattr(temperature, trait) == before


def test_both_ends_of_the_slider_are_on_it(temperature):
    for heat in (SLIDER[0], SLIDER[-1]):
        temperature.temperature = heat


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([], "1 to 6 convolutions, not 0"),
        ([[3, 1, 1]] * 7, "1 to 6 convolutions, not 7"),
        ([[5, 2, 1], [4, 1, 1]], "convolution 2 has a kernel of 4: take one"),
        ([[3, 0, 1]], "a stride of 0: take one of 1, 2, 3"),
        ([[3, 1, 5]], "a dilation of 5"),
        ([[3, 1]], "kernel, stride and dilation"),
    ],
)
def test_convolutions_that_cannot_be_set_are_refused(field, layers, said):
    with pytest.raises(traitlets.TraitError, match=said):
        field.layers = layers


def test_a_field_figure_needs_one_scene_and_a_net(scenes, drawings):
    with pytest.raises(ValueError, match="not 5 and 2"):
        widgets.Field(scenes, drawings, NETS)
    with pytest.raises(ValueError, match="not 1 and 0"):
        widgets.Field(scenes[:1], drawings, {})
    odd = {"even": replace(NET.image_encoder, kernels=(4, 3, 3))}
    with pytest.raises(traitlets.TraitError, match="kernel of 4"):
        widgets.Field(scenes[:1], drawings, odd)


@pytest.mark.parametrize("first", [0, 2])
def test_hops_open_where_the_answer_is_another_color(drawings, reader, first):
    rows = draw_rows(drawings, 3, torch.Generator().manual_seed(0))
    own = rows.colors[torch.arange(3), rows.query_index]
    target = torch.where(torch.arange(3) == first, (own + 1) % 3, own)
    assert widgets.Hops(replace(rows, target=target), *reader).row == first


def test_hops_need_a_row(drawings, reader):
    rows = draw_rows(drawings, 1, torch.Generator().manual_seed(0))
    with pytest.raises(ValueError, match="at least one row"):
        widgets.Hops(rows[:0], reader[0], reader[1][:0])


def test_a_descent_needs_a_start_and_a_key_of_each_color():
    with pytest.raises(ValueError, match="at least one start"):
        widgets.Descent({}, COLORED, NAMES, target=1, rate=0.15)
    red = COLORED[[1, 1, 2, 3]]
    with pytest.raises(ValueError, match="no key is blue"):
        widgets.Descent({"a": (QUERY, KEYS)}, red, NAMES, 1, 0.15)


# What is shipped and stored.


def test_the_package_includes_its_javascript():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["colorattn"]
    for path in [*HERE.glob("*.js"), *HERE.glob("*.css")]:
        name = path.relative_to(HERE.parent).as_posix()
        assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


@pytest.mark.parametrize(
    ("chapter", "name"),
    [
        ("03_attention", "descent"),
        ("03_attention", "temperature"),
        ("04_model", "field"),
        ("12_toward_transformers", "hops"),
    ],
)
def test_a_chapter_stores_the_current_version_of_its_figure(chapter, name):
    path = ROOT / "chapters" / f"{chapter}.ipynb"
    stored = nbformat.read(path, 4).metadata.widgets[STORED]["state"]
    code, style = script(name), (HERE / "live.css").read_text("utf-8")
    states = [m["state"] for m in stored.values()]
    found = [state["_css"] for state in states if state.get("_esm") == code]
    assert found == [style], "run the chapter again: make chapters"
