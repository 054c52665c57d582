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


def of_the_mean(values, t):
    reach = t * stdev(values) / len(values) ** 0.5
    return fmean(values) - reach, fmean(values) + reach


def reach_alone(values, t):
    return interval(values, t)[1] - fmean(values)


WRONG = {
    "the range of the runs so far": lambda v, t: (min(v), max(v)),
    "return low before high": lambda values, t: interval(values, -t),
    "symmetric around": lambda *x: (0.0, reach_alone(*x)),
    "isn't multiplied by t": lambda values, t: interval(values, 1),
    "divide the sum of squares by n - 1": partial(interval, sd=pstdev),
    "how far off the mean of the old runs": of_the_mean,
    "right if the mean were known": partial(interval, n=inf),
    "multiply t by a variance": partial(interval, power=2),
    "return 2 numbers, low and high": reach_alone,
}
ADVERSARIAL = {"wrong for three": partial(interval, n=5)}


def random_input(random):
    """Return five runs, as many as the chapter has."""
    values = 90 + torch.randn(5, generator=random)
    return values.tolist(), 4.604
