"""Wrong answers to exercise 1.3, each with words of the message it meets."""

from functools import partial

import torch


def overlaps(positions, side, near=None, itself=False):
    """Compare the gaps of all pairs, in rows and columns, with the side."""
    gaps = positions[:, :, None] - positions[:, None]
    near = near or (lambda gaps, side: (gaps.abs() < side).all(dim=3))
    others = ~torch.eye(positions.shape[1], dtype=torch.bool)
    return (near(gaps, side) & (others | itself)).any(dim=2)


def neighbors_in_order(positions, side):
    near = ((positions[:, 1:] - positions[:, :-1]).abs() < side).all(dim=2)
    found = torch.zeros(positions.shape[:2], dtype=torch.bool)
    found[:, 1:] |= near
    found[:, :-1] |= near
    return found


def of_the_scene(positions, side):
    some = overlaps(positions, side).any(dim=1, keepdim=True)
    return some.expand(-1, positions.shape[1])


WRONG = {
    "overlaps itself": partial(overlaps, itself=True),
    "near in rows and in columns": partial(
        overlaps, near=lambda gaps, side: (gaps.abs() < side).any(dim=3)
    ),
    "may be negative": partial(overlaps, near=lambda g, s: (g < s).all(dim=3)),
    "neither their sum": partial(
        overlaps, near=lambda gaps, side: gaps.abs().sum(dim=3) < side
    ),
    "are a pair as well": neighbors_in_order,
    "return it for each symbol": of_the_scene,
    "yours is torch.int64": lambda *x: overlaps(*x).long(),
    "boxes of side 10 at": partial(
        overlaps, near=lambda gaps, side: (gaps.abs() < side / 2).all(dim=3)
    ),
    "two boxes of side 28": partial(
        overlaps, near=lambda gaps, side: (gaps.abs() < 10).all(dim=3)
    ),
}
ADVERSARIAL = {
    "share no pixel": partial(
        overlaps, near=lambda gaps, side: (gaps.abs() <= side).all(dim=3)
    )
}


def random_input(random):
    """Return large boxes at random, which never touch to the pixel."""
    return torch.randint(5003, (7, 3, 2), generator=random), 1009
