"""Wrong answers to exercise 11.2, each with words of the message it meets."""

from functools import partial

import torch


def line(sizes, times, last=-1, power=1):
    each = ((times[last] - times[0]) / (sizes[last] - sizes[0])) ** power
    return times[0] - each * sizes[0], each


WRONG = {
    "first the fixed cost": lambda *x: line(*x)[::-1],
    "you have run by rise": partial(line, power=-1),
    "go back from a point": lambda n, t: (t[0], line(n, t)[1]),
    "not a whole step divided by its size": lambda n, t: (0.75, t[-1] / n[-1]),
    "the line through": lambda sizes, times: (0.0, 0.0),
}
ADVERSARIAL = {"use the two ends": partial(line, last=1)}


def random_input(random):
    """Return three batch sizes, and times that are on a line."""
    sizes = [8, 32, 128]
    fixed, each = torch.rand(2, generator=random).tolist()
    return sizes, [fixed + each * size for size in sizes]
