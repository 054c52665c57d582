"""Checks of chapter 6: purity, hit, and three questions to one image."""

from math import isclose

import torch
from torch import Tensor

from colorattn.checks.telling import Answer, begun

Place = tuple[int, int]


def number(value: object) -> float:
    """Return what an answer returned, if it is a single number."""
    begun(value)
    if isinstance(value, Tensor):
        assert value.numel() == 1, (
            "return one number; yours is a tensor of shape "
            f"{tuple(value.shape)}."
        )
        return float(value)
    assert isinstance(value, bool | int | float), (
        f"return one number; yours is a {type(value).__name__}."
    )
    return float(value)


def purity(answer: Answer) -> None:
    """Check `purity_of(weights, image, target)`: (i, j), (3, h, w), color."""
    weights = torch.tensor([[0, 0.75, 0], [0, 0, 0.25]])
    image = torch.zeros(3, 10, 21, dtype=torch.uint8)  # cells of 5 by 7 px
    image[1, 0, 7:10] = 200  # asked for, under 3/4 of the weights: 450
    image[1, 4, :5] = image[1, 3, :5] = 255  # asked for, under none
    image[0, 2, 8] = 200  # 150
    image[2, 7:9, 15:20] = 240  # 600

    found = number(answer(weights, image, 1))

    slips = {
        "that is the share of the ink in the whole scene. Let each pixel "
        "count by the weight that lies on it.": 3150 / 5750,
        "you count pixels with ink. Ink is how bright they are: a pixel of "
        "200 holds 200 of it.": 2.25 / 5.5,
        "you divide by the ink of the other symbols. A share is divided by "
        "all the ink, its own included.": 450 / 750,
        "that is the largest share. The purity is that of the color asked "
        "for, whoever has most.": 600 / 1200,
        "that is the weight of the cells that hold its ink. Purity is about "
        "ink: empty pixels do not count.": 0.75,
        "the weights were repeated side by side. Blow each cell up instead: "
        "repeat_interleave along both axes.": tiled(weights, image, 1),
    }
    for message, slip in slips.items():
        assert not isclose(found, slip, abs_tol=1e-4), message
    assert isclose(found, 450 / 1200, abs_tol=1e-4), (
        "under the weights lie 150 of red, 450 of green and 600 of blue ink. "
        f"Green was asked for: 450/1200, or 0.375; yours is {found:.3f}."
    )

    nowhere = torch.zeros(2, 3)
    nowhere[1, 0] = 1  # on black
    found = number(answer(nowhere, image, 1))
    assert found == 0, (
        "all weight on black: there is no ink to share, so the purity is 0. "
        f"Yours is {found}; keep the divisor above 0."
    )


def tiled(weights: Tensor, image: Tensor, target: int) -> float:
    """Work out the purity with `repeat` for `repeat_interleave`."""
    height, width = image.shape[1:]
    mask = weights.repeat(height // weights.shape[0], width // 3)
    ink = (image * mask).sum(dim=(1, 2))
    return float(ink[target] / ink.sum())


def hit(answer: Answer) -> None:
    """Check `hit_of(weights, positions, queried)` on a canvas of 64 px."""
    apart = [(36, 0), (0, 36), (2, 2)]  # three boxes that do not meet
    close = [(9, 17), (29, 31), (36, 0)]  # the first two boxes overlap
    wide = (8, 8)
    cases: list[tuple[Place, Place, list[Place], int, bool, str]] = [
        # map, peak, corners of the symbols, queried, hit, message
        (wide, (6, 1), apart, 0, True, "row and column are swapped: a "
         "position is (row, column), and so is a cell of the map."),
        (wide, (1, 6), apart, 0, False, "the peak lies on another symbol, "
         "and you call it a hit."),
        (wide, (7, 7), [(0, 0), (0, 36), (30, 20)], 2, False, "the peak lies "
         "outside of all boxes. To be nearest is not enough: it must be "
         "inside as well."),
        (wide, (4, 5), close, 0, False, "two boxes hold the peak, and it is "
         "nearer to the center of the other. To be inside is not enough."),
        (wide, (3, 4), close, 0, True, "the peak is at (28, 36), which is "
         "(5, 5) from the center of the queried box and (15, 9) from the "
         "next. Measure from centers, not from corners."),
        (wide, (4, 4), [(34, 34), (0, 0), (0, 34)], 0, True, "cell (4, 4) "
         "begins at pixel 32, outside of the box, but its center is at 36, "
         "inside. Take the center of the cell."),
        ((4, 16), (3, 2), apart, 0, True, "right for 8 by 8 cells, wrong for "
         "4 by 16: a cell has 64 / 4 rows and 64 / 16 columns of pixels."),
    ]  # fmt: skip
    for shape, cell, corners, query_index, expected, message in cases:
        weights = torch.full(shape, 0.001)
        weights[cell] = 0.9
        found = number(answer(weights, torch.tensor(corners), query_index))
        assert bool(found) == expected, message

    torn = torch.zeros(wide)
    torn[6, 1], torn[1, 6] = 0.55, 0.45
    assert number(answer(torn, torch.tensor(apart), 0)), (
        "0.55 of the weights lie on the queried symbol, 0.45 on another. "
        "The peak is the heaviest cell, not the mean place between the two."
    )


def all_three(answer: Answer) -> None:
    """Check `all_right(answers, colors)`: both (batch, symbols)."""
    colors = torch.tensor([[0, 1, 2]] * 6)
    answers = torch.tensor(
        [[0, 1, 2], [1, 0, 2], [1, 2, 0], [0, 0, 2], [0, 1, 2], [2, 2, 2]]
    )

    found = number(answer(answers, colors))

    slips = {
        "that is the share of right answers. Count images on which all "
        "answers are right.": 10 / 18,
        "one right answer is enough for you. All of an image's answers must "
        "be right.": 5 / 6,
        "three different answers are not three right ones: in row 1 red and "
        "green are mistaken for each other.": 4 / 6,
        "that is how many images. Divide by the number of images.": 2,
        "return a share between 0 and 1, not a percentage.": 200 / 6,
    }
    for message, slip in slips.items():
        assert not isclose(found, slip, abs_tol=1e-4), message
    assert isclose(found, 2 / 6, abs_tol=1e-4), (
        "of six images, two have all their answers right: 1/3; yours is "
        f"{found:.3f}."
    )

    found = number(answer(answers[:5, :2], colors[:5, :2]))
    assert isclose(found, 2 / 5, abs_tol=1e-4), (
        "right for three symbols, wrong for two: take their number from the "
        f"shape. Of five images two are all right; yours is {found:.3f}."
    )
