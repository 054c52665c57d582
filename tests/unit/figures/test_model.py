"""What the figures of chapter 4 say of the net follows from their numbers."""

import pytest
import torch
from tiny import pixels

from colorattn.data.scene import COLORS
from colorattn.figures import model


def some_steps(loudest=0, peak=0.7):
    """Steps of one scene through a small net."""
    weights = torch.full((2, 3), (1 - peak) / 5)
    weights[1, 2] = peak
    logits = torch.tensor([-1.0, -2.0, -0.5])
    logits[loudest] = 1.5
    return {
        "image": pixels(3, 16, 24),
        "query": pixels(1, 28, 28),
        "keys": pixels(16, 2, 3) / 255,
        "vector": pixels(16) / 255,
        "scores": weights.log(),
        "weights": weights,
        "masked": pixels(3, 16, 24) / 255,
        "glimpse": logits / 60,
        "logits": logits,
    }


def reading(share=1.0):
    """A map of weights, with the two glimpses that it should give."""
    values = pixels(3, 2, 3) / 255
    weights = torch.full((2, 3), 1 / 6)
    glimpse = (values * weights).sum(dim=(1, 2)) / 6
    masked = pixels(3, 16, 24) / 255
    return weights, masked, values, (glimpse, share * glimpse)


LOSSES = {"best cell": [1.1, 0.4, 0.01], "all alike": [1.1, 1.2, 2.25]}

EXAMPLES = {
    "plan": (
        lambda draw: draw(some_steps()),
        ["16 maps of keys", "2 by 3 scores", "70%", "glimpse", "red"],
    ),
    "two_ways": (
        lambda draw: draw(*reading()),
        ["weights", "mask", "mean color", "over 6", "the same"],
    ),
    "scaling": (
        lambda draw: draw([1.0, 60.0, 900.0], LOSSES, 60),
        ["best cell", "0.40 at the post's 60", "2.25 at the largest"],
    ),
}


@pytest.mark.parametrize("loudest", [0, 1, 2])
def test_words_about_the_plan_name_the_largest_logit(loudest):
    said = model.plan(some_steps(loudest)).alt
    assert f"of which {COLORS[loudest]} is the largest" in said


def test_words_about_the_plan_follow_the_weights():
    assert "the largest 42%" in model.plan(some_steps(peak=0.42)).alt


def test_every_step_of_the_plan_is_headed_by_its_shape():
    drawn = model.plan(some_steps()).figure
    heads = {axis.get_title(loc="left") for axis in drawn.axes}
    assert {
        "image x\n3 × 16 × 24",
        "query γ\n1 × 28 × 28",
        "keys K\n16 × 2 × 3",
        "query vector q\n16",
        "weights α\n2 × 3",
        "logits\n3",
    } <= heads


@pytest.mark.parametrize("share", [1.0, 1.5])
def test_words_about_two_ways_follow_the_two_glimpses(share):
    said = model.two_ways(*reading(share)).alt
    assert ("are the same" in said) == (share == 1)


def test_words_about_scales_read_the_loss_at_the_chosen_one():
    said = model.scaling([1.0, 60.0, 900.0], LOSSES, 800).alt
    assert "0.01 at the post's 800" in said
