"""The sweeps of the course: which variants, of what, with how many seeds.

All choices were made before the runs; what a variant found is in
`stored/runs/SWEEP/VARIANT.csv`.
"""

from dataclasses import dataclass

from colorattn.ablation import Changes, vary
from colorattn.experiment import POST, Experiment
from colorattn.model import Normalization


@dataclass(frozen=True)
class Sweep:
    """Variants of one base, each trained with the seeds 0, 1, 2, …."""

    base: Experiment
    changes: dict[str, Changes]  # of each variant; the base itself has none
    seeds: int = 5

    @property
    def variants(self) -> dict[str, Experiment]:
        """The experiments, the base among them."""
        return {
            name: vary(self.base, changes)
            for name, changes in self.changes.items()
        }


ENCODERS = "model.image_encoder", "model.query_encoder"
SWEEPS = {
    # Chapter 7: what the post says worked, taken away, and what it says did
    # not work, tried.
    "ablations": Sweep(
        vary(POST, {"recipe.epochs": 60}),
        {
            "post": {},
            "linear-head": {"model.head": "linear"},  # PyTorch's first values
            "no-head": {"model.head": "none"},
            "raw-input": {"model.normalization": Normalization()},  # 0 to 1
            "repeat-1000": {"recipe.repeat": 1_000},
            "repeat-10000": {"recipe.repeat": 10_000},
            "no-padding": {"model.image_encoder.padding": False},
            "no-norm": {f"{part}.norm": False for part in ENCODERS},
            # 32 features need a layer that makes three logits of them.
            "read-features": {
                "model.read": "features",
                "model.head": "linear",
            },
        },
    ),
    # Chapter 9: one suspect at a time.
    "repairs": Sweep(
        vary(POST, {"recipe.epochs": 30}),
        {
            "post": {},
            "image-sum": {"model.read": "image_sum", "model.head_scale": 4.0},
            "centered-cells": {
                "model.read": "image_sum_centered",
                "model.head_scale": 4.0,
            },
            "wider-keys": {"model.image_encoder.dilations": (1, 1, 2)},
            # A mean over four times as many cells is a quarter as large: the
            # head makes up for it, so that the grid alone changes.
            "finer-map": {
                "model.image_encoder.strides": (2, 2, 1),
                "model.head_scale": 240.0,
            },
            # One encoder for both sees no colors: what is that alone worth?
            "colorless-keys": {"model.keys_see": "brightness"},
            "shared-encoder": {"model.query_encoder": None},
            "center-pooling": {"model.query_pooling": "center"},
            "no-last-relu": {f"{part}.last_relu": False for part in ENCODERS},
        },
    ),
}
