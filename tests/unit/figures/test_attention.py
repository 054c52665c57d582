"""Attention by hand: numbers in cells, and words that follow them."""

import pytest
import torch
from figure_examples import a_sum

from colorattn import figures


def test_words_about_glimpses_follow_the_glimpses():
    for best, color in enumerate(("red", "green", "blue")):
        weights, keys = torch.full((3,), 0.1), torch.ones(3, 2)
        weights[best] = 0.8
        given = keys[0], keys, torch.eye(3), weights, list("abc")
        drawn = figures.soft_lookup(*given)
        assert f"mostly {color}" in drawn.alt
        bars = [bar.get_height() for bar in drawn.figure.axes[1].patches]
        assert bars == pytest.approx(weights.tolist())


def test_each_step_has_its_numbers():
    scores = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    values = torch.eye(3)[:, [0, 1, 2, 0]].view(3, 2, 2)
    axes = figures.attention_steps(scores, scores / 10, values).figure.axes
    written = [[text.get_text() for text in axis.texts] for axis in axes[:3]]
    assert written == [
        ["1.00", "2.00", "3.00", "4.00"],
        ["0.1", "0.2", "0.3", "0.4"],
        ["red", "green", "blue", "red"],
    ]


def test_arrows_and_glimpses_are_those_of_each_step():
    keys, values = 3 * torch.eye(2), torch.eye(3)[1:]
    history = {n: (torch.tensor([n, 1.0]), keys) for n in (0, 7)}
    figure = figures.learning_arrows(history, values, ["a", "b"]).figure
    planes, patches = figure.axes[:2], figure.axes[2:]
    for n, plane, patch in zip(history, planes, patches, strict=True):
        assert plane.get_title("left") == f"step {n}"
        tips = [tuple(arrow.xy) for arrow in plane.texts[::2]]
        assert tips == [(3, 0), (0, 3), (n, 1)]
        assert [text.get_text() for text in plane.texts[1::2]] == [
            "a",
            "b",
            "q",
        ]
        weights = (keys @ history[n][0]).softmax(dim=0)
        shares = [
            line.split()[0] for line in patch.texts[0].get_text().split("\n")
        ]
        assert shares == [f"{x:.2f}" for x in (weights @ values).tolist()]


@pytest.mark.parametrize("largest", [0, 2])
def test_words_about_layers_name_the_one_that_counts_most(largest):
    query, keys, scores = a_sum(largest)
    alt = figures.scores_as_sum(query, keys, scores).alt
    assert f"layer {largest + 1} counts most" in alt
    assert f"from {scores.min():.1f} to {scores.max():.1f}" in alt


def test_a_layer_is_headed_by_its_number_of_the_query_vector():
    axes = figures.scores_as_sum(*a_sum(1)).figure.axes
    heads = [axis.get_title("center") for axis in axes]
    assert heads == ["+0.5 ×", "-3.0 ×", "+0.2 ×", "Σ / √c ="]


def test_words_about_maps_give_each_largest_weight():
    weights = torch.zeros(2, 3, 5)
    weights[0] += 1 / 15
    weights[1, 2, 4] = 1
    alt = figures.softmax_saturation(weights, [0, 30]).alt
    assert "0.07 at a spread of 0, 1.00 at a spread of 30" in alt
