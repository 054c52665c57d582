"""Checks on where the model looks: purity, hits, and errors per image."""

import torch
from torch import Tensor

from colorattn.checks.answers import Answer, also, expect, number, refuse


def purity(answer: Answer) -> str:
    """Exercise 6.1: `purity_of(weights, image, target)`."""
    weights = torch.tensor([[0, 0.75, 0], [0, 0, 0.25]])
    image = torch.zeros(3, 10, 21, dtype=torch.uint8)  # cells of 5 by 7 px
    image[1, 0, 7:10] = 200  # the target, under 3/4 of the weights: 450
    image[1, 4, :5] = image[1, 3, :5] = 255  # the target, under none
    image[0, 2, 8] = 200  # 150
    image[2, 7:9, 15:20] = 240  # 600

    found = number(answer(weights, image, 1))
    slips = {
        "that is the share of the ink in the whole scene. Multiply each "
        "pixel by the weight of its cell.": 3150 / 5750,
        "you count pixels with ink. Ink is brightness: a pixel with the value "
        "200 counts 200 times.": 2.25 / 5.5,
        "you divide by the ink of the other symbols. A share is divided by "
        "all the ink, including its own.": 450 / 750,
        "that is the largest share. Purity is the share of the target color, "
        "whichever color has the most.": 600 / 1200,
        "that is the weight of the cells that contain the target color. "
        "Purity is about ink: empty pixels don't count.": 0.75,
        "the map of weights is repeated side by side. Enlarge each cell "
        "instead: use repeat_interleave.": tiled(weights, image, 1),
    }
    refuse(found, slips)
    right = 450 / 1200
    expect(found, right, "of the weighted ink, 450 of 1,200 is the target's.")

    nowhere = torch.zeros(2, 3)
    nowhere[1, 0] = 1  # on black
    found = number(answer(nowhere, image, 1))
    assert found == 0, (
        "if all the weight is on black there is no ink to share, so purity "
        f"is 0. Yours is {found}; keep the divisor above 0."
    )
    return (
        "Try uniform weights: what's left is the symbol's share of all "
        "ink, about one third."
    )


def tiled(weights: Tensor, image: Tensor, target: int) -> float:
    """Compute the purity with `repeat` instead of `repeat_interleave`."""
    height, width = image.shape[1:]
    mask = weights.repeat(height // weights.shape[0], width // 3)
    ink = (image * mask).sum(dim=(1, 2))
    return float(ink[target] / ink.sum())


def hit(answer: Answer) -> str:
    """Exercise 6.2: `hit_of(weights, positions, query_index)`."""
    apart = [(36, 0), (0, 36), (2, 2)]  # three boxes that don't overlap
    near = [(9, 17), (29, 31), (36, 0)]  # the first two boxes overlap
    third, later = [(0, 0), (0, 36), (30, 20)], [(34, 34), (0, 0), (0, 34)]
    square = (8, 8)
    cases = {  # map, peak, corners of the symbols, queried symbol, hit
        "row and column are swapped: a position is (row, column), and so is "
        "a cell of the map.": (square, (6, 1), apart, 0, True),
        "the peak is on a different symbol than the queried one, but you call "
        "it a hit.": (square, (1, 6), apart, 0, False),
        "the peak is outside all boxes. Being nearest is not enough: it must "
        "be inside as well.": (square, (7, 7), third, 2, False),
        "the peak is inside two boxes, and nearer to the center of the other "
        "one. Being inside is not enough.": (square, (4, 5), near, 0, False),
        "the peak is at (28, 36), which is (5, 5) from the center of the "
        "queried box and (15, 9) from the next. Measure from centers, not "
        "from corners.": (square, (3, 4), near, 0, True),
        "cell (4, 4) starts at pixel 32, outside the box, but its center, at "
        "36, is inside. Use the center.": (square, (4, 4), later, 0, True),
        "right for 8 by 8 cells, but wrong for 4 by 16: a cell is 64 / 4 by "
        "64 / 16 pixels.": ((4, 16), (3, 2), apart, 0, True),
    }
    for message, (shape, cell, corners, query_index, right) in cases.items():
        weights = torch.full(shape, 0.001)
        weights[cell] = 0.9
        found = number(answer(weights, torch.tensor(corners), query_index))
        assert bool(found) == right, message

    split = torch.zeros(square)
    split[6, 1], split[1, 6] = 0.55, 0.45
    assert number(answer(split, torch.tensor(apart), 0)), (
        "0.55 of the weight is on the queried symbol, 0.45 on another. The "
        "peak is the cell with the largest weight, not the mean position of "
        "the two."
    )
    return (
        "Try a random cell instead of the peak: the chapter says how "
        "often luck alone hits."
    )


def all_correct(answer: Answer) -> str:
    """Exercise 6.3: `all_right(answers, colors)`."""
    colors = torch.tensor([[0, 1, 2]] * 6)
    answers = torch.tensor(
        [[0, 1, 2], [1, 0, 2], [1, 2, 0], [0, 0, 2], [0, 1, 2], [2, 2, 2]]
    )

    found = number(answer(answers, colors))
    slips = {
        "that is the share of correct answers. Count images on which all "
        "answers are correct.": 10 / 18,
        "you count an image with at least one correct answer. All of an "
        "image's answers must be correct.": 5 / 6,
        "three different answers are not three correct ones: in row 1, red "
        "and green are swapped.": 4 / 6,
        "that is how many images. Divide by the number of images.": 2,
        "return a share between 0 and 1, not a percentage.": 200 / 6,
    }
    refuse(found, slips)
    expect(found, 2 / 6, "all answers are correct on two of six images.")

    found = number(answer(answers[:5, :2], colors[:5, :2]))
    also(found, 0.4, "two symbols", "take their number from the shape")
    return (
        "After the experiment below, try the opposite: on how many images "
        "is no answer right? Failures that have nothing to do with each "
        "other would make them very rare."
    )
