"""What the figures of chapter 6 say follows from their numbers."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from colorattn.analysis.localization import Localization, localize
from colorattn.data.stream import Batch
from colorattn.figures import looking, probing, sureness


def scenes(n=7):
    """Scenes that hold a red, a green and a blue symbol in one layout."""
    positions = torch.tensor([[0, 0], [0, 36], [36, 20]]).repeat(n, 1, 1)
    image = torch.zeros(n, 3, 64, 64, dtype=torch.uint8)
    for k, (row, column) in enumerate(positions[0].tolist()):
        image[:, k, row + 8 : row + 20, column + 8 : column + 20] = 200
    query_index = torch.arange(n) % 3
    return Batch(
        image=image,
        query=image[:, :1, :28, :28],
        target=query_index,
        query_index=query_index,
        classes=torch.tensor([[7, 2, 5]]).repeat(n, 1),
        colors=torch.arange(3).repeat(n, 1),
        positions=positions,
        drawing_ids=torch.arange(3).repeat(n, 1),
        query_id=query_index,
    )


def peak(n, row, column):
    weights = torch.full((n, 8, 8), 0.1 / 63)
    weights[:, row, column] = 0.9
    return weights


def a_look(share, n=4):
    hits = torch.arange(n) < share * n
    return Localization(hits, torch.full((n,), share), torch.full((n,), share))


def a_sign(told):
    return np.linspace(0.5, 1, 50), np.linspace(0.3, 0.8, 50), told


NOTES = [("red, 80% sure", "red, 90% sure")] * 4
STAYS = {"all": 0.02, "values only": 0.3, "keys only": 0.04}
EXAMPLES = {
    "predictions": (
        lambda draw: draw(scenes(), peak(7, 1, 1), scenes().target),
        ["7 scenes", "query", "red; green; blue", "None of them are wrong"],
    ),
    "from_scores": (
        lambda draw: draw(
            scenes().image[0],
            scenes().query[0, 0],
            {"a net": torch.arange(64.0).view(8, 8) - 9},
            {"a net": peak(1, 2, 3)[0]},
        ),
        ["a net: 8 by 8 cells", "scores from -9 to 54", "0.90"],
    ),
    "anatomy": (
        lambda draw: draw(
            scenes(1), peak(1, 1, 1), localize(peak(1, 1, 1), scenes(1))
        ),
        ["hit: yes", "purity 0.99", "mass 0.9", "cross at the peak"],
    ),
    "measured": (
        lambda draw: draw({"even": a_look(0.25), "a net": a_look(0.75)}),
        ["even: hit 25%, purity 25%", "a net: hit 75%", "mass 75%"],
    ),
    "reliability": (
        lambda draw: draw(
            {"a net": torch.linspace(0.4, 0.999, 400)},
            {"a net": torch.arange(400) % 4 > 0},
        ),
        ["a net is right in 75% where it is 45% sure", "95% sure"],
    ),
    "cases": (
        lambda draw: draw(
            ["hit, right", "missed: 3 of 8", "one more"],
            scenes(3),
            peak(3, 1, 1),
            torch.tensor([0, 0, 2]),
        ),
        ["3 cases", "missed: 3 of 8: it is green, the net says red"],
    ),
    "without": (
        lambda draw: draw(
            {name: scenes().image[0] for name in ("a box", "another box")},
            torch.tensor([1, 0]),
            {"a box": STAYS, "another box": {k: 0.97 for k in STAYS}},
        ),
        ["a box: all 2%, values only 30%", "another box: all 97%"],
    ),
    "overlap": (
        lambda draw: draw({"a net": {"sure": a_sign(0.81)}}),
        ["a net, sure: 81%", "filled"],
    ),
    "stand_ins": (
        lambda draw: draw(scenes(4), peak(4, 1, 1), peak(4, 6, 6), NOTES),
        ["4 scenes", "red, 80% sure; instead red, 90% sure"],
    ),
}


def test_a_wrong_answer_is_told_by_word_mark_and_frame():
    some, answers = scenes(), scenes().target.clone()
    answers[4] = 2  # is green
    drawn = looking.predictions(some, peak(7, 1, 1), answers)
    assert "blue, is green" in drawn.alt
    assert "1 of them is wrong" in drawn.alt
    labels = [axis.get_xlabel() for axis in drawn.figure.axes]
    assert [text for text in labels if "✗" in text] == ["✗ blue, is green"]
    assert sum("✓" in text for text in labels) == 6
    framed = [
        axis
        for axis in drawn.figure.axes
        if axis.spines["left"].get_linestyle() == "--"
    ]
    assert len(framed) == 2  # the scene and its map


@pytest.mark.parametrize(
    ("cell", "said"), [((1, 1), "hit: yes"), ((1, 6), "hit: no")]
)
def test_the_anatomy_of_a_look_follows_the_weights(cell, said):
    one, weights = scenes(1), peak(1, *cell)
    drawn = looking.anatomy(one, weights, localize(weights, one))
    assert said in drawn.alt
    cross = drawn.figure.axes[0].lines[0].get_xydata()[0]
    assert cross.tolist() == [8 * cell[1] + 3.5, 8 * cell[0] + 3.5]


def test_the_box_of_the_queried_symbol_is_solid_and_the_others_dotted():
    one = replace(scenes(1), query_index=torch.tensor([2]))
    weights = peak(1, 5, 4)
    axes = looking.anatomy(one, weights, localize(weights, one)).figure.axes
    lines = {box.get_xy(): box.get_linestyle() for box in axes[0].patches}
    assert lines[(19.5, 35.5)] == "-"
    assert list(lines.values()).count(":") == 2


def test_bars_are_as_long_as_the_means():
    found = {"even": a_look(0.25), "a net": a_look(0.75)}
    for axis in looking.measured(found).figure.axes:
        assert [bar.get_width() for bar in axis.patches] == [0.25, 0.75]


def test_steps_of_confidence_with_few_answers_are_left_out():
    sure = torch.cat([torch.full((30,), 0.65), torch.full((19,), 0.45)])
    right = torch.ones(49, dtype=torch.bool)
    drawn = sureness.reliability({"a net": sure}, {"a net": right})
    assert "65% sure" in drawn.alt
    assert "45% sure" not in drawn.alt


def test_words_about_what_was_erased_follow_the_answers():
    images = {"a box": scenes().image[0]}
    for k, color in enumerate(("red", "green", "blue")):
        drawn = probing.without(images, torch.tensor([k]), {"a box": STAYS})
        assert drawn.figure.axes[0].get_xlabel() == f"now says {color}"
