"""Measure what chapter 2 says of the baselines.

`python book/measure/chapter_02.py` takes half an hour, nearly all of it to
train the network without attention; `--store` also stores its rows, as
`no-attention`. The other baselines have no seed of their own; what varies is
the scene set, so each is measured on several.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, product

import pandas as pd
import torch
import torch.nn.functional as F
from from_runs import of_no_attention
from publish import Claims, arguments, publish
from torch import Tensor, nn
from tqdm import tqdm

from colorattn import claims, runs
from colorattn.analysis.localization import localize
from colorattn.claims import over_seeds
from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.model import baselines
from colorattn.model.baselines import (
    Matching,
    PooledNet,
    Uniform,
    blur,
    match,
    upright,
)
from colorattn.model.colornet import MNIST_NORMALIZATION as MNIST
from colorattn.runs.record import TEST_SCENES, VALIDATION_SCENES, Row
from colorattn.runs.store import Record, save
from colorattn.training.config import EPOCH, POST, Recipe
from colorattn.training.loop import evaluate, start, stream_of, train

COMMAND = "python book/measure/chapter_02.py"
SETS = 5  # scene sets for what slides over whole images
TOLD = 10  # for what is told where the symbols are
LIVE = 20  # of the size of those that the chapter measures
SIGMA = 1.5  # px; chosen on the validation split, in the chapter
REACH = 2  # px a query may be moved by
MOVES = 1, 2, 3  # px to the right
SEEDS, EPOCHS = range(5), 30  # of the network without attention
Model = Callable[[Tensor, Tensor], tuple[Tensor, ...]]  # called as a network
Numbers = Iterator[tuple[str, float]]


def standardized(slide: Callable[[Tensor, Tensor], Tensor]) -> Model:
    """Slide over pixels normalized as for the post's network."""

    def model(image: Tensor, query: Tensor) -> tuple[Tensor, ...]:
        pair = ((p / 255 - MNIST.mean) / MNIST.std for p in (image, query))
        even = torch.full((len(image), 1, 1), 1.0)
        return slide(*pair).amax(dim=(2, 3)), even, even

    return model


def noise(image: Tensor, query: Tensor) -> tuple[Tensor, ...]:
    """Look at one place, whatever is shown."""
    random = torch.Generator().manual_seed(int(query.sum()))
    weights = torch.rand(len(image), 64, 64, generator=random)
    return torch.zeros(len(image), 3), weights, weights


SLIDING: dict[str, Model] = {
    "convolution": Matching("convolution"),
    "correlation": Matching("correlation"),
    "normalized": Matching("normalized"),
    "blurred": Matching("normalized", SIGMA),
    "uniform": Uniform(),
    "random": noise,
    "convolution-standardized": standardized(baselines.convolve),
    "correlation-standardized": standardized(baselines.correlate),
}


def chunks(scenes: Batch, size: int = 250) -> list[Batch]:
    """Cut a scene set into parts that fit into memory as floats."""
    return [scenes[n : n + size] for n in range(0, len(scenes), size)]


@torch.inference_mode()
def slid(
    scenes: Batch, drawings: Tensor, models: Iterable[str] = SLIDING
) -> Numbers:
    """Measure what is called as a network is: its answers, and where it looks.

    Also how often the symbol with most ink wins, and ones are found.
    """
    most = drawings[scenes.drawing_ids].float().sum(dim=(2, 3)).argmax(dim=1)
    inkiest = scenes.colors[torch.arange(len(scenes)), most]
    for name in models:
        answers, looks = [], []
        for part in chunks(scenes):
            logits, _, weights = SLIDING[name](part.image, part.query)
            answers.append(logits.argmax(dim=1))
            found = localize(weights, part)._asdict()
            looks.append(pd.DataFrame(found, dtype=float))
        answer = torch.cat(answers)
        right = answer == scenes.target
        for field, marks in (
            ("accuracy", right),
            ("inkiest", answer == inkiest),
            ("ones", right[scenes.query_class == 1]),
        ):
            yield f"{name}-{field}", marks.float().mean().item()
        for field, share in pd.concat(looks).mean().items():
            yield f"{name}-{field}", share
    yield "red-accuracy", (scenes.target == 0).float().mean().item()


