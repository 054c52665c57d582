"""Wrong answers to exercise 6.2, each with words of the message it meets."""

import torch


def measured(weights, positions, cell=0.5, middle=14, canvas=64):
    """Return offsets of the peak from each symbol, by row and column."""
    rows, columns = weights.shape
    peak = int(weights.argmax())
    place = torch.tensor([peak // columns, peak % columns]) + cell
    point = place * canvas / torch.tensor([rows, columns])
    return point - (positions + middle)


def inside(offset):
    return (offset.abs() <= 14).all(dim=1)


def nearest(offset):
    return int(offset.square().sum(dim=1).argmin())


def swapped(weights, positions, query_index):
    return right(weights.T, positions, query_index)


def right(weights, positions, query_index):
    offset = measured(weights, positions)
    return bool(inside(offset)[query_index]) and nearest(offset) == query_index


def always(weights, positions, query_index):
    return True


def adversarial_nearest(weights, positions, query_index):
    return nearest(measured(weights, positions)) == query_index


def adversarial_inside(weights, positions, query_index):
    return bool(inside(measured(weights, positions))[query_index])


def from_corners(weights, positions, query_index):
    near = nearest(measured(weights, positions, middle=0)) == query_index
    return bool(inside(measured(weights, positions))[query_index]) and near


def corner_of_the_cell(weights, positions, query_index):
    offset = measured(weights, positions, cell=0)
    return bool(inside(offset)[query_index]) and nearest(offset) == query_index


def cells_of_8(weights, positions, query_index):
    columns = weights.shape[1]
    peak = int(weights.argmax())
    point = 8 * (torch.tensor([peak // columns, peak % columns]) + 0.5)
    offset = point - (positions + 14)
    return bool(inside(offset)[query_index]) and nearest(offset) == query_index


def mean_place(weights, positions, query_index):
    rows, columns = weights.shape
    share = weights / weights.sum()
    row = (share.sum(dim=1) * (torch.arange(rows) + 0.5)).sum() * 64 / rows
    column = (share.sum(dim=0) * (torch.arange(columns) + 0.5)).sum()
    point = torch.stack([row, column * 64 / columns])
    offset = point - (positions + 14)
    return bool(inside(offset)[query_index]) and nearest(offset) == query_index


def all_symbols(weights, positions, query_index):
    return inside(measured(weights, positions))


WRONG = {
    swapped: "row and column are swapped",
    always: "you call it a hit",
    adversarial_nearest: "To be nearest is not enough",
    adversarial_inside: "To be inside is not enough",
    from_corners: "Measure from centers",
    corner_of_the_cell: "Take the center of the cell",
    cells_of_8: "wrong for 4 by 16",
    mean_place: "not the mean place",
    all_symbols: "yours is a tensor of shape (3,)",
}


def random_input(random):
    """Return a clear case: boxes apart, and a peak within one of them."""
    positions = torch.tensor([[36, 0], [0, 36], [2, 2]])
    query_index = int(torch.randint(3, (1,), generator=random))
    weights = 0.001 * torch.rand(8, 8, generator=random)
    row, column = ((positions[query_index] + 14) // 8).tolist()
    weights[row, column] = 1
    return weights, positions, query_index
