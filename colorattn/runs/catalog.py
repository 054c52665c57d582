"""The sweeps of the course: variants of a base experiment, and their seeds.

All choices were made before the runs; the results of a variant are in
`stored/runs/SWEEP/VARIANT.csv`.
"""

from dataclasses import dataclass

from colorattn.model.colornet import Normalization
from colorattn.training.config import NAMED, Changes, Experiment, vary

POST, BEST = NAMED["post-mnist"], NAMED["best-mnist"]
CLOTHES = NAMED["best-fashion"]


@dataclass(frozen=True)
class Sweep:
    """Variants of one base, each trained with the seeds 0, 1, 2, …."""

    base: Experiment
    changes: dict[str, Changes]  # of each variant; the base itself has none
    seeds: int = 5
    cumulative: bool = False  # each variant changes the one before it

    @property
    def variants(self) -> dict[str, Experiment]:
        """The experiments, the base first."""
        made, last = {}, self.base
        for name, changes in self.changes.items():
            made[name] = vary(last, changes)
            last = made[name] if self.cumulative else last
        return made


ENCODERS = "model.image_encoder", "model.query_encoder"
CHANNELS = "model.image_encoder.channels"
# Chapter 10: from the post's network up, each rung on top of the others.
RUNGS: dict[str, Changes] = {
    "post": {},
    "three-questions": {
        "recipe.queries_per_scene": 3,
        "recipe.batch_size": 126,
    },
    # The post's own ideas, which it left untried.
    "one-cycle": {
        "recipe.optimizer": "adamw",
        "recipe.schedule": "one-cycle",
        "recipe.learning_rate": 0.01,
    },
    "pre-training": {"recipe.pretrain": 3},
    # The repairs of chapter 9.
    "center-pooling": {"model.query_pooling": "center"},
    "no-last-relu": {f"{part}.last_relu": False for part in ENCODERS},
    "image-sum": {"model.readout": "image_sum", "model.head_scale": 4.0},
    "shared-encoder": {"model.query_encoder": None},
    "finer-map": {
        "model.image_encoder.kernels": (7, 3, 3),
        "model.image_encoder.strides": (4, 1, 1),
    },
    # And what you would try next.
    "deeper": {"model.image_encoder": BEST.model.image_encoder},
    "augmentation": {"recipe.augment": True},
}
SHORT = vary(POST, {"recipe.epochs": 30})
CLIMB = Sweep(SHORT, RUNGS, seeds=10, cumulative=True)
FINER, TOP = (CLIMB.variants[k] for k in ("finer-map", "augmentation"))
LONGER = vary(POST, {"recipe.epochs": 60})
# Without the head gradients are a sixtieth, so here rates are sixty times as
# high. The last variant has no head, and a rate that suits the head.
RATES = {"one": 1.0, "third": 0.3, "three": 3.0}
PLAIN_STEPS: dict[str, Changes] = {
    f"{head}-{name}": {
        "model.head": head,
        "recipe.learning_rate": times * rate,
    }
    for head, times in (("scaling", 1), ("none", 60))
    for name, rate in RATES.items()
}
PLAIN_STEPS["none-same"] = {"model.head": "none", "recipe.learning_rate": 1.0}
IDLE: Changes = {
    "recipe.queries_per_scene": 1,
    "recipe.pretrain": 0,
    "recipe.augment": False,
    "model.query_pooling": "mean",
    "model.image_encoder.last_relu": True,
    "model.query_encoder": vary(BEST.model.image_encoder, {"last_relu": True}),
}
CENTERED: Changes = {
    "model.readout": "image_sum_centered",
    "model.head_scale": 4.0,
}
DOUBLED: Changes = {"model.score_scale": 2.0}
HALVED: Changes = {"model.score_scale": 0.5}
# Chapter 7: ablations of what the post says worked, and trials of what it says
# did not.
LINEAR: Changes = {"model.head": "linear"}  # PyTorch's own first weights
ABLATIONS: dict[str, Changes] = {
    "post": {},
    "linear-head": LINEAR,
    "no-head": {"model.head": "none"},
    "raw-input": {"model.normalization": Normalization()},  # 0 to 1
    "repeat-1000": {"recipe.num_scenes": 1_000},
    "repeat-10000": {"recipe.num_scenes": 10_000},
    "no-padding": {"model.image_encoder.padding": False},
    "no-norm": {f"{part}.norm": False for part in ENCODERS},
    # 32 features need a layer that turns them into three logits.
    "read-features": {**LINEAR, "model.readout": "features"},
}
SWEEPS = {
    "ablations": Sweep(LONGER, ABLATIONS),
    # How often does the post's network fail?
    "seeds": Sweep(LONGER, {"post": {}}, seeds=20),
    # The three ablations whose five seeds disagree.
    "unstable": Sweep(
        LONGER,
        {
            name: ABLATIONS[name]
            for name in ("post", "linear-head", "no-norm", "read-features")
        },
        seeds=20,
    ),
    # Adam divides by the gradient's size, plain SGD does not.
    "sgd": Sweep(
        vary(LONGER, {"recipe.optimizer": "sgd", "recipe.learning_rate": 1.0}),
        PLAIN_STEPS,
    ),
    # Chapter 9: one change at a time.
    "repairs": Sweep(
        SHORT,
        {
            "post": {},
            "image-sum": RUNGS["image-sum"],
            "centered-cells": CENTERED,
            "wider-keys": {"model.image_encoder.dilations": (1, 1, 2)},
            # A mean over four times as many cells is a quarter as large; the
            # head compensates, so that only the grid changes.
            "finer-map": {
                "model.image_encoder.strides": (2, 2, 1),
                "model.head_scale": 240.0,
            },
            # A shared encoder sees no colors: how much is that alone worth?
            "colorless-keys": {"model.key_input": "brightness"},
            "shared-encoder": RUNGS["shared-encoder"],
            "center-pooling": RUNGS["center-pooling"],
            "no-last-relu": RUNGS["no-last-relu"],
        },
        seeds=10,
    ),
    # A finer map's cells are also nearer to their keys. Where the cells are
    # centered on the keys, as in the repair, only the grid differs from it.
    "grid": Sweep(
        vary(SHORT, {**CENTERED, "model.image_encoder.strides": (2, 2, 1)}),
        {"finer-centered": {}},
        seeds=10,
    ),
    # Two repairs also change how far apart the first scores are: twice as far
    # and half as far. Each is undone here, and doubling is tried by itself.
    "temperature": Sweep(
        SHORT,
        {
            "post": {},
            "doubled": DOUBLED,
            "center-pooling": RUNGS["center-pooling"],
            "center-pooling-halved": {**RUNGS["center-pooling"], **HALVED},
            "no-last-relu": RUNGS["no-last-relu"],
            "no-last-relu-doubled": {**RUNGS["no-last-relu"], **DOUBLED},
        },
        seeds=10,
    ),
    "rungs": CLIMB,
    # Chapter 10: from the top, remove one rung at a time.
    "without": Sweep(
        TOP,
        {
            "top": {},
            "three-questions": {"recipe.queries_per_scene": 1},
            "one-cycle": {
                "recipe.optimizer": "adam",
                "recipe.schedule": "constant",
                "recipe.learning_rate": 1e-3,
            },
            "pre-training": {"recipe.pretrain": 0},
            "center-pooling": {"model.query_pooling": "mean"},
            "no-last-relu": {"model.image_encoder.last_relu": True},
            "image-sum": {
                "model.readout": "image_mean",
                "model.head_scale": 60.0,
            },
            "shared-encoder": {"model.query_encoder": TOP.model.image_encoder},
            "finer-map": {"model.image_encoder.strides": (4, 2, 1, 1, 1, 1)},
            "deeper": {"model.image_encoder": FINER.model.image_encoder},
            "augmentation": {"recipe.augment": False},
        },
        seeds=10,
    ),
    # All rungs at once whose absence costs too little to be seen on the
    # validation scenes, the intervals of "without" including zero.
    "idle": Sweep(TOP, {"top": {}, "removed": IDLE}, seeds=10),
    # Is it the network or the recipe? With post-mnist and best-mnist, the four
    # combinations, of 300 epochs each.
    "two-by-two": Sweep(
        vary(POST, {"recipe": BEST.recipe}),
        {
            "best-recipe": {},
            "best-network": {"model": BEST.model, "recipe": POST.recipe},
        },
    ),
    # Both networks on clothes, equally long.
    "fashion-300": Sweep(
        vary(POST, {"dataset": "fashion"}),
        {"post": {}, "best": {"model": BEST.model, "recipe": CLOTHES.recipe}},
    ),
    # How small can a network be? Named by the number of parameters.
    "sizes": Sweep(
        CLIMB.variants["deeper"],
        {
            "12302": {},
            "573": {CHANNELS: (2, 3, 3, 3, 3, 3)},
            "958": {CHANNELS: (3, 4, 4, 4, 4, 4)},
            "1483": {CHANNELS: (4, 5, 5, 5, 5, 6)},
            "2224": {CHANNELS: (6, 6, 6, 6, 6, 8)},
            "3272": {CHANNELS: (6, 8, 8, 8, 8, 8)},
            "5872": {CHANNELS: (10, 10, 10, 10, 10, 16)},
        },
    ),
    # What augmentation is worth in a long training.
    "digits": Sweep(
        BEST, {"augmented": {}, "plain": {"recipe.augment": False}}
    ),
    "clothes": Sweep(
        CLOTHES, {"plain": {}, "augmented": {"recipe.augment": True}}, seeds=1
    ),
}

