"""Make the small subset of both data sets that the package carries.

`python book/tools/subset.py` takes the first drawings of each class of each
split. The same bytes come out each time (given the same zlib).
"""

import sys
from pathlib import Path

import numpy as np

from colorattn.data import symbols

EACH = {"train": 160, "validation": 40, "test": 40}  # drawings of a class


def arrays(name: str) -> dict[str, np.ndarray]:
    """Return drawings and labels of every split of a data set, by name."""
    found = {}
    for split, each in EACH.items():
        whole = symbols.load(name, split)
        if whole.source == "subset":
            sys.exit("The subset is made from the whole, which no source has.")
        firsts = whole.first.tolist()
        chosen = [whole.images[first : first + each] for first in firsts]
        labels = np.arange(len(firsts), dtype=np.uint8)
        found[f"{name}-{split}"] = np.concatenate(chosen)
        found[f"{name}-{split}-labels"] = labels.repeat(each)
    return found


def write(file: Path, found: dict[str, np.ndarray]) -> None:
    """Write arrays compressed; numpy puts no date into the file."""
    np.savez_compressed(file, **found)
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    both = [arrays(name) for name in symbols.CLASSES]
    write(symbols.STORED / "subset.npz", both[0] | both[1])
