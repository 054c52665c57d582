"""Wrong answers to exercise 5.4, each with words of the message it meets."""

import torch
import torch.nn.functional as F


def cosines(gradients):
    unit = F.normalize(gradients, dim=1)
    return unit @ unit.T


def pairs(gradients):
    table = cosines(gradients)
    n = len(table)
    return table[*torch.triu_indices(n, n, offset=1)]


def with_itself(gradients):
    return cosines(gradients).mean()


def dot_products(gradients):
    n = len(gradients)
    table = gradients @ gradients.T
    return table[*torch.triu_indices(n, n, offset=1)].mean()


def sum_of_pairs(gradients):
    return pairs(gradients).sum()


def all_cosines(gradients):
    return cosines(gradients)


def every_pair_twice(gradients):
    return 2 * pairs(gradients).sum()


def without_sign(gradients):
    return pairs(gradients).abs().mean()


def of_three(gradients):
    return pairs(gradients).sum() / 3


def columns(gradients):
    unit = F.normalize(gradients, dim=0)
    n = len(unit)
    return (unit @ unit.T)[*torch.triu_indices(n, n, offset=1)].mean()


def nan_of_zeros(gradients):
    unit = gradients / gradients.norm(dim=1, keepdim=True)
    n = len(unit)
    return (unit @ unit.T)[*torch.triu_indices(n, n, offset=1)].mean()


def adversarial_neighbors(gradients):
    return F.cosine_similarity(gradients[1:], gradients[:-1]).mean()


def adversarial_first(gradients):
    return F.cosine_similarity(gradients[1:], gradients[:1]).mean()


WRONG = {
    with_itself: "leave the n pairs of a row with itself out",
    dot_products: "divide each row by its length first",
    sum_of_pairs: "that is the sum over pairs; divide",
    all_cosines: "yours has shape (3, 3)",
    every_pair_twice: "each counted twice",
    without_sign: "with its sign",
    of_three: "right for three rows",
    columns: "in the mean -0.147",
    nan_of_zeros: "a gradient of zeros gives nan",
    adversarial_neighbors: "with the next one only",
    adversarial_first: "with the first one only",
}


def random_input(random):
    """Return the gradients of two batches: the fewest that can agree."""
    return (torch.randn(2, 11, generator=random),)
