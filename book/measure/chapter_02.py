"""Measure what chapter 2 says of the baselines.

`python book/measure/chapter_02.py` takes some minutes. Baselines have no seed
of their own; what varies is the scene set, so each is measured on several.
"""

from collections.abc import Callable, Iterable, Iterator

import torch
import torch.nn.functional as F
from publish import arguments, publish
from torch import Tensor
from tqdm import tqdm

from colorattn.analysis.localization import Localization, localize
from colorattn.claims import Claim, over_seeds
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
TOLD = 10  # for what is told where the symbols are
LIVE = 20  # of the size of those that the chapter measures
SIGMA = 1.5  # px; chosen on the validation split, in the chapter
REACH = 2  # px a query may be moved by
CHUNK = 250  # scenes at once
Numbers = Iterator[tuple[str, float]]


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


def slid(
    scenes: Batch, drawings: Tensor, models: Iterable[str] = SLIDING
) -> Numbers:
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


def live(scenes: Batch, drawings: Tensor) -> Numbers:
    """Measure what the chapter itself measures again."""
    found = dict(slid(scenes, drawings, ("correlation", "normalized")))
    for name in ("correlation-accuracy", "normalized-accuracy"):
        yield f"{name}-validation", found[name]


def told(scenes: Batch, drawings: Tensor) -> Numbers:
    """Compare pixels where the symbols are known to be."""
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


def measured() -> Iterator[tuple[str, Claim]]:
    """Measure everything."""
    for split, n, sets, measure in (
        ("test", TEST_SCENES, TOLD, told),
        ("test", TEST_SCENES, SETS, slid),
        ("validation", VALIDATION_SCENES, LIVE, live),
    ):
        source = symbols.load("mnist", split)
        rows: dict[str, list[float]] = {}
        for seed in tqdm(range(sets), desc=split):
            scenes = fixed_scenes(source, Scene(), n, seed)
            for name, value in measure(scenes, source.images):
                rows.setdefault(name, []).append(value)
        for name, values in rows.items():
            unit = "" if name.startswith("match-") else "%"
            percent = [100 * value if unit else value for value in values]
            what = f"{split} {name.replace('-', ' ')}, without learning; "
            what += "its seeds are scene sets"
            yield f"baseline-{name}", over_seeds(percent, what, n, unit)


if __name__ == "__main__":
    store = arguments(__doc__).store
    publish(dict(measured()), COMMAND, store)
