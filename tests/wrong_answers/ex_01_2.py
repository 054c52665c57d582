"""Wrong answers to exercise 1.2, each with words of the message it meets."""

import torch


def places(counts, shares):
    return (shares * (counts - 1)).long()


def may_be_the_same(drawings, first, counts, shares):
    return first + (shares * counts).long()


def never_the_last(drawings, first, counts, shares):
    place = (shares * (counts - 2)).long()
    return first + place + (place >= drawings - first)


def nothing_skipped(drawings, first, counts, shares):
    return first + places(counts, shares)


def one_moved(drawings, first, counts, shares):
    place = places(counts, shares)
    return first + place + (place == drawings - first)


def into_the_next_class(drawings, first, counts, shares):
    return drawings + 1 + places(counts, shares)


def within_the_class(drawings, first, counts, shares):
    place = places(counts, shares)
    return place + (place >= drawings - first)


def rounded(drawings, first, counts, shares):
    place = shares * (counts - 1)
    return first + place + (place >= drawings - first)


def always_the_neighbor(drawings, first, counts, shares):
    return first + (drawings - first + 1) % counts


def one_bound(drawings, first, counts, shares):
    place = places(counts[-1], shares)
    return first + place + (place >= drawings - first)


def step_of_one_bound(drawings, first, counts, shares):
    step = 1 + places(counts, shares)
    return first + (drawings - first + step) % counts.max()


def adversarial_greater(drawings, first, counts, shares):
    place = places(counts, shares)
    return first + place + (place > drawings - first)


WRONG = {
    may_be_the_same: "you return 13 itself",
    never_the_last: "17, never comes up",
    nothing_skipped: "no place is skipped",
    one_moved: "comes twice",
    into_the_next_class: "into another class",
    within_the_class: "add first",
    rounded: "whole number",
    always_the_neighbor: "17, never comes up: for drawing 13 you return [14, ",
    one_bound: "a bound of its own",
    step_of_one_bound: "wrong for a batch",
    adversarial_greater: "not with >",
}


def random_input(random):
    """Return what a check that draws large classes would try."""
    counts = torch.randint(5000, 7000, (11,), generator=random)
    first = counts.cumsum(0) - counts
    shares = torch.rand(2, 11, generator=random, dtype=torch.float64)
    return first + (shares[0] * counts).long(), first, counts, shares[1]
