"""Draw the picture of the front page and of the README: attention at work."""

from pathlib import Path

import torch

from colorattn import records
from colorattn.experiment import BEST
from colorattn.figures import scenes as pictures
from colorattn.files import write
from colorattn.stream import COLORS

PICTURE = Path(__file__).parents[1] / "static" / "attention.png"


if __name__ == "__main__":
    some = records.scenes(BEST, "validation")[:6]
    with torch.inference_mode():
        logits, _, weights = records.weights("best-mnist")(
            some.image, some.query
        )
    answers = [COLORS[k] for k in logits.argmax(dim=1)]
    drawn = pictures.maps(some.image, some.query[:, 0], weights, answers)
    write(PICTURE, drawn.png())
    print(f"{PICTURE}: {drawn.alt}")
