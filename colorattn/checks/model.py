"""Checks on the model: its forward pass, its size, and what a key sees."""

from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import Tensor

from colorattn.checks.answers import (
    Answer,
    also,
    expect,
    integer,
    numbers,
    refuse,
    shown,
    started,
    tensor,
)


def forward(answer: Answer) -> str:
    """Exercise 4.1: `my_forward(model, image, query)`."""
    # Keys are the mean colors of 2 by 2 px and dim is 4, with root 2.
    random = torch.Generator().manual_seed(0)
    image = torch.randn(2, 3, 4, 6, generator=random)
    query = torch.randn(2, 1, 2, 3, generator=random)
    keys = F.avg_pool2d(image, 2)[:, [0, 1, 2, 0]]
    each = torch.tensor([3.0, -2, 1, 5]).view(1, 4, 1, 1)
    matrix = torch.tensor([[7.0, 1, 0], [2, 9, 1], [0, 3, 8]])
    model = SimpleNamespace(
        encode_image=lambda image: F.avg_pool2d(image, 2)[:, [0, 1, 2, 0]],
        encode_query=lambda query: query * each,
        head=lambda glimpse: glimpse @ matrix + 1,
    )

    def look(vector: Tensor) -> tuple[Tensor, Tensor]:
        scores = torch.einsum("bc,bcij->bij", vector, keys) / 2
        return scores, scores.flatten(1).softmax(dim=1).view_as(scores)

    def read(weights: Tensor, mode: str = "nearest") -> Tensor:
        mask = F.interpolate(weights[:, None], size=(4, 6), mode=mode)
        return (image * mask).mean(dim=(2, 3))

    pooled = (query * each).mean(dim=(2, 3))
    scores, weights = look(pooled)
    glimpse = read(weights)
    logits = model.head(glimpse)

    value = started(answer(model, image, query))
    assert isinstance(value, tuple | list) and len(value) == 3, (
        "return three tensors: logits, scores and weights."
    )
    found = tensor(value[0], (2, 3))
    summed, largest = look(6 * pooled)[1], look((query * each).amax((2, 3)))[1]
    slips = {
        "these are glimpses. The head turns them into logits.": glimpse,
        "return the logits as they are, without a softmax.": logits.softmax(1),
        "the query vector is the mean over the places of the query's map, "
        "not their sum.": model.head(read(summed)),
        "the query vector is the mean over the places of the query's map, "
        "not the largest.": model.head(read(largest)),
        "mask the image with the weights, not with the scores.": model.head(
            read(scores)
        ),
        "the post takes the mean over all pixels of the masked image; you "
        "take the sum.": model.head(24 * glimpse),
        "that's chapter 3's glimpse. The mean over all pixels is smaller, by "
        "the number of cells.": model.head(6 * glimpse),
        "right for a map of 8 by 8 cells, but not every map has 64. Take the "
        "mean of the masked image.": model.head(6 * glimpse / 64),
        "all pixels of a cell share one weight: stretch without "
        "interpolating between cells.": model.head(read(weights, "bilinear")),
        "nothing is masked: multiply the image by the stretched "
        "weights.": model.head(image.mean(dim=(2, 3))),
    }
    refuse(found, slips)
    expect(found, logits, "the logits differ from those of the plan.")
    message = "return logits, scores and weights in this order."
    for given, right in zip(value[1:], (scores, weights), strict=True):
        expect(tensor(given, (2, 2, 3)), right, message)
    return (
        "All that such a network learns is in its encoders and its head: "
        "your function has no parameters."
    )


def receptive_field(answer: Answer) -> str:
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
        "a dilated kernel is wider: its numbers are dilation steps apart.": 47,
        "a convolution reads the map before it: widen the field by the old "
        "jump first, and multiply the jump by the stride afterward.": 125,
        "a kernel of k reaches k - 1 steps beyond its first pixel, not k.": 66,
        "a kernel that spans 9 pixels reaches 8 beyond its first one.": 64,
        "numbers that are dilation steps apart span dilation · (k - 1) "
        "steps, not dilation · k - 1.": 57,
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
    return (
        "Try three kernels of 3 and one kernel of 7, all with stride 1: "
        "the same field, but which has fewer parameters?"
    )


def share_seen(answer: Answer) -> str:
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
    return (
        "Try a key on every pixel, a stride of 1, in the experiment "
        "below: how much of the missing ink is due to the coarse grid?"
    )


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
        "a network that uses up the budget exactly is still within it. Or do "
        "you count more than twelve for the head?"
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