# The records: the logarithm of the ink instead of a head, and Muon.
LOG: Changes = {
    "model.readout": "image_log",
    "model.head": "none",
    "model.normalization": Normalization(),  # brightness, of which it is one
}
MUON: Changes = {"recipe.optimizer": "muon"}
LOG_MUON: Changes = {
    **LOG,
    **MUON,
    "model.image_encoder.bias": False,
    "model.query_unpadded": 3,
}
HALF = vary(
    BEST,
    {"recipe.augment": False, "recipe.batch_size": 63, "recipe.epochs": 2}
    | {"recipe.learning_rate": 0.02},
)
TIED: Changes = {  # one convolution, used three times, at half the resolution
    "model.image_encoder.channels": (8, 8, 8, 8),
    "model.image_encoder.kernels": (3, 3, 3, 3),
    "model.image_encoder.strides": (2, 1, 1, 1),
    "model.image_encoder.dilations": (1, 1, 1, 1),
    "model.image_encoder.slope": 0.1,
    "model.image_encoder.tied": True,
    "model.image_encoder.shrink": 2,
    "model.image_encoder.window": 3,
    "model.query_unpadded": 2,
    "model.shared_shifts": True,
}
SIXTEEN: Changes = {  # one layer less, and as many channels as a CPU likes
    CHANNELS: (16, 16, 16, 16, 16),
    "model.image_encoder.kernels": (7, 3, 3, 3, 3),
    "model.image_encoder.strides": (4, 1, 1, 1, 1),
    "model.image_encoder.dilations": (1, 1, 1, 1, 1),
}
RECORD_SIZES = "12192", "544", "923", "1441", "2174", "3214", "5794"
SWEEPS |= {
    # 158 half batches: which of the two is worth what?
    "head-and-step": Sweep(
        HALF,
        {
            "sum-adamw": {},
            "log-adamw": LOG,
            "sum-muon": MUON,
            "log-muon": {**LOG, **MUON},
            # Is it the logarithm, or the brightness that it needs?
            "raw-adamw": {"model.normalization": Normalization()},
            "all": LOG_MUON,  # and no biases, a query that shrinks
        },
    ),
    # The recipe of the long training, but short.
    "budgets": Sweep(
        vary(BEST, {"recipe.epochs": 1}),
        {
            f"{name}-{epochs}": {**changes, "recipe.epochs": epochs}
            for name, changes in (("sum", {}), ("log", LOG_MUON))
            for epochs in (1, 2)
        },
    ),
    # The race to 90, 95 and 99%: half batches of plain drawings. Two epochs
    # are "all" above.
    "race": Sweep(
        vary(HALF, {**LOG_MUON, "recipe.epochs": 1}),
        {
            "1": {},
            "2-early": {"recipe.epochs": 2, "recipe.warmup": 0.2},
            "12": {"recipe.epochs": 12, "recipe.learning_rate": 0.01},
            "sixteen": {**SIXTEEN, "recipe.epochs": 2},
        },
    ),
    # Chapter 5: a network that is ready in seconds.
    "reward": Sweep(
        vary(
            HALF,
            {
                **LOG_MUON,
                **SIXTEEN,
                "recipe.epochs": 8,
                "recipe.learning_rate": 0.015,
            },
        ),
        {"98": {}},
        seeds=20,
    ),
    # How small can it be, if one convolution is used again and again?
    "tied": Sweep(
        vary(
            HALF,
            {
                **LOG_MUON,
                **TIED,
                "recipe.epochs": 60,
                "recipe.learning_rate": 0.01,
            },
        ),
        {"680": {}, "680-longer": {"recipe.epochs": 240}},
    ),
    # The small networks again, as deep and as wide, with both ideas and
    # nothing told in advance.
    "sizes-records": Sweep(
        vary(SWEEPS["sizes"].base, {**LOG_MUON, "recipe.pretrain": 0}),
        dict(zip(RECORD_SIZES, SWEEPS["sizes"].changes.values(), strict=True)),
    ),
    # As long as the best networks, whose own read-out is the sum.
    "digits-records": Sweep(vary(BEST, LOG_MUON), {"300": {}}),
    "clothes-records": Sweep(vary(CLOTHES, LOG_MUON), {"300": {}}),
}
