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


def dot_products(gradients):
    return pairs(gradients, table=lambda rows: rows @ rows.T).mean()


WRONG = {
    "leave out the n pairs of a row with itself": lambda x: cosines(x).mean(),
    "divide each row by its length first": dot_products,
    "that is the sum over all pairs; divide": lambda x: pairs(x).sum(),
    "yours is a tensor of shape (3, 3)": cosines,
    "each counted twice": lambda gradients: 2 * pairs(gradients).sum(),
    "with its sign": lambda gradients: pairs(gradients).abs().mean(),
    "wrong for five rows": lambda gradients: pairs(gradients).sum() / 3,
    "whose mean is -0.147": (
        lambda x: pairs(x, table=partial(cosines, dim=0)).mean()
    ),
    "a gradient of zeros gives nan": (
        lambda x: pairs(x, table=partial(cosines, eps=0)).mean()
    ),
}
ADVERSARIAL = {
    "with the next one only": (
        lambda x: F.cosine_similarity(x[1:], x[:-1]).mean()
    ),
    "with the first one only": (
        lambda x: F.cosine_similarity(x[1:], x[:1]).mean()
    ),
}


def random_input(random):
    """Return the gradients of two batches: the fewest that can agree."""
    return (torch.randn(2, 11, generator=random),)
