"""Checks on matching by pixels."""

import torch
from torch import Tensor

from colorattn.checks.answers import Answer, also, close, refuse, shown, tensor


def slide(answer: Answer) -> str:
    """Exercise 2.1: `slide(image, query)`."""
    image = torch.zeros(3, 5, 7, dtype=torch.uint8)
    image[0, 2, 3] = image[2, 4, 5] = 1
    image[1, 0, 0] = 2
    query = torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.uint8)
    # One pixel of ink: the window at (1, 1) has it in row 1, column 2, where
    # the query has 6. So the map shows the query rotated by 180 degrees.
    expected, rotated = torch.zeros(2, 3, 4, 5)
    expected[0, 1:3, 1:4], rotated[0, 1:3, 1:4] = query.flip(0, 1), query
    expected[1, 0, 0], rotated[1, 0, 0] = 2, 12
    expected[2, 3, 3:] = torch.tensor([6.0, 5])
    rotated[2, 3, 3:] = torch.tensor([1.0, 2])

    found = answer(image, query)

    shapes = {
        (3, 5, 7): "your windows extend past the edge. Count only those "
        "inside the image: there are h − a + 1 rows of them.",
        (3, 3, 4): "the last row and the last column of windows are missing: "
        "there are h − a + 1 rows, not h − a.",
        (4, 5): "keep the three channels separate: each has its own map.",
    }
    shape = tuple(getattr(found, "shape", ()))
    assert shape not in shapes, shapes[shape]
    found = tensor(found, (3, 4, 5))
    slips = {
        "your query is rotated by 180 degrees. That is what mathematicians "
        "call a convolution; use the query as it is.": rotated,
        "these are means. A dot product is a sum of products.": expected / 6,
    }
    refuse(found, slips)
    assert close(found, expected), (
        "the window at row 1, column 1 of channel 0 has one pixel of ink, 1, "
        f"where the query has 6: the dot product is 6, yours {found[0, 1, 1]}."
    )

    bright = answer(100 * image, query)
    assert close(bright, 100 * expected), (
        "right for dark pixels, but wrong for bright ones: 200 times 6 is "
        "more than a byte can hold, so it wraps around. Convert both to "
        "floats first."
    )
    return (
        "On the scene below it takes 37 · 37 · 784 products for each of "
        "three channels, over three million, which is why a single "
        "convolution will soon do it."
    )


def match(answer: Answer) -> str:
    """Exercise 2.2: `my_match(patches, query)`."""
    query = torch.tensor([[0.0, 0, 1], [1, 0, 1]])  # mean 1/2, length √1.5
    brighter = 3 * query + 2  # with more contrast
    other = torch.tensor([[1.0, 0, 1], [1, 0, 0]])
    faint = torch.tensor([[0.0, 0, 0], [0, 0, 1]])  # mean 1/6
    patches = torch.stack([query, brighter, 1 - query, other, faint])
    # The fourth agrees in 4 of 6 places: (4 − 2) / 6. The fifth: the products
    # sum to 1/2, and the lengths are √(5/6) and √(3/2).
    expected = torch.tensor([1, 1, -1, 1 / 3, 0.5 / (1.25**0.5)])

    found = tensor(answer(patches, query), (5,))

    flat = patches.flatten(1)
    own, shared = flat - flat.mean(dim=1, keepdim=True), flat - flat.mean()
    centered = query.flatten() - query.mean()
    plain, products = flat @ query.flatten(), own @ centered
    length, query_length = own.norm(dim=1), centered.norm()
    with_mean = plain / (flat.norm(dim=1) * query.norm())
    one_mean = shared @ centered / (shared.norm(dim=1) * query_length)
    slips = {
        "these are dot products. Subtract each patch's mean and the query's "
        "mean, then divide by both lengths.": plain,
        "you subtracted the means; now divide by the patch's length and by "
        "the query's.": products,
        "divide by the patch's length as well as the query's: a patch with "
        "more contrast must not win.": products / query_length,
        "divide by the query's length as well as by the patch's own "
        "length.": products / length,
        "divide by both lengths, but subtract the means first. Otherwise a "
        "bright patch matches everything.": with_mean,
        "you divide by standard deviations. A length is the root of the sum "
        "of squares, not of their mean: you are off by a factor of "
        "h · w.": 6 * expected,
        "you divide by standard deviations. A length is the root of the sum "
        "of squares: you are off by a factor of h · w − 1.": 5 * expected,
        "right for images of 28 by 28 pixels, but these are 2 by 3. Take the "
        "number of pixels from the shape.": 6 / 784 * expected,
        "subtract each patch's own mean, not the mean of all.": one_mean,
        "divide each patch by its own length, not by the length of all "
        "patches taken together.": products / (own.norm() * query_length),
    }
    refuse(found, slips)
    assert close(found, expected), (
        "a patch matches itself with 1, even if it is brighter or has more "
        f"contrast, and its negative with −1. Yours: {shown(found)}."
    )

    empty = torch.cat([patches[:1], torch.zeros(1, 2, 3)])
    found = tensor(answer(empty, query), (2,))
    assert bool(found.isfinite().all()), (
        "a window without ink has length 0, and 0 / 0 is not a number. Make "
        "it match with 0: use clamp to keep the divisor above zero."
    )
    assert close(found, [1, 0]), (
        "a window without ink matches nothing: return 0 for it."
    )
    return (
        "Try it on patches of noise, torch.rand(1000, 28, 28): how far "
        "from 0 does luck take a match?"
    )


