"""Checks of chapter 4: parameters, fields, and what a key sees."""

import torch
import torch.nn.functional as F
from torch import Tensor

from colorattn.checks.telling import Answer, begun, returned


def parameters(answer: Answer) -> None:
    """Check `answer(channels, kernels)`: how many a conv-norm chain has."""
    # By hand: 2 · 3 · 3² + 3 and 3 · 5 · 7² + 5 for the convolutions, 2 · 3
    # and 2 · 5 for the norms.
    found = whole(answer((2, 3, 5), (3, 7)))

    slips = {
        805: "each output channel has one bias, and two more numbers from its "
        "norm; you count two of these three.",
        797: "each norm has parameters too: a scale and a shift for each "
        "channel.",
        829: "a norm also keeps a running mean and variance, but these are "
        "measured, not learned. Count its scale and its shift.",
        807: "there is a norm after every convolution, not only at the end.",
        803: "there is a norm after every convolution, not only the first.",
        147: "a kernel is a square: 3 by 3 has nine numbers for each pair of "
        "channels.",
        810: "a bias belongs to an output channel, not to an input channel.",
        840: "the first convolution reads channels[0] channels, which need "
        "not be 3.",
        213: "each convolution has a kernel size of its own; you take the "
        "first for all.",
        1053: "each convolution has a kernel size of its own; you take the "
        "last for all.",
        296: "every output channel has a kernel for each input channel.",
    }
    assert found not in slips, slips[found]
    assert found == 813, (
        "for channels (2, 3, 5) and kernels (3, 7) there are 57 + 6 + 740 + "
        f"10 = 813; yours are {found:,}."
    )

    for channels, kernels, right in (
        ((3, 8, 16, 32), (5, 3, 3), 6528),
        ((1, 8, 16, 32), (5, 3, 3), 6128),
        ((7, 11), (3,), 726),
        ((2, 3, 5, 7, 11), (1, 3, 5, 7), 4867),
    ):
        found = whole(answer(channels, kernels))
        assert found == right, (
            f"right for two convolutions, wrong for channels {channels} and "
            f"kernels {kernels}: {right:,}, not {found:,}."
        )


def field(answer: Answer) -> None:
    """Check `answer(kernels, strides, dilations)`: (field, jump) in px."""
    # By hand: 1 + 2·1 = 3, jump 2; + 4·2·2 = 19, jump 6; + 6·6 = 55, jump 12.
    given = (3, 5, 7), (2, 3, 2), (1, 2, 1)
    found = pair(answer(*given))

    slips = {
        17: "each step in a later map is several pixels wide: multiply by the "
        "jump, the product of the strides before.",
        47: "a dilated kernel is wider: its taps lie dilation apart.",
        125: "a convolution reads the map before it: widen the field by the "
        "old jump first, and multiply the jump by the stride afterwards.",
        66: "a kernel of k reaches k - 1 steps beyond its first pixel, not k.",
        64: "a kernel of k reaches k - 1 steps beyond its first pixel, not k.",
        57: "taps that lie dilation apart span dilation · (k - 1) steps, not "
        "dilation · k - 1.",
        41: "the jump is the product of all strides before this convolution, "
        "not its own stride.",
        37: "the jump is the product of all strides before this convolution, "
        "not the last one alone.",
        54: "before any convolution the field is the pixel itself: begin at "
        "1.",
    }
    assert found[0] not in slips, slips[found[0]]
    assert found[1] != 6, "the last stride counts for the jump as well."
    assert found[1] != 7, "strides multiply: 2 · 3 · 2, not 2 + 3 + 2."
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
        found = pair(answer(kernels, strides, dilations))
        assert found == right, (
            f"right for one chain, wrong for kernels {kernels}, strides "
            f"{strides}, dilations {dilations}: {right}, not {found}."
        )


def share_seen(answer: Answer) -> None:
    """Check `answer(ink, field, stride)`: (batch h w) to (batch)."""
    ink = torch.zeros(3, 5, 7)  # keys in rows 0, 2, 4, columns 0, 2, 4, 6
    ink[0, [0, 1, 2], [0, 1, 2]] = torch.tensor([4.0, 3, 3])  # (0, 0): 7
    ink[1, 1, 1:5] = torch.tensor([1.0, 3, 4, 2])  # (0, 2): 8 of 10
    ink[2, 1, 3], ink[2, 3, 5] = 30, 10  # (2, 4): all
    right, total = torch.tensor([0.7, 0.8, 1.0]), ink.sum(dim=(1, 2))

    found = returned(answer(ink, 3, 2), (3,)).float()

    parts = F.avg_pool2d(ink, 3, 2, padding=1) * 9
    slips = {
        "that is how much ink the best key sees. Divide by all the ink of "
        "its scene.": right * total,
        "your windows begin at the multiples of the stride. A key's window "
        "is centered there: pad by half a field.": torch.tensor(
            [1.0, 0.9, 0.75]
        ),
        "keys lie on every stride-th pixel only. You let them lie on any "
        "pixel, where they see more.": torch.tensor([1.0, 0.9, 1.0]),
        "divide by the ink of each scene, not by that of all scenes.": (
            right * total / total.sum()
        ),
        "divide by the ink of the scene, not by the area of the window.": (
            right * total / 9
        ),
        "that is what a key sees on average; take the one that sees most.": (
            parts.mean(dim=(1, 2)) / total
        ),
    }
    for message, slip in slips.items():
        assert not torch.allclose(found, slip, atol=1e-5), message
    assert not bool((found > 1.001).any()), (
        f"a share is at most 1; yours are {numbers(found)}. Does a window at "
        "the border count as a smaller one?"
    )
    assert torch.allclose(found, right, atol=1e-5), (
        "for a field of 3 and a stride of 2 the best keys see 0.70, 0.80 and "
        f"1.00 of the three scenes' ink; yours: {numbers(found)}."
    )

    # Keys in rows and columns 0, 4, 8: nobody sees the pixel at (6, 6).
    ink = torch.zeros(1, 11, 11)
    ink[0, 6, 6], ink[0, 4, 5] = 3, 1
    found = returned(answer(ink, 3, 4), (1,)).float()
    assert torch.allclose(found, torch.tensor([0.25])), (
        "right for a stride of 2, wrong for a stride of 4, which leaves some "
        f"pixels to no key: 0.25, not {numbers(found)}."
    )


def whole(value: object) -> int:
    """Return what an answer returned, if it is a whole number."""
    begun(value)
    assert isinstance(value, int), (
        f"return a whole number; yours is a {type(value).__name__}."
    )
    return value


def pair(value: object) -> tuple[int, int]:
    """Return what an answer returned, if it is two whole numbers."""
    begun(value)
    assert isinstance(value, tuple) and len(value) == 2, (
        f"return two numbers, field and jump; yours is {value!r}."
    )
    return whole(value[0]), whole(value[1])


def numbers(found: Tensor) -> str:
    """Write numbers out, with two decimals."""
    return ", ".join(f"{x:.2f}" for x in found.tolist())
