"""Checks on scenes: colors, drawings, and boxes that overlap."""

import torch
from torch import Tensor

from colorattn.checks.answers import Answer, also, close, refuse, shown, tensor


def color_of(answer: Answer) -> str:
    """Exercise 1.1: `color_of(classes, colors, asked)`."""
    classes = torch.tensor([[7, 2, 5], [1, 0, 9], [4, 8, 3], [6, 1, 2]])
    colors = torch.tensor([[1, 2, 0], [2, 0, 1], [1, 2, 0], [0, 2, 1]])
    asked = torch.tensor([7, 9, 3, 1])

    found = tensor(answer(classes, colors, asked), (4,))
    slips = {
        "that is the symbol's index in its row. Return the color at that "
        "index.": [0, 2, 2, 1],
        "colors[n, k] is the color of symbol k; you read it as the symbol "
        "with color k.": [2, 0, 1, 2],
    }
    refuse(found, slips)
    assert close(found, [1, 1, 0, 2]), (
        "scene 0 has a 7, a 2 and a 5 with colors 1, 2 and 0, so the answer "
        "to a query for 7 is 1. Over the four scenes the answers are "
        f"[1, 1, 0, 2]; yours are {shown(found)}."
    )

    # The stream never asks for an absent class, but chapter 6 does.
    absent = torch.tensor([7, 8, 3, 0])
    found = tensor(answer(classes, colors, absent), (4,))
    assert close(found, [1, -1, 0, -1]), (
        "scene 1 has a 1, a 0 and a 9, so a query for 8 has no answer: "
        f"return -1 there. Yours is {found[1]}."
    )

    # A scene may have two symbols, and a batch one scene.
    found = answer(classes[:1, :2], colors[:1, :2], torch.tensor([2]))
    found = tensor(found, (1,))
    also(found, [2], "two symbols", "take their number from the shape")
    return (
        "The stream never asks for a class that isn't there. Chapter 6 "
        "will, to see what a network makes of the question."
    )


def other_drawing(answer: Answer) -> str:
    """Exercise 1.2: `another(drawings, first, counts, shares)`.

    Accepts every rule that makes the other drawings equally likely.
    """
    # Each drawing of a class of 5, with each of four evenly spaced shares.
    own, place = torch.arange(13, 18), torch.arange(13, 17).expand(5, 4)
    drawings, shares = own.repeat_interleave(4), torch.arange(1, 8, 2) / 8
    first, counts = (torch.full_like(drawings, n) for n in (13, 5))

    found = answer(drawings, first, counts, shares.double().repeat(5))
    found = tensor(found, (20,)).view(5, 4)
    assert not found.is_floating_point(), (
        "an index is an integer: cut off the decimals with .long()."
    )
    low, high = int(found.min()), int(found.max())
    assert high >= 5, (
        f"{high} is counted from the start of the class. The result is an "
        "index into digits.images: add first."
    )
    assert 13 <= low <= high <= 17, (
        "a class of 5 drawings that starts at 13 ends at 17; yours goes from "
        f"{low} to {high}, into another class."
    )
    slips = {
        "no place is skipped: for drawing 15 the places 0, 1, 2, 3 are the "
        "drawings 13, 14, 16, 17.": place,
        "the drawing's own place has to move up too: compare with >=, not "
        "with >.": place + (place > own[:, None]),
        "the drawing after the given one comes up twice and the last one "
        "never: all places from the given one on move up by "
        "one.": place + (place == own[:, None]),
    }
    refuse(found, slips)
    rows = dict(zip(own.tolist(), found.tolist(), strict=True))
    for drawing, row in rows.items():
        assert drawing not in row, (
            f"for drawing {drawing} and one of the shares you return "
            f"{drawing} itself."
        )
    assert 17 in rows[13], (
        "the last drawing of the class, 17, never comes up: for drawing 13 "
        f"you return {rows[13]}."
    )
    for drawing, row in rows.items():
        assert len(set(row)) == 4, (
            f"for drawing {drawing} and four evenly spaced shares, each of "
            f"the other four drawings comes up once; yours are {row}."
        )

    # Classes in a batch differ in size, and a share is 0 or nearly 1.
    first, counts = torch.tensor([0, 2, 5, 12]), torch.tensor([2, 3, 7, 5])
    for share in (0.0, 1 - 2**-24):
        shares = torch.full((4,), share, dtype=torch.float64)
        for drawings in (first, first + counts - 1):
            other = tensor(answer(drawings, first, counts, shares), (4,))
            inside = (first <= other) & (other < first + counts)
            assert bool((inside & (other != drawings)).all()), (
                "right for a class of 5 drawings, but wrong for a batch with "
                "classes of 2, 3, 7 and 5: each row has a bound of its own."
            )
    return (
        "Why it matters: if the query could be the very drawing in the "
        "scene, comparing pixels would be enough."
    )


