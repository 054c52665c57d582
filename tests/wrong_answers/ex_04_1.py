"""Wrong answers to exercise 4.1, each with words of the message it meets."""

from functools import partial

import torch


def count(channels, kernels, each=3, power=2, first=0, last=0):
    """Count, with `each` parameters per output channel besides kernels."""
    triples = zip(channels, channels[1:], kernels, strict=False)
    total = sum(i * o * k**power + each * o for i, o, k in triples)
    return total + first * channels[1] + last * channels[-1]


def one_kernel_for_all_inputs(channels, kernels):
    pairs = zip(channels[1:], kernels, strict=True)
    return sum(o * k * k + 3 * o for o, k in pairs)


WRONG = {
    "you count only two of these three": partial(count, each=2),
    "each norm has parameters too": partial(count, each=1),
    "measured, not learned": partial(count, each=5),
    "not only at the end": partial(count, each=1, last=2),
    "not only the first": partial(count, each=1, first=2),
    "a kernel is a square": partial(count, power=1),
    "not to an input channel": lambda c, k: count(c, k, each=2) + sum(c[:-1]),
    "a kernel for each input channel": one_kernel_for_all_inputs,
    "you use the last for all": lambda c, k: count(c, [k[-1]] * len(k)),
    "wrong for channels (3, 8, 16, 32) and kernels (5, 3, 3)": (
        lambda channels, kernels: count(channels[:3], kernels[:2])
    ),
    "yours is a Tensor": lambda *x: torch.tensor(count(*x)),
}
ADVERSARIAL = {
    "which need not be 3": lambda c, k: count((3, *c[1:]), k),
    "you use the first for all": lambda c, k: count(c, [k[0]] * len(k)),
}


def random_input(random):
    """Return what is seen most: color images, one kernel size."""
    channels = torch.randint(1, 40, (3,), generator=random).tolist()
    return (3, *channels), (3, 3, 3)
