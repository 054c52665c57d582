"""Measure what chapter 3 says of pixels as keys; nothing is learned.

`python book/measure/chapter_03.py` takes some minutes.
"""

import pandas as pd
import torch
import torch.nn.functional as F
from chapter_02 import chunks
from publish import Claims, arguments, publish
from torch import Tensor

from colorattn.analysis.statistics import difference
from colorattn.claims import over_seeds, paired
from colorattn.data import symbols
from colorattn.data.scene import SIDE, Scene
from colorattn.data.stream import Batch, fixed_scenes

COMMAND = "python book/measure/chapter_03.py"
SCENES, SETS = 10_000, 10  # in a set; scene sets
STRIDE = 2  # px, of the window of a key
# Of MNIST's test images, the first 5,001 are by high-school students, the rest
# by employees of the US Census Bureau (Yadav and Bottou, 2019).
STUDENTS = 5001
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


def accuracies(scenes: Batch, temperatures: tuple[float, ...]) -> list[float]:
    """Measure a scene set at each temperature, in percent.

    An answer is right where the glimpse has most of the target's color.
    """
    right = dict.fromkeys(temperatures, 0)
    for part in chunks(scenes, len(scenes) // 50):
        scores, values = scores_and_values(part)
        for temperature in temperatures:
            weights = (scores / temperature).flatten(1).softmax(dim=1)
            glimpse = torch.einsum("bn,bcn->bc", weights, values.flatten(2))
            same = glimpse.argmax(dim=1) == part.target
            right[temperature] += int(same.sum())
    return [100 * count / len(scenes) for count in right.values()]


def measured() -> Claims:
    """Measure everything."""
    for split, temperatures in TEMPERATURES.items():
        drawings = symbols.load("mnist", split)
        rows = [
            accuracies(
                fixed_scenes(drawings, Scene(), SCENES, n), temperatures
            )
            for n in range(SETS)
        ]
        columns = zip(*rows, strict=True)
        for temperature, column in zip(temperatures, columns, strict=True):
            what = f"{split} accuracy of pixels as keys at {temperature:g}"
            name = f"attention-pixels-{split}-{temperature:g}"
            yield name.replace(".", "-"), over_seeds(column, what, SCENES)
    yield from of_test_drawings()


def of_test_drawings() -> Claims:
    """Measure why the test split is harder, and what ink in values costs.

    At 0.5, by who wrote the queried symbol. At 2, how many cells share the
    weight, and the accuracy with values that are divided by their sum over
    the colors, so that a patch with twice the ink counts no more.
    """
    drawings = symbols.load("mnist", "test")
    labels = torch.tensor(symbols.read("mnist", "test")[1])
    by_student = labels.argsort(stable=True) < STUDENTS
    rows = []
    for seed in range(SETS):
        scenes = fixed_scenes(drawings, Scene(), SCENES, seed)
        parts = chunks(scenes, SCENES // 50)
        marks = [torch.stack(looks(part), dim=1) for part in parts]
        cold, plain, even, cells = torch.cat(marks).T
        student = by_student[scenes.query_symbol]
        row = {
            "employees": 100 * cold[~student].mean(),
            "students": 100 * cold[student].mean(),
            "plain": 100 * plain.mean(),
            "even-values": 100 * even.mean(),
            "cells": cells.median(),
        }
        rows.append({name: value.item() for name, value in row.items()})
    found = pd.DataFrame(rows)
    for name, at, n in (
        ("employees", "0.5, symbols by employees", SCENES // 2),
        ("students", "0.5, symbols by students", SCENES // 2),
        ("even-values", "2, values without ink", SCENES),
    ):
        what = f"test accuracy of pixels as keys at {at}"
        yield f"attention-pixels-{name}", over_seeds(found[name], what, n)
    with_ink, without = found["plain"], found["even-values"]
    what = "points gained at 2 by values without ink, same test scenes"
    gain = difference(without, with_ink)
    claim = paired(gain, without - with_ink, what, SCENES)
    yield "attention-pixels-even-values-gain", claim
    what = "cells that share the weight at 2, median of test scenes"
    claim = over_seeds(found["cells"], what, SCENES, "")
    yield "attention-pixels-cells", claim


def looks(batch: Batch) -> list[Tensor]:
    """Say of each scene: right at 0.5, right at 2, right without ink; cells.

    Cells are those that share the weight at 2: e to the entropy.
    """
    scores, values = scores_and_values(batch)
    values = values.flatten(2)
    shares = values / values.sum(dim=1, keepdim=True).clamp(min=1e-6)
    found = []
    for temperature, read in (0.5, values), (2, values), (2, shares):
        weights = (scores / temperature).flatten(1).softmax(dim=1)
        glimpse = torch.einsum("bn,bcn->bc", weights, read)
        found.append((glimpse.argmax(dim=1) == batch.target).float())
    cells = torch.special.entr(weights).sum(dim=1).exp()
    return [*found, cells]


if __name__ == "__main__":
    publish(measured(), COMMAND, arguments(__doc__).store)
