"""Wrong answers to exercise 1.2, each with words of the message it meets."""

from functools import partial

import torch


def skip(drawings, first, counts, shares, moved=torch.ge, bound=1):
    """Add to first a place below counts - bound, and 1 if it moved up."""
    place = (shares * (counts - bound)).long()
    return first + place + moved(place, drawings - first)


def nothing(place, own):
    return 0


def into_the_next_class(drawings, first, counts, shares):
    return drawings + 1 + (shares * (counts - 1)).long()


def within_the_class(drawings, first, counts, shares):
    return skip(drawings, first, counts, shares) - first


def not_cut_off(drawings, first, counts, shares):
    place = shares * (counts - 1)
    return first + place + (place >= drawings - first)


def always_the_neighbor(drawings, first, counts, shares):
    return first + (drawings - first + 1) % counts


def one_bound(drawings, first, counts, shares):
    return skip(drawings, first, counts[-1], shares)


def step_of_one_bound(drawings, first, counts, shares):
    step = 1 + (shares * (counts - 1)).long()
    return first + (drawings - first + step) % counts.max()


WRONG = {
    partial(skip, moved=nothing, bound=0): "you return 13 itself",
    partial(skip, bound=2): "17, never comes up",
    partial(skip, moved=nothing): "no place is skipped",
    partial(skip, moved=torch.eq): "comes up twice",
    into_the_next_class: "into another class",
    within_the_class: "add first",
    not_cut_off: "cut off the decimals",
    always_the_neighbor: "17, never comes up: for drawing 13 you return [14, ",
    one_bound: "a bound of its own",
    step_of_one_bound: "wrong for a batch",
}
ADVERSARIAL = {partial(skip, moved=torch.gt): "not with >"}


def random_input(random):
    """Return what a check that draws large classes would try."""
    counts = torch.randint(5000, 7000, (11,), generator=random)
    first = counts.cumsum(0) - counts
    shares = torch.rand(2, 11, generator=random, dtype=torch.float64)
    return first + (shares[0] * counts).long(), first, counts, shares[1]
