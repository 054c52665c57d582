"""Extract the drawings that the live demo chooses from.

`python book/tools/demo_drawings.py --out FOLDER` writes the first test
drawings of each class of both datasets as scripts. They hold raw bytes, which
no browser can change by decoding them; the bytes are the same each time.
"""

import argparse
import base64
from pathlib import Path

import numpy as np
from export import script

from colorattn.data import symbols
from colorattn.files import write

EACH = 16  # drawings per class, as in scene.js


def extract(name: str) -> bytes:
    """Return the drawings of a dataset, class by class, row by row."""
    images, labels = symbols.subset(name, "test")
    chosen = [images[labels == kind][:EACH] for kind in range(10)]
    return np.concatenate(chosen).tobytes()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    folder = parser.parse_args().out
    for name in symbols.CLASSES:
        text = base64.b64encode(extract(name)).decode()
        write(folder / f"{name}.js", script(name, text))
        print(folder / f"{name}.js")
