"""Wrong answers to exercise 7.3, and the words that each must meet."""

from functools import partial
from itertools import accumulate
from math import nan

import torch


def adam(gradients, rate, b=0.9, corrected=True, power=0.5, eps=1e-8, low=0):
    """Keep both running means; `low` is what is added under the root."""
    m = v = 0.0
    steps = []
    for t, g in enumerate(gradients, start=1):
        m, v = b * m + (1 - b) * g, 0.999 * v + 0.001 * g * g
        mean, square = m, v
        if corrected:
            mean, square = m / (1 - b**t), v / (1 - 0.999**t)
        divisor = (square + low) ** power + eps
        steps.append(-rate * mean / divisor if divisor else nan)
    return steps


def uphill(gradients, rate):
    return adam(gradients, -rate)


def plain(gradients, rate):
    return [-rate * g for g in gradients]


def signs(gradients, rate):
    return [-rate * ((g > 0) - (g < 0)) for g in gradients]


def places(gradients, rate):
    return list(accumulate(adam(gradients, rate)))


WRONG = {
    uphill: "check the sign",
    partial(adam, corrected=False): "both means are too small",
    partial(adam, power=1): "divide by the root of v",
    plain: "this is plain gradient descent",
    places: "these are the positions after each step",
    partial(adam, b=0.99): "differ from those of PyTorch's Adam",
    partial(adam, eps=0): "divides 0 by 0",
}
ADVERSARIAL = {
    signs: "right for a gradient that never changes",
    partial(adam, eps=0, low=1e-16): "not to what is under it",
}


def random_input(random):
    """Return a gradient that is the same in seven steps."""
    gradient = 1 + torch.rand(1, generator=random).item()
    return [gradient] * 7, 0.001
