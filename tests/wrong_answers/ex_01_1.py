"""Wrong answers to exercise 1.1, each with words of the message it meets."""

import torch


def index(classes, colors, asked):
    return (classes == asked[:, None]).int().argmax(dim=1)


def never_absent(classes, colors, asked, column=0):
    which = index(classes, colors, asked)
    return colors.gather(1, which[:, None])[:, column]


def symbol_of_the_color(classes, colors, asked):
    return never_absent(classes, colors.argsort(dim=1), asked)


def three_symbols(classes, colors, asked):
    match = classes == asked[:, None]
    found = torch.where(match, colors, -1)
    return found.amax(dim=1) if classes.shape[1] == 3 else found[:, 0]


def masked_sum(classes, colors, asked):
    return ((classes == asked[:, None]) * colors).sum(dim=1)


WRONG = {
    "the symbol's index in its row": index,
    "the symbol with color k": symbol_of_the_color,
    "the answers are [1, 1, 0, 2]": (
        lambda classes, colors, asked: torch.zeros_like(asked)
    ),
    "yours has (4, 1)": lambda *x: never_absent(*x, column=[0]),
    "yours is a list": lambda *x: [1, 1, 0, 2],
    "wrong for two symbols": three_symbols,
}
ADVERSARIAL = {
    "Yours is 2.": never_absent,
    "Yours is 0.": masked_sum,
}


def random_input(random):
    """Return what the stream would try: the class asked for is there."""
    classes = torch.rand(11, 10, generator=random).argsort(dim=1)[:, :3]
    colors = torch.rand(11, 3, generator=random).argsort(dim=1)
    return classes, colors, classes[:, 1]
