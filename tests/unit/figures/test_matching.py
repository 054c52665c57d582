"""Matching: products, sums and the best window are those of the numbers."""

import pytest
import torch
from artists import shown
from figure_examples import peaks_of, shares

from colorattn import figures


def matches(target=1):
    scene = shares(3, 64, 64), shares(28, 28), peaks_of(12, 35, 7)
    return figures.window_matches(*scene, target)


@pytest.mark.parametrize(
    ("target", "words"), [(1, "which is right"), (2, "it is blue")]
)
def test_words_about_a_scene_say_whether_the_answer_is_right(target, words):
    assert words in matches(target).alt


def test_the_window_that_is_framed_is_where_the_map_is_highest():
    channels = matches().figure.axes[1:4]
    corners = [axis.patches[0].get_xy() for axis in channels]
    assert corners == [(10.5, 4.5), (10.5, 5.5), (10.5, 6.5)]  # column, row
    widths = [axis.patches[0].get_linewidth() for axis in channels]
    assert widths[1] > widths[0] == widths[2]


def test_a_product_is_shown_with_its_sum():
    windows, query = shares(2, 5, 5), torch.full((5, 5), 0.5)
    drawn = figures.window_products(windows, query, ["one", "two"])
    product = shown(drawn.figure.axes[6])
    torch.testing.assert_close(product, windows[1] * query)
    text = drawn.figure.axes[7].texts[0].get_text()
    assert text == f"sum: {product.sum():.0f}"
