"""Wrong answers to exercise 7.1, and the words that each must meet."""

from functools import partial
from statistics import mean, pstdev, stdev, variance

import torch


def interval(variant, base, t, sd=stdev, n=None):
    """Reach t times sd / √n around the mean difference."""
    gains = [v - b for v, b in zip(variant, base, strict=True)]
    reach = t * sd(gains) / (n or len(gains)) ** 0.5
    return mean(gains) - reach, mean(gains) + reach


def turned(variant, base, t):
    return interval(base, variant, t)


def two_groups(variant, base, t):
    low, high = interval(variant, base, 0)
    both = (variance(variant) + variance(base)) / len(base)
    return low - t * both**0.5, high + t * both**0.5


def by_rank(variant, base, t):
    return interval(sorted(variant), sorted(base), t)


def of_the_next(variant, base, t):
    return interval(variant, base, t * (len(base) + 1) ** 0.5)


def without_t(variant, base, t):
    return interval(variant, base, 1)


def high_first(variant, base, t):
    return interval(variant, base, -t)


WRONG = {
    turned: "subtract the base from the variant",
    two_groups: "two independent groups",
    partial(interval, sd=pstdev): "divide the sum of squares by n - 1",
    partial(interval, n=1): "where a single difference may fall",
    of_the_next: "the interval for one more pair",
    without_t: "not multiplied by t",
    high_first: "return low before high",
}
ADVERSARIAL = {
    by_rank: "separates the runs from their partners",
    partial(interval, n=5): "wrong for three pairs",
}


def random_input(random):
    """Return five runs of each, both in the order of their accuracy."""
    runs = torch.rand(2, 5, generator=random).sort(dim=1).values.tolist()
    return *runs, 2.776
