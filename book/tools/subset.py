"""Make the small subset of both datasets that is part of the package.

`python book/tools/subset.py` takes the first drawings of each class of each
split. The bytes are the same each time, given the same zlib.
"""

import sys
from pathlib import Path

import numpy as np

from colorattn.data import symbols

EACH = {"train": 160, "validation": 40, "test": 40}  # drawings per class


def arrays(name: str) -> dict[str, np.ndarray]:
    """Return drawings and labels of every split of a dataset, by name."""
    found = {}
    for split, each in EACH.items():
        whole = symbols.load(name, split)
        if whole.source == "subset":
            sys.exit("The dataset couldn't be downloaded: try again later.")
        firsts = whole.first.tolist()
        chosen = [whole.images[first : first + each] for first in firsts]
        labels = np.arange(len(firsts), dtype=np.uint8)
        found[f"{name}-{split}"] = np.concatenate(chosen)
        found[f"{name}-{split}-labels"] = labels.repeat(each)
    return found


def write(file: Path, found: dict[str, np.ndarray]) -> None:
    """Write arrays, compressed; NumPy doesn't store a date."""
    np.savez_compressed(file, **found)
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    both = [arrays(name) for name in symbols.CLASSES]
    write(symbols.STORED / "subset.npz", both[0] | both[1])
