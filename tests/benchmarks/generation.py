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
from colorattn.training import batches, begin, update

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


def main() -> None:
    """Measure, print a table, write the ledger."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    drawings, scene = symbols.load(), POST.scene
    loop, stream = Loop(drawings, scene), iter(Stream(drawings, scene))
    loaders = {
        workers: iter(DataLoader(loop, BATCH, num_workers=workers))
        for workers in (0, 2)
    }
    ways = {
        "loop": lambda: default_collate([loop.draw() for _ in range(BATCH)]),
        "dataloader": lambda: next(loaders[0]),
        "dataloader-2-workers": lambda: next(loaders[2]),
        "stream": lambda: next(stream),
    }
    for draw in ways.values():
        draw()  # warm up
    found: dict[str, list[float]] = {way: [] for way in ways}
    shares = []
    run = begin(POST)
    for _ in tqdm(range(rounds)):
        for way, draw in ways.items():
            found[way].append(rate(draw, 10))
        start = perf_counter()
        given = list(islice(batches(run, drawings), 10))
        drawn = perf_counter()
        for batch in given:
            update(run, batch)
        shares.append(100 * (drawn - start) / (perf_counter() - start))
    facts = provenance.here("make bench")
    for way, rates in found.items():
        print(f"{way:22}{median(rates):10,.0f} scenes/s")
        claims.put(
            f"scenes-per-second-{way}",
            claims.Claim(
                median(rates),
                "scenes/s",
                f"drawn by the way called {way}; median of {rounds} rounds",
                **facts,
            ),
        )
    print(f"generation takes {median(shares):.1f} % of a training step")
    claims.put(
        "generation-share",
        claims.Claim(
            median(shares),
            "%",
            f"of a training step is generation; median of {rounds} rounds",
            **facts,
        ),
    )
    if median(shares) > TARGET:
        raise SystemExit(f"generation takes more than {TARGET} % of a step")


if __name__ == "__main__":
    main()
