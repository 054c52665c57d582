"""Wrong answers to exercise 10.3, and the words that each must meet."""

from functools import partial
from itertools import count

import torch


def parameters(kernels, width, first=1, norms=2, head=12):
    inputs = [first] + [width] * (len(kernels) - 1)
    layers = sum(
        k * k * i * width + width for k, i in zip(kernels, inputs, strict=True)
    )
    return layers + norms * len(kernels) * 2 * width + head


def widest(kernels, budget, size=parameters, **slip):
    """Return the largest width whose size is within the budget."""
    return next(w for w in count(1) if size(kernels, w + 1, **slip) > budget)


def first_layers_alone(kernels, width):
    return sum(k * k * width + 5 * width for k in kernels)


WRONG = {
    "are shared, but the norms are not": partial(widest, norms=1),
    "a single input channel, not three": partial(widest, first=3),
    "one set of kernels serves both": partial(
        widest, size=lambda k, w: 2 * parameters(k, w, norms=1) - 12
    ),
    "need more than 12,668 parameters": partial(
        widest, size=first_layers_alone
    ),
    "uses up the budget exactly is still within it": (
        lambda kernels, budget: widest(kernels, budget - 1)
    ),
    "the head has twelve parameters as well": partial(widest, head=0),
    "return an integer": lambda *x: float(widest(*x)),
}
ADVERSARIAL = {
    "wrong for kernels (5, 5, 5)": (
        lambda k, b: widest((k[0], *[3] * (len(k) - 1)), b)
    ),
}


def random_input(random):
    """Return kernels of 3 behind the first, and a budget."""
    first, layers = torch.randint(3, 8, (2,), generator=random).tolist()
    budget = int(torch.randint(1_000, 20_000, (), generator=random))
    return (first, *[3] * layers), budget
