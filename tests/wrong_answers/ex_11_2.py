"""Wrong answers to exercise 11.2, each with words of the message it meets."""

import torch


def line(sizes, times, last=-1):
    each = (times[last] - times[0]) / (sizes[last] - sizes[0])
    return times[0] - each * sizes[0], each


def inverse(sizes, times):
    each = (sizes[-1] - sizes[0]) / (times[-1] - times[0])
    return times[0] - each * sizes[0], each


WRONG = {
    "first the fixed cost": lambda *x: line(*x)[::-1],
    "you have run by rise": inverse,
    "go back from a point": lambda sizes, times: (
        times[0],
        line(sizes, times)[1],
    ),
    "not a whole step divided by its size": lambda sizes, times: (
        0.75,
        times[-1] / sizes[-1],
    ),
    "the line through": lambda sizes, times: (0.0, 0.0),
}
ADVERSARIAL = {"use the two ends": lambda *x: line(*x, last=1)}


def random_input(random):
    """Return three batch sizes, and times that are on a line."""
    sizes = [8, 32, 128]
    fixed, each = torch.rand(2, generator=random).tolist()
    return sizes, [fixed + each * size for size in sizes]
