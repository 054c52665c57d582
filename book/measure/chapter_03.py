"""Measure what chapter 3 says of pixels as keys; nothing is learned.

`python book/measure/chapter_03.py` takes some minutes.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from chapter_02 import chunks
from publish import arguments, publish
from torch import Tensor

from colorattn.claims import Claim, over_seeds
from colorattn.data import symbols
from colorattn.data.scene import SIDE, Scene
from colorattn.data.stream import Batch, fixed_scenes

COMMAND = "python book/measure/chapter_03.py"
SCENES, SETS = 10_000, 10  # in a set; scene sets
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


def measured() -> Iterator[tuple[str, Claim]]:
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


if __name__ == "__main__":
    publish(measured(), COMMAND, arguments(__doc__).store)
