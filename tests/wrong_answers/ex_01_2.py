"""Wrong answers to exercise 1.2, each with words of the message it meets."""

from functools import partial

import torch


def skip(drawings, first, counts, shares, moved=torch.ge, bound=1):
    """Add to first a place below counts - bound, and 1 if it moved up."""
    place = (shares * (counts - bound)).long()
    return first + place + moved(place, drawings - first)


def nothing(place, own):
    return 0


def not_cut_off(drawings, first, counts, shares):
    place = shares * (counts - 1)
    return first + place + (place >= drawings - first)


def step_of_one_bound(drawings, first, counts, shares):
    step = 1 + (shares * (counts - 1)).long()
    return first + (drawings - first + step) % counts.max()


WRONG = {
    "you return 13 itself": partial(skip, moved=nothing, bound=0),
    "17, never comes up": partial(skip, bound=2),
    "no place is skipped": partial(skip, moved=nothing),
    "comes up twice": partial(skip, moved=torch.eq),
    "into another class": lambda d, f, c, s: d + 1 + (s * (c - 1)).long(),
    "add first": lambda d, f, c, s: skip(d, f, c, s) - f,
    "cut off the decimals": not_cut_off,
    "17, never comes up: for drawing 13 you return [14, ": (
        lambda d, f, c, s: f + (d - f + 1) % c
    ),
    "a bound of its own": lambda d, f, c, s: skip(d, f, c[-1], s),
    "wrong for a batch": step_of_one_bound,
}
ADVERSARIAL = {"not with >": partial(skip, moved=torch.gt)}


def random_input(random):
    """Return what a check that draws large classes would try."""
    counts = torch.randint(5000, 7000, (11,), generator=random)
    first = counts.cumsum(0) - counts
    shares = torch.rand(2, 11, generator=random, dtype=torch.float64)
    return first + (shares[0] * counts).long(), first, counts, shares[1]
