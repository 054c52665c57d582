"""Many seeds in a chart: lines, dots and intervals are the numbers."""

import numpy as np
import pytest
from artists import bars_of, points
from matplotlib.figure import Figure

from colorattn.analysis.statistics import Difference
from colorattn.figures import seeds
from colorattn.figures.style import ORANGE, SERIES


@pytest.fixture
def axis():
    return Figure().subplots()


def test_seeds_are_thin_lines_and_their_mean_is_a_bold_one(axis):
    runs, mean = np.array([[1.0, 2, 4], [3, 4, 8]]), np.array([2.0, 3, 6])
    seeds.seed_lines(axis, runs, mean, SERIES[1])
    *thin, bold = axis.lines
    assert [line.get_ydata().tolist() for line in thin] == runs.tolist()
    assert points(axis)[-1] == [[1, 2], [2, 3], [3, 6]]
    assert bold.get_linestyle() == "--"
    assert bold.get_linewidth() > 2 * thin[0].get_linewidth()
    assert {line.get_color() for line in axis.lines} == {ORANGE}


def test_seeds_may_have_different_numbers_of_epochs(axis):
    runs = [np.array([1.0, 2]), np.array([1.0, 2, 3])]
    seeds.seed_lines(axis, runs, np.array([1.0, 2]), SERIES[0])
    assert [len(line.get_xdata()) for line in axis.lines] == [2, 3, 2]


def test_seeds_are_drawn_over_steps_where_these_are_given(axis):
    runs, mean = np.array([[1.0, 2, 4], [3, 4, 8]]), np.array([2.0, 3, 6])
    seeds.seed_lines(axis, runs, mean, SERIES[0], [0, 20, 40])
    for line in axis.lines:
        assert list(line.get_xdata()) == [0, 20, 40]


def test_each_seed_is_a_dot_near_its_row(axis):
    seeds.seed_dots(axis, 4, np.array([7.0, 8, 9]), spread=0.2)
    (dots,) = points(axis)
    np.testing.assert_allclose(dots, [[7, 3.8], [8, 4], [9, 4.2]])
    assert axis.lines[0].get_linestyle() == "None"


def test_differences_are_dots_beside_their_mean_and_interval(axis):
    found = seeds.paired_dots(axis, np.array([1.0, 2.0, 6.0]))
    zero, dots, *_ = axis.lines
    assert set(zero.get_ydata()) == {0}
    assert dots.get_ydata().tolist() == [1, 2, 6]
    assert points(axis, "s") == [[[0.3, 3.0]]]
    ((low, high),) = bars_of(axis)
    # Student's t with two degrees of freedom: 4.3027 standard errors.
    reach = 4.3027 * np.sqrt(7 / 3)
    np.testing.assert_allclose(low, (0.3, 3 - reach), rtol=1e-4)
    np.testing.assert_allclose(high, (0.3, 3 + reach), rtol=1e-4)
    assert (found.low, found.high) == pytest.approx((low[1], high[1]))


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [
        (0.1, 2, "above zero"),
        (-2, -0.1, "below zero"),
        (-1, 1, "on both sides of zero"),
        (0, 1, "on both sides of zero"),
    ],
)
def test_words_about_a_difference_follow_its_interval(low, high, side):
    text = seeds.describe(Difference(0.5, low, high, 0.1, 3))
    assert text.startswith("+0.5 on average")
    assert f"from {low:+.1f} to {high:+.1f}, {side}" in text


@pytest.mark.parametrize(
    ("last", "ticks"),
    [(3, [1, 2, 3]), (30, [5, 10, 15, 20, 25, 30]), (60, [15, 30, 45, 60])],
)
def test_ticks_are_at_a_few_epochs_and_at_none_beyond(last, ticks):
    assert seeds.epoch_ticks(last) == ticks


def test_smooth_values_are_means_of_neighbors_fewer_at_the_ends():
    found = seeds.smooth(np.array([1.0, 2, 3, 4, 10, 0]))
    np.testing.assert_allclose(found, [2, 2.5, 4, 3.8, 4.25, 14 / 3])


def test_the_first_epoch_counts_from_one():
    assert seeds.first_epoch(np.array([1.0, 5, 7]), 5) == 2
    assert seeds.first_epoch(np.array([1.0, 5, 7]), 8) is None
