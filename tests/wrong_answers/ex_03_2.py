"""Wrong answers to exercise 3.2, each with words of the message it meets."""

from functools import partial

import torch


def logit(share):
    return (share / (1 - share)).log()


def temperature(share, gap, cells, odds=logit, others=torch.log, fewer=1):
    """Divide the gap by the log odds, plus the log of the other cells."""
    return gap / (odds(share) + others(cells - fewer))


WRONG = {
    "take the reciprocal": lambda *x: 1 / temperature(*x),
    "right for two cells": partial(temperature, others=torch.zeros_like),
    "the gap is missing": (
        lambda s, g, c: temperature(s, torch.ones_like(g), c)
    ),
    "use the odds": partial(temperature, odds=torch.log),
    "mind the sign": lambda *x: -temperature(*x),
    "of shape (5,); yours has ()": lambda *x: temperature(*x)[0],
    "exp gives 3 and 1": partial(temperature, others=lambda others: others),
}
ADVERSARIAL = {"one fewer than all": partial(temperature, fewer=0)}


def random_input(random):
    """Return what a check that draws large maps would try."""
    share = 0.5 + 0.4 * torch.rand(7, generator=random)
    gap = 1 + 5 * torch.rand(7, generator=random)
    return share, gap, torch.randint(10**6, 10**7, (7,), generator=random)
