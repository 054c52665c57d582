"""The network of chapter 4: words and numbers follow its steps."""

import pytest
from figure_examples import a_convolution, network_steps, two_glimpses

from colorattn import figures
from colorattn.data.scene import COLORS


@pytest.mark.parametrize("largest", [0, 1, 2])
def test_words_about_the_plan_name_the_largest_logit(largest):
    alt = figures.network_plan(network_steps(largest)).alt
    assert f"of which {COLORS[largest]} is the largest" in alt


def test_words_about_the_plan_follow_the_weights():
    alt = figures.network_plan(network_steps(weight=0.42)).alt
    assert "the largest 42%" in alt


def test_every_step_of_the_plan_is_headed_by_its_shape():
    drawn = figures.network_plan(network_steps()).figure
    heads = {axis.get_title(loc="left") for axis in drawn.axes}
    assert {
        "image x\n3 × 16 × 24",
        "query γ\n1 × 28 × 28",
        "keys K\n16 × 2 × 3",
        "query vector q\n16",
        "weights α\n2 × 3",
        "logits\n3",
    } <= heads


def test_the_bars_of_the_plan_are_the_logits():
    steps = network_steps()
    axes = figures.network_plan(steps).figure.axes
    (bars,) = (a.patches for a in axes if "logits" in a.get_title(loc="left"))
    heights = [bar.get_height() for bar in bars]
    assert heights == steps["logits"].tolist()


@pytest.mark.parametrize("share", [1.0, 1.5])
def test_words_about_two_glimpses_say_whether_they_are_the_same(share):
    alt = figures.mask_and_values(*two_glimpses(share)).alt
    assert ("are the same" in alt) == (share == 1)


@pytest.mark.parametrize("factor", [1, 2])
def test_words_about_a_convolution_give_its_sum(factor):
    # The middle of 0 1 2 0 1 2 …, read by rows: nine numbers, mean 1.
    drawn = figures.convolution(*a_convolution(factor))
    assert f"The sum, {9 * factor}," in drawn.alt
    window = drawn.figure.axes[0].patches[-1]
    assert window.get_xy() == (1.5, 1.5) and window.get_width() == 3
