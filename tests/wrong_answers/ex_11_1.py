"""Wrong answers to exercise 11.1, each with words of the message it meets."""

import torch


def floor(flops, moved, rate, bandwidth, choose=max):
    return choose(flops / rate, moved / bandwidth)


WRONG = {
    "so don't add them": lambda *x: floor(*x, lambda a, b: a + b),
    "the shorter one isn't enough": lambda *x: floor(*x, min),
    "an amount divided by a rate": lambda *x: floor(*x[2:], *x[:2]),
    "then memory takes longer": lambda *x: floor(*x, lambda a, b: a),
    "6 operations at 2 a second": lambda *x: floor(*x, lambda a, b: b + 1),
}
ADVERSARIAL = {"a memory twice as fast": lambda *x: floor(*x[:3], x[2])}


def random_input(random):
    """Return operations, bytes, and two rates that happen to be equal."""
    flops, moved, rate = (1 + 9 * torch.rand(3, generator=random)).tolist()
    return flops, moved, rate, rate
