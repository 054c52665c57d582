"""Measure what chapter 1 says of scenes; no net is needed.

`python book/measure/chapter_01.py` takes a minute or two.
"""

import torch
from publish import Claims, arguments, publish

from colorattn.claims import Claim, over_seeds
from colorattn.data import symbols
from colorattn.data.scene import SIDE, Scene, sample_positions
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import fixed_scenes

COMMAND = "python book/measure/chapter_01.py"
SCENES = 10_000  # in a set
SETS = {"boxes": 20, "ink": 5}
INK = 128  # of 255: what counts as ink
PARTS = 20  # a set is painted part by part, to spare memory


def kept(spacing: int) -> float:
    """Return the share of all layouts of three symbols with a spacing, in %.

    Exact: for each pair of corners that are apart, count the third corners
    that are apart from both.
    """
    side = torch.arange(Scene().canvas - SIDE + 1)
    corners = torch.cartesian_prod(side, side)
    distances = (corners[:, None] - corners).abs().amax(dim=2)
    apart = (distances >= spacing).double()
    return 100 * (apart * (apart @ apart)).sum().item() / len(corners) ** 3


def crowded(seed: int) -> float:
    """Measure how many boxes overlap another one, in percent."""
    corners = sample_positions(Scene(), SCENES, generator(seed, Use.SCENE_SET))
    near = (corners[:, :, None] - corners[:, None]).abs().amax(dim=3) < SIDE
    others = near.sum(dim=2) - 1  # all but the box itself
    return 100 * (others > 0).float().mean().item()


def inked(digits: symbols.Symbols, seed: int) -> float:
    """Measure how many scenes have a pixel with ink of two, in percent."""
    found = 0
    for part in range(seed * PARTS, (seed + 1) * PARTS):
        batch = fixed_scenes(digits, Scene(), SCENES // PARTS, part)
        layers = (batch.image >= INK).sum(dim=1)
        found += int((layers > 1).flatten(1).any(dim=1).sum())
    return 100 * found / SCENES


def measured() -> Claims:
    """Measure everything."""
    for spacing in (20, SIDE):
        what = f"of all layouts keep {spacing} px; counted, so no seed"
        claim = Claim(kept(spacing), "%", what)
        yield f"scenes-layouts-{spacing}-px", claim
    what = "of the boxes of symbols overlap another box"
    shares = [crowded(seed) for seed in range(SETS["boxes"])]
    yield "scenes-boxes-overlap", over_seeds(shares, what, SCENES)
    digits = symbols.load("mnist", "test")
    what = "of scenes of test drawings have a pixel with ink of two symbols"
    shares = [inked(digits, seed) for seed in range(SETS["ink"])]
    yield "scenes-ink-overlaps", over_seeds(shares, what, SCENES)


if __name__ == "__main__":
    publish(measured(), COMMAND, arguments(__doc__).store)
