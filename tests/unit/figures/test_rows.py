"""Rows: bars as long, and marks as far along, as the numbers say."""

import numpy as np
import pytest
from artists import bars_of, points, texts
from figure_examples import ALT, CHANGED, RUNGS
from matplotlib.colors import to_hex

from colorattn import figures
from colorattn.figures.style import BLUE, ORANGE


def test_bars_are_as_long_as_their_numbers():
    panels = {"hit": {"even": 25.0, "a net": 75.0}, "mass": {"even": 19.0}}
    drawn = figures.bars(panels, ALT, level="uniform", levels=[18, 19])
    left, right = drawn.figure.axes
    assert [bar.get_width() for bar in left.patches] == [25, 75]
    assert [bar.get_width() for bar in right.patches] == [19]
    assert {"25", "75"} <= set(texts(left))
    assert set(left.lines[0].get_xdata()) == {18}
    (name,) = left.get_xticklabels()  # below its line
    assert name.get_text() == "uniform: 18" and name.get_position()[0] == 18
    low, high = left.get_ylim()
    assert low > high  # the first is on top


@pytest.mark.parametrize(
    ("fresh", "words"), [(0.34, "fresh scenes 34%"), (0.9, "scenes 90%")]
)
def test_words_about_bars_follow_their_numbers(fresh, words):
    panels = {"right": {"stored scenes": 1.0, "fresh scenes": fresh}}
    alt = figures.bars(panels, ALT, "{:.0%}", "chance", [1 / 3]).alt
    assert words in alt
    assert "chance 33%" in alt


def test_each_seed_has_a_dot_and_each_row_its_mean():
    panels = {"right (%)": {"plain": [30.0, 34], "given": [80.0, 81, 85]}}
    axis = figures.seed_rows(panels, ALT, "chance", [33.3]).figure.axes[0]
    dots = [[x for x, _ in row] for row in points(axis, "o")]
    assert dots == [[30, 34], [80, 81, 85]]
    assert [[32, -0.3], [32, 0.3]] in points(axis)
    assert [[82, 0.7], [82, 1.3]] in points(axis)
    assert [[33.3, 0], [33.3, 1]] in points(axis)
    assert texts(axis)["32.0"] == (1.01, 0)
    assert texts(axis)["82.0"] == (1.01, 1)


def test_words_about_rows_name_the_highest():
    rows = {"plain": [30.0, 34], "given": [80.0, 82]}
    assert "highest is given" in figures.seed_rows({"right": rows}, ALT).alt
    rows["given"] = [10.0, 20]
    assert "highest is plain" in figures.seed_rows({"right": rows}, ALT).alt


def test_marks_of_a_row_are_its_measures():
    rows = {"post": (85.0, 84.0, 82.0), "sum": (89.0, 86.0, 70.0)}
    measures = ["right", "peak", "mass"]
    drawn = figures.mark_rows({"scenes (%)": rows}, measures, ALT)
    axis = drawn.figure.axes[0]
    assert points(axis, "o") == [[[85, 0]], [[89, 1]]]
    assert points(axis, "X") == [[[84, 0]], [[86, 1]]]
    assert points(axis, "d") == [[[82, 0]], [[70, 1]]]
    spans = [line for line in points(axis) if len(line) == 2]
    assert spans == [[[82, 0], [85, 0]], [[70, 1], [89, 1]]]
    (legend,) = drawn.figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    marks = [handle.get_marker() for handle in legend.legend_handles]
    assert (names, marks) == (measures, ["o", "X", "d"])


def ladder():
    drawn = figures.error_ladder(RUNGS, 0.0005, "validation", CHANGED)
    return drawn.figure.axes[0]


def test_a_gain_that_rounds_to_zero_has_no_minus():
    nearly = {name: np.array([0.2, 0.2]) for name in CHANGED}
    nearly["deeper"] = nearly["post"] + 1e-5
    drawn = figures.error_ladder(nearly, 0.0005, "validation", CHANGED)
    assert "+0.0 (0.0 to 0.0) points gained" in drawn.alt
    assert "-0.0" not in " ".join([drawn.alt, *texts(drawn.figure.axes[0])])


