"""What the figures of chapter 9 say follows from their numbers."""

import numpy as np
import torch

from colorattn.analysis.statistics import (
    Interval,
    TimeToLevel,
    difference,
    holm,
)
from colorattn.figures import diagnosis, suspects, verdicts


def yardstick(draw, end=0.99):
    curve = np.linspace(0.97, end, 5)
    return draw(np.stack([curve, curve - 0.002]), [0.96], 0.98)


def trends(draw):
    found = [Interval(s, s - 0.02, s + 0.01) for s in (0.91, 0.95, 0.97)]
    return draw({"ink": ([0.5, 0.7, 0.9], found)}, "right answers (%)")


def heat(draw, top=0.9):
    shares = torch.full((3, 5), 0.5)
    shares[1, 2], shares[2, 4] = top, 0.1
    return draw({"a net": shares}, ("row", "column"), "accuracy (%)")


def luck(draw):
    shares = torch.cat(
        [torch.ones(70), torch.full((29,), 0.5), torch.zeros(1)]
    )
    return draw(shares, {"one place": 0.9, "64 places": 0.96})


def loudness(draw, best=2):
    factors = [0.5, 1.0, 2.0, 4.0]
    losses = [abs(n - best) + 0.3 for n in range(4)]
    return draw(factors, losses, [(0.5, 0.7), (0.8, 0.95)])


def moved(draw):
    return draw([-8, -4, 0, 4], {"trained": [0.6, 0.9, 0.8, 0.5]}, -3.5)


def layers(draw):
    lines = {"two encoders": [0.7, 0.4, 0.2], "red and green": [0.9] * 3}
    return draw({"trained": lines, "fresh": lines})


def angles(draw):
    random = np.random.default_rng(0)
    same, other = 1 - random.random(99) / 9, random.random(199) / 2
    return draw({"with": (same, other), "without": (same, other - 0.5)})


def gains(draw, shift=0.0):
    pairs = {
        "finer map": np.array([5.0, 6, 5.5]) + shift,
        "no last ReLU": np.array([-0.2, 0.3, 0.1]),
    }
    found = {name: difference(p, np.zeros(3)) for name, p in pairs.items()}
    chances = holm([f.p for f in found.values()])
    return draw(pairs, found, chances, {n: 0.5 for n in pairs})


def paces(draw, sooner=9.0):
    found = {
        "post": TimeToLevel(np.array([13.0, 15]), np.array([7.0, 7.4])),
        "finer map": TimeToLevel(np.array([sooner] * 2), np.array([10.0, 11])),
    }
    return draw(found, level="75%", wait=8)


EXAMPLES = {
    "looks": (
        lambda draw: draw(
            {"post": [0.85, 0.84, 0.82], "sum": [0.89, 0.86, 0.7]},
            ["right", "peak", "weight"],
        ),
        ["right, peak, weight", "post 85.0%, 84.0%", "sum 89.0%, 86.0%, 70"],
    ),
    "paces": (
        paces,
        ["75%", "8 epochs", "post at epoch 14, then 7.2", "at epoch 9"],
    ),
    "gains": (gains, ["finer map +5.5", "validation +0.5", "may be luck"]),
    "yardstick": (
        yardstick,
        ["2 classifiers", "98.9%", "98%", "from epoch 4"],
    ),
    "ladder": (
        lambda draw: draw(
            {"whole": [0.98, 0.99], "a key's": [0.93]}, "digits named (%)"
        ),
        ["whole 98.5%", "a key's 93.0%", "digits named"],
    ),
    "trends": (trends, ["ink: 91.0, 95.0, 97.0", "right answers"]),
    "heat": (heat, ["a net", "highest in row 1, column 2 with 90%", "10%"]),
    "luck": (luck, ["70%", "1.0%", "one place 10.0%", "64 places 4.0%"]),
    "loudness": (loudness, ["lowest with 0.30", "80% sure and 95% right"]),
    "moved": (moved, ["80.0%", "at best 90.0% at -4 px", "-3.5 px"]),
    "layers_alike": (layers, ["trained, two encoders 0.70, 0.40, 0.20"]),
    "angles": (angles, ["with: 0.9", "without", "for two"]),
}


def test_a_classifier_that_stays_below_the_quoted_line_is_said_to():
    assert "never" in yardstick(diagnosis.yardstick, end=0.975).alt
    assert "never" not in yardstick(diagnosis.yardstick).alt


def test_the_highest_and_the_lowest_cell_are_named_where_they_are():
    assert "row 2, column 4 with 10%" in heat(verdicts.heat).alt
    flipped = heat(verdicts.heat, top=0.05).alt
    assert "lowest in row 1, column 2 with 5%" in flipped


def test_the_best_factor_is_the_one_of_the_lowest_loss():
    assert "at 4 times" in loudness(suspects.loudness, best=3).alt
    assert "at 0.5 times" in loudness(suspects.loudness, best=0).alt


def test_a_net_that_is_surer_than_right_is_not_called_modest():
    said = suspects.loudness([1.0, 2.0], [1.0, 2.0], [(0.9, 0.8)]).alt
    assert "not always above" in said


def test_gains_are_told_from_the_largest_down_and_luck_is_called_luck():
    said = gains(verdicts.gains).alt
    assert said.index("finer map") < said.index("no last ReLU")
    assert "may be luck" not in said.split("no last ReLU")[0]
    worse = gains(verdicts.gains, shift=-11).alt
    assert worse.index("no last ReLU") < worse.index("finer map")
    assert "finer map -5.5" in worse and "below zero" in worse


def test_words_at_the_ends_of_lines_do_not_meet():
    assert suspects.parted([0.4, 0.2, 0.41]) == [0.4, 0.2, 0.4 + 0.09]
    assert suspects.parted([0.9, 0.1]) == [0.9, 0.1]
