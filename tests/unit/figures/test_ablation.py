"""What the figures of sweeps say follows from their numbers."""

import numpy as np
import pytest

from colorattn.analysis.statistics import difference, holm
from colorattn.figures import differences


def rising(height, seeds=3, epochs=11):
    """Accuracies that end at a height, by (seed, epoch)."""
    share = 1 - np.exp(-np.arange(epochs))
    spread = 0.01 * np.arange(seeds)[:, None]
    return 1 / 3 + (height - 1 / 3) * share + spread


def against(draw, end=0.4):
    base, variant = rising(0.9), rising(end)
    pairs = 100 * (variant - base)[:, -1] + np.array([-0.5, 0.0, 0.5])
    found = difference(pairs, np.zeros(3))
    return draw({"post": base, "no head": variant}, pairs, found)


def forest(draw):
    pairs = {
        "no head": np.array([-30.0, -31, -29]),
        "no padding": np.array([-0.2, 0.3, 0.1]),
    }
    found = {name: difference(p, np.zeros(3)) for name, p in pairs.items()}
    return draw(pairs, found, holm([f.p for f in found.values()]))


EXAMPLES = {
    "against": (against, ["no head", "post", "50%", "points", "3 seeds"]),
    "forest": (forest, ["no head -30.0", "no padding", "both sides of zero"]),
    "memorized": (
        lambda draw: draw(
            {"1,000 scenes": rising(0.1)}, {"1,000 scenes": rising(2.0)}
        ),
        ["loss", "1,000 scenes", "held out at 2.0"],
    ),
    "redrawn": (
        lambda draw: draw([94.0] * 3, [93.1, 94.9, 94.4]),
        ["3 times", "94.0%", "93.1 to 94.9%"],
    ),
    "unnamed": (
        lambda draw: draw([rising(0.9)[0], rising(0.1)[0]]),
        ["A begins at 0.33", "B begins", "ends at 0.10"],
    ),
    "right_and_hit": (
        lambda draw: draw(
            {"post": (np.array([89.0, 91]), np.array([90.0, 92]))}
        ),
        ["post 90 and 89%, 92 and 91%"],
    ),
    "by_place": (
        lambda draw: draw(
            [16.0, 30.0, 44.0], {"padding": ([91.0, 90.0, 79.0], [1.0] * 3)}
        ),
        ["left to right", "padding 91, 90, 79%"],
    ),
    "voices": (
        lambda draw: draw([3, 1], [86.0, 47.0], 89.8),
        ["seed 0: 3 of 3 colors, 86%", "seed 1: 1 of 3 colors", "it is 90%"],
    ),
    "first_step": (
        lambda draw: draw(
            {"post": 6.0, "no head": 0.1}, {"post": 0.1, "no head": 0.1}
        ),
        ["post 1, no head 60", "post 1, no head 1"],
    ),
}


@pytest.mark.parametrize(
    ("end", "words"), [(0.4, "below zero"), (0.99, "above zero")]
)
def test_words_about_a_difference_follow_its_sign(end, words):
    assert words in against(differences.against, end).alt


def test_a_curve_that_stays_low_is_not_said_to_pass():
    assert "no head never passes 50%" in against(differences.against).alt
    assert "never" not in against(differences.against, 0.99).alt


def test_the_largest_loss_stands_first_in_words():
    said = forest(differences.forest).alt
    assert said.index("no head") < said.index("no padding")


def test_what_may_be_luck_is_said_to_be():
    said = forest(differences.forest).alt
    assert "no padding +0.1 on average" in said
    assert said.count("may be luck") == 1
    assert said.index("may be luck") > said.index("no padding")


def test_names_of_curves_that_end_together_are_written_apart():
    low, high = differences.apart([89.0, 88.5])
    assert low - high == pytest.approx(5)
    assert differences.apart([60.0, 88.5]) == [60, 88.5]
