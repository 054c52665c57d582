"""Checks of chapter 2: sliding, matching, matching nearby."""

import torch
from torch import Tensor

from colorattn.checks.telling import Answer, returned


def slide(answer: Answer) -> None:
    """Check `slide(image, query)`: (3, h, w), (a, b) to (3, i, j)."""
    image = torch.zeros(3, 5, 7, dtype=torch.uint8)
    image[0, 2, 3] = 1
    image[1, 0, 0] = 2
    image[2, 4, 5] = 1
    query = torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.uint8)
    # One pixel of ink: the window at (1, 1) has it in its row 1, column 2,
    # where the query has 6. So the map shows the query turned by half a turn.
    expected = torch.zeros(3, 4, 5)
    expected[0, 1:3, 1:4] = torch.tensor([[6.0, 5, 4], [3, 2, 1]])
    expected[1, 0, 0] = 2
    expected[2, 3, 3:] = torch.tensor([6.0, 5])

    found = answer(image, query)

    shapes = {
        (3, 5, 7): "your windows hang over the edge. Count only those that "
        "lie inside the image: h − a + 1 rows of them.",
        (3, 3, 4): "the last row and the last column of windows are missing: "
        "there are h − a + 1 of them, not h − a.",
        (4, 5): "keep the three channels apart: each has a map of its own.",
    }
    if isinstance(found, Tensor):
        shape = tuple(found.shape)
        assert shape not in shapes, shapes[shape]
    found = returned(found, (3, 4, 5))
    turned = torch.zeros(3, 4, 5)
    turned[0, 1:3, 1:4] = query
    turned[1, 0, 0] = 12
    turned[2, 3, 3:] = torch.tensor([1.0, 2])
    assert not close(found, turned), (
        "you slide the query turned by half a turn. That is what mathematics "
        "calls a convolution; compare it as it stands."
    )
    assert not close(found, expected / 6), (
        "these are means. A dot product is the sum of the products."
    )
    assert close(found, expected), (
        "the window at row 1, column 1 of channel 0 has one pixel of ink, 1, "
        f"where the query has 6: the dot product is 6, yours {found[0, 1, 1]}."
    )

    bright = answer(100 * image, query)
    assert close(bright, 100 * expected), (
        "right for dark pixels, wrong for bright ones: 200 times 6 is more "
        "than a byte can hold, and wraps around. Turn both into floats first."
    )


def match(answer: Answer) -> None:
    """Check `match(patches, query)`: (n, h, w), (h, w) to (n)."""
    query = torch.tensor([[0.0, 0, 1], [1, 0, 1]])  # mean 1/2, length √1.5
    patches = torch.stack(
        [
            query,
            3 * query + 2,  # brighter, with more contrast
            1 - query,
            torch.tensor([[1.0, 0, 1], [1, 0, 0]]),
            torch.tensor([[0.0, 0, 0], [0, 0, 1]]),  # mean 1/6
        ]
    )
    # The fourth agrees in 4 of 6 places, so (4 − 2) / 6. The fifth: 1/2 is
    # left of the products, the lengths are √(5/6) and √(3/2).
    expected = torch.tensor([1, 1, -1, 1 / 3, 0.5 / (1.25**0.5)])

    found = returned(answer(patches, query), (5,))

    flat = patches.flatten(1)
    own = flat - flat.mean(dim=1, keepdim=True)
    other = query.flatten() - query.mean()
    products = own @ other
    plain = flat @ query.flatten()
    length, its = own.norm(dim=1), other.norm()
    shared = flat - flat.mean()
    slips = {
        "these are dot products. Subtract from each patch its mean, from the "
        "query its own, and divide by both lengths.": plain,
        "the means are gone; now divide by the length of the patch and by "
        "that of the query.": products,
        "divide by the length of the patch as well as by that of the query: "
        "a patch with more contrast must not win.": products / its,
        "divide by the length of the query as well as by that of the patch.": (
            products / length
        ),
        "divide by both lengths, but first subtract the means, else a bright "
        "patch matches everything.": plain / (flat.norm(dim=1) * query.norm()),
        "you divide by standard deviations. The length is the root of the "
        "sum of squares, not of their mean: yours is h · w times too large.": (
            6 * expected
        ),
        "you divide by standard deviations. The length is the root of the "
        "sum of squares: yours is h · w − 1 times too large.": 5 * expected,
        "right for pictures of 28 by 28 pixels: these have 2 by 3. Take the "
        "number of pixels from the shape.": 6 / 784 * expected,
        "subtract from each patch its own mean, not the mean of all.": (
            shared @ other / (shared.norm(dim=1) * its)
        ),
        "divide each patch by its own length, not by that of all patches "
        "taken together.": products / (own.norm() * its),
    }
    for message, slip in slips.items():
        assert not close(found, slip), message
    assert close(found, expected), (
        "a patch matches itself with 1, also when it is brighter or has more "
        "contrast, and its negative with −1. Yours: "
        f"{', '.join(f'{value:.2f}' for value in found.tolist())}."
    )

    empty = torch.cat([patches[:1], torch.zeros(1, 2, 3)])
    found = returned(answer(empty, query), (2,))
    assert bool(found.isfinite().all()), (
        "a window without ink has length 0, and 0 / 0 is not a number. Let "
        "it match with 0: divide by a tiny number at least, with clamp."
    )
    assert close(found, torch.tensor([1.0, 0.0])), (
        "a window without ink matches nothing: return 0 for it."
    )


