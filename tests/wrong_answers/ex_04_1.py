"""Wrong answers to exercise 4.1, each with words of the message it meets."""

from functools import partial

import torch


def count(channels, kernels, each=3, power=2, first=0, last=0):
    """Count, with `each` parameters per output channel besides kernels."""
    triples = zip(channels, channels[1:], kernels, strict=False)
    total = sum(i * o * k**power + each * o for i, o, k in triples)
    return total + first * channels[1] + last * channels[-1]


def bias_for_inputs(channels, kernels):
    return count(channels, kernels, each=2) + sum(channels[:-1])


def one_kernel_for_all_inputs(channels, kernels):
    pairs = zip(channels[1:], kernels, strict=True)
    return sum(o * k * k + 3 * o for o, k in pairs)


def last_kernel(channels, kernels):
    return count(channels, [kernels[-1]] * len(kernels))


def two_only(channels, kernels):
    return count(channels[:3], kernels[:2])


def a_tensor(channels, kernels):
    return torch.tensor(count(channels, kernels))


def three_inputs(channels, kernels):
    return count((3, *channels[1:]), kernels)


def first_kernel(channels, kernels):
    return count(channels, [kernels[0]] * len(kernels))


WRONG = {
    partial(count, each=2): "you count only two of these three",
    partial(count, each=1): "each norm has parameters too",
    partial(count, each=5): "measured, not learned",
    partial(count, each=1, last=2): "not only at the end",
    partial(count, each=1, first=2): "not only the first",
    partial(count, power=1): "a kernel is a square",
    bias_for_inputs: "not to an input channel",
    one_kernel_for_all_inputs: "a kernel for each input channel",
    last_kernel: "you use the last for all",
    two_only: "wrong for channels (3, 8, 16, 32) and kernels (5, 3, 3)",
    a_tensor: "yours is a Tensor",
}
ADVERSARIAL = {
    three_inputs: "which need not be 3",
    first_kernel: "you use the first for all",
}


def random_input(random):
    """Return what is seen most: color images, one kernel size."""
    channels = torch.randint(1, 40, (3,), generator=random).tolist()
    return (3, *channels), (3, 3, 3)
