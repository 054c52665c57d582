"""Wrong answers to exercise 8.2, and the words that each must meet."""

import torch


def queries_only(right, queries, symbols, counts):
    weight = counts[queries]
    return (weight * right).sum() / weight.sum()


def symbols_only(right, queries, symbols, counts):
    weight = counts[symbols]
    return (weight * right).sum() / weight.sum()


def added(right, queries, symbols, counts):
    weight = counts[queries] + counts[symbols]
    return (weight * right).sum() / weight.sum()


def plain_mean(right, queries, symbols, counts):
    return right.mean()


def adversarial_number_of_scenes(right, queries, symbols, counts):
    weight = counts[queries] * counts[symbols]
    return (weight * right).sum() / len(right)


def random_input(random):
    """Every drawing comes once, as in the sample itself."""
    right = (torch.rand(101, generator=random) < 0.8).float()
    queries = torch.randint(31, (101,), generator=random)
    symbols = torch.randint(31, (101,), generator=random)
    return right, queries, symbols, torch.ones(31)


WRONG = {
    queries_only: "counts of the queries only",
    symbols_only: "counts of the symbols only",
    added: "the counts are added",
    plain_mean: "this is the plain mean",
    adversarial_number_of_scenes: "divide by the sum of the weights",
}
