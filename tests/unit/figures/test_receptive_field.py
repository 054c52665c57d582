"""Receptive fields: words, squares and cells follow the keys."""

import pytest
import torch
from artists import shown
from figure_examples import a_stroke, bell, seven_wide, views

from colorattn import figures
from colorattn.figures.panels import lit


@pytest.mark.parametrize(
    ("length", "words"), [(19, "does not cover all"), (5, "covers all")]
)
def test_words_about_a_field_follow_the_ink(length, words):
    drawn = figures.receptive_field(a_stroke(length), (1, 7), bell(0.5))
    assert words in drawn.alt


@pytest.mark.parametrize("border", [0.0, 0.25, 1.0])
def test_words_about_a_field_follow_its_border(border):
    alt = figures.receptive_field(a_stroke(9), (1, 7), bell(border)).alt
    assert f"at the border {border:.0%} as much" in alt


def test_fields_are_squares_around_the_middle_of_the_ink():
    # Rows 2 to 10 and columns 13 to 15: the middle is row 6, column 14.
    drawn = figures.receptive_field(a_stroke(9), (1, 7), bell(0.5))
    squares = drawn.figure.axes[0].patches
    corners = [(s.get_xy(), s.get_width()) for s in squares]
    assert corners == [((13.5, 5.5), 1), ((10.5, 2.5), 7)]


@pytest.mark.parametrize(
    ("shift", "words"), [(0, "6 keys: +1.5 px"), (-2, "6 keys: -0.5 px")]
)
def test_words_about_keys_follow_the_cells(shift, words):
    # Cells of four pixels from center + shift: their middle is 1.5 beyond.
    reach = seven_wide(shift)
    assert words in figures.fields_and_cells({"padded": reach}).alt


def test_keys_that_see_less_at_the_edge_do_not_count_for_the_shift():
    reach = seven_wide(0)
    assert reach.reached[:, 0].sum() < reach.reached[:, 1].sum()
    alt = figures.fields_and_cells({"padded": reach}).alt
    assert " to " not in alt.split(":")[-1]


def test_only_what_a_key_sees_stays_bright():
    image = torch.full((3, 24, 24), 200, dtype=torch.uint8)
    drawn = figures.key_views(image, "red 7", views(0.5)).figure
    boxes = [(2, 7, 6, 11), (0, 10, 11, 24)]  # by hand
    for axis, box in zip(drawn.axes, boxes, strict=True):
        (top, bottom, left, right), wanted = box, image // 4
        wanted[:, top:bottom, left:right] = 200
        assert torch.equal(shown(axis).permute(2, 0, 1), lit(wanted))
