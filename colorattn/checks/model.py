"""Checks on the model: parameters, receptive fields, and what a key sees."""

import torch
import torch.nn.functional as F

from colorattn.checks.answers import (
    Answer,
    also,
    expect,
    integer,
    numbers,
    refuse,
    shown,
    tensor,
)


def parameters(answer: Answer) -> None:
    """Exercise 4.1: `parameters_of(channels, kernels)`."""
    # By hand: 2 · 3 · 3² + 3 and 3 · 5 · 7² + 5 for the convolutions, 2 · 3
    # and 2 · 5 for the batch norms.
    found = integer(answer((2, 3, 5), (3, 7)))
    slips = {
        "each output channel has one bias, and two more parameters in its "
        "norm; you count only two of these three.": 805,
        "each norm has parameters too: a scale and a shift per channel.": 797,
        "a norm also keeps a running mean and variance, but these are "
        "measured, not learned. Count its scale and its shift.": 829,
        "there is a norm after every convolution, not only at the end.": 807,
        "there is a norm after every convolution, not only the first.": 803,
        "a kernel is a square: 3 by 3 means nine weights for each pair of "
        "channels.": 147,
        "a bias belongs to an output channel, not to an input channel.": 810,
        "the first convolution has channels[0] inputs, which need not be "
        "3.": 840,
        "each convolution has its own kernel size; you use the first for "
        "all.": 213,
        "each convolution has its own kernel size; you use the last for "
        "all.": 1053,
        "every output channel has a kernel for each input channel.": 296,
    }
    refuse(found, slips)
    expect(found, 813, "for (2, 3, 5) and (3, 7) it is 57 + 6 + 740 + 10.")

    for channels, kernels, right in (
        ((3, 8, 16, 32), (5, 3, 3), 6528),
        ((1, 8, 16, 32), (5, 3, 3), 6128),
        ((7, 11), (3,), 726),
        ((2, 3, 5, 7, 11), (1, 3, 5, 7), 4867),
    ):
        found = integer(answer(channels, kernels))
        also(found, right, f"channels {channels} and kernels {kernels}")


def receptive_field(answer: Answer) -> None:
    """Exercise 4.2: `field_of(kernels, strides, dilations)`."""

    def ask(*settings: tuple[int, ...]) -> tuple[int, ...]:
        value = answer(*settings)
        return tuple(numbers(value, 2, ", field and jump", integer))

    # By hand: 1 + 2·1 = 3, jump 2; + 4·2·2 = 19, jump 6; + 6·6 = 55, jump 12.
    given = (3, 5, 7), (2, 3, 2), (1, 2, 1)
    found = ask(*given)
    slips = {
        "each step in a later map is several pixels wide: multiply by the "
        "jump, which is the product of all strides before.": 17,
        "a dilated kernel is wider: its taps are dilation pixels apart.": 47,
        "a convolution reads the map before it: widen the field by the old "
        "jump first, and multiply the jump by the stride afterwards.": 125,
        "a kernel of k reaches k - 1 steps beyond its first pixel, not k.": 66,
        "a kernel that spans 9 pixels reaches 8 beyond its first one.": 64,
        "taps that are dilation apart span dilation · (k - 1) steps, not "
        "dilation · k - 1.": 57,
        "the jump is the product of all strides before this convolution, not "
        "its own stride.": 41,
        "the jump is the product of all strides before this convolution, not "
        "the last one alone.": 37,
        "before any convolution the field is the pixel itself: start at "
        "1.": 54,
    }
    refuse(found[0], slips)
    slips = {
        "the last stride counts for the jump as well.": 6,
        "strides multiply: 2 · 3 · 2, not 2 + 3 + 2.": 7,
    }
    refuse(found[1], slips)
    assert found == (55, 12), (
        f"for kernels, strides and dilations {given} the field is 55 and the "
        f"jump 12; yours are {found[0]} and {found[1]}."
    )

    for kernels, strides, dilations, right in (
        ((5, 3, 3), (2, 2, 2), (1, 1, 1), (17, 8)),
        ((5, 3, 3, 3, 3), (2, 2, 1, 1, 1), (1, 1, 1, 2, 1), (41, 4)),
        ((7, 3, 3, 3, 3, 3), (4, 1, 1, 1, 1, 1), (1, 1, 1, 1, 1, 1), (47, 4)),
        ((7,), (1,), (3,), (19, 1)),
    ):
        case = f"kernels {kernels}, strides {strides}, dilations {dilations}"
        also(ask(kernels, strides, dilations), right, case)


