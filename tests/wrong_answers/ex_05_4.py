"""Wrong answers to exercise 5.4, each with words of the message it meets."""

from functools import partial

import torch
import torch.nn.functional as F


def cosines(gradients, dim=1, eps=1e-12):
    unit = F.normalize(gradients, dim=dim, eps=eps)
    return unit @ unit.T


def pairs(gradients, table=cosines):
    n = len(gradients)
    return table(gradients)[*torch.triu_indices(n, n, offset=1)]


def with_itself(gradients):
    return cosines(gradients).mean()


def dot_products(gradients):
    return pairs(gradients, table=lambda rows: rows @ rows.T).mean()


def sum_of_pairs(gradients):
    return pairs(gradients).sum()


def every_pair_twice(gradients):
    return 2 * pairs(gradients).sum()


def without_sign(gradients):
    return pairs(gradients).abs().mean()


def of_three(gradients):
    return pairs(gradients).sum() / 3


def columns(gradients):
    return pairs(gradients, table=partial(cosines, dim=0)).mean()


def nan_of_zeros(gradients):
    return pairs(gradients, table=partial(cosines, eps=0)).mean()


def neighbors(gradients):
    return F.cosine_similarity(gradients[1:], gradients[:-1]).mean()


def with_the_first(gradients):
    return F.cosine_similarity(gradients[1:], gradients[:1]).mean()


WRONG = {
    with_itself: "leave out the n pairs of a row with itself",
    dot_products: "divide each row by its length first",
    sum_of_pairs: "that is the sum over all pairs; divide",
    cosines: "yours is a tensor of shape (3, 3)",
    every_pair_twice: "each counted twice",
    without_sign: "with its sign",
    of_three: "wrong for five rows",
    columns: "whose mean is -0.147",
    nan_of_zeros: "a gradient of zeros gives nan",
}
ADVERSARIAL = {
    neighbors: "with the next one only",
    with_the_first: "with the first one only",
}


def random_input(random):
    """Return the gradients of two batches: the fewest that can agree."""
    return (torch.randn(2, 11, generator=random),)
