"""Measure what chapter 2 says of the baselines, and write it into the ledger.

`python book/measure/chapter_02.py` takes some minutes. Baselines have no seed
of their own; what varies is the scene set, so each is measured on several.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import torch
import torch.nn.functional as F
from from_runs import several
from torch import Tensor
from tqdm import tqdm

from colorattn import claims
from colorattn.analysis.localization import Localization, localize
from colorattn.claims import Claim
from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.model.baselines import (
    Matching,
    Uniform,
    blur,
    convolve,
    correlate,
    match,
    upright,
)
from colorattn.model.colornet import MNIST_NORMALIZATION
from colorattn.runs.record import TEST_SCENES, VALIDATION_SCENES

COMMAND = "python book/measure/chapter_02.py"
SETS = 5  # scene sets for what slides over whole images
TOLD = 10  # for what is told where symbols lie
LOOKS = 20  # of the size of those that the chapter measures
SIGMA = 1.5  # px; chosen on the validation split, in the chapter
REACH = 2  # px a query may be moved by
CHUNK = 250  # scenes at once
Rows = dict[str, list[float]]


def slid(
    scenes: Batch, drawings: Tensor, models: Iterable[str]
) -> Iterator[tuple[str, float]]:
    """Measure what is called like the net: what it names, where it looks.

    Also how often the symbol with most ink wins, and ones are found.
    """
    each = torch.arange(len(scenes))
    most = drawings[scenes.drawing_ids].float().sum(dim=(2, 3)).argmax(dim=1)
    ones = scenes.classes[each, scenes.query_index] == 1
    for name in models:
        chosen, looks = ask(SLIDING[name], scenes)
        right = (chosen == scenes.target).float()
        yield f"{name}-accuracy", right.mean().item()
        for field, values in looks.items():
            yield f"{name}-{field}", values.mean().item()
        inkiest = (chosen == scenes.colors[each, most]).float()
        yield f"{name}-inkiest", inkiest.mean().item()
        yield f"{name}-ones", right[ones].mean().item()
    yield "red-accuracy", (scenes.target == 0).float().mean().item()


@torch.inference_mode()
def ask(
    model: torch.nn.Module, scenes: Batch
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the color named in each scene, and where the model looks."""
    chosen, looks = [], []
    for n in range(0, len(scenes), CHUNK):
        part = scenes[n : n + CHUNK]
        logits, _, weights = model(part.image, part.query)
        chosen.append(logits.argmax(dim=1))
        looks.append(torch.stack([m.float() for m in localize(weights, part)]))
    fields = zip(Localization._fields, torch.cat(looks, dim=1), strict=True)
    return torch.cat(chosen), dict(fields)


class Standardized(torch.nn.Module):
    """Slide over pixels normalized as for the post's net."""

    def __init__(self, slide: Callable[[Tensor, Tensor], Tensor]):
        """Take how to slide."""
        super().__init__()
        self.slide = slide

    def forward(self, image: Tensor, query: Tensor) -> tuple[Tensor, ...]:
        """Return logits, scores and weights of each (image, query)."""
        x, gamma = (
            (p / 255 - MNIST_NORMALIZATION.mean) / MNIST_NORMALIZATION.std
            for p in (image, query)
        )
        maps = self.slide(x, gamma)
        even = torch.full((len(image), 1, 1), 1.0)
        return maps.amax(dim=(2, 3)), even, even


class Noise(torch.nn.Module):
    """Look at one place, whatever is shown."""

    def forward(self, image: Tensor, query: Tensor) -> tuple[Tensor, ...]:
        """Return logits, scores and weights of each (image, query)."""
        random = torch.Generator().manual_seed(int(query.sum()))
        weights = torch.rand(len(image), 64, 64, generator=random)
        return torch.zeros(len(image), 3), weights, weights


SLIDING = {
    "convolution": Matching("convolution"),
    "correlation": Matching("correlation"),
    "normalized": Matching("normalized"),
    "blurred": Matching("normalized", SIGMA),
    "uniform": Uniform(),
    "random": Noise(),
    "convolution-standardized": Standardized(convolve),
    "correlation-standardized": Standardized(correlate),
}
LIVE = ("correlation", "normalized")  # what the chapter measures again
KEPT = {  # what says something; the rest is not written
    "uniform": ("accuracy", "purity", "mass"),
    "random": ("hit",),
    "convolution-standardized": ("accuracy",),
    "correlation-standardized": ("accuracy",),
}


