"""Wrong answers to exercise 7.1, and the words that each must meet."""

from functools import partial
from statistics import mean, pstdev, stdev, variance

import torch


def interval(variant, base, t, sd=stdev, n=None):
    """Reach t times sd / √n around the mean difference."""
    gains = [v - b for v, b in zip(variant, base, strict=True)]
    reach = t * sd(gains) / (n or len(gains)) ** 0.5
    return mean(gains) - reach, mean(gains) + reach


def two_groups(variant, base, t):
    low, high = interval(variant, base, 0)
    both = (variance(variant) + variance(base)) / len(base)
    return low - t * both**0.5, high + t * both**0.5


def of_the_next(variant, base, t):
    return interval(variant, base, t * (len(base) + 1) ** 0.5)


WRONG = {
    "subtract the base from the variant": (
        lambda variant, base, t: interval(base, variant, t)
    ),
    "two independent groups": two_groups,
    "divide the sum of squares by n - 1": partial(interval, sd=pstdev),
    "where a single difference may fall": partial(interval, n=1),
    "the interval for one more pair": of_the_next,
    "not multiplied by t": lambda variant, base, t: interval(variant, base, 1),
    "return low before high": (
        lambda variant, base, t: interval(variant, base, -t)
    ),
}
ADVERSARIAL = {
    "separates the runs from their partners": (
        lambda variant, base, t: interval(sorted(variant), sorted(base), t)
    ),
    "wrong for three pairs": partial(interval, n=5),
}


def random_input(random):
    """Return five runs of each, both in the order of their accuracy."""
    runs = torch.rand(2, 5, generator=random).sort(dim=1).values.tolist()
    return *runs, 2.776
