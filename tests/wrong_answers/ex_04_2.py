"""Wrong answers to exercise 4.2, each with words of the message it meets."""

from functools import partial
from math import prod

import torch


def chain(kernels, strides, dilations, start=1, stride_first=False):
    """Return field and jump, from a field of `start` and a jump of 1."""
    field, jump = start, 1
    for k, s, d in zip(kernels, strides, dilations, strict=True):
        field += d * (k - 1) * jump * (s if stride_first else 1)
        jump *= s
    return field, jump


def dilated_kernels(kernels, strides, dilations):
    widened = [d * k for k, d in zip(kernels, dilations, strict=True)]
    return chain(widened, strides, [1] * len(kernels))


def scaled_by(factors, kernels, strides, dilations):
    taps = zip(factors, kernels, dilations, strict=False)
    return 1 + sum(f * d * (k - 1) for f, k, d in taps), prod(strides)


WRONG = {
    "multiply by the jump": lambda k, s, d: scaled_by([1] * len(k), k, s, d),
    "widen the field by the old jump first": partial(chain, stride_first=True),
    "reaches k - 1 steps": lambda e, s, d: chain([k + 1 for k in e], s, d),
    "not dilation · k - 1": dilated_kernels,
    "not its own stride": lambda k, s, d: scaled_by(s, k, s, d),
    "not the last one alone": lambda k, s, d: scaled_by([1, *s], k, s, d),
    "start at 1": partial(chain, start=0),
    "the last stride counts": (
        lambda k, s, d: (chain(k, s, d)[0], prod(s[:-1]))
    ),
    "strides multiply": lambda k, s, d: (chain(k, s, d)[0], sum(s)),
    "return 2 numbers, field and jump": lambda *x: chain(*x)[0],
    "yours is a float": lambda *x: tuple(map(float, chain(*x))),
    "wrong for kernels (5, 3, 3), strides (2, 2, 2), dilations (1": (
        lambda *x: (55, 12)
    ),
}
ADVERSARIAL = {
    "its numbers are dilation steps apart": (
        lambda k, s, d: chain(k, s, [1] * len(k))
    ),
}


def random_input(random):
    """Return a chain as most are: no dilation."""
    kernels = (2 * torch.randint(1, 4, (3,), generator=random) + 1).tolist()
    strides = torch.randint(1, 4, (3,), generator=random).tolist()
    return kernels, strides, [1, 1, 1]
