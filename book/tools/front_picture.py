"""Draw the picture on the front page and in README: attention maps."""

from pathlib import Path

import torch

from colorattn import figures, runs
from colorattn.data.scene import COLORS
from colorattn.files import write
from colorattn.training.config import BEST

PICTURE = Path(__file__).parents[1] / "static" / "attention.png"


if __name__ == "__main__":
    some = runs.scenes(BEST, "validation")[:6]
    with torch.inference_mode():
        logits, _, weights = runs.model("best-mnist")(some.image, some.query)
    answers = [COLORS[k] for k in logits.argmax(dim=1)]
    drawn = figures.attention_maps(
        some.image, some.query[:, 0], weights, answers
    )
    write(PICTURE, drawn.png())
    print(f"{PICTURE}: {drawn.alt}")
