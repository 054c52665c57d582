"""Wrong answers to exercise 10.3, and the words that each must meet."""

from itertools import count

import torch


def most(size, budget):
    """Return the largest width whose size is within a budget."""
    return next(w for w in count(1) if size(w + 1) > budget)


def parameters(kernels, w, first=1, norms=2, head=12):
    """Count them, with settings by which one may go wrong."""
    inputs = [first] + [w] * (len(kernels) - 1)
    layers = sum(
        k * k * i * w + w for k, i in zip(kernels, inputs, strict=True)
    )
    return layers + norms * len(kernels) * 2 * w + head


def one_norm(kernels, budget):
    return most(lambda w: parameters(kernels, w, norms=1), budget)


def three_colors(kernels, budget):
    return most(lambda w: parameters(kernels, w, first=3), budget)


def two_encoders(kernels, budget):
    return most(lambda w: 2 * parameters(kernels, w, norms=1) - 12, budget)


def first_layers_alone(kernels, budget):
    return most(lambda w: sum(k * k * w + 5 * w for k in kernels), budget)


def below(kernels, budget):
    return most(lambda w: parameters(kernels, w), budget - 1)


def no_head(kernels, budget):
    return most(lambda w: parameters(kernels, w, head=0), budget)


def as_a_float(kernels, budget):
    return float(most(lambda w: parameters(kernels, w), budget))


def adversarial_threes(kernels, budget):
    same = (kernels[0], *[3] * (len(kernels) - 1))
    return most(lambda w: parameters(same, w), budget)


WRONG = {
    one_norm: "the kernels are shared, the norms are not",
    three_colors: "has a single channel to read, not three",
    two_encoders: "one set of kernels serves both",
    first_layers_alone: "channels need more than 12,668 parameters",
    below: "exactly as many as the budget is still within it",
    no_head: "the head has twelve parameters as well",
    as_a_float: "return a whole number",
    adversarial_threes: "wrong for (5, 5, 5)",
}


def random_input(random):
    """Return kernels of 3 behind the first, and a budget."""
    first, layers = torch.randint(3, 8, (2,), generator=random).tolist()
    budget = int(torch.randint(1_000, 20_000, (), generator=random))
    return (first, *[3] * layers), budget
