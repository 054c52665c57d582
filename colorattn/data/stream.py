"""An endless stream of colored scenes, each with a query and a target.

A scene holds two or three symbols of distinct classes and colors. The query is
another drawing of one of them; the target is its color. Task: the post.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import count, islice

import torch
from jaxtyping import Int64, UInt8
from torch import Generator, Tensor
from torch.utils.data import IterableDataset, get_worker_info

from colorattn.data.scene import COLORS, Scene, paint, sample_positions
from colorattn.data.seeds import Use, below, fresh_seed, generator
from colorattn.data.symbols import Symbols

Index = Int64[Tensor, "batch"]


@dataclass(frozen=True)
class Batch:
    """Scenes with queries and targets, and how each scene was made."""

    image: UInt8[Tensor, "batch 3 height width"]  # 0 to 255, on black
    query: UInt8[Tensor, "batch 1 28 28"]
    target: Index  # 0 red, 1 green, 2 blue
    query_index: Index  # which symbol: 0, 1 or 2
    classes: Int64[Tensor, "batch symbols"]
    colors: Int64[Tensor, "batch symbols"]
    positions: Int64[Tensor, "batch symbols 2"]  # row, column of the corner
    drawing_ids: Int64[Tensor, "batch symbols"]  # into `Symbols.images`
    query_id: Index

    @property
    def query_class(self) -> Index:
        """The class of each query, and so of the symbol it is about."""
        return self._of_query(self.classes)

    @property
    def query_corner(self) -> Int64[Tensor, "batch 2"]:
        """Row and column of the queried symbol's corner, in px."""
        return self._of_query(self.positions)

    @property
    def query_symbol(self) -> Index:
        """The queried symbol's drawing: index into `Symbols.images`."""
        return self._of_query(self.drawing_ids)

    def _of_query(self, values: Tensor) -> Tensor:
        """Take the queried symbol's entry of (batch, symbols, …)."""
        each = torch.arange(len(self), device=values.device)
        return values[each, self.query_index]

    def __len__(self) -> int:
        return len(self.target)

    def __getitem__(self, which: slice | Tensor) -> "Batch":
        return Batch(*(getattr(self, f.name)[which] for f in fields(self)))

    def to(self, device: str | torch.device) -> "Batch":
        """Return the same scenes on another device."""
        return Batch(*(getattr(self, f.name).to(device) for f in fields(self)))


class Batches(IterableDataset, ABC):
    """Batches without end, of which batch n is a pure function of n.

    Iterating begins at batch `start`. Inside a `DataLoader` with
    `batch_size=None`, worker w of W yields batches start + w + W k.
    """

    start: int

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        mine, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        for n in islice(count(self.start), mine, None, workers):
            yield self.batch(n)

    @abstractmethod
    def batch(self, n: int) -> Batch:
        """Return batch n."""


@dataclass(eq=False)
class Stream(Batches):
    """New scenes without end; batch n depends on (seed, n, device type).

    With several queries per scene, consecutive rows of a batch are queries
    about the same scene.
    """

    symbols: Symbols
    scene: Scene = Scene()
    batch_size: int = 128
    seed: int = field(default_factory=fresh_seed)
    start: int = 0
    queries_per_scene: int = 1

    def batch(self, n: int) -> Batch:
        """Draw batch n of the stream."""
        device = self.symbols.images.device
        random = generator(self.seed, Use.STREAM, n, device=device)
        queries = self.queries_per_scene
        scenes = self.batch_size // queries
        return draw(self.symbols, self.scene, scenes, random, queries)


@dataclass(eq=False)
class Repeated(Batches):
    """The same scenes again and again, reshuffled for each pass."""

    scenes: Batch
    batch_size: int
    seed: int  # of their order
    start: int = 0

    def batch(self, n: int) -> Batch:
        """Take batch n of the passes, laid end to end."""
        size, start = len(self.scenes), n * self.batch_size
        passes = range(start // size, (start + self.batch_size) // size + 1)
        orders = [
            torch.randperm(size, generator=generator(self.seed, Use.ORDER, k))
            for k in passes
        ]
        chosen = torch.cat(orders)[start % size :][: self.batch_size]
        return self.scenes[chosen.to(self.scenes.target.device)]


def fixed_scenes(symbols: Symbols, scene: Scene, n: int, seed: int) -> Batch:
    """Draw the same n scenes each time, for evaluation."""
    random = generator(seed, Use.SCENE_SET, device=symbols.images.device)
    return draw(symbols, scene, n, random)


def draw(
    symbols: Symbols,
    scene: Scene,
    n: int,
    random: Generator,
    queries_per_scene: int = 1,
) -> Batch:
    """Draw n scenes at once, with a row for each query about a scene.

    These queries are about distinct symbols.
    """
    device, each = random.device, torch.arange(n, device=random.device)

    def shuffled(choices: int) -> Int64[Tensor, "n symbols"]:
        keys = torch.rand(n, choices, generator=random, device=device)
        return keys.argsort(dim=1)[:, : scene.num_symbols]

    classes, colors = shuffled(len(symbols.counts)), shuffled(len(COLORS))
    ids = symbols.first[classes] + below(symbols.counts[classes], random)
    first = below(torch.full((n,), scene.num_symbols, device=device), random)
    following = torch.arange(queries_per_scene, device=device)
    query_index = (first[:, None] + following).flatten() % scene.num_symbols
    row = each.repeat_interleave(queries_per_scene)  # the scene of each query
    query_id = symbols.other_drawing(ids[row, query_index], random)
    positions = sample_positions(scene, n, random)
    image = paint(symbols.images_of(ids), colors, positions, scene.canvas)
    return Batch(
        image=image.repeat_interleave(queries_per_scene, dim=0),
        query=symbols.images_of(query_id).unsqueeze(1),
        target=colors[row, query_index],
        query_index=query_index,
        classes=classes[row],
        colors=colors[row],
        positions=positions[row],
        drawing_ids=ids[row],
        query_id=query_id,
    )
