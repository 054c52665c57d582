"""Wrong answers to exercise 9.1, and the words that each must meet."""

from functools import partial

import torch


def chances(query, symbols, query_index, none=1.0, ties=True):
    """Return the queried symbol's chance: equal, among equal names."""
    match = (symbols == query[:, None]).float()
    match[match.sum(dim=1) == 0] = none
    total = match.sum(dim=1, keepdim=True).clamp(min=1)
    return (match / total if ties else match).gather(1, query_index[:, None])


def share(query, symbols, query_index, **slip):
    return chances(query, symbols, query_index, **slip).mean()


def first_match(query, symbols, query_index):
    picked = (symbols == query[:, None]).int().argmax(dim=1)
    return (picked == query_index).float().mean()


def random_input(random):
    """Names of three symbols, most of them right."""
    symbols = torch.randint(10, (101, 3), generator=random)
    query_index = torch.randint(3, (101,), generator=random)
    query = torch.randint(10, (101,), generator=random)
    return query, symbols, query_index


WRONG = {
    "found for certain": partial(share, none=1 / 3, ties=False),
    "The rule still has to guess": partial(share, none=0),
    "argmax takes the first of several equal names": first_match,
    "divide it by how many there are": lambda *x: chances(*x).sum(),
    "return one number": chances,
}
ADVERSARIAL = {"wrong for two symbols": partial(share, none=1 / 3)}
