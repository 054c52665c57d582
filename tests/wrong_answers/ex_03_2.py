"""Wrong answers to exercise 3.2, each with words of the message it meets."""

from functools import partial

import torch


def logit(share):
    return (share / (1 - share)).log()


def temperature(share, gap, cells, odds=logit, others=torch.log, fewer=1):
    """Divide the gap by the log odds, plus the log of the other cells."""
    return gap / (odds(share) + others(cells - fewer))


def count(others):
    return others


def turned_over(share, gap, cells):
    return 1 / temperature(share, gap, cells)


def no_gap(share, gap, cells):
    return temperature(share, torch.ones_like(gap), cells)


def wrong_sign(share, gap, cells):
    return -temperature(share, gap, cells)


def of_the_first(share, gap, cells):
    return temperature(share, gap, cells)[0]


WRONG = {
    turned_over: "take the reciprocal",
    partial(temperature, others=torch.zeros_like): "right for two cells",
    no_gap: "the gap is missing",
    partial(temperature, odds=torch.log): "use the odds",
    wrong_sign: "mind the sign",
    of_the_first: "of shape (5,); yours has ()",
    partial(temperature, others=count): "exp gives 3 and 1",
}
ADVERSARIAL = {partial(temperature, fewer=0): "one fewer than all"}


def random_input(random):
    """Return what a check that draws large maps would try."""
    share = 0.5 + 0.4 * torch.rand(7, generator=random)
    gap = 1 + 5 * torch.rand(7, generator=random)
    return share, gap, torch.randint(10**6, 10**7, (7,), generator=random)
