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


WRONG = {
    "which is Bonferroni's correction": (
        lambda chances: [min(len(chances) * p, 1.0) for p in chances]
    ),
    "may fall below one that was smaller": partial(stepped, floor=False),
    "in the order in which they were given": lambda x: sorted(stepped(x)),
    "the smallest that has to pass the strictest test": (
        lambda chances: [min(len(chances) * max(chances), 1.0)] * len(chances)
    ),
    "nothing is corrected yet": lambda chances: list(chances),
    "a p-value is at most 1": partial(stepped, most=9.0),
}
ADVERSARIAL = {
    "wrong for 0.7 and 0.6": (
        lambda x: stepped(x, [4, 3, 2, 1] if len(x) > 3 else [1, 1])
    ),
}


def random_input(random):
    """Return the chances of four variants."""
    return (torch.rand(4, generator=random).tolist(),)
