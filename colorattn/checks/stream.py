"""Checks of chapter 1: the stream of scenes."""

import torch
from torch import Tensor

from colorattn.checks.telling import Answer, returned


def color_of(answer: Answer) -> None:
    """Check `color_of(classes, colors, asked)`: the color, or -1.

    Shapes (batch, symbols), (batch, symbols), (batch,) to (batch,).
    """
    classes = torch.tensor([[7, 2, 5], [1, 0, 9], [4, 8, 3], [6, 1, 2]])
    colors = torch.tensor([[1, 2, 0], [2, 0, 1], [1, 2, 0], [0, 2, 1]])
    asked = torch.tensor([7, 9, 3, 1])

    found = returned(answer(classes, colors, asked), (4,)).tolist()

    assert found != [0, 2, 2, 1], (
        "that is the place of the symbol in its row. Take the color that "
        "stands at this place."
    )
    assert found != [2, 0, 1, 2], (
        "colors[n, k] is the color of symbol k; you read it as the symbol "
        "that has color k."
    )
    assert found == [1, 1, 0, 2], (
        "scene 0 holds a 7, a 2 and a 5 of colors 1, 2 and 0, so a query for "
        "7 has the answer 1; over the four scenes 1, 1, 0, 2. Yours: "
        f"{', '.join(map(str, found))}."
    )

    # Not in the stream, but chapter 6 asks it: a class that is not there.
    absent = torch.tensor([7, 8, 3, 0])
    found = returned(answer(classes, colors, absent), (4,)).tolist()
    assert found == [1, -1, 0, -1], (
        "scene 1 holds a 1, a 0 and a 9. A query for 8 has no answer: return "
        f"-1 there. Yours: {found[1]}."
    )

    # A scene may have two symbols, and a batch one scene.
    found = answer(classes[:1, :2], colors[:1, :2], torch.tensor([2]))
    assert returned(found, (1,)).tolist() == [2], (
        "right for three symbols, wrong for two: take the number of symbols "
        "from the shape of classes."
    )


def another(answer: Answer) -> None:
    """Check `another(drawings, first, counts, shares)`: another drawing.

    All have shape (batch,). Any rule is right that makes each other drawing
    of the class equally likely.
    """
    found = rounds(answer, first=13, size=5)
    assert found.max() >= 5, (
        f"{found.max()} is counted from the beginning of the class. The "
        "drawing is an index into digits.images: add first."
    )
    low, high = int(found.min()), int(found.max())
    assert 13 <= low <= high <= 17, (
        "a class of 5 drawings that begins at 13 ends at 17; yours goes from "
        f"{low} to {high}, into another class."
    )
    own, rows = torch.arange(13, 18), found.tolist()
    place = torch.arange(13, 17).expand(5, 4)
    slips = {
        "no place is skipped: for drawing 15 the places 0, 1, 2, 3 are the "
        "drawings 13, 14, 16, 17.": place,
        "the place of the drawing itself has to move up too: compare with "
        ">=, not with >.": place + (place > own[:, None]),
        "the drawing behind the own comes twice and the last one never: all "
        "places from the own on move up by one.": (
            place + (place == own[:, None])
        ),
    }
    for message, slip in slips.items():
        assert not torch.equal(found, slip), message
    for drawing, row in zip(own.tolist(), rows, strict=True):
        assert drawing not in row, (
            f"for drawing {drawing} you return {drawing} itself at one of the "
            "shares."
        )
    assert int(found[0].max()) == 17, (
        "the last drawing of the class, 17, never comes up: for drawing 13 "
        f"you return {rows[0]}."
    )
    for drawing, row in zip(own.tolist(), rows, strict=True):
        assert len(set(row)) == 4, (
            f"for drawing {drawing} and four even shares each of the other "
            f"four should come once; yours are {row}."
        )

    # Classes of one batch differ in size, and a share is 0 or nearly 1.
    first, counts = torch.tensor([0, 2, 5, 12]), torch.tensor([2, 3, 7, 5])
    for share in (0.0, 1 - 2**-24):
        shares = torch.full((4,), share, dtype=torch.float64)
        for drawings in (first, first + counts - 1):
            other = returned(answer(drawings, first, counts, shares), (4,))
            inside = (first <= other) & (other < first + counts)
            assert bool((inside & (other != drawings)).all()), (
                "right for a class of 5 drawings, wrong for a batch with "
                "classes of 2, 3, 7 and 5: each row has a bound of its own."
            )


def rounds(answer: Answer, first: int, size: int) -> Tensor:
    """Ask for each drawing of a class with each of size - 1 even shares."""
    drawings = torch.arange(first, first + size).repeat_interleave(size - 1)
    shares = (torch.arange(size - 1, dtype=torch.float64) + 0.5) / (size - 1)
    bound = torch.full_like(drawings, size)
    found = answer(
        drawings, torch.full_like(drawings, first), bound, shares.repeat(size)
    )
    found = returned(found, drawings.shape).view(size, size - 1)
    assert not found.is_floating_point(), (
        "an index is a whole number: cut off what follows the point with "
        ".long()."
    )
    return found


def crowded(answer: Answer) -> None:
    """Check `crowded(positions, side)`: whose box overlaps another's.

    Shape (batch, symbols, 2) to (batch, symbols), true or false.
    """
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

    found = returned(answer(positions, 10), (5, 3))

    assert found.dtype == torch.bool, (
        f"return true or false for each symbol; yours is {found.dtype}."
    )
    for message, slip in overlap_slips(positions).items():
        assert not torch.equal(found, slip), message
    for n, (row, right) in enumerate(zip(found, expected, strict=True)):
        assert torch.equal(row, right), (
            f"boxes of side 10 at {positions[n].tolist()}: the answer is "
            f"{right.tolist()}; yours is {row.tolist()}."
        )

    pair = torch.tensor([[[0, 0], [20, 27]], [[3, 3], [3, 31]]])
    found = returned(answer(pair, 28), (2, 2))
    assert found.tolist() == [[True, True], [False, False]], (
        "right for three boxes of side 10, wrong for two of side 28: take "
        "both numbers from what the function is given."
    )


def overlap_slips(positions: Tensor) -> dict[str, Tensor]:
    """Map messages to what each slip returns for boxes of side 10."""
    gaps = positions[:, :, None] - positions[:, None]
    far, off = gaps.abs(), ~torch.eye(3, dtype=torch.bool)
    near = (far < 10).all(dim=3)
    pairs = {
        "every box overlaps itself: leave out a symbol's pair with itself.": (
            near
        ),
        "boxes that touch share no pixel: 10 px apart is no overlap.": (
            (far <= 10).all(dim=3) & off
        ),
        "boxes far apart in one direction cannot overlap: rows and columns "
        "must both be near.": (far < 10).any(dim=3) & off,
        "the difference of two corners may be negative: take its size.": (
            (gaps < 10).all(dim=3) & off
        ),
        "rows and columns count one by one: neither their sum nor the length "
        "of the arrow says whether boxes overlap.": (
            (far.sum(dim=3) < 10) & off
        ),
        "symbols 0 and 2 are a pair as well.": near
        & (torch.tensor([[0, 1, 0], [1, 0, 1], [0, 1, 0]]).bool()),
    }
    slips = {message: found.any(dim=2) for message, found in pairs.items()}
    scene = (near & off).any(dim=2).any(dim=1, keepdim=True)
    slips[
        "that says whether the scene has an overlap; say it of each symbol."
    ] = scene.expand(-1, 3)
    return slips
