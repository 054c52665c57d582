"""What the figures of sweeps say follows from their numbers."""

import numpy as np
import pytest

from colorattn.figures import differences
from colorattn.paired import difference, holm


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
