"""How fast are scenes drawn, and how much of a training step is that?

`make bench` runs this. It draws the same kind of scenes in three ways, in
turn and in one process, so that a machine whose speed drifts is fair to all:
one scene at a time in a loop; the same loop inside a DataLoader; and ours,
a batch at a time. It prints medians and writes them into the ledger.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from itertools import combinations, islice
from statistics import median
from time import perf_counter

import torch
from torch.utils.data import DataLoader, IterableDataset, default_collate
from tqdm.auto import tqdm

from colorattn import claims, provenance, symbols
from colorattn.experiment import POST
from colorattn.scene import SIDE, Scene
from colorattn.stream import Stream
from colorattn.training import Run, batches, begin, update

BATCH = 128  # scenes
TARGET = 15  # %: the most that generation may take of a step


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
        classes = random.sample(range(len(self.groups)), scene.symbols)
        colors = random.sample(range(3), scene.symbols)
        image = torch.zeros(3, scene.canvas, scene.canvas, dtype=torch.uint8)
        chosen = []
        for k, (row, column) in enumerate(self.corners()):
            n = random.randrange(len(self.groups[classes[k]]))
            chosen.append(n)
            box = image[colors[k], row : row + SIDE, column : column + SIDE]
            box.copy_(self.groups[classes[k]][n])
        asked = random.randrange(scene.symbols)
        group = self.groups[classes[asked]]
        other = random.randrange(len(group) - 1)
        other += other >= chosen[asked]  # never the drawing in the scene
        return image, group[other].unsqueeze(0), colors[asked]

    def corners(self) -> list[tuple[int, int]]:
        """Draw corners until they keep the spacing."""
        scene, room = self.scene, self.scene.canvas - SIDE
        while True:
            corners = [
                (random.randint(0, room), random.randint(0, room))
                for _ in range(scene.symbols)
            ]
            if all(
                max(abs(a[0] - b[0]), abs(a[1] - b[1])) >= scene.spacing
                for a, b in combinations(corners, 2)
            ):
                return corners


def rate(draw: Callable[[], object], batches: int) -> float:
    """Return scenes per second."""
    start = perf_counter()
    for _ in range(batches):
        draw()
    return batches * BATCH / (perf_counter() - start)


def ways(drawings: symbols.Symbols) -> dict[str, Callable[[], object]]:
    """Return what draws one batch, for each way of drawing it."""
    loop = Loop(drawings, POST.scene)
    stream = iter(Stream(drawings, POST.scene, BATCH))
    alone = iter(DataLoader(loop, BATCH))
    together = iter(DataLoader(loop, BATCH, num_workers=2))
    return {
        "loop": lambda: default_collate([loop.draw() for _ in range(BATCH)]),
        "dataloader": lambda: next(alone),
        "dataloader-2-workers": lambda: next(together),
        "stream": lambda: next(stream),
    }


def share(run: Run, drawings: symbols.Symbols) -> float:
    """Return how much of ten training steps is generation, in percent."""
    start = perf_counter()
    given = list(islice(batches(run, drawings), 10))
    drawn = perf_counter()
    for batch in given:
        update(run, batch)
    return 100 * (drawn - start) / (perf_counter() - start)


def report(name: str, values: list[float], unit: str, what: str) -> float:
    """Print the median of some rounds, put it into the ledger, return it."""
    middle = median(values)
    print(f"{what}: {middle:,.1f} {unit}")
    what = f"{what}; median of {len(values)} rounds"
    facts = provenance.here("make bench")
    claims.put(name, claims.Claim(middle, unit, what, **facts))
    return middle


def main() -> None:
    """Measure, print a table, write the ledger."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    drawings = symbols.load()
    draws, run = ways(drawings), begin(POST)
    for draw in draws.values():
        draw()  # warm up
    share(run, drawings)
    rates: dict[str, list[float]] = {way: [] for way in draws}
    shares = []
    for _ in tqdm(range(rounds), unit="round"):
        for way, draw in draws.items():
            rates[way].append(rate(draw, 10))
        shares.append(share(run, drawings))
    for way, values in rates.items():
        name = f"scenes-per-second-{way}"
        report(name, values, "scenes/s", f"rate of the way called {way}")
    taken = report(
        "generation-share",
        shares,
        "%",
        "generation's share of a training step",
    )
    if taken > TARGET:
        raise SystemExit(f"generation takes more than {TARGET} % of a step")


if __name__ == "__main__":
    main()
