"""Wrong answers to exercise 1.1, each with words of the message it meets."""

import torch


def index(classes, colors, asked):
    return (classes == asked[:, None]).int().argmax(dim=1)


def never_absent(classes, colors, asked, column=0):
    which = index(classes, colors, asked)
    return colors.gather(1, which[:, None])[:, column]


def symbol_of_the_color(classes, colors, asked):
    return never_absent(classes, colors.argsort(dim=1), asked)


def red(classes, colors, asked):
    return torch.zeros_like(asked)


def still_a_column(classes, colors, asked):
    return never_absent(classes, colors, asked, column=[0])


def numbers(classes, colors, asked):
    return [1, 1, 0, 2]


def three_symbols(classes, colors, asked):
    match = classes == asked[:, None]
    found = torch.where(match, colors, -1)
    return found.amax(dim=1) if classes.shape[1] == 3 else found[:, 0]


def masked_sum(classes, colors, asked):
    return ((classes == asked[:, None]) * colors).sum(dim=1)


WRONG = {
    index: "the symbol's index in its row",
    symbol_of_the_color: "the symbol with color k",
    red: "the answers are [1, 1, 0, 2]",
    still_a_column: "yours has (4, 1)",
    numbers: "yours is a list",
    three_symbols: "wrong for two symbols",
}
ADVERSARIAL = {never_absent: "Yours is 2.", masked_sum: "Yours is 0."}


def random_input(random):
    """Return what the stream would try: the class asked for is there."""
    classes = torch.rand(11, 10, generator=random).argsort(dim=1)[:, :3]
    colors = torch.rand(11, 3, generator=random).argsort(dim=1)
    return classes, colors, classes[:, 1]
