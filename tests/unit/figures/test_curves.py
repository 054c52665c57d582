"""Curves: what is drawn are the numbers, and the words follow them."""

import numpy as np
import pytest
from artists import bars_of, points, texts
from figure_examples import ALT

from colorattn import figures
from colorattn.figures import curves


def climbing(top, seeds=3, epochs=11, start=0.34):
    """Shares that rise evenly to a height, by (seed, epoch)."""
    runs = np.linspace(start, top, epochs)
    return runs + 0.002 * np.arange(seeds)[:, None]


def test_each_panel_has_its_curves_and_their_names():
    panels = {
        "shift (px)": ([0, 1, 2], {"match": [1.0, 0.8, 0.5]}),
        "turn": ([0, 9], {"one": [1.0, 0.9], "two": [0.7, 0.6]}),
    }
    left, right = figures.lines(panels, "match", ALT).figure.axes
    assert points(left) == [[[0, 1], [1, 0.8], [2, 0.5]]]
    assert points(right) == [[[0, 1], [9, 0.9]], [[0, 0.7], [9, 0.6]]]
    assert left.get_xlabel() == "shift (px)" and right.get_xlabel() == "turn"
    assert left.get_ylabel() == "match"
    assert texts(left) == {}  # the only one
    assert texts(right) == {"one": (9, 0.9), "two": (9, 0.6)}


def test_panels_have_titles_where_all_have_one_x():
    curves = {"fresh": [1, 2], "trained": [2, 3]}
    panels = {name: ([1, 2], {"a": curve}) for name, curve in curves.items()}
    left, right = figures.lines(panels, "y", ALT, xlabel="layer").figure.axes
    assert left.get_xlabel() == right.get_xlabel() == "layer"
    assert right.get_title("left") == "trained"


def test_settings_see_all_the_data():
    panels = {"a": ([1, 2], {"low": [1, 2]}), "b": ([1, 2], {"high": [8, 9]})}
    drawn = figures.lines(panels, "y", ALT, ylim=(0, None))
    for axis in drawn.figure.axes:
        low, high = axis.get_ylim()
        assert low == 0 and high >= 9


def test_arrays_are_seeds_with_their_mean():
    runs = np.array([[30.0, 40, 50], [50, 60, 90]])
    panels = {"epoch": ([1, 2, 3], {"a net": runs})}
    drawn = figures.lines(panels, "right", ALT)
    *seeds, mean = drawn.figure.axes[0].lines
    assert [line.get_ydata().tolist() for line in seeds] == runs.tolist()
    assert mean.get_ydata().tolist() == [40, 50, 70]
    assert "a net 40 at 1, 50 at 2, 70 at 3" in drawn.alt


def test_triples_are_error_bars():
    triples = [(5.0, 4.0, 7.0), (6.0, 6.0, 9.0)]
    panels = {"px": ([16.0, 30.0], {"right": triples})}
    drawn = figures.lines(panels, "right", ALT)
    (axis,) = drawn.figure.axes
    assert bars_of(axis) == [[[16, 4], [16, 7]], [[30, 6], [30, 9]]]
    assert points(axis)[0] == [[16, 5], [30, 6]]


def test_a_curve_may_end_early():
    shown = {"stored": [1.0, 2, 3], "live": [1.5]}
    drawn = figures.lines({"epoch": ([1, 2, 3], shown)}, "right", ALT)
    assert points(drawn.figure.axes[0])[1] == [[1, 1.5]]


def test_few_points_are_marked_and_listed_and_many_are_not():
    few = figures.lines({"x": (range(3), {"y": [4, 9, 5]})}, "y", ALT)
    assert "y 4 at 0, 9 at 1, 5 at 2." in few.alt
    assert few.figure.axes[0].lines[0].get_marker() == "o"
    panels = {"x": (range(13), {"y": [4.0, *[5.0] * 7, 9, 2, 3, 3, 7]})}
    many = figures.lines(panels, "y", ALT)
    assert "from 4 at 0 to 7 at 12, lowest 2 at 9, highest 9 at 8" in many.alt
    assert many.figure.axes[0].lines[0].get_marker() == "None"
    marked = figures.lines(panels, "y", ALT, None, {"chosen": 8.2})
    assert "highest 9 at 8, 9 at 8. Dotted lines: chosen (8.2)." in marked.alt


