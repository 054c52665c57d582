"""Wrong answers to exercise 9.2, and the words that each must meet."""

import torch


def parts(one, other):
    a, b = one - one.mean(dim=0), other - other.mean(dim=0)
    return a.T @ b, a.T @ a, b.T @ b


def not_squared(one, other):
    across, a, b = parts(one, other)
    return across.norm() / (a.norm() * b.norm())


def rooted(one, other):
    across, a, b = parts(one, other)
    return across.norm() / (a.norm() * b.norm()) ** 0.5


def traces(one, other):
    across, a, b = parts(one, other)
    return across.square().sum() / (a.trace() * b.trace())


def not_centered(one, other):
    across, a, b = one.T @ other, one.T @ one, other.T @ other
    return across.square().sum() / (a.norm() * b.norm())


def random_input(random):
    """Features whose means are 0, as a batch norm leaves them."""
    one = torch.randn(101, 3, generator=random)
    other = torch.randn(101, 5, generator=random)
    return one - one.mean(dim=0), other - other.mean(dim=0)


WRONG = {
    "square the entries of the matrix between the two": not_squared,
    "that is its square root": rooted,
    "not their traces": traces,
    "nothing is divided yet": lambda *x: parts(*x)[0].square().sum(),
}
ADVERSARIAL = {"features with a mean: subtract it": not_centered}
