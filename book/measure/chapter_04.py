"""Measure what chapter 4 says of the net.

`python book/measure/chapter_04.py RUNS` takes some minutes. RUNS are the
checkpoints of the post's net after 100 epochs, one for each seed.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from chapter_02 import chunks
from publish import arguments, publish
from torch import Tensor

from colorattn import runs
from colorattn.analysis.alignment import visible_ink
from colorattn.analysis.localization import hit
from colorattn.claims import Claim, over_seeds, significant
from colorattn.data import symbols
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.model.colornet import MNIST_NORMALIZATION as MNIST
from colorattn.model.colornet import ColorNetImage
from colorattn.runs.record import TEST_SCENES
from colorattn.training import checkpoint
from colorattn.training.config import POST

COMMAND = "python book/measure/chapter_04.py"
SETS = 5  # scene sets, where what is measured depends on the scenes alone
NETS = 20  # nets before training
CELL, FIELD = 8, 17  # px
INK = 128  # of 255: what counts as ink
PIXELS = torch.arange(64.0)
CENTERS = CELL * torch.arange(8.0) + 3.5  # of cells, px
Claims = Iterator[tuple[str, Claim]]


def perfect(scenes: Batch) -> Tensor:
    """Return what the best cell alone gives: the most of the target color.

    Values are the mean colors of cells, 0 to 1.
    """
    parts = [F.avg_pool2d(p.image / 255, CELL) for p in chunks(scenes)]
    values = torch.cat(parts).flatten(2)
    each = torch.arange(len(values))
    best = values[each, scenes.target].argmax(dim=1)
    return values[each, :, best] / values.shape[2]


def of_drawings() -> Claims:
    """Measure how large the ink of a digit is."""
    seen = symbols.load("mnist", "test").images >= INK
    sides = []
    for axis in (1, 2):
        line = seen.any(dim=axis).int()
        sides.append(28 - line.argmax(dim=1) - line.flip(1).argmax(dim=1))
    longer = torch.maximum(*sides).double()
    n = f"of {len(seen):,} test drawings; no seed"
    what = f"px, the longer side of a digit's ink (bytes from {INK}), mean {n}"
    side = significant(longer.mean().item())
    yield "model-ink-side", Claim(side, "", what)
    what = f"drawings whose ink fits into {FIELD} by {FIELD} px, share {n}"
    fits = significant(100 * (longer <= FIELD).double().mean().item())
    yield "model-ink-fits", Claim(fits, "%", what)


def of_scenes(sets: list[Batch]) -> Claims:
    """Measure what follows from scenes alone, without any net."""
    where = "on test scenes; its seeds are scene sets"
    what = f"ink of a digit that the best key sees, {where}"
    seen = [100 * visible_ink(each, FIELD).mean().item() for each in sets]
    yield "model-field-ink", over_seeds(seen, what, TEST_SCENES)
    for name, std in ("raw", 1.0), ("standardized", MNIST.std):
        losses = [
            F.cross_entropy(60 * perfect(each) / std, each.target).item()
            for each in sets
        ]
        what = f"loss, all weight on the best cell, first head, {name} {where}"
        claim = over_seeds(losses, what, TEST_SCENES, "nats")
        yield f"model-floor-{name}", claim


def of_first_nets(scenes: Batch) -> Claims:
    """Measure nets before training, as the first step meets them."""
    glimpse = perfect(scenes) - MNIST.mean / 64
    parts = chunks(scenes, POST.recipe.batch_size)
    losses, ratios, hits, shifts = [], [], [], []
    for seed in range(NETS):
        net = ColorNetImage(POST.model, seed)
        plain = ColorNetImage(replace(POST.model, head="linear"), seed)
        logits = plain.head(glimpse / MNIST.std).detach()
        losses.append(F.cross_entropy(logits, scenes.target).item())
        ratios.append(pull(net, parts[0]) / pull(plain, parts[0]))
        with torch.inference_mode():
            found = [hit(net(p.image, p.query)[2], p) for p in parts]
        hits.append(100 * torch.cat(found).double().mean().item())
        shifts.append(35.5 - center(net, parts[0]))
    what = "loss, all weight on the best cell, PyTorch's own head, test scenes"
    claim = over_seeds(losses, what, TEST_SCENES, "nats")
    yield "model-default-loss", claim
    what = "gradient of the scores, scaling head against PyTorch's, test"
    claim = over_seeds(ratios, what, len(parts[0]), "times")
    # A ratio, spread too far for a normal interval.
    yield "model-head-gradient", replace(claim, low=None, high=None)
    what = "hits of nets before training, batch statistics, test scenes"
    yield "model-untrained-hit", over_seeds(hits, what, TEST_SCENES)
    what = "px from the center of a key's gradient to that of its cell, fresh"
    claim = over_seeds(shifts, what, len(parts[0]), "")
    yield "model-field-center", claim


def pull(net: ColorNetImage, scenes: Batch) -> float:
    """Return the size of the gradient that reaches the scores."""
    logits, scores, _ = net.train()(scenes.image, scenes.query)
    loss = F.cross_entropy(logits, scenes.target)
    return torch.autograd.grad(loss, scores)[0].norm().item()


def center(net: ColorNetImage, scenes: Batch) -> float:
    """Return the center of what moves key (4, 4), mean of row and column."""
    image = net.normalize(scenes.image).requires_grad_()
    key = net.eval().encode_image(image)[:, :, 4, 4]
    (gradient,) = torch.autograd.grad(key.sum(), image)
    strength = gradient.abs().sum(dim=(0, 1))
    both = strength.sum(dim=0) @ PIXELS + strength.sum(dim=1) @ PIXELS
    return (both / 2 / strength.sum()).item()


def of_trained_nets(paths: list[Path], scenes: Batch) -> Claims:
    """Measure where trained nets lay their weights, and what heads grew."""
    rows = []
    for path in paths:
        net = checkpoint.load_model(path)[1]
        head = net.head.weight.detach()
        own = head.trace() / 3
        gap = (own - (head.sum() - 3 * own) / 6).item()
        found = torch.cat([shift(net, part) for part in chunks(scenes)])
        rows.append([gap, *found.double().mean(dim=0).tolist()])
    where = "px from the center of a queried symbol's ink to the center of "
    where += "the weights' cells, right answers, after 100 epochs:"
    names = {
        "head-gap": "head's diagonal less the rest; it began at 60",
        "weights-down": f"{where} down",
        "weights-right": f"{where} right",
    }
    columns = zip(*rows, strict=True)
    for (name, what), values in zip(names.items(), columns, strict=True):
        yield f"model-{name}", over_seeds(values, what, TEST_SCENES, "")


@torch.inference_mode()
def shift(net: ColorNetImage, scenes: Batch) -> Tensor:
    """Return how far below and right of the ink the weights are, in px."""
    logits, _, weights = net(scenes.image, scenes.query)
    own = scenes.image[torch.arange(len(scenes)), scenes.target].float()
    apart = [
        weights.sum(dim=axis) @ CENTERS
        - own.sum(dim=axis) @ PIXELS / own.sum(dim=(1, 2))
        for axis in (2, 1)
    ]
    return torch.stack(apart, dim=1)[logits.argmax(dim=1) == scenes.target]


def measured(paths: list[Path]) -> Claims:
    """Measure everything; without trained nets, what needs none."""
    drawings = symbols.load("mnist", "test")
    sets = [
        fixed_scenes(drawings, POST.scene, TEST_SCENES, seed)
        for seed in range(SETS)
    ]
    yield from of_drawings()
    yield from of_scenes(sets)
    yield from of_first_nets(sets[0])
    if paths:
        command = runs.load("post-mnist-100-epochs").provenance["command"]
        for name, claim in of_trained_nets(paths, sets[0]):
            yield name, replace(claim, command=f"{command}; {COMMAND} RUNS")


if __name__ == "__main__":
    asked = arguments(__doc__, runs=True)
    publish(measured(asked.runs), COMMAND, asked.store)
