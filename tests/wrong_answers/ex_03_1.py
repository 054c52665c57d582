"""Wrong answers to exercise 3.1, each with words of the message it meets."""

from functools import partial
from math import sqrt

import torch


def scores_of(query, keys, divisor=sqrt):
    return torch.einsum("c,cij->ij", query, keys) / divisor(len(query))


def weights(query, keys, divisor=sqrt):
    scores = scores_of(query, keys, divisor)
    return scores.flatten().softmax(dim=0).view_as(scores)


def one(dim):
    return 1


def dim_itself(dim):
    return dim


def root_of_the_example(dim):
    return 2


def softmax_over(query, keys, axis):
    return scores_of(query, keys).softmax(dim=axis)


def no_exponential(query, keys):
    scores = scores_of(query, keys)
    return scores / scores.sum()


def no_sum(query, keys):
    return scores_of(query, keys).exp()


def still_flat(query, keys):
    return weights(query, keys).flatten()


def numbers(query, keys):
    return scores_of(query, keys).tolist()


def hard(query, keys):
    scores = scores_of(query, keys)
    return (scores == scores.max()).float()


def overflow(query, keys):
    return no_sum(query, keys) / no_sum(query, keys).sum()


WRONG = {
    scores_of: "these are the scores",
    partial(weights, divisor=one): "divide the scores by the square root",
    partial(weights, divisor=dim_itself): "not by dim itself",
    partial(softmax_over, axis=1): "each row of the map has a softmax",
    partial(softmax_over, axis=0): "each column of the map has a softmax",
    no_exponential: "not the scores by their sum",
    no_sum: "now divide it by its sum",
    still_flat: "of shape (2, 3); yours has (6,)",
    numbers: "yours is a list",
    hard: "the weights are 1/21",
    partial(weights, divisor=root_of_the_example): "wrong for dim 9",
}
ADVERSARIAL = {overflow: "overflows"}


def random_input(random):
    """Return what a check that draws at random would try."""
    query = torch.randn(7, generator=random)
    return query, torch.randn(7, 3, 5, generator=random)
