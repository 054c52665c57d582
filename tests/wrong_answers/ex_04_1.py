"""Wrong answers to exercise 4.1, each with words of the message it meets."""

import torch


def chain(channels, kernels, each=3):
    """Count, with `each` numbers for an output channel besides kernels."""
    triples = zip(channels, channels[1:], kernels, strict=False)
    return sum(i * o * k * k + each * o for i, o, k in triples)


def no_bias(channels, kernels):
    return chain(channels, kernels, each=2)


def no_norm(channels, kernels):
    return chain(channels, kernels, each=1)


def running_statistics(channels, kernels):
    return chain(channels, kernels, each=5)


def one_norm_at_the_end(channels, kernels):
    return chain(channels, kernels, each=1) + 2 * channels[-1]


def one_norm_at_the_start(channels, kernels):
    return chain(channels, kernels, each=1) + 2 * channels[1]


def flat_kernels(channels, kernels):
    triples = zip(channels, channels[1:], kernels, strict=False)
    return sum(i * o * k + 3 * o for i, o, k in triples)


def bias_for_inputs(channels, kernels):
    return chain(channels, kernels, each=2) + sum(channels[:-1])


def one_kernel_for_all_inputs(channels, kernels):
    pairs = zip(channels[1:], kernels, strict=True)
    return sum(o * k * k + 3 * o for o, k in pairs)


def last_kernel(channels, kernels):
    return chain(channels, [kernels[-1]] * len(kernels))


def two_only(channels, kernels):
    return chain(channels[:3], kernels[:2])


def a_tensor(channels, kernels):
    return torch.tensor(chain(channels, kernels))


def adversarial_three_inputs(channels, kernels):
    return chain((3, *channels[1:]), kernels)


def adversarial_first_kernel(channels, kernels):
    return chain(channels, [kernels[0]] * len(kernels))


WRONG = {
    no_bias: "you count two of these three",
    no_norm: "each norm has parameters too",
    running_statistics: "measured, not learned",
    one_norm_at_the_end: "not only at the end",
    one_norm_at_the_start: "not only the first",
    flat_kernels: "a kernel is a square",
    bias_for_inputs: "not to an input channel",
    one_kernel_for_all_inputs: "a kernel for each input channel",
    last_kernel: "you take the last for all",
    two_only: "right for two convolutions, wrong for",
    a_tensor: "yours is a Tensor",
    adversarial_three_inputs: "which need not be 3",
    adversarial_first_kernel: "you take the first for all",
}


def random_input(random):
    """Return what is seen most: color images, one kernel size."""
    channels = torch.randint(1, 40, (3,), generator=random).tolist()
    return (3, *channels), (3, 3, 3)
