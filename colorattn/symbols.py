"""MNIST or Fashion-MNIST as one uint8 tensor, grouped by class.

This is the only data that enters the course; `stream` colors it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

from colorattn import sources
from colorattn.files import say

STORED = Path(__file__).parent / "stored"
SPLITS = ("train", "validation", "test")
TRAIN = 55_000  # first images of the training file; the rest is validation
CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion": (
        "T-shirt",
        "trousers",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
}


@dataclass(frozen=True)
class Symbols:
    """Drawings of ten classes; those of one class stand in a row.

    Class `k` is `images[first[k] : first[k] + counts[k]]`.
    """

    images: UInt8[Tensor, "n 28 28"]  # 0 black to 255 white
    counts: Int64[Tensor, "10"]  # drawings of each class
    name: str  # "mnist" or "fashion"
    split: str
    source: str  # where the bytes came from: "cache", …, or "subset"

    def __post_init__(self) -> None:
        """Refuse classes from which no query could be drawn."""
        if self.counts.min() < 2:
            raise ValueError(
                "each class needs two drawings or more, because a query is "
                f"another drawing of its class; it is {self.counts.tolist()}."
            )

    @property
    def first(self) -> Int64[Tensor, "10"]:
        """Where each class begins."""
        return self.counts.cumsum(0) - self.counts

    def labels(self, drawings: Int64[Tensor, "*n"]) -> Int64[Tensor, "*n"]:
        """Return the class of each drawing, given as an index."""
        return torch.bucketize(drawings, self.counts.cumsum(0), right=True)

    def pixels(
        self, drawings: Int64[Tensor, "*n"]
    ) -> UInt8[Tensor, "*n 28 28"]:
        """Return the image of each drawing, given as an index.

        `images[drawings]` takes about nine times as long: it copies byte by
        byte, and `index_select` one drawing at a time.
        """
        found = self.images.index_select(0, drawings.flatten())
        return found.view(*drawings.shape, *self.images.shape[1:])

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
    never chosen on). Where no source can be reached, a small subset inside
    the package stands in, and one line on stderr says so.

    Raises ValueError for a name or a split that does not exist.
    """
    if name not in CLASSES:
        raise ValueError(f"no data set {name!r}: choose from {list(CLASSES)}.")
    if split not in SPLITS:
        raise ValueError(f"no split {split!r}: choose from {list(SPLITS)}.")
    try:
        images, labels, source = read(name, split)
    except sources.NoSource as reason:
        images, labels, source = *subset(name, split), "subset"
        say(
            f"{reason}\nUsing the subset inside the package instead: "
            f"{len(images)} drawings, so accuracies will be lower."
        )
    order = np.argsort(labels, kind="stable")
    return Symbols(
        images=torch.from_numpy(images[order]),
        counts=torch.from_numpy(np.bincount(labels, minlength=10)),
        name=name,
        split=split,
        source=source,
    )


def read(name: str, split: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Cut one split out of the raw files.

    Idx files begin with a header of 16 bytes (images) or 8 (labels).
    """
    part = "t10k" if split == "test" else "train"
    files = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
    (image_bytes, label_bytes), source = sources.raw(name, *files)
    images = np.frombuffer(image_bytes, np.uint8, offset=16)
    labels = np.frombuffer(label_bytes, np.uint8, offset=8)
    rows = {
        "train": slice(None, TRAIN),
        "validation": slice(TRAIN, None),
        "test": slice(None),
    }[split]
    return images.reshape(-1, 28, 28)[rows], labels[rows], source


def subset(name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the few drawings that the package itself holds."""
    with np.load(STORED / "subset.npz") as arrays:
        return arrays[f"{name}-{split}"], arrays[f"{name}-{split}-labels"]
