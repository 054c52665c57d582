"""Wrong answers to exercise 8.1, and the words that each must meet."""

import torch


def hits(right, asked):
    return torch.bincount(asked, right.float(), minlength=10)


def counts_only(right, asked):
    counts = torch.bincount(asked, minlength=10)
    return hits(right, asked).where(counts > 0, torch.nan)


def of_all_scenes(right, asked):
    return hits(right, asked) / len(asked)


def of_all_right(right, asked):
    return hits(right, asked) / right.sum()


def zero_for_none(right, asked):
    counts = torch.bincount(asked, minlength=10)
    return hits(right, asked) / counts.clamp(min=1)


def short_count(right, asked):
    return torch.bincount(asked, right.float()) / torch.bincount(asked)


def random_input(random):
    """Many scenes: every class is asked for."""
    right = torch.rand(499, generator=random) < 0.7
    return right, torch.randint(10, (499,), generator=random)


WRONG = {
    counts_only: "these are the numbers of correct answers",
    of_all_scenes: "the number of all scenes",
    of_all_right: "the number of all correct answers",
    zero_for_none: "they have no accuracy: nan",
}
ADVERSARIAL = {short_count: "bincount takes minlength"}
