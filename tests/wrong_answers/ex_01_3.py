"""Wrong answers to exercise 1.3, each with words of the message it meets."""

import torch


def gaps(positions):
    return positions[:, :, None] - positions[:, None]


def others(positions):
    return ~torch.eye(positions.shape[1], dtype=torch.bool)


def with_itself(positions, side):
    return (gaps(positions).abs() < side).all(dim=3).any(dim=2)


def in_rows_or_columns(positions, side):
    near = (gaps(positions).abs() < side).any(dim=3)
    return (near & others(positions)).any(dim=2)


def signed(positions, side):
    near = (gaps(positions) < side).all(dim=3)
    return (near & others(positions)).any(dim=2)


def sum_of_both(positions, side):
    near = gaps(positions).abs().sum(dim=3) < side
    return (near & others(positions)).any(dim=2)


def neighbors_in_order(positions, side):
    near = ((positions[:, 1:] - positions[:, :-1]).abs() < side).all(dim=2)
    found = torch.zeros(positions.shape[:2], dtype=torch.bool)
    found[:, 1:] |= near
    found[:, :-1] |= near
    return found


def of_the_scene(positions, side):
    near = (gaps(positions).abs() < side).all(dim=3) & others(positions)
    some = near.any(dim=2).any(dim=1, keepdim=True)
    return some.expand(-1, positions.shape[1])


def counted(positions, side):
    near = (gaps(positions).abs() < side).all(dim=3) & others(positions)
    return near.sum(dim=2)


def center_inside(positions, side):
    near = (gaps(positions).abs() < side / 2).all(dim=3)
    return (near & others(positions)).any(dim=2)


def side_of_the_example(positions, side):
    near = (gaps(positions).abs() < 10).all(dim=3)
    return (near & others(positions)).any(dim=2)


def adversarial_touching(positions, side):
    near = (gaps(positions).abs() <= side).all(dim=3)
    return (near & others(positions)).any(dim=2)


WRONG = {
    with_itself: "overlaps itself",
    in_rows_or_columns: "must both be near",
    signed: "may be negative",
    sum_of_both: "neither their sum",
    neighbors_in_order: "are a pair as well",
    of_the_scene: "say it of each symbol",
    counted: "yours is torch.int64",
    center_inside: "boxes of side 10 at",
    side_of_the_example: "wrong for two of side 28",
    adversarial_touching: "share no pixel",
}


def random_input(random):
    """Return large boxes at random, which never touch to the pixel."""
    return torch.randint(5003, (7, 3, 2), generator=random), 1009
