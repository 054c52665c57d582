"""Charts draw the numbers that they are given, and nothing else."""

import numpy as np
import pytest
from artists import texts
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import same_color
from matplotlib.figure import Figure

from colorattn.figures import axes as primitives
from colorattn.figures.style import FAINT, INK, ORANGE, SERIES


@pytest.fixture
def axis():
    return Figure().subplots()


heights = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=7)


@given(heights, st.floats(0.1, 10))
def test_labels_keep_their_order_and_their_distance(given, least):
    moved = primitives.spread_labels(given, least)
    order = np.argsort(given, kind="stable")
    gaps = np.diff(np.array(moved)[order])
    assert (gaps >= least * (1 - 1e-6) - 1e-9).all()
    assert moved[order[0]] == min(given)
    assert all(b >= a for a, b in zip(given, moved, strict=True))


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=7))
def test_labels_on_a_log_axis_are_apart_by_a_factor(given):
    moved = primitives.spread_labels(given, 1.5, log=True)
    ratios = np.diff(np.log(np.array(moved)[np.argsort(given, kind="stable")]))
    assert (ratios >= np.log(1.5) - 1e-9).all()


def test_labels_that_are_far_apart_stay_where_they_are():
    assert primitives.spread_labels([60.0, 88.5], 5) == [60, 88.5]
    assert primitives.spread_labels([89.0, 88.5], 5) == [93.5, 88.5]
    assert primitives.spread_labels([1.0, 1.0, 1.2], 2, True) == [1, 2, 4]


def test_names_are_at_the_ends_of_curves_apart_and_inside_the_axis(axis):
    axis.set(ylim=(0, 100))
    ends = {"one": (7, 50.0), "two": (7, 51.0), "three": (5, 900.0)}
    primitives.label_ends(axis, ends)
    assert texts(axis)["one"] == (7, 50)
    assert texts(axis)["two"][1] == pytest.approx(50 + 7.5)
    assert texts(axis)["three"] == (5, 100)
    colors = [text.get_color() for text in axis.texts]
    assert colors == [style.color for style in SERIES[:3]]


def test_names_on_a_log_axis_are_apart_by_a_share_of_its_height(axis):
    axis.set(yscale="log", ylim=(1, 1000))
    primitives.label_ends(axis, {"one": (7, 10.0), "two": (7, 10.0)})
    assert texts(axis)["two"][1] == pytest.approx(10 * 1000**0.075)


def test_a_log_axis_has_plain_numbers(axis):
    axis.plot([1, 90], [0.2, 3])
    primitives.log_axis(axis.yaxis, (1, 5))
    assert axis.get_yscale() == "log" and axis.get_xscale() == "linear"
    axis.figure.canvas.draw()
    written = {text.get_text() for text in axis.get_yticklabels()}
    assert {"0.5", "1"} <= written
    assert not any("mathdefault" in text for text in written)


def test_settings_reach_the_axis_and_wide_log_scales_have_few_ticks(axis):
    axis.plot([1, 1e5], [1, 20])
    primitives.set_axis(axis, xscale="log", yscale="log", xlabel="n")
    assert axis.get_xlabel() == "n"
    wide = [t for t in axis.get_xticks() if 1 <= t <= 1e5]
    assert wide == [10**k for k in range(6)]
    assert {1, 2, 5, 10} <= set(axis.get_yticks().round(6))


def test_a_name_with_its_ground_is_below_the_curves(axis):
    (curve,) = axis.plot([0, 1], [0, 1])
    primitives.draw_levels(axis, {"chance": 0.9})
    (name,) = axis.texts
    assert axis.lines[-1].get_zorder() < name.get_zorder() < curve.get_zorder()


@pytest.mark.parametrize(
    ("begin", "end", "side"),
    [(0.3, 0.9, "right"), (0.3, 0.55, "left"), (0.5, 0.55, "right")],
)
def test_a_level_has_its_name_where_no_curve_is(axis, begin, end, side):
    axis.plot([0, 1], [begin, end])
    axis.set_ylim(0, 1)
    primitives.draw_levels(axis, {"half": 0.5}, [begin], [end])
    assert axis.texts[0].get_horizontalalignment() == side


def test_dotted_lines_are_where_their_names_are(axis):
    primitives.draw_levels(axis, {"chance": 33.3})
    primitives.draw_marks(axis, {"chosen": 20, "else": 28})
    level, chosen, other = axis.lines
    assert set(level.get_ydata()) == {33.3}
    assert set(chosen.get_xdata()) == {20} and set(other.get_xdata()) == {28}
    assert {line.get_linestyle() for line in axis.lines} == {":"}
    places = texts(axis)
    assert places["chance"][1] == 33.3
    assert places["chosen"] == (20, 1) and places["else"] == (28, 1)
    said = primitives.describe_dotted({"chance": 33.33, "all": 12_668})
    assert said == " Dotted lines: chance (33.3), all (12,668)."
    assert primitives.describe_dotted({}) == ""


@pytest.mark.parametrize("height", [1.0, 2.5])
def test_names_of_dotted_lines_do_not_overlap(height):
    figure = Figure((5, height), layout="constrained")
    axis = figure.subplots()
    axis.set_xlim(0, 100)
    primitives.draw_marks(axis, {"always red": 32, "chance": 33, "ink": 35})
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axis.texts]
    for below, above in zip(boxes, boxes[1:], strict=False):
        assert below.y1 <= above.y0 + 1  # a pixel


def test_groups_are_told_by_name_and_a_single_one_without():
    texts = {"hit": {"even": "19", "a net": "94"}, "mass": {"even": "20"}}
    said = primitives.describe_groups(texts)
    assert said == " hit: even 19; a net 94. mass: even 20."
    assert primitives.describe_groups({"hit": {"even": "19"}}) == " even 19."


def test_row_zero_is_on_top(axis):
    primitives.name_rows(axis, {"first": 1, "second": 2})
    names = [text.get_text() for text in axis.get_yticklabels()]
    assert names == ["first", "second"]
    assert axis.get_yticks().tolist() == [0, 1]
    assert axis.get_ylim() == (1.5, -0.5)


def test_a_legend_names_the_marks_that_are_drawn(axis):
    look = {"seen": ("d", INK, "none"), "all": ("o", ORANGE, ORANGE)}
    primitives.legend(axis, look)
    (legend,) = axis.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(look)
    handles = [h.get_marker() for h in legend.legend_handles]
    assert handles == ["d", "o"]


def test_texts_are_beside_their_rows(axis):
    primitives.write_beside(axis, range(2), ["98.9", "94.2"])
    assert texts(axis) == {"98.9": (1.01, 0), "94.2": (1.01, 1)}


def test_a_grid_is_behind_everything(axis):
    primitives.grid(axis, "y")
    assert axis.get_axisbelow() is True
    lines = axis.get_ygridlines()
    assert lines and all(line.get_visible() for line in lines)
    assert same_color(lines[0].get_color(), FAINT)
    assert not any(line.get_visible() for line in axis.get_xgridlines())


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-9, "0"), (0.12345, "0.123"), (94.3, "94.3"), (12668, "12,668")],
)
def test_numbers_are_short(value, text):
    assert primitives.number(value) == text
