"""Wrong answers to exercise 6.2, each with words of the message it meets."""

from functools import partial

import torch


def point_of(weights, cell=0.5, width=None, mean=False):
    """Return the peak, or the mean place, as row and column in pixels."""
    shape = torch.tensor(weights.shape)
    cells = torch.cartesian_prod(*map(torch.arange, weights.shape)) + cell
    share = weights.flatten() / weights.sum()
    place = share @ cells if mean else cells[weights.argmax()]
    return place * (width or 64 / shape)


def hit(
    weights, positions, query_index, inside=True, nearest=True, middle=14, **at
):
    """Ask if the peak is inside the queried box, and nearest to its center."""
    point = point_of(weights, **at)
    found = not inside or within(weights, positions, **at)[query_index]
    far = (point - (positions + middle)).norm(dim=1)
    return bool(found) and (not nearest or int(far.argmin()) == query_index)


def within(weights, positions, query_index=0, **at):
    offset = point_of(weights, **at) - (positions + 14)
    return (offset.abs() <= 14).all(dim=1)


WRONG = {
    "row and column are swapped": lambda w, p, q: hit(w.T, p, q),
    "you call it a hit": lambda *x: True,
    "Measure from centers": partial(hit, middle=0),
    "Use the center": partial(hit, cell=0),
    "wrong for 4 by 16": partial(hit, width=8),
    "not the mean position": partial(hit, mean=True),
    "yours is a tensor of shape (3,)": within,
}
ADVERSARIAL = {
    "Being nearest is not enough": partial(hit, inside=False),
    "Being inside is not enough": partial(hit, nearest=False),
}


def random_input(random):
    """Return a clear case: boxes apart, and a peak within one of them."""
    positions = torch.tensor([[36, 0], [0, 36], [2, 2]])
    query_index = int(torch.randint(3, (1,), generator=random))
    weights = 0.001 * torch.rand(8, 8, generator=random)
    row, column = ((positions[query_index] + 14) // 8).tolist()
    weights[row, column] = 1
    return weights, positions, query_index
