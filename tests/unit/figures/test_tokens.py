"""Looks at tokens: each weight is where it belongs, and said in words."""

import torch
from artists import shown
from tiny import pixels

from colorattn import figures


def looks(*cells):
    """Two looks at two rows of six cells, with peaks at some of them."""
    maps = torch.eye(6)[list(cells)]
    return {"first": maps, "second": maps.roll(2, 1)}


def test_each_strip_shows_the_weights_of_its_row():
    found = looks(0, 5)
    drawn = figures.row_looks(
        pixels(2, 3, 32, 96), pixels(2, 28, 28), found, ["red", "green"]
    )
    axes = drawn.figure.axes  # queries, rows, first looks, second looks
    for k in range(2):
        assert torch.equal(shown(axes[4 + k])[0], found["first"][k])
        assert torch.equal(shown(axes[6 + k])[0], found["second"][k])
        assert axes[6 + k].get_xlabel() == ["red", "green"][k]
    assert axes[2].get_ylabel() == "row"
    assert axes[4].images[0].get_clim()[0] == 0


def test_peaks_are_told_by_thirds():
    drawn = figures.row_looks(
        pixels(2, 3, 32, 96), pixels(2, 28, 28), looks(1, 3), ["red", "blue"]
    )
    assert "red: first on the left, second in the middle" in drawn.alt
    assert "blue: first in the middle, second on the right" in drawn.alt


def test_rows_without_looks_show_what_stands_below_them():
    drawn = figures.row_looks(
        pixels(2, 3, 32, 96), pixels(2, 28, 28), {}, ["red", "blue"]
    )
    assert drawn.alt.endswith("Below them stands: red; blue.")
    assert drawn.figure.axes[3].get_xlabel() == "blue"


def test_rows_ask_and_columns_are_asked():
    weights = torch.zeros(5, 5)
    weights[1, 4] = 0.75
    drawn = figures.who_asks_whom(
        {"a head": weights}, ["a", "b", "", "", "e"], "A matrix."
    )
    (axis,) = drawn.figure.axes
    assert torch.equal(shown(axis), weights)
    assert axis.get_ylabel() == "asks (query)"
    assert axis.get_xlabel() == "is asked (key)"
    assert [t.get_text() for t in axis.get_xticklabels()] == ["a", "b", "e"]
    assert axis.get_yticks().tolist() == [0, 1, 4]
    assert "heaviest, 0.75, where token 2 (b) asks token 5 (e)" in drawn.alt
