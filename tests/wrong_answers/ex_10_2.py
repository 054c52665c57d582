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


def turned(without, with_it, t):
    return ratio(with_it, without, t)


def of_sums(without, with_it, t):
    factor = sum(without) / sum(with_it) / ratio(without, with_it, t)[0]
    return [factor * end for end in ratio(without, with_it, t)]


def without_t(without, with_it, t):
    return ratio(without, with_it, 1)


def half_way(without, with_it, t):
    middle, _, high = ratio(without, with_it, t)
    reach = log(high / middle)
    return middle, middle - reach, middle + reach


WRONG = {
    points: "that is a difference in points",
    turned: "that is upside down",
    partial(ratio, into=same, back=same): "that is the mean of the ratios",
    of_sums: "you divide the sums",
    partial(ratio, back=same): "still a logarithm",
    partial(ratio, n=1): "the spread of single ratios",
    without_t: "not multiplied by t",
    partial(ratio, sd=pstdev): "divide the sum of squares by n - 1",
    half_way: "the reach belongs to the logarithms",
}
ADVERSARIAL = {partial(ratio, n=5): "wrong for others"}


def random_input(random):
    """Return five runs of each."""
    shares = 0.01 + 0.2 * torch.rand(2, 5, generator=random)
    return *shares.tolist(), 2.776
