"""Measure what chapter 4 says of the net.

`python book/measure/chapter_04.py RUNS` takes some minutes. RUNS are the
checkpoints of the post's net after 100 epochs, one for each seed.
"""

from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from chapter_02 import chunks
from publish import Claims, arguments, publish
from torch import Tensor

from colorattn import runs
from colorattn.analysis.alignment import visible_ink
from colorattn.analysis.localization import hit
from colorattn.claims import Claim, over_seeds
from colorattn.data import symbols
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.model.colornet import MNIST_NORMALIZATION as MNIST
from colorattn.model.colornet import ColorNetImage
from colorattn.runs.record import TEST_SCENES
from colorattn.training import checkpoint
from colorattn.training.config import EPOCH, POST

COMMAND = "python book/measure/chapter_04.py"
SETS = 5  # scene sets, where what is measured depends on the scenes alone
NETS = 20  # nets before training
HEADS = 5  # trained alone
CELL, FIELD = 8, 17  # px
INK = 128  # of 255: what counts as ink
PIXELS = torch.arange(64.0)
CENTERS = CELL * torch.arange(8.0) + 3.5  # of cells, px


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
    yield "model-ink-side", Claim(longer.mean().item(), "", what)
    what = f"drawings whose ink fits into {FIELD} by {FIELD} px, share {n}"
    fits = 100 * (longer <= FIELD).double().mean().item()
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
    """Measure where nets look before training, with batch statistics."""
    parts, hits = chunks(scenes, POST.recipe.batch_size), []
    for seed in range(NETS):
        net = ColorNetImage(POST.model, seed)
        with torch.inference_mode():
            found = [hit(net(p.image, p.query)[2], p) for p in parts]
        hits.append(100 * torch.cat(found).double().mean().item())
    what = "hits of nets before training, batch statistics, test scenes"
    yield "model-untrained-hit", over_seeds(hits, what, TEST_SCENES)


def of_trained_nets(paths: list[Path], scenes: Batch) -> Claims:
    """Measure where trained nets lay their weights, and what heads grew."""
    rows = []
    for path in paths:
        net = checkpoint.load_model(path)[1]
        found = torch.cat([shift(net, part) for part in chunks(scenes)])
        rows.append([gap(net.head), *found.double().mean(dim=0).tolist()])
    gaps, down, right = zip(*rows, strict=True)
    where = "px from the center of a queried symbol's ink to the center of "
    where += "the weights' cells, right answers, after 100 epochs:"
    for name, values, what in (
        ("head-gap", gaps, "head's diagonal less the rest; it began at 60"),
        ("weights-down", down, f"{where} down"),
        ("weights-right", right, f"{where} right"),
    ):
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
    training = symbols.load("mnist", "train")
    drawn = fixed_scenes(training, POST.scene, TEST_SCENES, seed=0)
    yield from of_plain_heads(drawn)
    if paths:
        command = runs.load("post-mnist-100-epochs").provenance["command"]
        for name, claim in of_trained_nets(paths, sets[0]):
            yield name, replace(claim, command=f"{command}; {COMMAND} RUNS")


def of_plain_heads(scenes: Batch) -> Claims:
    """Measure how long PyTorch's own head takes to the post's first gap.

    Attention is perfect, so that nothing but the head has to learn. The gap
    is that between the diagonal and the rest.
    """
    glimpse = perfect(scenes) - MNIST.mean / 64
    glimpse, epochs = glimpse / MNIST.std, []
    for seed in range(HEADS):
        plain = replace(POST.model, head="linear")
        head = ColorNetImage(plain, seed).head
        adam = torch.optim.Adam(head.parameters(), POST.recipe.learning_rate)
        random = generator(seed, Use.STREAM)
        steps = 0
        while gap(head) < POST.model.head_scale:
            some = torch.randint(
                len(scenes), (POST.recipe.batch_size,), generator=random
            )
            adam.zero_grad()
            logits = head(glimpse[some])
            F.cross_entropy(logits, scenes.target[some]).backward()
            adam.step()
            steps += 1
        epochs.append(steps / EPOCH)
    what = "epochs until PyTorch's own head has a gap of 60, perfect attention"
    yield "model-plain-head-epochs", over_seeds(epochs, what, unit="")


def gap(head: torch.nn.Module) -> float:
    """Return how far the head's diagonal is ahead of the rest, on average."""
    weight = head.weight.detach()
    own = weight.trace() / 3
    return (own - (weight.sum() - 3 * own) / 6).item()


if __name__ == "__main__":
    asked = arguments(__doc__, runs=True)
    publish(measured(asked.runs), COMMAND, asked.store)
