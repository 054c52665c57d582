"""Wrong answers to exercise 7.2, and the words that each must meet."""

from functools import partial

import torch


def stepped(chances, factors=None, floor=True, most=1.0):
    """Step through the chances from the smallest, with these factors."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    factors = factors or range(len(chances), 0, -1)
    corrected, least = [0.0] * len(chances), 0.0
    for factor, n in zip(factors, order, strict=True):
        value = min(factor * chances[n], most)
        least = max(least, value) if floor else value
        corrected[n] = least
    return corrected


def bonferroni(chances):
    return [min(len(chances) * p, 1.0) for p in chances]


def in_order(chances):
    return sorted(stepped(chances))


def largest_first(chances):
    return [min(len(chances) * max(chances), 1.0)] * len(chances)


def nothing(chances):
    return list(chances)


def four(chances):
    return stepped(chances, [4, 3, 2, 1] if len(chances) > 3 else [1, 1])


WRONG = {
    bonferroni: "which is Bonferroni's correction",
    partial(stepped, floor=False): "may fall below one that was smaller",
    in_order: "in the order in which they were given",
    largest_first: "the smallest that has to pass the strictest test",
    nothing: "nothing is corrected yet",
    partial(stepped, most=9.0): "a p-value is at most 1",
}
ADVERSARIAL = {four: "wrong for 0.7 and 0.6"}


def random_input(random):
    """Return the chances of four variants."""
    return (torch.rand(4, generator=random).tolist(),)
