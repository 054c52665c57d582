"""Galleries: answers, peaks and maps are those of the model."""

from dataclasses import replace

import pytest
import torch
from artists import points, shown
from figure_examples import PLACES, STAYS, noise_scenes, peak, scenes

from colorattn import figures
from colorattn.analysis.localization import localize


def test_a_wrong_answer_is_told_by_word_mark_and_frame():
    some, answers = scenes(), scenes().target.clone()
    answers[4] = 2  # is green
    drawn = figures.predictions(some, peak(7, 1, 1), answers)
    assert "blue, is green" in drawn.alt
    assert "1 of them is wrong" in drawn.alt
    labels = [axis.get_xlabel() for axis in drawn.figure.axes]
    assert [text for text in labels if "✗" in text] == ["✗ blue, is green"]
    assert sum("✓" in text for text in labels) == 6
    frames = [axis.spines["left"] for axis in drawn.figure.axes]
    framed = [frame for frame in frames if frame.get_linestyle() == "--"]
    assert len(framed) == 2  # the scene and its map


def test_titled_predictions_are_told_with_their_titles():
    titles = ["hit, right", "missed: 3 of 8", "one more"]
    answers = torch.tensor([0, 0, 2])
    drawn = figures.predictions(scenes(3), peak(3, 1, 1), answers, titles)
    assert "missed: 3 of 8: red, is green" in drawn.alt
    heads = [axis.get_title("center") for axis in drawn.figure.axes]
    assert heads[:3] == titles


@pytest.mark.parametrize(
    ("cell", "hit"), [((1, 1), "hit: yes"), ((1, 6), "hit: no")]
)
def test_an_example_of_localization_follows_the_weights(cell, hit):
    one, weights = scenes(1), peak(1, *cell)
    found = localize(weights, one)
    drawn = figures.localization_example(one, weights, found)
    assert hit in drawn.alt
    (cross,) = points(drawn.figure.axes[0])
    assert cross == [[8 * cell[1] + 3.5, 8 * cell[0] + 3.5]]


def test_the_box_of_the_queried_symbol_is_solid_and_the_others_dotted():
    one = replace(scenes(1), query_index=torch.tensor([2]))
    weights = peak(1, 5, 4)
    found = localize(weights, one)
    axes = figures.localization_example(one, weights, found).figure.axes
    lines = {box.get_xy(): box.get_linestyle() for box in axes[0].patches}
    assert lines[(19.5, 35.5)] == "-"
    assert list(lines.values()).count(":") == 2


def test_words_about_what_was_erased_follow_the_answers():
    images = {"a box": PLACES["a box"]}
    for k, color in enumerate(("red", "green", "blue")):
        drawn = figures.occlusion(images, torch.tensor([k]), {"a box": STAYS})
        assert drawn.figure.axes[0].get_xlabel() == f"now says {color}"
    bars = drawn.figure.axes[1].patches
    assert [bar.get_width() for bar in bars] == list(STAYS.values())


def test_a_ring_is_where_the_peak_is():
    some = noise_scenes(3)
    drawn = figures.error_gallery(some, peak(3, 2, 3), some.target, "ABA")
    rings = [ring for axis in drawn.figure.axes for ring in points(axis)]
    assert rings == [[[28, 20]]] * 3


def test_each_map_is_below_its_scene_with_its_note():
    some, weights = scenes(2), peak(2, 1, 1)
    weights[1] = 1 / 64
    given = some.image, some.query[:, 0], weights, ["one", "two"]
    axes = figures.attention_maps(*given).figure.axes
    for k, note in enumerate(("one", "two")):
        assert torch.equal(shown(axes[4 + k]), weights[k])
        assert axes[4 + k].get_xlabel() == note


def test_scores_and_weights_are_those_of_each_net():
    scores = {"a": torch.rand(8, 8), "b": torch.rand(4, 4) - 9}
    weights = {name: map_ / 9 for name, map_ in scores.items()}
    asked = scenes(1).image[0], scenes(1).query[0, 0]
    drawn = figures.scores_and_weights(*asked, scores, weights)
    last = drawn.figure.axes[6:]
    assert torch.equal(shown(last[0]), scores["b"])
    assert torch.equal(shown(last[1]), weights["b"])
    assert last[0].get_xlabel() == "from −9 to −8"
    assert "b: 4 by 4 cells" in drawn.alt
