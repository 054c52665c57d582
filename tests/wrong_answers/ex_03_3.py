"""Wrong answers to exercise 3.3, each with words of the message it meets."""

from math import prod, sqrt

import torch


def plain(queries, keys):
    return torch.einsum("nc,cij->nij", queries, keys)


def mixed(weights, values):
    return torch.einsum("nij,vij->nv", weights, values)


def over_the_map(scores):
    return scores.flatten(1).softmax(dim=1).view_as(scores)


def over_the_queries(queries, keys, values):
    scores = plain(queries, keys) / sqrt(queries.shape[1])
    return mixed(scores.softmax(dim=0), values)


def over_everything(queries, keys, values):
    scores = plain(queries, keys) / sqrt(queries.shape[1])
    return mixed(scores.flatten().softmax(dim=0).view_as(scores), values)


def over_the_rows(queries, keys, values):
    scores = plain(queries, keys) / sqrt(queries.shape[1])
    return mixed(scores.softmax(dim=-1), values)


def no_root(queries, keys, values):
    return mixed(over_the_map(plain(queries, keys)), values)


def root_of_cells(queries, keys, values):
    scores = plain(queries, keys) / sqrt(prod(keys.shape[1:]))
    return mixed(over_the_map(scores), values)


def by_cells(queries, keys, values):
    scores = plain(queries, keys) / prod(keys.shape[1:])
    return mixed(over_the_map(scores), values)


def averaged(queries, keys, values):
    scores = plain(queries, keys) / sqrt(queries.shape[1])
    weights = over_the_map(scores)
    return (weights[:, None] * values).mean(dim=(2, 3))


def no_weights(queries, keys, values):
    return values.mean(dim=(1, 2)).expand(len(queries), -1)


def no_softmax(queries, keys, values):
    return mixed(plain(queries, keys) / sqrt(queries.shape[1]), values)


def the_wrong_way_round(queries, keys, values):
    return right(queries, keys, values).T


def right(queries, keys, values):
    scores = plain(queries, keys) / sqrt(queries.shape[1])
    return mixed(over_the_map(scores), values)


def dim_of_the_example(queries, keys, values):
    return mixed(over_the_map(plain(queries, keys) / 2), values)


def hard(queries, keys, values):
    return right(1e4 * queries, keys, values)


def adversarial_first_axis(queries, keys, values):
    scores = plain(queries, keys) / sqrt(queries.shape[0])
    return mixed(over_the_map(scores), values)


WRONG = {
    over_the_queries: "goes over the queries",
    over_everything: "one softmax for all queries",
    over_the_rows: "each row of the map",
    no_root: "by the root of dim before the softmax",
    root_of_cells: "not of the number of cells",
    by_cells: "not by the number of cells",
    averaged: "average once more",
    no_weights: "the weights do not come in",
    no_softmax: "go through the softmax first",
    the_wrong_way_round: "of shape (3, 2); yours has (2, 3)",
    dim_of_the_example: "of other shapes",
    hard: "begins with 91/21",
    adversarial_first_axis: "root of the number of queries",
}


def random_input(random):
    """Return what a check would try that has as many queries as dims."""
    return tuple(
        torch.randn(shape, generator=random)
        for shape in [(7, 7), (7, 3, 5), (2, 3, 5)]
    )
