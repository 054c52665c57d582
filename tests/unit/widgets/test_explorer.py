"""The Explorer shows the model's own predictions, without delay."""

import re
from html.parser import HTMLParser

import pytest
import torch
from tiny import NET, SHARED

from colorattn.analysis.intervention import predict
from colorattn.data.scene import COLORS, Scene
from colorattn.data.stream import fixed_scenes
from colorattn.model.colornet import ColorNetImage
from colorattn.widgets import Explorer
from colorattn.widgets.view import symbol_names, view


@pytest.fixture
def scenes(drawings):
    return fixed_scenes(drawings, Scene(), n=5, seed=0)


@pytest.fixture
def explorer(scenes, drawings):
    configs = {"coarse": NET, "fine": SHARED}
    nets = {k: ColorNetImage(c, seed=0).eval() for k, c in configs.items()}
    return Explorer(scenes, drawings, nets)


def probabilities(explorer):
    """Read the answer's bars off the page."""
    shown = re.findall(r"<div>(\w+) (\d+)%</div>", explorer.picture.value)
    return {color: int(share) for color, share in shown}


def expected(explorer, scene):
    logits = predict(explorer.nets[explorer["net"]], scene).logits
    percent = [int(f"{x:.0%}"[:-1]) for x in logits.softmax(dim=1)[0].tolist()]
    return dict(zip(COLORS, percent, strict=True))


@pytest.mark.parametrize("net", ["coarse", "fine"])
def test_it_shows_the_models_prediction_for_each_scene(explorer, scenes, net):
    explorer.set(net=net)
    for n in range(5):
        explorer.set(scene=n + 1)
        one = scenes[n : n + 1]
        assert torch.equal(explorer.scene().image, one.image)
        assert torch.equal(explorer.scene().query, one.query)
        assert probabilities(explorer) == expected(explorer, one)


def test_any_class_can_be_queried_and_the_menu_marks_absent_ones(
    explorer, scenes
):
    held = set(scenes.classes[0].tolist())
    for label, k in explorer.controls["query"].options:
        assert ("not there" in label) == (k not in held)
        explorer.set(query=k)
        assert ("not there" in explorer.words.value) == (k not in held)
        drawn = int(explorer.scene().query_id)
        first = explorer.symbols.first[k]
        assert first <= drawn < first + explorer.symbols.counts[k]


def test_other_drawings_of_the_class_can_be_the_query(explorer, scenes):
    seen = set()
    for n in range(3):
        explorer.set(drawing=n)
        seen.add(int(explorer.scene().query_id))
    count = explorer.symbols.counts[explorer["query"]]
    assert len(seen) == min(3, count)
    assert int(scenes.query_id[0]) in seen


def test_a_moved_symbol_is_painted_where_the_sliders_say(explorer, scenes):
    explorer.set(moved=1, row=36, column=0)
    places = explorer.scene().positions[0].tolist()
    assert places[1] == [36, 0]
    assert places[0] == scenes.positions[0, 0].tolist()
    channel = scenes.colors[0, 1]
    painted = explorer.scene().image[0, channel]
    drawn = explorer.symbols.images[scenes.drawing_ids[0, 1]]
    assert torch.equal(painted[36:, :28], drawn)
    assert painted.count_nonzero() == drawn.count_nonzero()


def test_choosing_what_to_move_moves_nothing(explorer, scenes):
    shown = explorer.picture.value
    explorer.set(moved=int(scenes.query_index[0] + 1) % 3)
    assert torch.equal(explorer.positions, scenes.positions[0])
    row, column = scenes.positions[0, explorer["moved"]].tolist()
    assert (explorer["row"], explorer["column"]) == (row, column)
    assert explorer.picture.value == shown


def test_a_new_scene_starts_with_its_own_query(explorer, scenes):
    explorer.set(row=0, column=0, drawing=2, scene=3)
    assert torch.equal(explorer.positions, scenes.positions[2])
    query_index = scenes.classes[2, scenes.query_index[2]]
    assert (explorer["query"], explorer["drawing"]) == (query_index, 0)


def test_the_given_scenes_are_not_modified(explorer, scenes):
    before = scenes.image.clone(), scenes.positions.clone()
    explorer.set(row=0, column=36)
    assert torch.equal(scenes.image, before[0])
    assert torch.equal(scenes.positions, before[1])


def test_high_temperature_evens_the_weights_and_low_sharpens_them(
    scenes, drawings
):
    net, one = ColorNetImage(NET, seed=0).eval(), scenes[:1]
    views = [view(net, one, drawings, 0, heat) for heat in (100.0, 1.0, 0.01)]
    tops = [shown.weights.max().item() for shown in views]
    assert tops == sorted(tops)
    assert tops[0] == pytest.approx(1 / 64, abs=1e-3)
    own = predict(net, one).weights.max().item()
    assert tops[1] == pytest.approx(own, abs=1e-5)


def test_the_temperature_reaches_the_picture(explorer):
    own = explorer.picture.value
    explorer.set(temperature=10)
    assert explorer.picture.value != own
    explorer.set(temperature=1)
    assert explorer.picture.value == own


def test_the_glimpse_is_the_weighted_mean_color(scenes, drawings):
    net, one = ColorNetImage(NET, seed=0).eval(), scenes[:1]
    even = view(net, one, drawings, 0, temperature=1e6)
    mean = one.image[0].float().mean(dim=(1, 2)) / 255
    torch.testing.assert_close(even.glimpse, mean, atol=1e-4, rtol=1e-3)


def test_words_name_the_query_and_whether_the_prediction_is_right(explorer):
    scene = explorer.scene()
    present = symbol_names(scene, explorer.symbols)
    rights = 0
    for name, k in zip(present, scene.classes[0].tolist(), strict=True):
        explorer.set(query=k)
        said = explorer.words.value
        color = name.partition(" ")[0]
        answer = re.search(r"The network says (\w+)", said).group(1)
        rights += answer == color
        assert ("is right" in said) == (answer == color)
        assert (f"is wrong: it is {color}" in said) == (answer != color)
        assert all(other in said for other in present)
    assert rights < 3  # this net has not learned anything


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_every_image_says_what_it_shows_and_changes_are_announced(explorer):
    tags = Tags(explorer.picture.value).found
    alts = [given["alt"] for tag, given in tags if tag == "img"]
    assert len(alts) == len(set(alts)) == 5
    assert any("heaviest on" in alt for alt in alts)
    (tag, given), *_ = Tags(explorer.words.value).found
    assert (given["role"], given["aria-live"]) == ("status", "polite")


def test_every_control_has_a_name_and_says_what_to_notice(explorer):
    items = explorer.panel.children[-1].children
    assert len(items) == len(explorer.controls) == 8
    for item, control in zip(items, explorer.controls.values(), strict=True):
        assert item.children[0] is control
        assert control.description
        assert len(item.children[1].value) > 40


def test_it_shows_the_same_text_everywhere_and_a_live_panel(explorer):
    bundle = explorer._repr_mimebundle_()
    assert (
        bundle["text/plain"]
        == "<Explorer of 5 scenes; networks: coarse, fine>"
    )
    live = bundle["application/vnd.jupyter.widget-view+json"]
    assert live["model_id"] == explorer.panel.model_id


def test_it_needs_a_scene_and_a_net(scenes, drawings):
    with pytest.raises(ValueError, match="at least one"):
        Explorer(scenes, drawings, {})
    with pytest.raises(ValueError, match="at least one"):
        Explorer(scenes[:0], drawings, {"net": ColorNetImage(NET)})
