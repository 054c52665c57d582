"""Wrong answers to exercise 7.1, and the words that each must meet."""

from statistics import mean, pstdev, stdev, variance

import torch


def around(middle, reach):
    return middle - reach, middle + reach


def differences(variant, base):
    return [v - b for v, b in zip(variant, base, strict=True)]


def turned(variant, base, t):
    d = differences(base, variant)
    return around(mean(d), t * stdev(d) / len(d) ** 0.5)


def two_heaps(variant, base, t):
    both = (variance(variant) + variance(base)) / len(base)
    return around(mean(variant) - mean(base), t * both**0.5)


def adversarial_sorted(variant, base, t):
    d = differences(sorted(variant), sorted(base))
    return around(mean(d), t * stdev(d) / len(d) ** 0.5)


def divided_by_n(variant, base, t):
    d = differences(variant, base)
    return around(mean(d), t * pstdev(d) / len(d) ** 0.5)


def of_one(variant, base, t):
    d = differences(variant, base)
    return around(mean(d), t * stdev(d))


def of_the_next(variant, base, t):
    d = differences(variant, base)
    return around(mean(d), t * stdev(d) * (1 + 1 / len(d)) ** 0.5)


def without_t(variant, base, t):
    d = differences(variant, base)
    return around(mean(d), stdev(d) / len(d) ** 0.5)


def adversarial_five(variant, base, t):
    d = differences(variant, base)
    return around(mean(d), t * stdev(d) / 5**0.5)


def high_first(variant, base, t):
    d = differences(variant, base)
    return around(mean(d), -t * stdev(d) / len(d) ** 0.5)


WRONG = {
    turned: "subtract the base from the variant",
    two_heaps: "these are two heaps of runs",
    adversarial_sorted: "the runs lose their partners",
    divided_by_n: "divide the squares by n - 1",
    of_one: "where a single difference may fall",
    of_the_next: "the interval for one more pair",
    without_t: "not multiplied by t",
    adversarial_five: "right for five pairs, wrong for three",
    high_first: "return low before high",
}


def random_input(random):
    """Return five runs of each, both in the order of their accuracy."""
    runs = torch.rand(2, 5, generator=random).sort(dim=1).values.tolist()
    return *runs, 2.776
