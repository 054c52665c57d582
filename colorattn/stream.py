"""An endless stream of colored scenes, each with a query and a target.

A scene holds two or three symbols of distinct classes, each in another
primary color; the query is another drawing of one of them, in black and
white; the target is that symbol's color. Task: the post.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import count, islice

import torch
from jaxtyping import Int64, UInt8
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from colorattn.scene import COLORS, Scene, lay_out, paint
from colorattn.seeds import Use, fresh_seed, generator
from colorattn.symbols import Symbols


@dataclass(frozen=True)
class Batch:
    """Scenes with queries, targets, and what figures and measures need."""

    image: UInt8[Tensor, "batch 3 height width"]  # 0 to 255, on black
    query: UInt8[Tensor, "batch 1 28 28"]
    target: Int64[Tensor, "batch"]  # 0 red, 1 green, 2 blue
    queried: Int64[Tensor, "batch"]  # which of the symbols
    classes: Int64[Tensor, "batch symbols"]
    colors: Int64[Tensor, "batch symbols"]
    positions: Int64[Tensor, "batch symbols 2"]  # row, column of the corner
    drawings: Int64[Tensor, "batch symbols"]  # index into `Symbols.images`
    query_drawing: Int64[Tensor, "batch"]

    def __len__(self) -> int:
        """Return the number of scenes."""
        return len(self.target)

    def __getitem__(self, which: slice | Tensor) -> "Batch":
        """Return some of the scenes."""
        return Batch(*(getattr(self, f.name)[which] for f in fields(self)))

    def to(self, device: str | torch.device) -> "Batch":
        """Return the same scenes on another device."""
        return Batch(*(getattr(self, f.name).to(device) for f in fields(self)))


class Batches(IterableDataset):
    """Batches without end, of which batch n is a pure function of n.

    Iterating begins at batch `start`. Inside a `DataLoader` with
    `batch_size=None`, worker w of W yields the batches start + w,
    start + w + W, start + w + 2W, …, so that none is seen twice.
    """

    start: int

    def __iter__(self) -> Iterator[Batch]:
        """Yield this worker's batches."""
        worker = get_worker_info()
        mine, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        for n in islice(count(self.start), mine, None, workers):
            yield self.batch(n)

    @abstractmethod
    def batch(self, n: int) -> Batch:
        """Return batch n."""


class Stream(Batches):
    """New scenes without end; batch n depends on (seed, n, device type).

    Without a seed one is drawn from the system and kept in `seed`, so that
    the stream can be continued. With several questions rows that follow one
    another ask about the same scene.
    """

    def __init__(
        self,
        symbols: Symbols,
        scene: Scene = Scene(),
        batch_size: int = 128,
        seed: int | None = None,
        start: int = 0,
        questions: int = 1,
    ):
        """Draw nothing yet: iterate to draw."""
        self.symbols = symbols
        self.scene = scene
        self.batch_size = batch_size
        self.seed = fresh_seed() if seed is None else seed
        self.start = start
        self.questions = questions

    def batch(self, n: int) -> Batch:
        """Draw batch n of the stream."""
        device = self.symbols.images.device
        random = generator(self.seed, Use.STREAM, n, device=device)
        scenes = self.batch_size // self.questions
        return draw(self.symbols, self.scene, scenes, random, self.questions)


class Repeated(Batches):
    """Batches of the same scenes again and again, reshuffled in each pass.

    Chapter 7 shows what that does.
    """

    def __init__(
        self, scenes: Batch, batch_size: int, seed: int, start: int = 0
    ):
        """Take the scenes to repeat; `seed` decides their order."""
        self.scenes = scenes
        self.batch_size = batch_size
        self.seed = seed
        self.start = start

    def batch(self, n: int) -> Batch:
        """Take batch n from the endless row of passes."""
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
    random: torch.Generator,
    questions: int = 1,
) -> Batch:
    """Draw n scenes at once: every step is one tensor expression.

    Each scene has as many rows as it is asked questions, about distinct
    symbols.
    """
    device, each = random.device, torch.arange(n, device=random.device)

    def shuffled(choices: int) -> Int64[Tensor, "n symbols"]:
        keys = torch.rand(n, choices, generator=random, device=device)
        return keys.argsort(dim=1)[:, : scene.symbols]

    def below(bound: Tensor) -> Tensor:  # uniform integers, 0 to bound - 1
        share = torch.rand(
            bound.shape, generator=random, device=device, dtype=torch.float64
        )
        return (share * bound).long()

    classes, colors = shuffled(len(symbols.counts)), shuffled(len(COLORS))
    drawings = below(symbols.counts[classes])  # within their classes
    first = below(torch.full((n,), scene.symbols, device=device))
    following = torch.arange(questions, device=device)
    queried = (first[:, None] + following).flatten() % scene.symbols
    row = each.repeat_interleave(questions)  # the scene of each question

    # The query: another drawing of the class, 1 to counts - 1 places further.
    class_of_query = classes[row, queried]
    size = symbols.counts[class_of_query]
    other = (drawings[row, queried] + 1 + below(size - 1)) % size

    positions = lay_out(scene, n, random)
    drawings = symbols.first[classes] + drawings
    image = paint(symbols.pixels(drawings), colors, positions, scene.canvas)
    query_drawing = symbols.first[class_of_query] + other
    return Batch(
        image=image.repeat_interleave(questions, dim=0),
        query=symbols.pixels(query_drawing).unsqueeze(1),
        target=colors[row, queried],
        queried=queried,
        classes=classes[row],
        colors=colors[row],
        positions=positions[row],
        drawings=drawings[row],
        query_drawing=query_drawing,
    )
