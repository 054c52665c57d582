"""Tables: each number in its cell, and the highest in words."""

import torch
from artists import texts

from colorattn import figures


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
    image = table(low=1.0).figure.axes[0].images[0]
    assert image.get_clim() == (1, 60)