def test_no_error_at_all_is_drawn_at_the_floor():
    assert min(x for line in points(ladder()) for x, _ in line) == 0.05


def test_a_ladder_shows_every_seed_and_no_interval_beyond_its_axis():
    axis = ladder()
    dots = [[x for x, _ in row] for row in points(axis, "o")]
    assert dots == [[20, 24], [31, 33], [0.05, 0.2]]
    means = [[[22, 0]], [[32, 1]], [[0.1, 2]]]
    np.testing.assert_allclose(points(axis, "s"), means)
    assert min(low for (low, _), _ in bars_of(axis)) >= 0.05
    assert "78.0" in texts(axis)  # right, where 22 % are wrong
    assert "-10.0 (-22.7 to 2.7)" in texts(axis)  # from 20 and 24 to 31 and 33
    names = [text.get_text() for text in axis.get_yticklabels()]
    assert names[1] == "one-cycle\na rate"


def test_intervals_are_drawn_as_they_are_and_rows_begin_with_the_lowest():
    found = {"bag": (90.0, 80.0, 95.0), "shirt": (40.0, 30.0, 55.0)}
    drawn = figures.interval_dots({"post": found}, "right", ALT)
    axis = drawn.figure.axes[0]
    names = [text.get_text() for text in axis.get_yticklabels()]
    assert names == ["shirt", "bag"]
    assert bars_of(axis) == [[[30, 0], [55, 0]], [[80, 1], [95, 1]]]
    assert axis.lines[0].get_xdata().tolist() == [40, 90]
    assert drawn.alt.index("shirt 40.0") < drawn.alt.index("bag 90.0")
    assert {"40.0", "90.0"} <= set(texts(axis))


def test_groups_that_share_rows_are_drawn_beside_each_other():
    one = {"a": (1.0, 0.0, 2.0), "b": (3.0, 2.0, 4.0)}
    other = {"b": (9.0, 8.0, 9.5), "a": (5.0, 4.0, 6.0)}
    drawn = figures.interval_dots({"one": one, "other": other}, "right", ALT)
    axis = drawn.figure.axes[0]
    (first,), (second,) = points(axis, "o"), points(axis, "s")
    np.testing.assert_allclose(first, [[1, -0.12], [3, 0.88]])
    np.testing.assert_allclose(second, [[5, 0.12], [9, 1.12]])
    assert "other: a 5.0; b 9.0" in drawn.alt


def test_groups_without_a_name_in_common_follow_one_another():
    one, other = {"a": (7.0, 6.0, 8.0)}, {"b": (3.0, 2.0, 4.0)}
    drawn = figures.interval_dots({"one": one, "other": other}, "right", ALT)
    axis = drawn.figure.axes[0]
    assert (points(axis, "o"), points(axis, "s")) == ([[[7, 0]]], [[[3, 1]]])


def test_bars_of_a_timeline_begin_and_end_when_they_should():
    seconds = {"one": [(0, 3, "a"), (3, 7, "b")], "two": [(1, 5.5, "a")]}
    panels = {"seconds": seconds, "the last": {"two": [(4, 5.5, "b")]}}
    drawn = figures.timeline(panels, ALT)
    upper, lower = drawn.figure.axes
    assert spans_of(upper) == [
        [(0, 3, BLUE), (3, 7, ORANGE)],
        [(1, 5.5, BLUE)],
    ]
    assert spans_of(lower) == [[(4, 5.5, ORANGE)]]
    (legend,) = drawn.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]


def spans_of(axis):
    """The starts, stops and colors of the bars of each row."""
    return [
        [
            (*path.get_extents().intervalx, to_hex(color))
            for path, color in zip(
                bars.get_paths(), bars.get_facecolor(), strict=True
            )
        ]
        for bars in axis.collections
    ]


def test_bars_too_many_to_count_have_no_outline_that_would_cover_them():
    few = [(k, k + 1, "a") for k in range(12)]
    rows = {"few": few, "many": [*few, (12, 12.001, "a")]}
    (axis,) = figures.timeline({"seconds": rows}, ALT).figure.axes
    outlines = [len(bars.get_edgecolor()) for bars in axis.collections]
    assert outlines == [1, 0]
