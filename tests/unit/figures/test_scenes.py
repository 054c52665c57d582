"""Scenes as they are: boxes, classes and colors follow the scene."""

from dataclasses import replace

import pytest
import torch
from artists import shown
from figure_examples import scenes
from tiny import pixels

from colorattn import figures


def of_query(index):
    """The scene with a query for one of its symbols: 7, 2 or 5."""
    one, index = scenes(1), torch.tensor([index])
    return replace(one, query_index=index, target=index)


@pytest.mark.parametrize(
    ("index", "color"), [(0, "red"), (1, "green"), (2, "blue")]
)
def test_words_about_a_scene_follow_the_query(index, color):
    alt = figures.annotated_scene(of_query(index), "0123456789").alt
    assert f"Symbol {index}, in a bold box" in alt
    assert f"the target is {color}" in alt
    assert "2: a blue 5, at row 36, column 20" in alt


def test_a_bold_box_is_around_the_queried_symbol_and_dotted_ones_elsewhere():
    drawn = figures.annotated_scene(of_query(2), "0123456789")
    boxes = drawn.figure.axes[1].patches
    corners = {box.get_linestyle(): box.get_xy() for box in boxes}
    assert corners["solid"] == (19.5, 35.5)  # column 20, row 36, less a half
    assert [box.get_width() for box in boxes] == [28] * 3


def test_each_scene_is_below_its_query_and_above_its_answer():
    some = scenes(3)
    axes = figures.labeled_scenes(some, "0123456789", columns=3).figure.axes
    for k, color in enumerate(("red", "green", "blue")):
        assert torch.equal(shown(axes[k]), some.query[k, 0])
        assert axes[3 + k].get_xlabel() == color


def test_columns_have_their_drawings_and_notes():
    drawings = pixels(2, 3, 28, 28)
    notes = {"own": ["0.1", "0.2", "0.3"]}
    drawn = figures.drawing_columns(drawings, ["query", "own"], notes)
    axes = drawn.figure.axes
    for k, axis in enumerate(axes):
        assert torch.equal(shown(axis), drawings[k // 3, k % 3])
    assert [axis.get_xlabel() for axis in axes[3:]] == notes["own"]
    assert axes[0].get_ylabel() == "query"
    assert "Below own: 0.1, 0.2, 0.3." in drawn.alt


def test_words_about_drawings_say_whether_two_are_the_same():
    drawings, names = pixels(2, 3, 28, 28), ["one", "two"]
    assert "no two are" in figures.drawings_by_class(drawings, names).alt
    drawings[1, 2] = drawings[0, 0]
    assert "some of them are" in figures.drawings_by_class(drawings, names).alt
