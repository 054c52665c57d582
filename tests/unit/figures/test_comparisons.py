"""Comparisons of runs: the words and the marks follow the differences."""

import numpy as np
import pytest
from figure_examples import (
    ALT,
    a_difference,
    effects,
    errors_of_a_pair,
    ratios,
)

from colorattn import figures


@pytest.mark.parametrize(
    ("end", "words"), [(0.4, "below zero"), (0.99, "above zero")]
)
def test_words_about_a_difference_follow_its_sign(end, words):
    assert words in figures.accuracy_difference(*a_difference(end)).alt


def test_a_curve_that_stays_low_is_not_said_to_pass():
    alt = figures.accuracy_difference(*a_difference()).alt
    assert "no head never passes 50%" in alt
    alt = figures.accuracy_difference(*a_difference(0.99)).alt
    assert "never" not in alt


def test_both_nets_are_drawn_in_percent_and_each_difference_is_a_dot():
    curves, differences = a_difference()
    left, right = figures.accuracy_difference(curves, differences).figure.axes
    thin = [line.get_ydata() for line in left.lines]
    runs = np.concatenate(list(curves.values()))
    assert len(thin) == len(runs) + 3  # the means, and chance
    np.testing.assert_allclose(thin[:3], 100 * runs[:3])
    np.testing.assert_allclose(thin[4:7], 100 * runs[3:])
    means = [line for line in left.lines if line.get_linewidth() == 2]
    for mean, runs in zip(means, curves.values(), strict=True):
        np.testing.assert_allclose(mean.get_ydata(), 100 * runs.mean(axis=0))
    (dots,) = (line for line in right.lines if line.get_marker() == "o")
    assert dots.get_ydata().tolist() == differences.tolist()
    assert right.get_ylabel() == "no head less post (points)"


def test_an_error_that_grows_is_a_gain_below_zero():
    drawn = figures.error_difference(*errors_of_a_pair(to=0.07))
    _, gained = drawn.figure.axes
    (dots,) = (line for line in gained.lines if line.get_marker() == "o")
    assert np.allclose(dots.get_ydata(), [2.0, -4.0])
    assert "-1.0 on average" in drawn.alt


def test_effects_are_told_from_the_largest_down_and_luck_is_called_luck():
    alt = figures.forest(*effects(), "gain", ALT).alt
    assert alt.index("finer map") < alt.index("no padding +0.1 on average")
    assert alt.count("may be luck") == 1
    assert "may be luck" not in alt.split("no padding")[0]
    worse = figures.forest(*effects(shift=-11), "gain", ALT).alt
    assert worse.index("no padding") < worse.index("finer map -5.5")
    assert "below zero" in worse.split("finer map")[1]


def test_means_on_validation_scenes_are_diamonds_in_their_rows():
    validation = {"no padding": 0.4, "finer map": 5.0}
    drawn = figures.forest(*effects(), "gain", ALT, validation)
    diamonds = [
        line.get_xydata().tolist()
        for line in drawn.figure.axes[0].lines
        if line.get_marker() == "d" and len(line.get_xdata())
    ]
    assert diamonds == [[[5, 0]], [[0.4, 1]]]
    assert "(validation +5.0)" in drawn.alt.split("no padding")[0]


def test_a_close_up_shows_the_same_rows_near_zero():
    whole, near = figures.forest(*effects(), "gain", ALT, near=12).figure.axes
    assert near.get_xlim() == (-12, 3)
    for one, other in zip(whole.lines, near.lines, strict=False):
        assert list(one.get_xdata()) == list(other.get_xdata())


def test_ratios_are_on_a_log_scale_around_one():
    seeds, found, p_values = ratios()
    drawn = figures.forest(seeds, found, p_values, "times", ALT, ratio=True)
    (axis,) = drawn.figure.axes
    assert axis.get_xscale() == "log"
    assert {1} in [set(line.get_xdata()) for line in axis.lines]
    assert drawn.alt.index("deeper 3.0 times") < drawn.alt.index("queries")
    assert "may be luck" in drawn.alt.split("queries")[1]
    less = figures.forest(*ratios(0.2), "times", ALT, ratio=True).alt
    assert less.index("queries") < less.index("deeper 0.2 times")


def test_the_ratio_on_the_ladder_is_across_and_the_one_at_the_top_upward():
    _, climbing, _ = ratios()
    _, top, _ = ratios(0.5)
    drawn = figures.error_ratio_scatter(climbing, top)
    axis = drawn.figure.axes[0]
    squares = [
        line.get_xydata()[0] for line in axis.lines if line.get_marker() == "s"
    ]
    means = climbing["deeper"].mean, top["deeper"].mean
    np.testing.assert_allclose(squares[0], means)
    across, upward = (c.get_segments() for c in axis.collections[:2])
    deeper = climbing["deeper"], top["deeper"]
    np.testing.assert_allclose(
        across[0][:, 0], [deeper[0].low, deeper[0].high]
    )
    np.testing.assert_allclose(
        upward[0][:, 1], [deeper[1].low, deeper[1].high]
    )
