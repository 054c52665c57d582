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


def signs(gradients, rate):
    return [-rate * ((g > 0) - (g < 0)) for g in gradients]


WRONG = {
    "check the sign": lambda gradients, rate: adam(gradients, -rate),
    "both means are too small": partial(adam, corrected=False),
    "divide by the root of v": partial(adam, power=1),
    "this is plain gradient descent": (
        lambda gradients, rate: [-rate * g for g in gradients]
    ),
    "these are the positions after each step": (
        lambda *x: list(accumulate(adam(*x)))
    ),
    "differ from those of PyTorch's Adam": partial(adam, b=0.99),
    "divides 0 by 0": partial(adam, eps=0),
}
ADVERSARIAL = {
    "right for a gradient that never changes": signs,
    "not to what is under it": partial(adam, eps=0, low=1e-16),
}


def random_input(random):
    """Return a gradient that is the same in seven steps."""
    gradient = 1 + torch.rand(1, generator=random).item()
    return [gradient] * 7, 0.001
