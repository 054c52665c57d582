"""Wrong answers to exercise 8.2, and the words that each must meet."""

from functools import partial

import torch


def weighted(right, queries, symbols, counts, by):
    weight = by(counts[queries], counts[symbols])
    return (weight * right).sum() / weight.sum()


def random_input(random):
    """Every drawing comes once, as in the sample itself."""
    right = (torch.rand(101, generator=random) < 0.8).float()
    queries = torch.randint(31, (101,), generator=random)
    symbols = torch.randint(31, (101,), generator=random)
    return right, queries, symbols, torch.ones(31)


WRONG = {
    "counts of the queries only": partial(weighted, by=lambda q, s: q),
    "counts of the symbols only": partial(weighted, by=lambda q, s: s),
    "you add the counts": partial(weighted, by=torch.add),
    "this is the plain mean": lambda r, q, s, c: r.mean(),
}
ADVERSARIAL = {
    "divide by the sum of the weights": (
        lambda r, q, s, c: (c[q] * c[s] * r).mean()
    ),
}
