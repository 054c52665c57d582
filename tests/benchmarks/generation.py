"""How fast are scenes drawn, and how much of a training step is that?

The same kind of scenes, drawn in three ways: one at a time in a loop; by the
same loop inside a DataLoader; and ours, a batch at a time.
"""

import random
from collections.abc import Callable, Iterator
from itertools import combinations, islice

import torch
from step import timed
from torch.utils.data import DataLoader, IterableDataset, default_collate

from colorattn.data import symbols
from colorattn.data.scene import SIDE, Scene
from colorattn.data.stream import Batch, Stream
from colorattn.training.config import POST
from colorattn.training.loop import Run, stream_of, train_step

BATCH = 128  # scenes


class Loop(IterableDataset):
    """Scenes drawn one at a time, as one would first write it."""

    def __init__(self, drawings: symbols.Symbols, scene: Scene):
        self.scene = scene
        self.groups = drawings.images.split(drawings.counts.tolist())

    def __iter__(self) -> Iterator[tuple]:
        while True:
            yield self.draw()

    def draw(self) -> tuple[torch.Tensor, torch.Tensor, int]:
        """Draw one scene: image, query and target."""
        scene = self.scene
        classes = random.sample(range(len(self.groups)), scene.num_symbols)
        colors = random.sample(range(3), scene.num_symbols)
        image = torch.zeros(3, scene.canvas, scene.canvas, dtype=torch.uint8)
        chosen = []
        for k, (row, column) in enumerate(self.corners()):
            n = random.randrange(len(self.groups[classes[k]]))
            chosen.append(n)
            box = image[colors[k], row : row + SIDE, column : column + SIDE]
            box.copy_(self.groups[classes[k]][n])
        asked = random.randrange(scene.num_symbols)
        group = self.groups[classes[asked]]
        other = random.randrange(len(group) - 1)
        other += other >= chosen[asked]  # never the drawing in the scene
        return image, group[other].unsqueeze(0), colors[asked]

    def corners(self) -> list[tuple[int, int]]:
        """Draw corners until they keep the spacing."""
        scene, room = self.scene, self.scene.canvas - SIDE
        while True:
            places = [
                (random.randint(0, room), random.randint(0, room))
                for _ in range(scene.num_symbols)
            ]
            distances = [
                max(abs(a[0] - b[0]), abs(a[1] - b[1]))
                for a, b in combinations(places, 2)
            ]
            if min(distances) >= scene.spacing:
                return places


def rate(draw: Callable[[], object], device: str, times: int = 40) -> float:
    """Return scenes per second."""
    took = timed(lambda: [draw() for _ in range(times)], device)
    return times * BATCH / took


def ways(
    drawings: symbols.Symbols, device: str
) -> dict[str, Callable[[], object]]:
    """Return what draws one batch, for each way of drawing it.

    On a GPU that is ours alone: the others would draw on the processor.
    """
    stream = iter(Stream(drawings.to(device), POST.scene, BATCH))
    ours = {"stream": lambda: next(stream)}
    if device != "cpu":
        return ours
    loop = Loop(drawings, POST.scene)
    alone = iter(DataLoader(loop, BATCH))
    together = iter(DataLoader(loop, BATCH, num_workers=2))
    return {
        "loop": lambda: default_collate([loop.draw() for _ in range(BATCH)]),
        "dataloader": lambda: next(alone),
        "dataloader-2-workers": lambda: next(together),
        **ours,
    }


def share(run: Run, drawings: symbols.Symbols, device: str) -> float:
    """Return how much of ten training steps is generation, in percent."""
    given: list[Batch] = []
    stream = islice(stream_of(run, drawings), 10)
    drawing = timed(lambda: given.extend(stream), device)
    training = timed(lambda: [train_step(run, b) for b in given], device)
    return 100 * drawing / (drawing + training)
