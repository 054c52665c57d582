"""Seeds: from one number, a generator for each use that is made of it.

Its seed is a hash of the run's seed, a use from the list below, and an index.
"""

from enum import IntEnum, unique

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor


@unique
class Use(IntEnum):
    """What a seed is used for: the only list, so that no two uses collide.

    Layers draw their initial weights from child seeds keyed by the bytes of
    their names, all of which are larger than any value here.
    """

    STREAM = 0  # scenes to train on
    SCENE_SET = 1  # fixed scenes to evaluate on
    ORDER = 2  # of repeated scenes, in each pass
    PRETRAINING = 3
    AUGMENTATION = 4
    CLASSIFIER = 5  # order of the drawings in each epoch, and their crops
    INTERVENTION = 6  # random weights, changed queries
    CROP = 7  # of the drawings that a trained classifier is shown
    BOOTSTRAP = 8


def child_seed(seed: int, *key: int) -> int:
    """Hash a seed and a key into 64 bits.

    Of these PyTorch's CPU generator keeps only the lower 32.
    """
    words = np.random.SeedSequence(seed, spawn_key=key).generate_state(2)
    return int(words[0]) | int(words[1]) << 32


def generator(
    seed: int, *key: int, device: str | torch.device = "cpu"
) -> torch.Generator:
    """Return the generator of a (seed, key); a key begins with a `Use`."""
    return torch.Generator(device).manual_seed(child_seed(seed, *key))


def below(
    bound: Int64[Tensor, "*n"], random: torch.Generator
) -> Int64[Tensor, "*n"]:
    """Draw uniform integers, each from 0 to its bound - 1."""
    share = torch.rand(
        bound.shape,
        generator=random,
        device=random.device,
        dtype=torch.float64,
    )
    return (share * bound).long()


def fresh_seed() -> int:
    """Draw a seed from the operating system."""
    return int(np.random.SeedSequence().generate_state(1)[0])
