"""What the figures of chapter 2 say follows from their numbers."""

import numpy as np
import pytest
import torch
from tiny import pixels

from colorattn.figures import baselines, matching, repairs


def some(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def peaked(heights: list[float]) -> torch.Tensor:
    """A map for each color, with one peak of the height given."""
    maps = torch.zeros(3, 37, 37)
    for k, height in enumerate(heights):
        maps[k, 5 + k, 11] = height
    return maps


FOUND = {"dot product": [84.0, 30.0, 66.0], "normalized": [80.0, 68.0, 55.0]}
STOLEN = {"dot product": [33.0, 3.0, 29.0], "normalized": [12.0, 20.0, 17.0]}
GAZES = {
    "dot product": {"hit": 55.4, "purity": 50.5, "mass": 55.0},
    "normalized": {"hit": 67.4, "purity": 57.7, "mass": 64.2},
}
EVEN = {"hit": 17.5, "purity": 33.3, "mass": 19.1}
CURVES = {
    "shift (px)": ([0.0, 1.0, 2.0], [1.0, 0.79, 0.48]),
    "turn (degrees)": ([0.0, 10.0, 20.0], [1.0, 0.8, 0.57]),
}

EXAMPLES = {
    "guessers": (
        lambda draw: draw(
            [32.0, 33.0, 33.5, 34.0, 35.0], {"always red": 31.5}, 200
        ),
        ["5 guessers", "always red 31.5", "chance"],
    ),
    "inkiest": (
        lambda draw: draw(
            {"dot product": [10.0, 25.0, 65.0], "fair": [33.0, 33.0, 34.0]}
        ),
        ["dot product: 10, 25, 65 percent", "most ink", "fair third"],
    ),
    "thieves": (
        lambda draw: draw(FOUND, STOLEN, ["zero", "one", "two"]),
        [
            "class one is found least, in 30 percent",
            "class zero steals most, in 33",
            "class two is found least, in 55",
        ],
    ),
    "gazes": (
        lambda draw: draw(GAZES, EVEN),
        ["normalized: hit 67, purity 58, mass 64", "uniform", "mass 19"],
    ),
    "standings": (
        lambda draw: draw(
            {"always red": (33.3, 0.5), "normalized": (67.4, 0.6)},
            {"the post's net": (94.6, 0.1)},
        ),
        ["always red 33.3", "chance", "the last 1 have learned"],
    ),
    "product": (
        lambda draw: draw(
            torch.stack([torch.ones(5, 5), torch.zeros(5, 5)]),
            torch.full((5, 5), 0.5),
            ["on it", "beside it"],
        ),
        ["2 rows", "on it 12, beside it 0"],
    ),
    "sliding": (
        lambda draw: draw(
            some(3, 64, 64), some(28, 28), peaked([12, 35, 7]), 1
        ),
        ["red 12, green 35, blue 7", "answer is green", "which is right"],
    ),
    "pairs": (
        lambda draw: draw(
            pixels(5, 28, 28),
            pixels(5, 28, 28),
            pixels(5, 28, 28),
            torch.tensor([[0.1, 0.6]] * 5),
        ),
        ["5 columns", "another class", "0.10, 0.10", "0.60, 0.60"],
    ),
    "falls": (
        lambda draw: draw(CURVES, {"one class": 0.46, "two classes": 0.29}),
        ["shift (px): from 1.00 to 0.48 at 2", "two classes 0.29"],
    ),
    "heaps": (
        lambda draw: draw(np.linspace(0.2, 0.7), np.linspace(0, 0.6), 67.7),
        ["around 0.45", "around 0.30", "68 percent"],
    ),
    "blurs": (
        lambda draw: draw([0.0, 1.0, 2.0, 4.0], [70.0, 73.0, 74.0, 64.0]),
        ["70 percent at 0 px", "74 percent at 2 px", "64 percent at 4 px"],
    ),
    "repaired": (
        lambda draw: draw(
            {"as drawn": some(2, 28, 28), "blurred": some(2, 28, 28)},
            [0.1, 0.9],
        ),
        ["two drawings", "as drawn 0.10, blurred 0.90"],
    ),
}


@pytest.mark.parametrize(
    ("target", "words"), [(1, "which is right"), (2, "it is blue")]
)
def test_the_words_about_a_scene_say_whether_the_answer_is_right(
    target, words
):
    drawn = matching.sliding(
        some(3, 64, 64), some(28, 28), peaked([12, 35, 7]), target
    )
    assert words in drawn.alt


def test_the_window_that_is_framed_is_where_the_map_is_highest():
    drawn = matching.sliding(
        some(3, 64, 64), some(28, 28), peaked([12, 35, 7]), 1
    )
    channels = drawn.figure.axes[1:4]
    corners = [axis.patches[0].get_xy() for axis in channels]
    assert corners == [(10.5, 4.5), (10.5, 5.5), (10.5, 6.5)]  # column, row
    widths = [axis.patches[0].get_linewidth() for axis in channels]
    assert widths[1] > widths[0] == widths[2]


def test_the_words_about_blurs_name_the_best():
    found = repairs.blurs([0.0, 1.0, 2.0], [70.0, 75.0, 64.0]).alt
    assert "at best 75 percent at 1 px" in found


def test_the_words_about_guessers_follow_their_spread():
    narrow = baselines.guessers([33.0] * 40 + [33.1], {}, 1000)
    wide = baselines.guessers(np.linspace(20, 40, 41).tolist(), {}, 1000)
    assert "between 33.0 and 33.0" in narrow.alt
    assert "between 20.5 and 39.5" in wide.alt