def live(scenes: Batch, drawings: Tensor) -> Numbers:
    """Measure what the chapter itself measures again."""
    for name, share in slid(scenes, drawings, ("correlation", "normalized")):
        yield f"{name}-validation", share


def told(scenes: Batch, drawings: Tensor) -> Numbers:
    """Compare pixels where the symbols are known to be."""
    parts = [
        compare(drawings[p.drawing_ids].float() / 255, p.query.float() / 255)
        for p in chunks(scenes)
    ]
    pairs = {name: torch.cat([p[name] for p in parts]) for name in parts[0]}
    for name, scores in pairs.items():
        if name.startswith("told"):
            right = scores.argmax(dim=1) == scenes.query_index
            yield f"{name}-accuracy", right.float().mean().item()
        else:
            yield name, scores.mean().item()
    own = F.one_hot(scenes.query_index, 3).bool()
    yield "match-same", pairs["told"][own].mean().item()
    yield "match-other", pairs["told"][~own].mean().item()


def compare(patches: Tensor, query: Tensor) -> dict[str, Tensor]:
    """Match some queries with the symbols of their scenes, in many ways."""
    straight = [upright(p.flatten(0, 1)).view_as(p) for p in (patches, query)]
    side = query.shape[-1]
    wide = F.pad(query, (REACH,) * 4)
    nearby = [  # the query, moved by up to REACH
        match(patches, wide[..., down : down + side, right : right + side])
        for down, right in product(range(2 * REACH + 1), repeat=2)
    ]
    moved = {px: F.pad(query, (px, 0))[..., :side] for px in MOVES}
    return {
        "told": match(patches, query),
        "told-nearby": torch.stack(nearby).amax(dim=0),
        "told-blurred": match(blur(patches, SIGMA), blur(query, SIGMA)),
        "told-upright": match(*straight),
        "told-upright-blurred": match(*(blur(p, SIGMA) for p in straight)),
        **{f"match-moved-{px}": match(query, moved[px]) for px in MOVES},
    }


def measured() -> Claims:
    """Measure everything."""
    for split, n, sets, measure in (
        ("test", TEST_SCENES, TOLD, told),
        ("test", TEST_SCENES, SETS, slid),
        ("validation", VALIDATION_SCENES, LIVE, live),
    ):
        source = symbols.load("mnist", split)
        rows = []
        for seed in tqdm(range(sets), desc=split):
            scenes = fixed_scenes(source, Scene(), n, seed)
            rows.append(dict(measure(scenes, source.images)))
        for name, values in pd.DataFrame(rows).items():
            unit = "" if str(name).startswith("match-") else "%"
            percent = 100 * values if unit else values
            what = f"{split} {str(name).replace('-', ' ')}, without learning; "
            what += "its seeds are scene sets"
            yield f"baseline-{name}", over_seeds(percent, what, n, unit)


# ----------------------------------------- a network without attention


def without_attention() -> Record:
    """Train it as the post trains its network, with each seed."""
    held_out, unseen = (runs.scenes(POST, n) for n in ("validation", "test"))
    rows, test = [], []
    for seed in SEEDS:
        run = start(replace(POST, seed=seed), PooledNet(seed))
        batches = stream_of(run, symbols.load("mnist", "train"))
        for step, loss in train(run, batches, EPOCHS * EPOCH):
            row = {"seed": seed, "epoch": step // EPOCH, "train_loss": loss}
            rows.append(row | asked(run.model, held_out))
            print(f"no attention: {rows[-1]}", flush=True)
        test.append({"seed": seed} | asked(run.model, unseen))
    facts = claims.provenance(COMMAND)
    facts["change"] = "the network is PooledNet, which has no attention"
    return Record(
        "no-attention",
        replace(POST, recipe=Recipe(epochs=EPOCHS), seed=SEEDS[0]),
        pd.DataFrame(rows).set_index(["seed", "epoch"]),
        pd.DataFrame(test).set_index("seed"),
        facts,
    )


def asked(model: nn.Module, scenes: Batch) -> Row:
    """Return accuracy and loss; there are no weights to localize."""
    found = evaluate(model, scenes)
    return {"accuracy": found.accuracy, "loss": found.loss}


if __name__ == "__main__":
    store = arguments(__doc__).store
    found = without_attention()
    if store:
        found = save(found)
    publish(chain(measured(), of_no_attention(found)), COMMAND, store)
