"""Wrong answers to exercise 5.2, each with words of the message it meets."""

from statistics import fmean, pstdev, stdev

import torch


def around(values, reach):
    middle = fmean(values)
    return middle - reach, middle + reach


def the_range(values, t):
    return min(values), max(values)


def high_first(values, t):
    low, high = around(
        values, t * stdev(values) * (1 + 1 / len(values)) ** 0.5
    )
    return high, low


def from_zero(values, t):
    return 0.0, t * stdev(values) * (1 + 1 / len(values)) ** 0.5


def no_t(values, t):
    return around(values, stdev(values) * (1 + 1 / len(values)) ** 0.5)


def divided_by_n(values, t):
    return around(values, t * pstdev(values) * (1 + 1 / len(values)) ** 0.5)


def of_the_mean(values, t):
    return around(values, t * stdev(values) / len(values) ** 0.5)


def mean_is_known(values, t):
    return around(values, t * stdev(values))


def variance(values, t):
    return around(values, t * stdev(values) ** 2 * (1 + 1 / len(values)))


def reach_alone(values, t):
    return t * stdev(values) * (1 + 1 / len(values)) ** 0.5


def adversarial_five_runs(values, t):
    return around(values, t * stdev(values) * (1 + 1 / 5) ** 0.5)


WRONG = {
    the_range: "the range of the runs so far",
    high_first: "return low before high",
    from_zero: "evenly around it",
    no_t: "not multiplied by t",
    divided_by_n: "divide the squares by n - 1",
    of_the_mean: "how well the mean is known",
    mean_is_known: "right if the mean were known",
    variance: "take its root",
    reach_alone: "return two numbers",
    adversarial_five_runs: "wrong for three",
}


def random_input(random):
    """Return five runs, as many as the chapter has."""
    values = 90 + torch.randn(5, generator=random)
    return values.tolist(), 4.604
