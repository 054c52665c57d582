"""Cut out the drawings that the live demo deals from.

`python book/tools/demo_drawings.py` takes the first test drawings of each
class of both datasets, as raw bytes: a page reads them as they are, and no
browser changes a pixel on the way. The same bytes come out each time.
"""

import sys
from pathlib import Path

from colorattn.data import symbols
from colorattn.files import write

EACH = 16  # drawings of a class; scene.js has the same number
DEMO = Path(__file__).parents[1] / "static" / "demo"


def cut(name: str) -> bytes:
    """Return the drawings of a data set, class by class, row by row."""
    whole = symbols.load(name, "test")
    if whole.source == "subset":
        sys.exit("The drawings are cut from the whole, which no source has.")
    firsts = whole.first.tolist()
    chosen = [whole.images[first : first + EACH] for first in firsts]
    return b"".join(part.numpy().tobytes() for part in chosen)


if __name__ == "__main__":
    for name in symbols.CLASSES:
        path, content = DEMO / f"{name}.bin", cut(name)
        write(path, content)
        print(f"{path}: {len(content):,} bytes")
