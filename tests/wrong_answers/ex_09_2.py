"""Wrong answers to exercise 9.2, and the words that each must meet."""

import torch


def interval(middle, reach):
    return middle - reach, middle + reach


def unpaired(variant, base, t):
    spread = (variant.var() + base.var()) / len(base)
    return interval(variant.mean() - base.mean(), t * spread**0.5)


def divided_by_n(variant, base, t):
    pairs = variant - base
    sd = pairs.std(correction=0)
    return interval(pairs.mean(), t * sd / len(pairs) ** 0.5)


def next_seed(variant, base, t):
    pairs = variant - base
    return interval(pairs.mean(), t * pairs.std())


def without_t(variant, base, t):
    pairs = variant - base
    return interval(pairs.mean(), pairs.std() / len(pairs) ** 0.5)


def no_root(variant, base, t):
    pairs = variant - base
    return interval(pairs.mean(), t * pairs.std() / len(pairs))


def other_way(variant, base, t):
    pairs = base - variant
    return interval(pairs.mean(), t * pairs.std() / len(pairs) ** 0.5)


def adversarial_four_seeds(variant, base, t):
    pairs = variant - base
    return interval(pairs.mean(), t * pairs.std() / 2)


def random_input(random):
    """Four seeds, as in the check."""
    base = 80 + 5 * torch.randn(4, generator=random)
    return base + torch.randn(4, generator=random), base, 3.2


WRONG = {
    unpaired: "as if seeds were not paired",
    divided_by_n: "divide the squares by n - 1",
    next_seed: "where one more seed may fall",
    without_t: "not multiplied by t",
    no_root: "divide by the root of n, not by n",
    other_way: "variant less base",
    adversarial_four_seeds: "right for four seeds, wrong for two",
}
