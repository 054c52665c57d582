"""What the figures of chapter 3 say follows from their numbers."""

import pytest
import torch

from colorattn.figures import attention, softmax

TAUS = [0.25, 1.0, 4.0]


def maps_of(*spreads):
    """Weights of one map of random scores, spread ever wider."""
    scores = torch.randn(15, generator=torch.Generator().manual_seed(0))
    weights = [(scores * s).softmax(dim=0).view(3, 5) for s in spreads]
    return torch.stack(weights), list(spreads)


def of_two_cells(widest):
    """The weight of the first of two cells, and its slope."""
    gaps = torch.linspace(-widest, widest, 11)
    weights = gaps.sigmoid()
    return gaps, weights, weights * (1 - weights)


def a_sum(loud):
    """Layers of keys under a query vector that hears one of them."""
    query = torch.tensor([0.5, -0.5, 0.25])
    query[loud] = -3.0
    keys = torch.arange(30.0).view(3, 2, 5) / 10
    return query, keys, torch.einsum("c,cij->ij", query, keys) / 3**0.5


EXAMPLES = {
    "decided": (
        lambda draw: draw(*maps_of(1, 5)),
        ["2 maps", "spread of 5", "largest weight"],
    ),
    "slope": (
        lambda draw: draw(*of_two_cells(8)),
        ["0.25 high at a lead of 0", "from -8 to 8", "0.00 at the ends"],
    ),
    "cooling": (
        lambda draw: draw(TAUS, [0.7, 0.69, 0.4], 1 / 3),
        ["temperature", "33%", "70% at 0.25", "40% at 4"],
    ),
    "layers": (
        lambda draw: draw(*a_sum(1)),
        ["3 layers", "2 by 5", "+0.5", "layer 1 counts most", "scores"],
    ),
}


@pytest.mark.parametrize("loud", [0, 2])
def test_words_about_layers_name_the_one_that_counts_most(loud):
    query, keys, scores = a_sum(loud)
    said = attention.layers(query, keys, scores).alt
    assert f"layer {loud} counts most" in said
    assert f"from {scores.min():.1f} to {scores.max():.1f}" in said


def test_a_layer_is_headed_by_its_number_of_the_query_vector():
    axes = attention.layers(*a_sum(1)).figure.axes
    heads = [axis.get_title("center") for axis in axes]
    assert heads == ["+0.5 ×", "-3.0 ×", "+0.2 ×", "Σ / √c ="]


def test_words_about_maps_give_each_largest_weight():
    weights = torch.zeros(2, 3, 5)
    weights[0] += 1 / 15
    weights[1, 2, 4] = 1
    said = softmax.decided(weights, [0, 30]).alt
    assert "0.07 at a spread of 0, 1.00 at a spread of 30" in said


@pytest.mark.parametrize(
    ("widest", "words"), [(8, "0.00 at the ends"), (1, "0.20 at the ends")]
)
def test_words_about_a_slope_follow_its_ends(widest, words):
    assert words in softmax.slope(*of_two_cells(widest)).alt


def test_words_about_temperatures_follow_the_weights():
    weights = torch.tensor([[0.25, 0.25, 0.25, 0.25], [0, 0.125, 0, 0.875]])
    said = softmax.temperatures([2.0, 0.1], weights).alt
    assert "temperatures 2, 0.1: in turn from 0.25 to 0.25; from 0.00" in said


def test_words_about_the_root_follow_what_is_left():
    left = {"with": torch.full((5, 3), 0.9), "without": torch.zeros(5, 3)}
    left["without"][0] = 0.8
    spreads = {"with": [1.0] * 5, "without": [2.0, 4.0, 8.0, 16.0, 32.0]}
    said = softmax.root([4, 16, 64, 256, 1024], spreads, left).alt
    assert "32 without" in said
    assert "from 0.9 to 0.9 with, from 0.8 to 0 without" in said
