"""What else was tried for the record to 99%, beside the course's entry.

`python book/measure/tried.py` trains the entry and its variants with five
seeds each, and takes half an hour on two cores. All are judged on 10,000
validation scenes. What a variant costs is its processor time, against the
entry's with the same seed. Names choose some of them; *soap* needs
`pip install pytorch-optimizer`.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from itertools import islice
from time import process_time

import pandas as pd
import torch
import torch.nn.functional as F
from joblib import Parallel, delayed
from publish import parser, publish
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from colorattn.analysis.statistics import difference
from colorattn.claims import Claim, over_seeds, paired
from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.runs.catalog import CHANNELS, SIXTEEN, SWEEPS
from colorattn.runs.entries import HELD_OUT, SCENE_SEED
from colorattn.runs.sweep import one_thread
from colorattn.training import loop
from colorattn.training.config import Experiment, vary

COMMAND = "python book/measure/tried.py"
SEEDS = range(5)
DECAY = 0.99  # of the average of weights, a step
ENTRY = vary(SWEEPS["digits-records"].variants["300"], {"recipe.epochs": 15})
FINER = vary(  # 32 by 32 cells, whose keys see as much of the image
    ENTRY,
    {
        "model.image_encoder.strides": (2, 1, 1, 1, 1, 1),
        "model.image_encoder.dilations": (1, 2, 2, 2, 2, 2),
    },
)
SOAP_RATE = 0.01  # of 0.001, 0.003, 0.01 and 0.03, the best with other seeds
TEACHER = vary(ENTRY, {CHANNELS: (24, 18, 21, 24, 24, 36)})
Steps = Iterator[Batch]


def plain(run: loop.Run, batches: Steps) -> nn.Module:
    """Train as the entry does."""
    for _ in loop.train(run, batches, run.experiment.recipe.steps):
        pass
    return run.model


def averaged(run: loop.Run, batches: Steps) -> nn.Module:
    """Return an exponential moving average of all weights."""
    ema = get_ema_multi_avg_fn(DECAY)
    average = AveragedModel(run.model, multi_avg_fn=ema, use_buffers=True)
    for batch in islice(batches, run.experiment.recipe.steps):
        loop.train_step(run, batch)
        run.step += 1
        average.update_parameters(run.model)
    return average.module


def coarse_first(run: loop.Run, batches: Steps) -> nn.Module:
    """Train with every second row and column of keys for half the steps."""
    model, half = run.model, run.experiment.recipe.steps // 2
    norm = model.encode_image.layers[1]  # the query has a norm of its own
    thinner = norm.register_forward_hook(lambda *its: its[-1][..., ::2, ::2])
    for _ in loop.train(run, batches, half):
        pass
    thinner.remove()
    for _ in loop.train(run, batches, run.experiment.recipe.steps - half):
        pass
    return model


def soap(run: loop.Run, batches: Steps) -> nn.Module:
    """Take SOAP's steps: Adam's, along the axes that Shampoo finds."""
    from pytorch_optimizer import SOAP  # for this variant alone

    run.optimizer = SOAP(run.model.parameters(), SOAP_RATE)
    return plain(run, batches)


def distilled(run: loop.Run, batches: Steps) -> nn.Module:
    """Learn half from colors, half from a teacher of twice the size."""
    lessons = replace(TEACHER, seed=run.experiment.seed)
    teacher = loop.start(lessons)
    drawings = symbols.load("mnist", "train")
    plain(teacher, iter(loop.stream_of(teacher, drawings)))
    teacher.model.eval()
    queries = run.experiment.recipe.queries_per_scene
    for batch in islice(batches, run.experiment.recipe.steps):
        given = batch.image[::queries], batch.query
        with torch.no_grad():
            taught = teacher.model(*given)[0].softmax(dim=1)
        loop.set_rate(run)
        run.model.train()
        run.optimizer.zero_grad()
        logits, _, _ = run.model(*given)
        right = F.cross_entropy(logits, batch.target)
        loss = (right + F.cross_entropy(logits, taught)) / 2
        loss.backward()
        run.optimizer.step()
        run.step += 1
    return run.model


Way = Callable[[loop.Run, Steps], nn.Module]
VARIANTS: dict[str, tuple[str, Experiment, Way]] = {
    "plain": ("the entry itself", ENTRY, plain),
    "sixteen": ("five layers of 16", vary(ENTRY, SIXTEEN), plain),
    "coarse-first": ("8 by 8 keys for half the steps", ENTRY, coarse_first),
    "quick": ("both of these", vary(ENTRY, SIXTEEN), coarse_first),
    "averaged": ("an average of weights", ENTRY, averaged),
    "finer": ("32 by 32 keys", FINER, plain),
    "soap": (
        "SOAP instead of Muon",
        vary(ENTRY, {"recipe.learning_rate": SOAP_RATE}),
        soap,
    ),
    "distilled": ("a larger teacher", ENTRY, distilled),
}


def tried(name: str, seed: int) -> dict[str, float | str]:
    """Train one variant with one seed; measure its accuracy and its cost."""
    _, experiment, way = VARIANTS[name]
    drawings, held_out = (
        symbols.load("mnist", split) for split in ("train", "validation")
    )
    with one_thread():
        run = loop.start(replace(experiment, seed=seed))
        began = process_time()
        model = way(run, iter(loop.stream_of(run, drawings)))
        took = process_time() - began
        scenes = fixed_scenes(held_out, Scene(), HELD_OUT, SCENE_SEED)
        right = 100 * loop.evaluate(model, scenes).accuracy
    print(f"{name}, seed {seed}: {right:.2f} %, {took:.0f} s", flush=True)
    return {"name": name, "seed": seed, "right": right, "seconds": took}


def measured(names: Collection[str]) -> Iterator[tuple[str, Claim]]:
    """Claim what each variant reaches, gains and costs."""
    chosen = ["plain", *(name for name in VARIANTS if name in names)]
    pairs = [(name, seed) for seed in SEEDS for name in chosen]
    rows = Parallel(-1)(delayed(tried)(*pair) for pair in pairs)
    table = pd.DataFrame(rows).pivot(index="seed", columns="name")
    right, seconds = table["right"], table["seconds"]
    for name in chosen:
        words, *_ = VARIANTS[name]
        what = f"validation accuracy of entry 99/01 with {words}"
        yield f"tried-{name}", over_seeds(right[name], what, HELD_OUT)
        if name == "plain":
            continue
        gain = right[name] - right.plain
        what = f"points gained with {words}, entry 99/01, validation; "
        what += "95 % confidence interval of paired seeds"
        found = difference(right[name], right.plain)
        yield f"tried-{name}-points", paired(found, gain, what, HELD_OUT)
        what = f"as much processor time as entry 99/01 it takes with {words}"
        cost = seconds[name] / seconds.plain
        yield f"tried-{name}-cost", over_seeds(cost, what, unit="times")


if __name__ == "__main__":
    options = parser(__doc__)
    others = list(VARIANTS)[1:]
    options.add_argument("names", nargs="*", choices=others, default=others)
    asked = options.parse_args()
    publish(measured(asked.names), COMMAND, asked.store)
