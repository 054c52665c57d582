"""Wrong answers to exercise 9.3, and the words that each must meet."""

from functools import partial

import torch


def variance(share):
    return share * (1 - share)


def within(right, over=0):
    """Divide the variance within scenes by that of all answers."""
    share = right.float().mean(dim=over)
    return variance(share).mean() / variance(share.mean())


def errors_in_flipped(right):
    wrong = (~right).float()
    return (wrong * right.any(dim=0)).sum() / wrong.sum().clamp(min=1)


def random_input(random):
    """Scenes that are hard or easy, at 17 places."""
    hard = torch.rand(101, generator=random)
    return (torch.rand(17, 101, generator=random) > hard,)


WRONG = {
    "Take it over places, for each scene": partial(within, over=1),
    "that is the other part": lambda right: 1 - within(right),
    "divide by the variance of all answers": (
        lambda right: variance(right.float().mean(dim=0)).mean()
    ),
    "variances add up, their roots don't": lambda right: within(right) ** 0.5,
    "is hardly luck": lambda x: (x.any(dim=0) & ~x.all(dim=0)).float().mean(),
    "is hardly bad luck": errors_in_flipped,
}
ADVERSARIAL = {"no luck to divide up": within}
