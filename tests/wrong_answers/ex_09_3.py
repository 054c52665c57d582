"""Wrong answers to exercise 9.3, and the words that each must meet."""

import torch


def variance(share):
    return share * (1 - share)


def over_scenes(right):
    share = right.float().mean(dim=1)
    return variance(share).mean() / variance(share.mean()).clamp(min=1e-9)


def between(right):
    share = right.float().mean(dim=0)
    return 1 - variance(share).mean() / variance(share.mean()).clamp(min=1e-9)


def not_divided(right):
    return variance(right.float().mean(dim=0)).mean()


def rooted(right):
    share = right.float().mean(dim=0)
    return (variance(share).mean() / variance(share.mean())) ** 0.5


def flipped(right):
    return (right.any(dim=0) & ~right.all(dim=0)).float().mean()


def errors_in_flipped(right):
    wrong = (~right).float()
    return (wrong * right.any(dim=0)).sum() / wrong.sum().clamp(min=1)


def adversarial_no_errors(right):
    share = right.float().mean(dim=0)
    return variance(share).mean() / variance(share.mean())


def random_input(random):
    """Scenes that are hard or easy, at 17 places."""
    hard = torch.rand(101, generator=random)
    return (torch.rand(17, 101, generator=random) > hard,)


WRONG = {
    over_scenes: "Take it over places, for each scene",
    between: "that is the other part",
    not_divided: "divide by the variance of all answers",
    rooted: "variances add up, their roots do not",
    flipped: "is hardly luck",
    errors_in_flipped: "is hardly bad luck",
    adversarial_no_errors: "no luck to speak of",
}
