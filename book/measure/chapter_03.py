"""Measure what chapter 3 says of pixels as keys; nothing is learned.

`python book/measure/chapter_03.py` takes about ten minutes.
"""

from collections.abc import Iterator

import pandas as pd
import torch
import torch.nn.functional as F
from publish import arguments, publish
from torch import Tensor

from colorattn.analysis.statistics import difference
from colorattn.claims import Claim, over_seeds, paired
from colorattn.data import symbols
from colorattn.data.scene import SIDE, Scene
from colorattn.data.stream import Batch, fixed_scenes

COMMAND = "python book/measure/chapter_03.py"
SCENES = 10_000  # in a set
SETS, PARTS = 10, 50  # scene sets, and parts of each, to spare memory
STRIDE = 2  # px, of the window of a key
TEMPERATURES = {  # the best on validation, and two hotter
    "validation": (0.5,),
    "test": (0.5, 2.0, 8.0),
}


def patch_means(maps: Tensor) -> Tensor:
    """Average each window: first its rows, then its columns, to be fast."""
    rows = F.avg_pool2d(maps, (SIDE, 1), (STRIDE, 1))
    return F.avg_pool2d(rows, (1, SIDE), (1, STRIDE))


def scores_and_values(scenes: Batch) -> tuple[Tensor, Tensor]:
    """Score each window of a scene as chapter 3 does, and average its color.

    Query and window have mean 0 and variance 1, so the sum of their products
    is divided by 28, the root of 784.
    """
    image = scenes.image.float() / 255
    brightness = image.amax(dim=1, keepdim=True)
    query = scenes.query.flatten(1).float()
    query = query - query.mean(dim=1, keepdim=True)
    query = query / query.std(dim=1, keepdim=True, correction=0)
    sums = F.conv2d(
        brightness.transpose(0, 1),
        query.view(-1, 1, SIDE, SIDE),
        stride=STRIDE,
        groups=len(query),
    )[0]
    mean = patch_means(brightness)[:, 0]
    square = patch_means(brightness.square())[:, 0]
    spread = (square - mean.square()).clamp(min=1e-12).sqrt()
    return sums / spread / SIDE, patch_means(image)


def right(batch: Batch, temperatures: tuple[float, ...]) -> list[int]:
    """Count, at each temperature, the scenes whose glimpse has it right.

    Right means: the glimpse has most of the target's color.
    """
    scores, values = scores_and_values(batch)
    found = []
    for temperature in temperatures:
        weights = (scores / temperature).flatten(1).softmax(dim=1)
        glimpse = torch.einsum("bn,bcn->bc", weights, values.flatten(2))
        found.append(int((glimpse.argmax(dim=1) == batch.target).sum()))
    return found


def accuracies(split: str, seed: int) -> list[float]:
    """Measure one scene set at each temperature, in percent."""
    scenes = fixed_scenes(symbols.load("mnist", split), Scene(), SCENES, seed)
    size = SCENES // PARTS
    parts = [scenes[k : k + size] for k in range(0, SCENES, size)]
    rows = [right(part, TEMPERATURES[split]) for part in parts]
    return [100 * sum(column) / SCENES for column in zip(*rows, strict=True)]


def measured() -> Iterator[tuple[str, Claim]]:
    """Measure everything."""
    for split, temperatures in TEMPERATURES.items():
        rows = [accuracies(split, seed) for seed in range(SETS)]
        columns = zip(*rows, strict=True)
        for temperature, column in zip(temperatures, columns, strict=True):
            what = f"{split} accuracy of pixels as keys at {temperature:g}"
            name = f"attention-pixels-{split}-{temperature:g}"
            yield name.replace(".", "-"), over_seeds(column, what, SCENES)
    yield from of_test_halves()
    yield from of_values()


def of_test_halves() -> Iterator[tuple[str, Claim]]:
    """Measure the two halves of MNIST's test images, each on its own.

    The first 5,000 are by employees of the Census Bureau, the last 5,000 by
    high-school students (LeCun et al., 1998).
    """
    images, labels, _ = symbols.read("mnist", "test")
    for name, rows in ("first", slice(5000)), ("last", slice(5000, None)):
        order = labels[rows].argsort(kind="stable")
        half = symbols.Symbols(
            images=torch.from_numpy(images[rows][order]),
            counts=torch.from_numpy(labels[rows]).long().bincount(),
            name="mnist",
            split="test",
            source="half of the test images",
        )
        found = []
        for seed in range(SETS):
            scenes = fixed_scenes(half, Scene(), SCENES, seed)
            correct = [right(part, (0.5,))[0] for part in parts_of(scenes)]
            found.append(100 * sum(correct) / SCENES)
        what = f"accuracy of pixels as keys at 0.5, {name} half of the test"
        yield f"attention-pixels-{name}-half", over_seeds(found, what, SCENES)


def of_values() -> Iterator[tuple[str, Claim]]:
    """Measure at 2 how many cells share, and what ink in the values costs.

    Values without ink are divided by their sum over the colors, so that a
    patch with twice the ink counts no more than another.
    """
    cells, plain, even = [], [], []
    drawings = symbols.load("mnist", "test")
    for seed in range(SETS):
        scenes = fixed_scenes(drawings, Scene(), SCENES, seed)
        shared, correct = [], torch.zeros(2)
        for part in parts_of(scenes):
            scores, values = scores_and_values(part)
            weights = (scores / 2).flatten(1).softmax(dim=1)
            shared.append(torch.special.entr(weights).sum(dim=1).exp())
            shares = values / values.sum(dim=1, keepdim=True).clamp(min=1e-6)
            for n, read in enumerate((values, shares)):
                glimpse = torch.einsum("bn,bcn->bc", weights, read.flatten(2))
                correct[n] += (glimpse.argmax(dim=1) == part.target).sum()
        cells.append(torch.cat(shared).median().item())
        plain.append(100 * correct[0].item() / SCENES)
        even.append(100 * correct[1].item() / SCENES)
    what = "cells that share the weight at 2, median of test scenes"
    yield "attention-pixels-cells", over_seeds(cells, what, SCENES, "")
    what = "test accuracy of pixels as keys at 2, values without ink"
    yield "attention-pixels-even-values", over_seeds(even, what, SCENES)
    with_ink, without = pd.Series(plain), pd.Series(even)
    what = "points gained at 2 by values without ink, same test scenes"
    gain = difference(without, with_ink)
    claim = paired(gain, without - with_ink, what, SCENES)
    yield "attention-pixels-even-values-gain", claim


def parts_of(scenes: Batch) -> list[Batch]:
    """Cut a scene set into parts that fit into memory as floats."""
    size = SCENES // PARTS
    return [scenes[k : k + size] for k in range(0, SCENES, size)]


if __name__ == "__main__":
    store = arguments(__doc__).store
    publish(dict(measured()), COMMAND, store)
