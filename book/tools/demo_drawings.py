"""Extract the drawings that the live demo chooses from.

`python book/tools/demo_drawings.py` writes the first test drawings of each
class of both datasets as raw bytes, which no browser can change by decoding
them. The bytes are the same each time.
"""

import sys
from pathlib import Path

from colorattn.data import symbols
from colorattn.files import write

EACH = 16  # drawings per class, as in scene.js
DEMO = Path(__file__).parents[1] / "static" / "demo"


def extract(name: str) -> bytes:
    """Return the drawings of a dataset, class by class, row by row."""
    whole = symbols.load(name, "test")
    if whole.source == "subset":
        sys.exit("The whole dataset couldn't be downloaded: try again later.")
    firsts = whole.first.tolist()
    chosen = [whole.images[first : first + EACH] for first in firsts]
    return b"".join(part.numpy().tobytes() for part in chosen)


if __name__ == "__main__":
    for name in symbols.CLASSES:
        path, content = DEMO / f"{name}.bin", extract(name)
        write(path, content)
        print(f"{path}: {len(content):,} bytes")
