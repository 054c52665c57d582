"""Wrong answers to exercise 8.3, and the words that each must meet."""

import torch


def any_two_relatives(asked, classes, family):
    one, two, three = family[classes].T if classes.shape[1] == 3 else [0] * 3
    return (one == two) | (one == three) | (two == three)


def three_symbols(asked, classes, family):
    own = family[asked]
    return sum((family[classes[:, k]] == own).int() for k in (0, 1, -1)) > 1


def products(asked, classes, family):
    """Families of small primes, multiplied, are told apart; until one is 0."""
    own = family[asked]
    product = family[classes].prod(dim=1)
    return (own > 0) & (product % (own * own).clamp(min=1) == 0)


def random_input(random):
    """Three distinct symbols; the families are 2, 3, 5 and 7."""
    classes = torch.rand(101, 10, generator=random).argsort(dim=1)[:, :3]
    asked = classes[:, 0]
    return asked, classes, torch.tensor([2, 3, 2, 2, 2, 5, 2, 5, 7, 5])


WRONG = {
    "the queried one. Look for a second": (
        lambda a, c, f: (f[c] == f[a][:, None]).any(dim=1)
    ),
    "5 and 9 are related to each other": any_two_relatives,
    "Compare families": lambda a, c, f: (c == a[:, None]).sum(dim=1) > 1,
}
ADVERSARIAL = {
    "take their number from the shape": three_symbols,
    "Expected True, False, True, False": products,
}