def nearby(patches: Tensor, query: Tensor, reach: int) -> Tensor:
    """Return the best match with the query moved by up to reach pixels."""
    side = query.shape[-1]
    wide = F.pad(query, (reach,) * 4)
    moved = [
        wide[..., down : down + side, right : right + side]
        for down in range(2 * reach + 1)
        for right in range(2 * reach + 1)
    ]
    return torch.stack([match(patches, m) for m in moved]).amax(dim=0)


def told(
    scenes: Batch, drawings: Tensor, models: Iterable[str]
) -> Iterator[tuple[str, float]]:
    """Compare pixels where the symbols are known to lie."""
    chunks = [
        compare(
            drawings[part.drawing_ids].float() / 255, part.query.float() / 255
        )
        for part in (
            scenes[n : n + CHUNK] for n in range(0, len(scenes), CHUNK)
        )
    ]
    pairs = {name: torch.cat([c[name] for c in chunks]) for name in chunks[0]}
    for name in [name for name in pairs if name.startswith("told")]:
        right = pairs[name].argmax(dim=1) == scenes.query_index
        yield f"{name}-accuracy", right.float().mean().item()
    own = F.one_hot(scenes.query_index, 3).bool()
    yield "match-same", pairs["told"][own].mean().item()
    yield "match-other", pairs["told"][~own].mean().item()
    for px in range(1, 4):
        yield f"match-moved-{px}", pairs[f"moved-{px}"].mean().item()


def compare(patches: Tensor, query: Tensor) -> dict[str, Tensor]:
    """Match some queries with the symbols of their scenes, in many ways."""
    straight = [upright(p.flatten(0, 1)).view_as(p) for p in (patches, query)]
    found = {
        "told": match(patches, query),
        "told-nearby": nearby(patches, query, REACH),
        "told-blurred": match(blur(patches, SIGMA), blur(query, SIGMA)),
        "told-upright": match(*straight),
        "told-upright-blurred": match(*(blur(p, SIGMA) for p in straight)),
    }
    for px in range(1, 4):
        moved = F.pad(query, (px, 0))[..., : query.shape[-1]]
        found[f"moved-{px}"] = match(query, moved)
    return found


def measure() -> Iterator[tuple[str, Rows, int]]:
    """Yield groups of values by name, with the number of scenes."""
    torch.set_num_threads(1)
    for split, n, sets, measured, models in (
        ("test", TEST_SCENES, TOLD, told, ()),
        ("test", TEST_SCENES, SETS, slid, SLIDING),
        ("validation", VALIDATION_SCENES, LOOKS, slid, LIVE),
    ):
        source = symbols.load("mnist", split)
        rows: Rows = {}
        for seed in tqdm(range(sets), desc=split):
            scenes = fixed_scenes(source, Scene(), n, seed)
            for name, value in measured(scenes, source.images, models):
                rows.setdefault(name, []).append(value)
        yield split, rows, n


def claim(name: str, values: list[float], split: str, n: int) -> Claim:
    """Make the claim of one value for each scene set."""
    plain = name.startswith("match-")
    what = (
        f"{split} {name.replace('-', ' ')}, without learning; "
        f"seeds are those of {len(values)} scene sets"
    )
    if plain:
        made = several(values, what, n, unit="")
    else:
        made = several([100 * value for value in values], what, n)
    if made.low == made.high:  # the same on every scene set
        made = replace(made, low=None, high=None)
    return replace(made, **claims.provenance(COMMAND))


def main() -> None:
    """Measure everything, then write it."""
    found = {}
    for split, rows, n in measure():
        for name, values in rows.items():
            model, _, field = name.rpartition("-")
            if field not in KEPT.get(model, (field,)):
                continue
            if split == "validation" and (
                field != "accuracy" or model == "red"
            ):
                continue
            end = "-validation" if split == "validation" else ""
            found[f"baseline-{name}{end}"] = claim(name, values, split, n)
    for name, made in found.items():
        claims.put(name, made)
        print(f"{name}: {made.value} ± {made.sd} {made.unit}")


if __name__ == "__main__":
    main()
