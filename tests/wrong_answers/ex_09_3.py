"""Wrong answers to exercise 9.3, and the words that each must meet."""

from functools import partial

import torch


def variance(share):
    return share * (1 - share)


def within(right, over=0, least=0):
    """Divide the variance within scenes by that of all answers."""
    share = right.float().mean(dim=over)
    return variance(share).mean() / variance(share.mean()).clamp(min=least)


def between(right):
    return 1 - within(right)


def not_divided(right):
    return variance(right.float().mean(dim=0)).mean()


def rooted(right):
    return within(right) ** 0.5


def flipped(right):
    return (right.any(dim=0) & ~right.all(dim=0)).float().mean()


def errors_in_flipped(right):
    wrong = (~right).float()
    return (wrong * right.any(dim=0)).sum() / wrong.sum().clamp(min=1)


def random_input(random):
    """Scenes that are hard or easy, at 17 places."""
    hard = torch.rand(101, generator=random)
    return (torch.rand(17, 101, generator=random) > hard,)


WRONG = {
    partial(within, over=1): "Take it over places, for each scene",
    between: "that is the other part",
    not_divided: "divide by the variance of all answers",
    rooted: "variances add up, their roots don't",
    flipped: "is hardly luck",
    errors_in_flipped: "is hardly bad luck",
}
ADVERSARIAL = {within: "no luck to divide up"}