def test_words_say_when_a_curve_reaches_a_level():
    shown = {"x": ([1, 2, 3], {"fast": [1, 5, 9], "slow": [1, 2, 3]})}
    alt = figures.lines(shown, "y", ALT, {"chance": 5}).alt
    assert "fast 1 at 1, 5 at 2, 9 at 3, reaches chance at 2;" in alt
    assert "never reaches chance" in alt.split("slow")[1]
    assert "reaches" not in figures.lines(shown, "y", ALT, {"none": 0.5}).alt


def test_a_log_axis_is_set_before_names_are_placed():
    shown = {"x": ([1, 2], {"a": [10.0, 100.0], "b": [10.0, 100.0]})}
    axis = figures.lines(shown, "y", ALT, yscale="log").figure.axes[0]
    a, b = (text.xy[1] for text in axis.texts)
    assert axis.get_yscale() == "log" and b / a > 1.1


def test_ticks_between_whole_numbers_are_left_out():
    drawn = figures.lines({"epoch": ([1, 2, 3], {"a": [1, 2, 3]})}, "y", ALT)
    ticks = drawn.figure.axes[0].get_xticks()
    assert all(float(tick).is_integer() for tick in ticks)


def test_marks_of_a_scatter_are_the_pairs():
    groups = {"post": ([89.0, 91], [90.0, 92]), "other": ([7.0], [8.0])}
    drawn = figures.scatter(groups, "hit", "right", ALT, diagonal="equal")
    post, _, diagonal = drawn.figure.axes[0].lines
    assert points(drawn.figure.axes[0])[:2] == [[[89, 90], [91, 92]], [[7, 8]]]
    assert post.get_linestyle() == "None"
    assert diagonal.get_slope() == 1 and diagonal.get_xy1() == (0, 0)
    legend = drawn.figure.axes[0].get_legend()
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["post", "other", "equal"]


def test_stored_runs_are_drawn_in_percent_with_a_smoothed_mean():
    stored = [np.array([0.3, 0.5, 0.4, 0.6, 0.7, 0.9]), np.full(5, 0.5)]
    axis = figures.accuracy_curves(stored, [0.35], {}).figure.axes[0]
    one, other, mean, live = axis.lines[:4]
    np.testing.assert_allclose(one.get_ydata(), 100 * stored[0])
    np.testing.assert_allclose(other.get_ydata(), [50] * 5)
    # The mean of 40, 50, 45, 55, 60, each with two neighbors to either side.
    np.testing.assert_allclose(mean.get_ydata(), [45, 47.5, 50, 52.5, 160 / 3])
    np.testing.assert_allclose(live.get_xydata(), [[1, 35]])


def stored(top):
    return climbing(top, seeds=5, epochs=40)


@pytest.mark.parametrize(
    ("live", "where"),
    [(0.9, "above all"), (0.1, "below all"), (0.375, "within the range")],
)
def test_words_about_a_live_run_compare_it(live, where):
    alt = curves.accuracy_curves(stored(0.94), [0.3, 0.3, live], {}).alt
    words = f"is at {live:.0%} after 3 epochs, {where} of the stored ones"
    assert words in alt
    without = curves.accuracy_curves(stored(0.94), [], {}).alt
    assert "This notebook" not in without


def test_a_live_run_longer_than_the_stored_ones_is_said_to_be():
    alt = curves.accuracy_curves(stored(0.94), [0.3] * 41, {}).alt
    assert "later than any stored one" in alt


def test_words_about_accuracies_follow_the_stored_curves():
    alt = curves.accuracy_curves(stored(0.94), [], {30: 0.9}).alt
    assert "begins at 34%, passes 50% at epoch 12" in alt
    assert "ends at 94% after 40 epochs, +15.4 points" in alt
    assert "Stars mark what the post reports: 90% at epoch 30." in alt
    assert "Stars" not in curves.accuracy_curves(stored(0.94), [], {}).alt
    low = curves.accuracy_curves(stored(0.4), [], {}).alt
    assert "begins at 34%, stays low, and ends at 40%" in low