def match_nearby(answer: Answer) -> str:
    """Exercise 2.3: `match_nearby(patches, query, reach)`."""

    def dots(*places: tuple[int, int]) -> Tensor:
        images = torch.zeros(len(places), 7, 11)
        for image, (row, column) in zip(images, places, strict=True):
            image[row, column] = 1
        return images

    # Queries at (3, 4) and (5, 9), and symbols 0 to 3 px away from them.
    query = dots((3, 4), (5, 9)).unsqueeze(1)
    first = dots((3, 4), (4, 4), (3, 3), (5, 2), (0, 4))
    second = dots((5, 9), (2, 8), (5, 8), (4, 10), (6, 7))
    patches = torch.stack([first, second])
    near = [[1, 1, 1, 0, 0], [1, 0, 1, 1, 0]]
    nearer = [[1, 1, 1, 1, 0], [1, 0, 1, 1, 1]]

    found = tensor(answer(patches, query, 1), (2, 5))
    hits = (found > 0.99).int()
    slips = {
        "you compare without shifting anything: the query may move by up to "
        "reach pixels.": [[1, 0, 0, 0, 0], [1, 0, 0, 0, 0]],
        "the query moves down and right only. It may move up and left, too: "
        "from −reach to reach.": [[1, 1, 0, 0, 0], [1, 0, 0, 0, 0]],
        "the query moves up and left only. range(-reach, reach) stops before "
        "reach: end it one later.": [[1, 0, 1, 0, 0], [1, 0, 1, 0, 0]],
        "the query moves along one axis at a time. It may move along both: "
        "a reach of 1 has nine shifts.": [[1, 1, 1, 0, 0], [1, 0, 1, 0, 0]],
    }
    refuse(hits, slips)
    assert hits.any(), (
        "a query that equals the symbol matches with 1 without any shift; "
        f"yours gives {found[0, 0]:.2f}. Keep the best of all shifts, not "
        "their mean."
    )
    assert close(hits, near), (
        "with a reach of 1, symbols up to 1 px away along each axis match "
        f"with 1: {near}. Yours: {shown(hits)}."
    )
    hits = (tensor(answer(patches, query, 2), (2, 5)) > 0.99).int()
    also(hits, nearer, "a reach of 2", "take it from the argument")

    corner, across = dots((0, 0))[None], dots((6, 10))[None]
    found = tensor(answer(across, corner, 1), (1, 1))
    assert not found.item() > 0.99, (
        "ink that leaves the image on one side comes back on the other, as "
        "roll does it. Fill with black instead: pad, then crop."
    )
    return (
        "A query that may move fits the right symbol better. Before you "
        "run it below: what about the wrong ones?"
    )
