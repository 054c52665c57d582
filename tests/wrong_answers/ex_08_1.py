"""Wrong answers to exercise 8.1, and the words that each must meet."""

import torch


def counts_only(right, asked):
    shares = torch.bincount(asked, right.float(), minlength=10)
    shares[torch.bincount(asked, minlength=10) == 0] = torch.nan
    return shares


def of_all_scenes(right, asked):
    return torch.bincount(asked, right.float(), minlength=10) / len(asked)


def of_all_right(right, asked):
    hits = torch.bincount(asked, right.float(), minlength=10)
    return hits / right.sum()


def zero_for_none(right, asked):
    hits = torch.bincount(asked, right.float(), minlength=10)
    return hits / torch.bincount(asked, minlength=10).clamp(min=1)


def adversarial_short_count(right, asked):
    return torch.bincount(asked, right.float()) / torch.bincount(asked)


def random_input(random):
    """Many scenes: every class is asked for."""
    right = torch.rand(499, generator=random) < 0.7
    return right, torch.randint(10, (499,), generator=random)


WRONG = {
    counts_only: "these count the right answers",
    of_all_scenes: "divided by the number of all scenes",
    of_all_right: "divided by all right answers",
    zero_for_none: "they have no share: nan",
    adversarial_short_count: "bincount takes minlength",
}
