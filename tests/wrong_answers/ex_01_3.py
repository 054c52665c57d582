"""Wrong answers to exercise 1.3, each with words of the message it meets."""

from functools import partial

import torch


def overlaps(positions, side, near=None, itself=False):
    """Compare the gaps of all pairs, in rows and columns, with the side."""
    gaps = positions[:, :, None] - positions[:, None]
    near = near or (lambda gaps, side: (gaps.abs() < side).all(dim=3))
    others = ~torch.eye(positions.shape[1], dtype=torch.bool)
    return (near(gaps, side) & (others | itself)).any(dim=2)


def by(near):
    return partial(overlaps, near=near)


def neighbors_in_order(positions, side):
    near = ((positions[:, 1:] - positions[:, :-1]).abs() < side).all(dim=2)
    found = torch.zeros(positions.shape[:2], dtype=torch.bool)
    found[:, 1:] |= near
    found[:, :-1] |= near
    return found


WRONG = {
    "overlaps itself": partial(overlaps, itself=True),
    "near in rows and in columns": by(lambda g, s: (g.abs() < s).any(dim=3)),
    "may be negative": by(lambda g, s: (g < s).all(dim=3)),
    "neither their sum": by(lambda g, s: g.abs().sum(dim=3) < s),
    "are a pair as well": neighbors_in_order,
    "return it for each symbol": (
        lambda p, s: overlaps(p, s).any(1, True).expand(-1, p.shape[1])
    ),
    "yours is torch.int64": lambda *x: overlaps(*x).long(),
    "boxes of side 10 at": by(lambda g, s: (g.abs() < s / 2).all(dim=3)),
    "two boxes of side 28": by(lambda g, s: (g.abs() < 10).all(dim=3)),
}
ADVERSARIAL = {"share no pixel": by(lambda g, s: (g.abs() <= s).all(dim=3))}


def random_input(random):
    """Return large boxes at random, which never touch to the pixel."""
    return torch.randint(5003, (7, 3, 2), generator=random), 1009
