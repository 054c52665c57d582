"""What the figures of chapter 4 say of fields follows from their numbers."""

import pytest
import torch
from tiny import pixels

from colorattn.figures import fields, keys


def a_stroke(length):
    """A drawing of one upright stroke, three pixels wide."""
    drawing = torch.zeros(28, 28, dtype=torch.uint8)
    drawing[2 : 2 + length, 13:16] = 255
    return drawing


def bell(border):
    """Strengths of 1 in a field of 7, but for its border."""
    strength = torch.full((7, 7), border)
    strength[1:-1, 1:-1] = 1
    return strength


def seven_wide(shift):
    """Keys on every fourth of 24 pixels, cells that begin `shift` beyond."""
    centers = torch.arange(2, 24, 4)
    pixel = torch.arange(24)[:, None]
    cell = ((torch.arange(24) - 2 - shift) // 4).clamp(0, 5)
    return fields.Reach((pixel - centers).abs() <= 3, cell)


def a_slide(level):
    """A saw with teeth of 4 px, and a mean that stays level."""
    places = torch.arange(12) + 13.5
    saw = -(torch.arange(12.0) % 5)
    flat = torch.full((12,), level)
    return (
        {"down": places, "across": places},
        {"down": saw, "across": saw / 2},
        {"down": flat, "across": flat},
        3.5,
    )


def views(share):
    """One key that sees little, and one whose field leaves the image."""
    narrow = keys.View("narrow net", 5, 4, (1, 2), share)
    return [narrow, keys.View("wide net", 15, 2, (1, 9), 1.0)]


EXAMPLES = {
    "seen": (
        lambda draw: draw(pixels(3, 24, 24), "red 7", views(0.25)),
        ["red 7", "narrow net: 5 px, 25%", "wide net: 15 px, 100%", "dot"],
    ),
    "field": (
        lambda draw: draw(a_stroke(19), (1, 3, 7), bell(0.5)),
        ["19 pixels high", "1, 3, 7", "does not cover", "50%"],
    ),
    "reach": (
        lambda draw: draw({"padded": seven_wide(0)}),
        ["padded, 6 keys", "+1.5 px", "orange dot", "blue frame"],
    ),
    "slide": (
        lambda draw: draw(*a_slide(1.25)),
        ["3.5 px", "jumps up by 4.0 px", "jumps up by 2.0", "between"],
    ),
}


@pytest.mark.parametrize(
    ("length", "words"), [(19, "does not cover all"), (5, "covers all")]
)
def test_words_about_a_field_follow_the_ink(length, words):
    assert words in fields.field(a_stroke(length), (1, 7), bell(0.5)).alt


@pytest.mark.parametrize("border", [0.0, 0.25, 1.0])
def test_words_about_a_field_follow_its_border(border):
    said = fields.field(a_stroke(9), (1, 7), bell(border)).alt
    assert f"at the border {border:.0%} as much" in said


@pytest.mark.parametrize(
    ("shift", "words"), [(0, "6 keys: +1.5 px"), (-2, "6 keys: -0.5 px")]
)
def test_words_about_reach_follow_the_cells(shift, words):
    # Cells of four pixels from center + shift: their middle is 1.5 beyond.
    reach = seven_wide(shift)
    assert words in fields.reach({"padded": reach}).alt


def test_keys_that_see_less_at_the_edge_have_no_say_in_the_shift():
    reach = seven_wide(0)
    assert reach.reached[:, 0].sum() < reach.reached[:, 1].sum()
    assert " to " not in fields.reach({"padded": reach}).alt.split(":")[-1]


@pytest.mark.parametrize(
    ("level", "words"), [(1.25, "between the two"), (-1.0, "outside the two")]
)
def test_words_about_a_slide_follow_the_mean(level, words):
    said = fields.slide(*a_slide(level)).alt
    assert f"the mean of many is {level:.1f} px, {words}" in said


def test_only_what_a_key_sees_stays_bright():
    image = torch.full((3, 24, 24), 200, dtype=torch.uint8)
    drawn = keys.seen(image, "red 7", views(0.5)).figure
    boxes = [(2, 7, 6, 11), (0, 10, 11, 24)]  # by hand
    for axis, (top, bottom, left, right) in zip(
        drawn.axes, boxes, strict=True
    ):
        wanted = torch.full((24, 24), 50)
        wanted[top:bottom, left:right] = 200
        shown = torch.tensor(axis.images[0].get_array().data[..., 0])
        assert torch.equal(shown.long(), wanted)
