"""Wrong answers to exercise 5.2, each with words of the message it meets."""

from functools import partial
from math import inf
from statistics import fmean, pstdev, stdev

import torch


def interval(values, t, sd=stdev, n=None, power=1):
    """Reach t times sd · √(1 + 1/n), to a power, around the mean."""
    n = n or len(values)
    reach = t * (sd(values) * (1 + 1 / n) ** 0.5) ** power
    return fmean(values) - reach, fmean(values) + reach


def the_range(values, t):
    return min(values), max(values)


def high_first(values, t):
    return interval(values, -t)


def from_zero(values, t):
    return 0.0, reach_alone(values, t)


def no_t(values, t):
    return interval(values, 1)


def of_the_mean(values, t):
    reach = t * stdev(values) / len(values) ** 0.5
    return fmean(values) - reach, fmean(values) + reach


def reach_alone(values, t):
    return interval(values, t)[1] - fmean(values)


WRONG = {
    the_range: "the range of the runs so far",
    high_first: "return low before high",
    from_zero: "symmetric around",
    no_t: "not multiplied by t",
    partial(interval, sd=pstdev): "divide the sum of squares by n - 1",
    of_the_mean: "the uncertainty of the mean",
    partial(interval, n=inf): "right if the mean were known",
    partial(interval, power=2): "take its root",
    reach_alone: "return 2 numbers, low and high",
}
ADVERSARIAL = {partial(interval, n=5): "wrong for three"}


def random_input(random):
    """Return five runs, as many as the chapter has."""
    values = 90 + torch.randn(5, generator=random)
    return values.tolist(), 4.604
