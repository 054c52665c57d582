"""What the figures of classes say follows from their numbers."""

import torch
from tiny import pixels

from colorattn.analysis.statistics import Interval
from colorattn.figures import classes


def shares(draw, low=0.4):
    post = [Interval(low, low - 0.1, low + 0.1), Interval(0.9, 0.8, 1.0)]
    best = [Interval(0.7, 0.6, 0.8), Interval(0.95, 0.9, 1.0)]
    return draw({"post": post, "best": best}, ["shirt", "bag"], "accuracy (%)")


def table(draw, most=60.0):
    percent = torch.tensor([[torch.nan, most, 3.0], [20.0, torch.nan, 1.0]])
    return draw(
        percent,
        ["shirt", "coat"],
        ["shirt", "coat", "bag"],
        ("asked", "named"),
    )


EXAMPLES = {
    "shares": (shares, ["accuracy", "shirt 40%", "bag 90%", "best", "95%"]),
    "columns": (
        lambda draw: draw(pixels(2, 7, 28, 28), ["query", "shirt"]),
        ["7 columns", "query, shirt"],
    ),
    "table": (table, ["asked", "named", "60% for shirt and coat"]),
}


def test_the_lowest_stands_first_in_words():
    said = shares(classes.shares).alt
    assert said.index("shirt") < said.index("bag")
    other = shares(classes.shares, 0.97).alt
    assert other.index("bag") < other.index("shirt")


def test_the_highest_cell_is_named_whatever_it_is():
    assert "highest are 20% for coat and shirt" in table(classes.table, 10).alt
