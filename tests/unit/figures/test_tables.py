"""Tables: each number in its cell, and the highest in words."""

import numpy as np
import torch
from artists import texts
from matplotlib.colors import to_rgba

from colorattn import figures
from colorattn.figures.style import BLUE


def table(most=60.0, **options):
    percent = torch.tensor([[torch.nan, most, 3.0], [20.0, torch.nan, 1.0]])
    names = ["shirt", "coat", "bag"]
    axes = "asked", "named"
    return figures.table(percent, names[:2], names, axes, **options)


def test_each_number_is_in_its_cell():
    axis = table().figure.axes[0]
    found = {"60": (1, 0), "3": (2, 0), "20": (0, 1), "1": (2, 1)}
    assert texts(axis) == found
    names = [text.get_text() for text in axis.get_xticklabels()]
    assert names == ["shirt", "coat", "bag"]
    assert (axis.get_ylabel(), axis.get_xlabel()) == ("asked", "named")


def test_the_highest_cell_is_named_whatever_it_is():
    assert "highest are 60% for shirt and coat" in table().alt
    assert "highest are 20% for coat and shirt" in table(10).alt


def test_text_is_white_on_dark_cells_only():
    cells = table().figure.axes[0].texts
    white = [t.get_text() for t in cells if t.get_color() == "white"]
    assert white == ["60"]
    low = table(low=-300.0).figure.axes[0].texts
    assert {text.get_color() for text in low} == {"white"}


def test_colors_begin_at_the_low_end():
    """A cell is the less clear, the higher its number; without one, clear."""
    image = table(low=1.0).figure.axes[0].images[0].get_array()
    blue = np.broadcast_to(to_rgba(BLUE)[:3], (2, 3, 3))
    assert np.array_equal(image[..., :3], blue)
    shares = [[0, 1, 2 / 59], [19 / 59, 0, 0]]
    np.testing.assert_allclose(image[..., 3], shares, rtol=1e-6)
