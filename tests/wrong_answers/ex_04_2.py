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


def whole_kernels(kernels, strides, dilations):
    return chain([k + 1 for k in kernels], strides, dilations)


def dilated_kernels(kernels, strides, dilations):
    widened = [d * k for k, d in zip(kernels, dilations, strict=True)]
    return chain(widened, strides, [1] * len(kernels))


def no_dilation(kernels, strides, dilations):
    return chain(kernels, strides, [1] * len(kernels))


def scaled_by(factors, kernels, strides, dilations):
    taps = zip(factors, kernels, dilations, strict=False)
    return 1 + sum(f * d * (k - 1) for f, k, d in taps), prod(strides)


def no_jump(kernels, strides, dilations):
    return scaled_by([1] * len(kernels), kernels, strides, dilations)


def own_stride(kernels, strides, dilations):
    return scaled_by(strides, kernels, strides, dilations)


def stride_before(kernels, strides, dilations):
    return scaled_by([1, *strides], kernels, strides, dilations)


def last_stride_left_out(kernels, strides, dilations):
    return chain(kernels, strides, dilations)[0], prod(strides[:-1])


def sum_of_strides(kernels, strides, dilations):
    return chain(kernels, strides, dilations)[0], sum(strides)


def field_alone(kernels, strides, dilations):
    return chain(kernels, strides, dilations)[0]


def as_floats(kernels, strides, dilations):
    return tuple(map(float, chain(kernels, strides, dilations)))


def remembered(kernels, strides, dilations):
    return 55, 12


WRONG = {
    no_jump: "multiply by the jump",
    partial(chain, stride_first=True): "widen the field by the old jump first",
    whole_kernels: "reaches k - 1 steps",
    dilated_kernels: "not dilation · k - 1",
    own_stride: "not its own stride",
    stride_before: "not the last one alone",
    partial(chain, start=0): "start at 1",
    last_stride_left_out: "the last stride counts",
    sum_of_strides: "strides multiply",
    field_alone: "return 2 numbers, field and jump",
    as_floats: "yours is a float",
    remembered: "wrong for kernels (5, 3, 3), strides (2, 2, 2), dilations (1",
}
ADVERSARIAL = {no_dilation: "its taps are dilation pixels apart"}


def random_input(random):
    """Return a chain as most are: no dilation."""
    kernels = (2 * torch.randint(1, 4, (3,), generator=random) + 1).tolist()
    strides = torch.randint(1, 4, (3,), generator=random).tolist()
    return kernels, strides, [1, 1, 1]
