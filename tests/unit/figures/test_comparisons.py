"""Comparisons of runs: the words and the marks follow the differences."""

import numpy as np
import pytest
from artists import bars_of, points, texts
from figure_examples import (
    ALT,
    a_difference,
    effects,
    errors_of_a_pair,
    ratios,
)
from matplotlib.colors import same_color

from colorattn import figures
from colorattn.analysis.statistics import Difference
from colorattn.figures.style import INK


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
    (dots,) = points(right, "o")
    assert [y for _, y in dots] == differences.tolist()
    assert right.get_ylabel() == "no head less post (points)"


def test_an_error_that_grows_is_a_gain_below_zero():
    drawn = figures.error_difference(*errors_of_a_pair(to=0.07))
    _, gained = drawn.figure.axes
    (dots,) = points(gained, "o")
    assert np.allclose([y for _, y in dots], [2.0, -4.0])
    assert "-1.0 on average" in drawn.alt


def test_errors_are_drawn_in_percent_and_none_below_the_floor():
    wrong = {"a net": np.array([[0.5, 0.1], [0.3, 0.0]])}
    drawn = figures.error_difference(wrong, np.array([1.0, 2.0]), floor=0.07)
    axis = drawn.figure.axes[0]
    assert axis.get_yscale() == "log"
    heights = [line.get_ydata() for line in axis.lines]
    np.testing.assert_allclose(heights, [[50, 10], [30, 7], [40, 7]])
    assert texts(axis)["a net"] == pytest.approx((2, 7))
    assert "a net ends at 7.0%" in drawn.alt


def test_rows_begin_with_the_largest_mean_and_luck_is_an_empty_square():
    values = {"small": np.array([1.0, 2, 3]), "large": np.array([4.0, 5, 6])}
    sure = Difference(2.0, 1.5, 3.0, 0.001, 3)
    found = {"small": sure, "large": Difference(5.0, -1.0, 11.0, 0.2, 3)}
    arguments = values, found, [0.049, 0.05], "gain", ALT
    drawn = figures.forest(*arguments)
    (axis,) = drawn.figure.axes
    assert bars_of(axis) == [[[-1, 0], [11, 0]], [[1.5, 1], [3, 1]]]
    assert points(axis, "s") == [[[5, 0]], [[2, 1]]]
    squares = [line for line in axis.lines if line.get_marker() == "s"]
    fills = [line.get_markerfacecolor() for line in squares]
    assert fills[0] == "none" and same_color(fills[1], INK)
    rows = [[x for x, _ in dots] for dots in points(axis, "o")]
    assert rows == [[4, 5, 6], [1, 2, 3]]
    names = [text.get_text() for text in axis.get_yticklabels()]
    assert names == ["large", "small"]
    assert "both sides of zero, which may be luck; small +2.0" in drawn.alt
    assert "luck" not in drawn.alt.split("small")[1]
    times = figures.forest(*arguments, ratio=True).alt
    assert "small 2.0 times, with a 95% confidence" in times
    assert times.endswith("interval from 1.5 to 3.0.")


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
    assert points(drawn.figure.axes[0], "d") == [[[5, 0]], [[0.4, 1]]]
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
    x, y = climbing["deeper"], top["deeper"]
    np.testing.assert_allclose(points(axis, "s")[0], [[x.mean, y.mean]])
    across, upward, *_ = bars_of(axis)
    np.testing.assert_allclose([end[0] for end in across], [x.low, x.high])
    np.testing.assert_allclose([end[1] for end in upward], [y.low, y.high])
