"""Extract the drawings that the training page learns from.

`python book/tools/train_drawings.py --out FOLDER` writes the first 500
training drawings of each digit as a script. To travel light, they keep 16
levels of brightness, two to a byte, and are packed with deflate; the bytes
are the same each time on one machine.
"""

import argparse
import base64
import zlib
from pathlib import Path

import torch
from export import script
from torch import Tensor

from colorattn.data import symbols
from colorattn.files import write

EACH = 500  # drawings per class, as in stream.js
LEVELS = 16
NAME = "train-mnist"


def extract() -> Tensor:
    """Return bytes, (n, 28, 28), class by class, at the levels they keep."""
    found = symbols.load("mnist", "train")
    if found.source == "subset":  # has as many as it has
        places = torch.arange(EACH) % found.counts[:, None]
    else:
        places = torch.arange(EACH).expand(10, -1)
    drawn = found.images_of((found.first[:, None] + places).flatten())
    step = 255 // (LEVELS - 1)
    return (drawn.float() / step).round().byte() * step


def pack(drawings: Tensor) -> str:
    """Write two pixels to a byte, deflate, and write base64."""
    pairs = (drawings // (255 // (LEVELS - 1))).view(-1, 2)
    content = (pairs[:, 0] * LEVELS + pairs[:, 1]).numpy().tobytes()
    return base64.b64encode(zlib.compress(content, 9)).decode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    path = parser.parse_args().out / f"{NAME}.js"
    write(path, script(NAME, pack(extract())))
    print(path)
