"""Wrong answers to exercise 10.2, and the words that each must meet."""

from functools import partial
from math import exp, log
from statistics import mean, pstdev, stdev

import torch


def same(value):
    return value


def ratio(without, with_it, t, sd=stdev, n=None, into=log, back=exp):
    """Return the mean ratio, and both ends; into logarithms and back."""
    logs = [into(a / b) for a, b in zip(without, with_it, strict=True)]
    reach = t * sd(logs) / (n or len(logs)) ** 0.5
    return [back(mean(logs) + k * reach) for k in (0, -1, 1)]


def points(without, with_it, t):
    gains = [1 + a - b for a, b in zip(without, with_it, strict=True)]
    ones = [1] * len(gains)
    return [x - 1 for x in ratio(gains, ones, t, into=same, back=same)]


def of_sums(without, with_it, t):
    factor = sum(without) / sum(with_it) / ratio(without, with_it, t)[0]
    return [factor * end for end in ratio(without, with_it, t)]


def half_way(without, with_it, t):
    middle, _, high = ratio(without, with_it, t)
    reach = log(high / middle)
    return middle, middle - reach, middle + reach


WRONG = {
    "that is a difference in points": points,
    "that is upside down": (
        lambda without, with_it, t: ratio(with_it, without, t)
    ),
    "that is the mean of the ratios": partial(ratio, into=same, back=same),
    "you divide the sums": of_sums,
    "still a logarithm": partial(ratio, back=same),
    "the spread of single ratios": partial(ratio, n=1),
    "not multiplied by t": (
        lambda without, with_it, t: ratio(without, with_it, 1)
    ),
    "divide the sum of squares by n - 1": partial(ratio, sd=pstdev),
    "the reach belongs to the logarithms": half_way,
}
ADVERSARIAL = {"wrong for others": partial(ratio, n=5)}


def random_input(random):
    """Return five runs of each."""
    shares = 0.01 + 0.2 * torch.rand(2, 5, generator=random)
    return *shares.tolist(), 2.776
