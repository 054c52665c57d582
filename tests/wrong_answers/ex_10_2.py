"""Wrong answers to exercise 10.2, and the words that each must meet."""

from math import exp, log
from statistics import mean, pstdev, stdev

import torch


def logs(without, with_it):
    return [log(a / b) for a, b in zip(without, with_it, strict=True)]


def around(middle, reach):
    return exp(middle), exp(middle - reach), exp(middle + reach)


def points(without, with_it, t):
    d = [a - b for a, b in zip(without, with_it, strict=True)]
    reach = t * stdev(d) / len(d) ** 0.5
    return mean(d), mean(d) - reach, mean(d) + reach


def turned(without, with_it, t):
    d = logs(with_it, without)
    return around(mean(d), t * stdev(d) / len(d) ** 0.5)


def of_factors(without, with_it, t):
    d = [a / b for a, b in zip(without, with_it, strict=True)]
    reach = t * stdev(d) / len(d) ** 0.5
    return mean(d), mean(d) - reach, mean(d) + reach


def of_sums(without, with_it, t):
    d = logs(without, with_it)
    reach = t * stdev(d) / len(d) ** 0.5
    return around(log(sum(without) / sum(with_it)), reach)


def still_logs(without, with_it, t):
    d = logs(without, with_it)
    reach = t * stdev(d) / len(d) ** 0.5
    return mean(d), mean(d) - reach, mean(d) + reach


def of_one(without, with_it, t):
    d = logs(without, with_it)
    return around(mean(d), t * stdev(d))


def without_t(without, with_it, t):
    d = logs(without, with_it)
    return around(mean(d), stdev(d) / len(d) ** 0.5)


def divided_by_n(without, with_it, t):
    d = logs(without, with_it)
    return around(mean(d), t * pstdev(d) / len(d) ** 0.5)


def half_way(without, with_it, t):
    d = logs(without, with_it)
    reach = t * stdev(d) / len(d) ** 0.5
    return exp(mean(d)), exp(mean(d)) - reach, exp(mean(d)) + reach


def adversarial_five(without, with_it, t):
    d = logs(without, with_it)
    return around(mean(d), t * stdev(d) / 5**0.5)


WRONG = {
    points: "how many points lie between the two",
    turned: "turned around",
    of_factors: "that is the mean of the factors",
    of_sums: "you divide the sums",
    still_logs: "still a logarithm",
    of_one: "how far single factors scatter",
    without_t: "not multiplied by t",
    divided_by_n: "divide the squares by n - 1",
    half_way: "the reach belongs to the logarithms",
    adversarial_five: "right for five pairs, wrong for others",
}


def random_input(random):
    """Return five runs of each."""
    shares = 0.01 + 0.2 * torch.rand(2, 5, generator=random)
    return *shares.tolist(), 2.776
