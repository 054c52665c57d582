"""Measure what chapter 4 says of the net, and write it into the ledger.

`python book/measure/chapter_04.py RUNS` takes some minutes. RUNS are the
checkpoints of trained nets, one a seed; without them, what needs trained nets
is left as it is.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import from_runs
import torch
import torch.nn.functional as F

from colorattn import claims, runs
from colorattn.analysis.localization import hit
from colorattn.claims import Claim, significant
from colorattn.data import symbols
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.model.colornet import MNIST_NORMALIZATION as MNIST
from colorattn.model.colornet import ColorNetImage, ScalingHead
from colorattn.training import checkpoint
from colorattn.training.config import POST

ME = "python book/measure/chapter_04.py"
TRAINED = runs.load("post-mnist-100-epochs").provenance["command"]
SETS = 5  # scene sets, where what is measured depends on the scenes alone
NETS = 20  # nets that nobody has trained
CELL, FIELD = 8, 17  # px


def several(
    values: Sequence[float], unit: str, what: str, command: str = ME
) -> Claim:
    """Make a claim of one number a seed, with its prediction interval."""
    made = from_runs.several(values, what, runs.TEST_SCENES, unit)
    return replace(made, **claims.provenance(command))


def chunks(scenes: Batch, size: int = 500) -> list[Batch]:
    """Cut a scene set into parts that fit into memory as floats."""
    return [scenes[k : k + size] for k in range(0, len(scenes), size)]


def cells(scenes: Batch) -> torch.Tensor:
    """Return the values: the mean color of each cell, 0 to 1."""
    parts = [F.avg_pool2d(p.image / 255, CELL) for p in chunks(scenes)]
    return torch.cat(parts)


def ink(scenes: Batch) -> torch.Tensor:
    """Return the queried symbol's own channel, 0 to 255."""
    return scenes.image[torch.arange(len(scenes)), scenes.target].float()


