"""Wrong answers to exercise 8.2, and the words that each must meet."""

from functools import partial

import torch


def weighted(right, queries, symbols, counts, by):
    weight = by(counts[queries], counts[symbols])
    return (weight * right).sum() / weight.sum()


def queries_only(query, symbol):
    return query


def symbols_only(query, symbol):
    return symbol


def plain_mean(right, queries, symbols, counts):
    return right.mean()


def number_of_scenes(right, queries, symbols, counts):
    return (counts[queries] * counts[symbols] * right).mean()


def random_input(random):
    """Every drawing comes once, as in the sample itself."""
    right = (torch.rand(101, generator=random) < 0.8).float()
    queries = torch.randint(31, (101,), generator=random)
    symbols = torch.randint(31, (101,), generator=random)
    return right, queries, symbols, torch.ones(31)


WRONG = {
    partial(weighted, by=queries_only): "counts of the queries only",
    partial(weighted, by=symbols_only): "counts of the symbols only",
    partial(weighted, by=torch.add): "you add the counts",
    plain_mean: "this is the plain mean",
}
ADVERSARIAL = {number_of_scenes: "divide by the sum of the weights"}
