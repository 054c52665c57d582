"""Wrong answers to exercise 9.2, and the words that each must meet."""

from functools import partial

import torch


def cka(one, other, centered=True, power=2, size=torch.norm, root=1):
    """Divide a power of the norm between the two by the size of each."""
    if centered:
        one, other = one - one.mean(dim=0), other - other.mean(dim=0)
    across, a, b = one.T @ other, one.T @ one, other.T @ other
    return across.norm() ** power / (size(a) * size(b)) ** root


def random_input(random):
    """Features whose means are 0, as a batch norm leaves them."""
    one = torch.randn(101, 3, generator=random)
    other = torch.randn(101, 5, generator=random)
    return one - one.mean(dim=0), other - other.mean(dim=0)


WRONG = {
    "square the entries of the matrix between the two": partial(cka, power=1),
    "that is its square root": partial(cka, power=1, root=0.5),
    "not their traces": partial(cka, size=torch.trace),
    "nothing is divided yet": partial(cka, root=0),
}
ADVERSARIAL = {
    "features with a mean: subtract it": partial(cka, centered=False),
}
