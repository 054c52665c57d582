"""How well the network of the training page learns, if PyTorch trains it.

`python book/measure/training_page.py` trains it with 20 seeds on the 5,000
drawings that the page has, and tests it on the scenes of the test split. It
takes two minutes on two cores.
"""

import sys
from dataclasses import replace
from pathlib import Path

import torch
from joblib import Parallel, delayed
from publish import Claims, parser, publish

from colorattn import runs
from colorattn.claims import over_seeds
from colorattn.data.symbols import Symbols
from colorattn.runs.catalog import HALF, LOG, SIXTEEN
from colorattn.runs.record import TEST_SCENES
from colorattn.runs.sweep import one_thread
from colorattn.training import loop
from colorattn.training.config import vary

sys.path.append(str(Path(__file__).parents[1] / "tools"))
from train_drawings import EACH, extract

COMMAND = "python book/measure/training_page.py"
SEEDS = range(20)
# As in book/static/train/recipe.js.
OURS = vary(
    HALF,
    {
        **LOG,
        **SIXTEEN,
        "recipe.augment": True,
        "recipe.epochs": 6,
        "recipe.learning_rate": 0.01,
    },
)


def tested(seed: int) -> float:
    """Train with one seed; return the accuracy on test scenes, in percent."""
    counts = torch.full((10,), EACH)
    symbols = Symbols(extract(), counts, "mnist", "train", "the page")
    with one_thread():
        run = loop.start(replace(OURS, seed=seed))
        batches = loop.stream_of(run, symbols)
        for _ in loop.train(run, batches, OURS.recipe.steps):
            pass
        scenes = runs.scenes(OURS, "test")
        return 100 * loop.evaluate(run.model, scenes).accuracy


def measured() -> Claims:
    """Claim what it reaches."""
    found = Parallel(-1)(delayed(tested)(seed) for seed in SEEDS)
    what = "test accuracy of the training page's network, trained by PyTorch"
    yield "page-test-accuracy", over_seeds(found, what, TEST_SCENES)


if __name__ == "__main__":
    publish(measured(), COMMAND, parser(__doc__).parse_args().store)