def share_seen(answer: Answer) -> None:
    """Exercise 4.3: `share_seen(ink, field, stride)`."""
    ink = torch.zeros(3, 5, 7)  # keys in rows 0, 2, 4, columns 0, 2, 4, 6
    ink[0, [0, 1, 2], [0, 1, 2]] = torch.tensor([4.0, 3, 3])  # (0, 0): 7
    ink[1, 1, 1:5] = torch.tensor([1.0, 3, 4, 2])  # (0, 2): 8 of 10
    ink[2, 1, 3], ink[2, 3, 5] = 30, 10  # (2, 4): all
    right, total = torch.tensor([0.7, 0.8, 1.0]), ink.sum(dim=(1, 2))
    mean = 9 * F.avg_pool2d(ink, 3, 2, padding=1).mean(dim=(1, 2)) / total
    best = right * total

    found = tensor(answer(ink, 3, 2), (3,))
    slips = {
        "that is how much ink the best key sees. Divide by all the ink of "
        "its scene.": best,
        "your windows start at multiples of the stride. A key's window is "
        "centered there: pad by half a field.": [1.0, 0.9, 0.75],
        "keys are at every stride-th pixel only. You put them at every "
        "pixel, where they see more.": [1.0, 0.9, 1.0],
        "divide by the ink of each scene, not of all.": best / total.sum(),
        "divide by the ink of the scene, not by the window's area.": best / 9,
        "that is what a key sees on average; take the one that sees the "
        "most.": mean,
    }
    refuse(found, slips)
    assert not bool((found > 1.001).any()), (
        f"a share is at most 1; yours are {shown(found)}. Does a window "
        "at the border count as a smaller one?"
    )
    expect(found, right, "the best keys see 70%, 80% and 100% of the ink.")

    # Keys in rows and columns 0, 4, 8: none of them sees the pixel at (6, 6).
    ink = torch.zeros(1, 11, 11)
    ink[0, 6, 6], ink[0, 4, 5] = 3, 1
    found = tensor(answer(ink, 3, 4), (1,))
    also(found, [0.25], "a stride of 4", "no key sees some of the pixels")


def widest(answer: Answer) -> str:
    """Exercise 10.3: `widest(kernels, budget)`, the number of channels."""
    kernels, budget = (7, 3, 3, 3, 3, 3), 12_668

    found = integer(answer(kernels, budget))
    slips = {
        "the kernels are shared, but the norms are not: images and queries "
        "each have their own after every convolution. 16 channels are 128 "
        "parameters too many.": 16,
        "there is room for 15. The one encoder reads brightness: its first "
        "convolution has a single input channel, not three.": 14,
    }
    refuse(found, slips)
    assert found <= 15, (
        f"{found} channels need more than {budget:,} parameters. Every layer "
        "but the first has as many inputs as outputs."
    )
    assert found > 11, (
        "there is room for 15: one set of kernels serves both; count it once."
    )
    expect(found, 15, "there is room for more channels.")

    # 25 w + w, twice 25 w² + w, 12 w for norms, 12 for the head.
    found = integer(answer((5, 5, 5), 50 * 49 + 40 * 7 + 12))
    assert found != 6, (
        "a net that uses up the budget exactly is still within it. Or do you "
        "count more than twelve for the head?"
    )
    also(found, 7, "kernels (5, 5, 5) and a budget of 2,742")
    found = integer(answer((3, 3), 9 * 16 + 19 * 4 + 11))
    assert found != 4, (
        "the head has twelve parameters as well, which puts 4 channels one "
        "over the budget."
    )
    also(found, 3, "kernels (3, 3) and a budget of 231")
    return (
        "A budget makes architectures comparable. How many channels does it "
        "cost to make all six kernels 5?"
    )