def overlaps(answer: Answer) -> str:
    """Exercise 1.3: `crowded(positions, side)`."""
    positions = torch.tensor(
        [
            [[0, 0], [5, 5], [40, 40]],  # the first two
            [[0, 0], [0, 10], [40, 0]],  # touching is no overlap
            [[0, 0], [5, 30], [30, 5]],  # near in rows, or in columns: none
            [[20, 20], [40, 40], [11, 29]],  # the first and the last
            [[0, 0], [9, 0], [18, 0]],  # a chain of three
        ]
    )
    expected = torch.tensor(
        [[1, 1, 0], [0, 0, 0], [0, 0, 0], [1, 0, 1], [1, 1, 1]]
    ).bool()

    found = tensor(answer(positions, 10), (5, 3))
    assert found.dtype == torch.bool, (
        f"return true or false for each symbol; yours is {found.dtype}."
    )
    refuse(found, overlap_slips(positions))
    for n, (row, right) in enumerate(zip(found, expected, strict=True)):
        assert torch.equal(row, right), (
            f"for boxes of side 10 at {positions[n].tolist()} the answer is "
            f"{right.tolist()}; yours is {row.tolist()}."
        )

    pair = torch.tensor([[[0, 0], [20, 27]], [[3, 3], [3, 31]]])
    found, right = tensor(answer(pair, 28), (2, 2)), [[True] * 2, [False] * 2]
    also(found, right, "two boxes of side 28", "use both arguments")
    return (
        "In the experiment below, try sides of 20 and 21 as well: what "
        "does the spacing guarantee?"
    )


def overlap_slips(positions: Tensor) -> dict[str, Tensor]:
    """Map messages to what each slip returns for boxes of side 10."""
    gaps = positions[:, :, None] - positions[:, None]
    far, other = gaps.abs(), ~torch.eye(3, dtype=torch.bool)
    near = (far < 10).all(dim=3)
    in_order = torch.tensor([[0, 1, 0], [1, 0, 1], [0, 1, 0]]).bool()
    of_scene = (near & other).flatten(1).any(dim=1)
    pairs = {
        "every box overlaps itself: leave out a symbol's pair with "
        "itself.": near,
        "boxes that touch share no pixel: a distance of 10 px is no "
        "overlap.": other & (far <= 10).all(dim=3),
        "boxes far apart in one direction can't overlap: they must be near "
        "in rows and in columns.": other & (far < 10).any(dim=3),
        "the difference of two corners may be negative: take its absolute "
        "value.": other & (gaps < 10).all(dim=3),
        "rows and columns count separately: neither their sum nor the "
        "distance tells whether boxes overlap.": other & (far.sum(dim=3) < 10),
        "symbols 0 and 2 are a pair as well.": near & in_order,
        "that tells whether the scene has an overlap; return it for each "
        "symbol.": of_scene[:, None, None].expand(-1, 3, 3),
    }
    return {message: found.any(dim=2) for message, found in pairs.items()}
