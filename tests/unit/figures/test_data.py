"""What the figures of chapter 1 say follows from their numbers."""

import pytest
import torch

from colorattn.data.stream import Batch
from colorattn.figures import data


def one_scene(query_index=1):
    """A scene worked by hand: a green 7, a blue 2 and a red 5."""
    colors = torch.tensor([[1, 2, 0]])
    return Batch(
        image=torch.zeros(1, 3, 64, 64, dtype=torch.uint8),
        query=torch.zeros(1, 1, 28, 28, dtype=torch.uint8),
        target=colors[:, query_index],
        query_index=torch.tensor([query_index]),
        classes=torch.tensor([[7, 2, 5]]),
        colors=colors,
        positions=torch.tensor([[[3, 31], [29, 2], [36, 30]]]),
        drawing_ids=torch.tensor([[0, 1, 2]]),
        query_id=torch.tensor([3]),
    )


def measured(lowest):
    return torch.linspace(lowest, 0.94, 11)


EXAMPLES = {
    "boxed": (
        lambda draw: draw(one_scene(), "0123456789"),
        ["0: a green 7, at row 3, column 31", "symbol 1", "target is blue"],
    ),
    "luck": (
        lambda draw: draw({"one net": measured(0.86)}, 0.9),
        ["one net", "86.0% to 94.0%", "90.0% on average", "true", "90%"],
    ),
}


@pytest.mark.parametrize(
    ("queried", "color"), [(0, "green"), (1, "blue"), (2, "red")]
)
def test_words_about_a_scene_follow_the_query(query_index, color):
    said = data.boxed(one_scene(query_index), "0123456789").alt
    assert f"Symbol {queried}, in a bold box" in said
    assert f"the target is {color}" in said


def test_a_bold_box_lies_around_the_queried_symbol_and_dotted_ones_elsewhere():
    axes = data.boxed(one_scene(query_index=2), "0123456789").figure.axes
    corners = {box.get_linestyle(): box.get_xy() for box in axes[1].patches}
    assert corners["solid"] == (29.5, 35.5)  # column 30, row 36, less a half
    assert [box.get_width() for box in axes[1].patches] == [28] * 3


def test_each_kind_of_luck_has_words_and_a_row_of_its_own():
    drawn = data.luck({"one": measured(0.8), "best": measured(0.92)}, 0.9)
    assert "one: from 80.0% to 94.0%" in drawn.alt
    assert "best: from 92.0% to 94.0%, 93.0% on average" in drawn.alt
    assert [axis.get_title("left") for axis in drawn.figure.axes] == [
        "one",
        "best",
    ]


@pytest.mark.parametrize(
    ("fresh", "words"), [(0.34, "34% of fresh"), (0.9, "90% of fresh")]
)
def test_words_about_a_memory_never_call_a_good_one_chance(fresh, words):
    said = data.by_heart(1.0, fresh, 1 / 3).alt
    assert words in said
    assert "chance, 33%" in said


def test_words_about_room_follow_both_spacings():
    said = data.room([0.8**n for n in range(30)], 10).alt
    assert "11% at 10 px" in said
    assert "0.2% at 28 px" in said
