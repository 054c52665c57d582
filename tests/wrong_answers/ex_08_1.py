"""Wrong answers to exercise 8.1, and the words that each must meet."""

import torch


def hits(right, asked):
    return torch.bincount(asked, right.float(), minlength=10)


def counts_only(right, asked):
    counts = torch.bincount(asked, minlength=10)
    return hits(right, asked).where(counts > 0, torch.nan)


def zero_for_none(right, asked):
    counts = torch.bincount(asked, minlength=10)
    return hits(right, asked) / counts.clamp(min=1)


def random_input(random):
    """Many scenes: every class is asked for."""
    right = torch.rand(499, generator=random) < 0.7
    return right, torch.randint(10, (499,), generator=random)


WRONG = {
    "these are the numbers of correct answers": counts_only,
    "the number of all scenes": lambda r, a: hits(r, a) / len(a),
    "the number of all correct answers": lambda r, a: hits(r, a) / r.sum(),
    "they have no accuracy: nan": zero_for_none,
}
ADVERSARIAL = {
    "bincount takes minlength": (
        lambda r, a: torch.bincount(a, r.float()) / torch.bincount(a)
    ),
}
