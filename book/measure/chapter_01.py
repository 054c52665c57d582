"""Measure what chapter 1 says of scenes, and write it into the ledger.

`python book/measure/chapter_01.py` takes a minute or two. No net is needed.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from from_runs import several

from colorattn import claims
from colorattn.claims import Claim, significant
from colorattn.data import symbols
from colorattn.data.scene import SIDE, Scene, sample_positions
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import fixed_scenes

ME = "python book/measure/chapter_01.py"
SETS, SCENES = 20, 10_000  # as many sets of so many scenes
INK = 128  # of 255: what counts as ink
PARTS = 20  # a set is painted part by part, to spare memory


def over_sets(values: Sequence[float], what: str, command: str) -> Claim:
    """Make a claim of one percentage a scene set, with its interval."""
    made = several(values, what, SCENES)
    return replace(made, **claims.provenance(command))


def kept(spacing: int) -> Claim:
    """Count which of all layouts of three symbols keep a spacing.

    Exact: for each pair of corners that are apart, count the third corners
    that are apart from both.
    """
    side = torch.arange(Scene().canvas - SIDE + 1)
    corners = torch.cartesian_prod(side, side)
    distances = (corners[:, None] - corners).abs().amax(dim=2)
    apart = (distances >= spacing).double()
    count = (apart * (apart @ apart)).sum().item()
    return Claim(
        significant(100 * count / len(corners) ** 3),
        "%",
        f"of all layouts keep {spacing} px; counted one by one, no seed",
        **claims.provenance(ME),
    )


def crowded(seed: int) -> float:
    """Measure how many boxes overlap another one, in percent."""
    corners = sample_positions(Scene(), SCENES, generator(seed, Use.SCENE_SET))
    near = (corners[:, :, None] - corners[:, None]).abs().amax(dim=3) < SIDE
    others = near.sum(dim=2) - 1  # all but the box itself
    return 100 * (others > 0).float().mean().item()


def inked(digits: symbols.Symbols, seed: int) -> tuple[float, float]:
    """Measure how many scenes have overlapping ink, and how much of it."""
    scenes, both, ink = 0, 0, 0
    for part in range(PARTS):
        batch = fixed_scenes(
            digits, Scene(), SCENES // PARTS, seed * PARTS + part
        )
        layers = (batch.image >= INK).sum(dim=1)
        scenes += int((layers > 1).flatten(1).any(dim=1).sum())
        both += int((layers > 1).sum())
        ink += int((layers > 0).sum())
    return 100 * scenes / SCENES, 100 * both / ink


def main() -> None:
    """Measure, then write all at once."""
    torch.set_num_threads(1)
    found = {f"scenes-layouts-{px}-px": kept(px) for px in (20, SIDE)}
    found["scenes-boxes-overlap"] = over_sets(
        [crowded(seed) for seed in range(SETS)],
        "of the boxes of symbols overlap another box",
        ME,
    )
    digits = symbols.load("mnist", "test")
    pairs = [inked(digits, seed) for seed in range(5)]
    found["scenes-ink-overlaps"] = over_sets(
        [scenes for scenes, _ in pairs],
        "of scenes of test drawings have a pixel with ink of two symbols",
        ME,
    )
    found["scenes-ink-shared"] = over_sets(
        [share for _, share in pairs],
        "of the inked pixels of such scenes have ink of two symbols",
        ME,
    )
    for name, claim in found.items():
        print(name, claim)
        claims.put(name, claim)


if __name__ == "__main__":
    main()
