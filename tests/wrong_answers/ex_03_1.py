"""Wrong answers to exercise 3.1, each with words of the message it meets."""

from math import sqrt

import torch


def scores_of(query, keys):
    return torch.einsum("c,cij->ij", query, keys) / sqrt(len(query))


def no_root(query, keys):
    scores = torch.einsum("c,cij->ij", query, keys)
    return scores.flatten().softmax(dim=0).view_as(scores)


def dim_without_root(query, keys):
    scores = torch.einsum("c,cij->ij", query, keys) / len(query)
    return scores.flatten().softmax(dim=0).view_as(scores)


def softmax_of_rows(query, keys):
    return scores_of(query, keys).softmax(dim=-1)


def softmax_of_columns(query, keys):
    return scores_of(query, keys).softmax(dim=0)


def no_exponential(query, keys):
    scores = scores_of(query, keys)
    return scores / scores.sum()


def no_sum(query, keys):
    return scores_of(query, keys).exp()


def still_flat(query, keys):
    return scores_of(query, keys).flatten().softmax(dim=0)


def numbers(query, keys):
    return scores_of(query, keys).tolist()


def hard(query, keys):
    scores = scores_of(query, keys)
    return (scores == scores.max()).float()


def root_of_the_example(query, keys):
    scores = torch.einsum("c,cij->ij", query, keys) / 2
    return scores.flatten().softmax(dim=0).view_as(scores)


def adversarial_overflow(query, keys):
    scores = scores_of(query, keys)
    return scores.exp() / scores.exp().sum()


WRONG = {
    scores_of: "these are the scores",
    no_root: "divide the scores by the square root",
    dim_without_root: "not by dim itself",
    softmax_of_rows: "each row has a softmax",
    softmax_of_columns: "each column has a softmax",
    no_exponential: "not the scores by their sum",
    no_sum: "now divide by its sum",
    still_flat: "of shape (2, 3); yours has (6,)",
    numbers: "yours is a list",
    hard: "the weights are 1/21",
    root_of_the_example: "wrong for dim 9",
    adversarial_overflow: "overflows",
}


def random_input(random):
    """Return what a check that draws at random would try."""
    query = torch.randn(7, generator=random)
    return query, torch.randn(7, 3, 5, generator=random)
