"""Wrong answers to exercise 8.3, and the words that each must meet."""

import torch


def counts_itself(asked, classes, family):
    return (family[classes] == family[asked][:, None]).any(dim=1)


def any_two_relatives(asked, classes, family):
    one, two, three = family[classes].T if classes.shape[1] == 3 else [0] * 3
    return (one == two) | (one == three) | (two == three)


def same_class(asked, classes, family):
    return (classes == asked[:, None]).sum(dim=1) > 1


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
    counts_itself: "the queried one. Look for a second",
    any_two_relatives: "5 and 9 are related to each other",
    same_class: "Compare families",
}
ADVERSARIAL = {
    three_symbols: "take their number from the shape",
    products: "Expected True, False, True, False",
}