def perfect(values: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Return what the best cell alone gives: the most of the target color."""
    each = torch.arange(len(values))
    best = values[each, target].flatten(1).argmax(dim=1)
    return values.flatten(2)[each, :, best] / values[0, 0].numel()


def of_drawings() -> dict[str, Claim]:
    """Measure how large the ink of a digit is."""
    seen = symbols.load("mnist", "test").images >= 128
    sides = []
    for axis in (1, 2):
        line = seen.any(dim=axis).int()
        sides.append(28 - line.argmax(dim=1) - line.flip(1).argmax(dim=1))
    longer = torch.maximum(*sides)
    fits = (longer <= FIELD).double().mean().item()
    facts = claims.provenance(ME)
    n = f"of {len(seen):,} test drawings; no seed"
    return {
        "model-ink-side": Claim(
            significant(longer.double().mean().item()),
            "",
            f"px, the longer side of a digit's ink (bytes from 128), mean {n}",
            **facts,
        ),
        "model-ink-fits": Claim(
            significant(100 * fits),
            "%",
            f"drawings whose ink fits into {FIELD} by {FIELD} px, share {n}",
            **facts,
        ),
    }


def of_scenes(sets: list[Batch]) -> dict[str, Claim]:
    """Measure what follows from scenes alone, without any net."""
    seen: list[float] = []
    losses: dict[str, list[float]] = {"raw": [], "standardized": []}
    for scenes in sets:
        shares = []
        for part in chunks(scenes):
            own = ink(part)
            field = F.avg_pool2d(own[:, None], FIELD, CELL, FIELD // 2)
            whole = own.sum(dim=(1, 2))
            shares.append(FIELD**2 * field.amax(dim=(1, 2, 3)) / whole)
        seen.append(100 * torch.cat(shares).mean().item())
        glimpse = perfect(cells(scenes), scenes.target)
        for name, std in ("raw", 1.0), ("standardized", MNIST.std):
            loss = F.cross_entropy(60 * glimpse / std, scenes.target)
            losses[name].append(loss.item())
    where = "on test scenes; seeds are those of scene sets"
    best = "loss where all weight is on the best cell, first head"
    return {
        "model-field-ink": several(
            seen, "%", f"ink of a digit that the best key sees, {where}"
        ),
        "model-floor-raw": several(
            losses["raw"], "nats", f"{best}, images from 0 to 1, {where}"
        ),
        "model-floor-standardized": several(
            losses["standardized"],
            "nats",
            f"{best}, images standardized, {where}",
        ),
    }


def of_first_nets(scenes: Batch) -> dict[str, Claim]:
    """Measure nets before training, as the first step meets them."""
    glimpse = perfect(cells(scenes), scenes.target) - MNIST.mean / 64
    parts = chunks(scenes, POST.recipe.batch_size)
    losses, ratios, hits, shifts = [], [], [], []
    for seed in range(NETS):
        net = ColorNetImage(POST.model, seed)
        plain = ColorNetImage(replace(POST.model, head="linear"), seed)
        logits = plain.head(glimpse / MNIST.std).detach()
        losses.append(F.cross_entropy(logits, scenes.target).item())
        ratios.append(pull(net, parts[0]) / pull(plain, parts[0]))
        assert isinstance(net.head, ScalingHead)
        with torch.inference_mode():
            found = [hit(net(p.image, p.query)[2], p) for p in parts]
        hits.append(100 * torch.cat(found).double().mean().item())
        shifts.append(35.5 - center(net, parts[0]))
    return {
        "model-default-loss": several(
            losses,
            "nats",
            "loss where all weight is on the best cell and the head is a "
            "linear layer as PyTorch begins it; test scenes",
        ),
        "model-head-gradient": replace(
            several(
                ratios,
                "times",
                "gradient of the scores with the scaling head, over that with "
                "PyTorch's linear layer; first batch of 128 test scenes",
            ),
            low=None,  # a ratio, spread too far for a normal interval
            high=None,
        ),
        "model-untrained-hit": several(
            hits,
            "%",
            "hits of nets before training, with batch statistics, on test "
            "scenes",
        ),
        "model-field-center": several(
            shifts,
            "",
            "px from the center of the gradient of key (4, 4) to the center "
            "of its cell, mean of down and across; nets before training, "
            "first 128 test scenes",
        ),
    }


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
    pixels = torch.arange(64.0)
    both = strength.sum(dim=0) @ pixels + strength.sum(dim=1) @ pixels
    return (both / 2 / strength.sum()).item()


def of_trained_nets(paths: list[Path], scenes: Batch) -> dict[str, Claim]:
    """Measure where trained nets lay their weights, and what heads grew."""
    gaps, shifts = [], []
    for path in paths:
        _, net, _ = checkpoint.load_model(path)
        assert isinstance(net.head, ScalingHead)
        head = net.head.weight.detach()
        own = head.trace() / 3
        gaps.append((own - (head.sum() - 3 * own) / 6).item())
        found = [shift(net, part) for part in chunks(scenes)]
        shifts.append(torch.cat(found).double().mean(dim=0).tolist())
    command = f"{TRAINED}; {ME} RUNS"
    what = "px from the center of a queried symbol's ink to the center of the "
    what += "weights' cells, where the answer is right, after 100 epochs: "
    down, right = zip(*shifts, strict=True)
    return {
        "model-head-gap": several(
            gaps,
            "",
            "head's diagonal less the rest, after 100 epochs; it began at 60",
            command,
        ),
        "model-weights-down": several(down, "", f"{what}down", command),
        "model-weights-right": several(right, "", f"{what}right", command),
    }


@torch.inference_mode()
def shift(net: ColorNetImage, scenes: Batch) -> torch.Tensor:
    """Return how far below and right of the ink the weights lie, in px."""
    logits, _, weights = net(scenes.image, scenes.query)
    pixels, middles = torch.arange(64.0), 8 * torch.arange(8.0) + 3.5
    own = ink(scenes)
    apart = [
        weights.sum(dim=axis) @ middles
        - own.sum(dim=axis) @ pixels / own.sum(dim=(1, 2))
        for axis in (2, 1)
    ]
    return torch.stack(apart, dim=1)[logits.argmax(dim=1) == scenes.target]


def main(arguments: list[str]) -> None:
    """Measure anew, and put what was found into the ledger."""
    torch.set_num_threads(1)
    drawings = symbols.load("mnist", "test")
    n = runs.TEST_SCENES
    sets = [fixed_scenes(drawings, POST.scene, n, k) for k in range(SETS)]
    found = of_drawings() | of_scenes(sets) | of_first_nets(sets[0])
    if arguments:
        found |= of_trained_nets(list(map(Path, arguments)), sets[0])
    for name, claim in found.items():
        claims.put(name, claim)
        print(name, claim.value, claim.sd, claim.low, claim.high)


if __name__ == "__main__":
    main(sys.argv[1:])