def match_nearby(answer: Answer) -> None:
    """Check `match_nearby(patches, query, reach)`.

    Shapes (n, k, h, w), (n, 1, h, w), a whole number, to (n, k).
    """

    def dots(*places: tuple[int, int]) -> Tensor:
        pictures = torch.zeros(len(places), 7, 11)
        for picture, (row, column) in zip(pictures, places, strict=True):
            picture[row, column] = 1
        return pictures

    # Dots: a query at (3, 4); symbols 0, 1, 1, 2 and 3 px away from it.
    patches = torch.stack(
        [
            dots((3, 4), (4, 4), (3, 3), (5, 2), (0, 4)),
            dots((5, 9), (2, 8), (5, 8), (4, 10), (6, 7)),
        ]
    )
    query = dots((3, 4), (5, 9)).unsqueeze(1)
    near = torch.tensor([[1, 1, 1, 0, 0], [1, 0, 1, 1, 0]]).bool()
    nearer = torch.tensor([[1, 1, 1, 1, 0], [1, 0, 1, 1, 1]]).bool()

    found = returned(answer(patches, query, 1), (2, 5))
    hits = found > 0.99
    slips = {
        "you compare without moving anything: the query may move by up to "
        "reach pixels.": [[1, 0, 0, 0, 0], [1, 0, 0, 0, 0]],
        "the query moves down and right only. It may move up and left, too: "
        "from −reach to reach.": [[1, 1, 0, 0, 0], [1, 0, 0, 0, 0]],
        "the query moves up and left only. range(-reach, reach) stops before "
        "reach: end it one later.": [[1, 0, 1, 0, 0], [1, 0, 1, 0, 0]],
        "the query moves along one axis at a time. It may move along both: "
        "for reach 1 there are nine places.": [[1, 1, 1, 0, 0]]
        + [[1, 0, 1, 0, 0]],
    }
    for message, slip in slips.items():
        assert not hits.equal(torch.tensor(slip).bool()), message
    assert hits.any(), (
        "a query that equals the symbol matches with 1 where it is not moved "
        f"at all; yours gives {found[0, 0]:.2f}. Keep the best of all places, "
        "not their mean."
    )
    assert hits.equal(near), (
        "with reach 1, symbols up to 1 px away along each axis match with 1: "
        f"{near.int().tolist()}. Yours: {hits.int().tolist()}."
    )
    hits = returned(answer(patches, query, 2), (2, 5)) > 0.99
    assert hits.equal(nearer), (
        "right for reach 1, wrong for reach 2: take it from the argument."
    )

    corner, across = dots((0, 0))[None], dots((6, 10))[None]
    found = returned(answer(across, corner, 1), (1, 1))
    assert not bool((found > 0.99).any()), (
        "ink that leaves the picture on one side comes in again on the "
        "other, as roll does it. Fill with black instead: pad, then cut."
    )


def close(found: Tensor, expected: Tensor) -> bool:
    """Say whether numbers agree but for rounding."""
    return torch.allclose(found.float(), expected.float(), atol=1e-4)
