"""MNIST and Fashion-MNIST: one uint8 tensor of drawings, grouped by class."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Generator, Tensor

from colorattn.data import download
from colorattn.data.seeds import below
from colorattn.files import notify

STORED = Path(__file__).parents[1] / "stored"
SPLITS = ("train", "validation", "test")
TRAIN = 55_000  # first images of the training file; the rest is validation
CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion": tuple(
        "T-shirt,trousers,pullover,dress,coat,sandal,shirt,sneaker,bag,"
        "ankle boot".split(",")
    ),
}


def check_choice(name: str, known: Collection[str], part: str) -> None:
    """Raise ValueError for an unknown choice, naming the known ones."""
    if name not in known:
        raise ValueError(f"no {part} {name!r}: choose from {list(known)}.")


@dataclass(frozen=True)
class Symbols:
    """Drawings, sorted by class: k from `first[k]` on, `counts[k]` of them."""

    images: UInt8[Tensor, "n 28 28"]  # 0 black to 255 white
    counts: Int64[Tensor, "10"]  # drawings of each class
    name: str  # "mnist" or "fashion"
    split: str
    source: str  # where the bytes came from: "cache", …, or "subset"

    def __post_init__(self) -> None:
        if self.counts.min() < 2:
            raise ValueError(
                "each class needs two drawings or more, because a query is "
                f"another drawing of its class; it is {self.counts.tolist()}."
            )

    @property
    def first(self) -> Int64[Tensor, "10"]:
        """Where each class begins."""
        return self.counts.cumsum(0) - self.counts

    def labels(self, ids: Int64[Tensor, "*n"]) -> Int64[Tensor, "*n"]:
        """Return the class of each drawing, given as an index."""
        return torch.bucketize(ids, self.counts.cumsum(0), right=True)

    def images_of(self, ids: Int64[Tensor, "*n"]) -> UInt8[Tensor, "*n 28 28"]:
        """Return the image of each drawing, given as an index.

        `images[ids]` takes nine times as long: it copies byte by byte.
        """
        found = self.images.index_select(0, ids.flatten())
        return found.view(*ids.shape, *self.images.shape[1:])

    def other_drawing(
        self, ids: Int64[Tensor, "*n"], random: Generator
    ) -> Int64[Tensor, "*n"]:
        """Draw a different drawing of the same class for each, as indices."""
        label = self.labels(ids)
        first, count = self.first[label], self.counts[label]
        further = 1 + below(count - 1, random)  # 1 to count - 1 places
        return first + (ids - first + further) % count

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in words."""
        return CLASSES[self.name]

    def to(self, device: str | torch.device) -> "Symbols":
        """Return the same symbols on another device."""
        images, counts = self.images.to(device), self.counts.to(device)
        return replace(self, images=images, counts=counts)


def load(name: str = "mnist", split: str = "train") -> Symbols:
    """Load the drawings of one split, grouped by class.

    `train` is the first 55,000 training images, `validation` the last 5,000
    (every choice is made on these), `test` the 10,000 test images (reported,
    never chosen on). If no source can be reached, a small subset inside the
    package is used instead, and one line on stderr says so. Raises ValueError
    for a name or a split that does not exist.
    """
    check_choice(name, CLASSES, "data set")
    check_choice(split, SPLITS, "split")
    try:
        images, labels, source = read(name, split)
    except download.NoSource as reason:
        images, labels, source = *subset(name, split), "subset"
        notify(
            f"{reason}\nUsing the subset inside the package instead: "
            f"{len(images)} drawings, so accuracies will be lower."
        )
    drawings = torch.from_numpy(images[np.argsort(labels, kind="stable")])
    counts = torch.from_numpy(np.bincount(labels, minlength=10))
    return Symbols(drawings, counts, name, split, source)


def read(name: str, split: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Cut one split out of the raw files, which begin with headers."""
    part = "t10k" if split == "test" else "train"
    files = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
    (image_bytes, label_bytes), source = download.read_raw(name, *files)
    images = np.frombuffer(image_bytes, np.uint8, offset=16)
    labels = np.frombuffer(label_bytes, np.uint8, offset=8)
    parts = {"train": slice(TRAIN), "validation": slice(TRAIN, None)}
    rows = parts.get(split, slice(None))
    return images.reshape(-1, 28, 28)[rows], labels[rows], source


def subset(name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the few drawings that the package itself holds."""
    with np.load(STORED / "subset.npz") as arrays:
        return arrays[f"{name}-{split}"], arrays[f"{name}-{split}-labels"]
