"""What the figures of chapter 4 say of layers follows from their numbers."""

import pytest
import torch
import torch.nn.functional as F
from tiny import pixels

from colorattn.figures import layers


def a_window(factor=1.0):
    """A convolution of stride 2, with the window around its middle."""
    picture = torch.arange(25.0).view(5, 5) % 3
    kernel = factor * torch.ones(3, 3)
    found = F.conv2d(picture[None, None], kernel[None, None], None, 2, 1)
    return F.pad(picture, [1] * 4), kernel, found[0, 0], (1, 1)


MAPS = [pixels(8, 16, 16) / 255, pixels(13, 8, 8) / 255]

EXAMPLES = {
    "window": (
        lambda draw: draw(*a_window()),
        ["5 by 5", "orange window of 3 by 3", "9", "3 by 3 numbers"],
    ),
    "stages": (
        lambda draw: draw(pixels(3, 32, 32), MAPS),
        ["32 by 32", "8 maps of 16 by 16", "13 maps of 8 by 8"],
    ),
}


@pytest.mark.parametrize("factor", [1, 2])
def test_words_about_a_window_give_its_sum(factor):
    # The middle of 0 1 2 0 1 2 …, read by rows: nine numbers, mean 1.
    assert f"the sum, {9 * factor}," in layers.window(*a_window(factor)).alt


def test_maps_are_laid_out_row_by_row_each_from_black_to_white():
    maps = torch.arange(24.0).view(3, 2, 4)
    sheet = layers.mosaic(maps, columns=2)
    assert sheet.shape == (5, 9)
    one = torch.arange(8.0).view(2, 4) / 7
    for top, left in (0, 0), (0, 5), (3, 0):
        part = sheet[top : top + 2, left : left + 4]
        torch.testing.assert_close(part, one)
    assert (sheet[3:, 5:] == 1).all()  # no fourth map


def test_a_map_without_contrast_does_not_divide_by_zero():
    assert layers.mosaic(torch.ones(2, 3, 3), columns=2).isfinite().all()
