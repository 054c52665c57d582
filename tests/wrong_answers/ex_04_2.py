"""Wrong answers to exercise 4.2, each with words of the message it meets."""

from math import prod

import torch


def walk(kernels, strides, dilations):
    field, jump = 1, 1
    for k, s, d in zip(kernels, strides, dilations, strict=True):
        field, jump = field + d * (k - 1) * jump, jump * s
    return field, jump


def no_jump(kernels, strides, dilations):
    taps = zip(kernels, dilations, strict=True)
    return 1 + sum(d * (k - 1) for k, d in taps), prod(strides)


def stride_first(kernels, strides, dilations):
    field, jump = 1, 1
    for k, s, d in zip(kernels, strides, dilations, strict=True):
        jump *= s
        field += d * (k - 1) * jump
    return field, jump


def whole_kernels(kernels, strides, dilations):
    field, jump = 1, 1
    for k, s, d in zip(kernels, strides, dilations, strict=True):
        field, jump = field + d * k * jump, jump * s
    return field, jump


def dilated_kernels(kernels, strides, dilations):
    widened = [d * k for k, d in zip(kernels, dilations, strict=True)]
    return walk(widened, strides, [1] * len(kernels))


def own_stride(kernels, strides, dilations):
    taps = zip(kernels, strides, dilations, strict=True)
    return 1 + sum(d * (k - 1) * s for k, s, d in taps), prod(strides)


def stride_before(kernels, strides, dilations):
    taps = zip(kernels, [1, *strides], dilations, strict=False)
    return 1 + sum(d * (k - 1) * s for k, s, d in taps), prod(strides)


def begins_at_zero(kernels, strides, dilations):
    field, jump = walk(kernels, strides, dilations)
    return field - 1, jump


def last_stride_left_out(kernels, strides, dilations):
    field, _ = walk(kernels, strides, dilations)
    return field, prod(strides[:-1])


def sum_of_strides(kernels, strides, dilations):
    field, _ = walk(kernels, strides, dilations)
    return field, sum(strides)


def field_alone(kernels, strides, dilations):
    return walk(kernels, strides, dilations)[0]


def as_floats(kernels, strides, dilations):
    return tuple(map(float, walk(kernels, strides, dilations)))


def remembered(kernels, strides, dilations):
    return 55, 12


def adversarial_no_dilation(kernels, strides, dilations):
    return walk(kernels, strides, [1] * len(kernels))


WRONG = {
    no_jump: "multiply by the jump",
    stride_first: "widen the field by the old jump first",
    whole_kernels: "reaches k - 1 steps",
    dilated_kernels: "not dilation · k - 1",
    own_stride: "not its own stride",
    stride_before: "not the last one alone",
    begins_at_zero: "begin at 1",
    last_stride_left_out: "the last stride counts",
    sum_of_strides: "strides multiply",
    field_alone: "return two numbers",
    as_floats: "yours is a float",
    remembered: "right for one chain",
    adversarial_no_dilation: "its taps lie dilation apart",
}


def random_input(random):
    """Return a chain as most are: no dilation."""
    kernels = (2 * torch.randint(1, 4, (3,), generator=random) + 1).tolist()
    strides = torch.randint(1, 4, (3,), generator=random).tolist()
    return kernels, strides, [1, 1, 1]
