"""Wrong answers to exercise 5.3, each with words of the message it meets."""

from functools import partial
from math import cos, inf, pi

import torch


def height(share):
    return (1 + cos(pi * share)) / 2


def cycle(step, steps, highest, low=0.04, turn=0.3, end=0.0, **slip):
    shape, last = slip.get("shape", height), slip.get("last", 1.0)
    top = turn * steps
    if step < top:
        return highest * (low + (1 - low) * shape(1 - step / top))
    share = min((step - top) / (steps - top), last)
    return highest * (end + (1 - end) * shape(share))


def falls_along_a_line(step, steps, highest):
    top = 0.3 * steps
    if step < top:
        return cycle(step, steps, highest)
    return highest * max(0.0, 1 - (step - top) / steps)


def remembers(step, steps, highest, seen=set()):  # noqa: B006
    if (step, steps) == (0, 100):  # a check begins
        seen.clear()
    later = (step, steps) in seen
    seen.add((step, steps))
    return cycle(step + later, steps, highest)


WRONG = {
    "it starts at zero": partial(cycle, low=0.0),
    "step 0 has 1/25": partial(cycle, low=0.1),
    "belongs at 30%": partial(cycle, turn=0.5),
    "step 30 has the highest rate": partial(cycle, turn=0.25),
    "a straight line": partial(cycle, shape=lambda share: 1 - share),
    "at a quarter of its height": partial(cycle, shape=lambda x: (1 - x) ** 2),
    "it ends at 1/25": partial(cycle, end=0.04),
    "on the way down": falls_along_a_line,
    "step 150 of 500": lambda step, steps, highest: cycle(step, 100, highest),
    "asked for step 10 again": remembers,
    "return a plain number": lambda *x: torch.tensor(cycle(*x)),
}
ADVERSARIAL = {"it rises again": partial(cycle, last=inf)}


def random_input(random):
    """Return a step of a run, as a loop would ask for it."""
    step = int(torch.randint(158, (1,), generator=random))
    return step, 158, 0.01
