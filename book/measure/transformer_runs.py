"""Train what chapter 12 tells of, and measure each network.

`python book/measure/transformer_runs.py GROUP ...` makes the runs of some
groups, side by side, one thread each. A run leaves one JSON file in `--out`;
what is there is not made again, so the same command continues. `--list` says
what there is to do. `--store` collects the files into `stored/runs`.

The groups `pixels` and `hunger` are faster on a GPU: `--device cuda`.
"""

import argparse
import datetime
import json
import platform
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter, time
from typing import Any

import torch
import torch.nn.functional as F
from joblib import Parallel, delayed
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from colorattn.data.rows import SLOT, draw_rows, neighbor, repaint
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch
from colorattn.data.symbols import STORED, Symbols, load
from colorattn.model.colornet import (
    MNIST_NORMALIZATION,
    ColorNetConfig,
    ColorNetImage,
    ScalingHead,
    initialize,
)
from colorattn.model.encoder import EncoderConfig
from colorattn.model.transformer import (
    Transformer,
    TransformerConfig,
    attend_all,
    place_codes,
)

COMMAND = "python book/measure/transformer_runs.py"
KEPT = Path("_runs/transformer")
PLACES, DIM = 12, 24  # cells of a row that become tokens; of keys
TRAINING, VALIDATION, TEST = 20_000, 1_000, 10_000  # rows
BATCH = 128
BEST = ColorNetConfig(  # of the stored network best-mnist
    EncoderConfig(
        channels=(16, 12, 14, 16, 16, 24),
        kernels=(7, 3, 3, 3, 3, 3),
        strides=(4, 1, 1, 1, 1, 1),
        dilations=(1, 1, 1, 1, 1, 1),
        last_relu=False,
    ),
    None,
    query_pooling="center",
    readout="image_sum",
    head_scale=4.0,
)
Row = dict[str, Any]
Forward = Callable[[Tensor], Tensor]


# ------------------------------------------------- rows become tokens


@dataclass(frozen=True)
class Rows:
    """Rows as a frozen network sees them, and what is asked of them."""

    tokens: Tensor  # n 13 28: a key and its color, 0; last the query, 1
    target: Tensor  # color right of the queried symbol
    queried: Tensor  # which symbol, 0 to 2

    def __len__(self) -> int:
        return len(self.target)

    @property
    def slots(self) -> Tensor:
        """Say of each cell which symbol it shows: 0 queried, 1 answer, 2."""
        slot = torch.arange(PLACES) // (PLACES // 3)
        return (slot - self.queried[:, None]) % 3


def best() -> ColorNetImage:
    """Return the stored network best-mnist."""
    tensors = load_file(STORED / "weights" / "best-mnist.safetensors")
    state = {
        name.removeprefix("model."): value
        for name, value in tensors.items()
        if name.startswith("model.")
    }
    net = ColorNetImage(BEST)
    net.load_state_dict(state, strict=False)
    return net.eval()


def tokens_of(net: ColorNetImage, batch: Batch) -> Tensor:
    """Turn rows and queries into tokens: 12 cells of the middle line, 1."""
    keys = net.encode_image(net.prepare(net.normalize(batch.image)))
    query = net.pool(net.encode_query(net.normalize(batch.query)))
    keys = keys[:, :, keys.shape[2] // 2, ::2]
    colors = F.adaptive_avg_pool2d(batch.image / 255, (1, PLACES))[:, :, 0]
    cells = torch.cat([keys, 3 * colors, torch.zeros_like(keys[:, :1])], 1).mT
    if len(query) > len(cells):
        cells = cells.repeat_interleave(len(query) // len(cells), dim=0)
    asks = F.pad(F.pad(query, (0, 3)), (0, 1), value=1.0)
    return torch.cat([cells, asks[:, None]], dim=1)


@torch.inference_mode()
def encode(batch: Batch) -> Rows:
    """Show rows to the frozen network, some at a time."""
    parts = [
        tokens_of(best(), batch[n : n + 500])
        for n in range(0, len(batch), 500)
    ]
    return Rows(torch.cat(parts), batch.target, batch.query_index)


def drawn(split: str, n: int, independent: bool = False) -> Batch:
    """Draw the rows of a split: the same for every run."""
    use = Use.STREAM if split == "train" else Use.SCENE_SET
    random = generator(0, use)
    return draw_rows(load("mnist", split), n, random, 1, independent)


def changed(how: str) -> Batch:
    """Change the third symbol of test rows; the answer stays."""
    batch = drawn("test", 2_000, independent=how.startswith("independent"))
    each, third = torch.arange(len(batch)), neighbor(batch, 2)
    if how.endswith("gone"):
        image = batch.image.clone()
        image.view(len(batch), 3, SLOT, 3, SLOT)[each, :, :, third] = 0
        return replace(batch, image=image)
    colors = batch.colors.clone()
    colors[each, third] = batch.target
    return repaint(replace(batch, colors=colors), load("mnist", "test"))


MAKE: dict[str, Callable[[], Batch]] = {
    "train": lambda: drawn("train", TRAINING),
    "validation": lambda: drawn("validation", VALIDATION),
    "test": lambda: drawn("test", TEST),
    "independent-train": lambda: drawn("train", TRAINING, True),
    "independent-validation": lambda: drawn("validation", VALIDATION, True),
    "independent-test": lambda: drawn("test", TEST, True),
    "gone": lambda: changed("gone"),
    "painted": lambda: changed("painted"),
}


def rows(name: str, folder: Path) -> Rows:
    """Read rows as tokens from a folder, or make them and keep them there."""
    path = folder / f"{name}.safetensors"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(
            {k: v.clone() for k, v in vars(encode(MAKE[name]())).items()}, path
        )
    return Rows(**load_file(path))


# ------------------------------------------------- training


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train, and how often to look."""

    steps: int = 800
    rate: float = 3e-3  # at its highest
    every: int = 20  # steps between two measurements
    constant: bool = False  # after a short rise; else one cycle
    decay: float = 0.01


def fit(
    net: nn.Module,
    loss_of: Callable[[int], Tensor],  # of a step
    accuracy: Callable[[], float],
    plan: Plan,
    limit: float = float("inf"),  # seconds
) -> Iterator[Row]:
    """Train and yield a row now and then; the first is before any step."""
    optimizer = torch.optim.AdamW(
        net.parameters(), plan.rate, weight_decay=plan.decay
    )
    if plan.constant:
        schedule: Any = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / 500, 1)
        )
    else:
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, plan.rate, plan.steps, cycle_momentum=False
        )
    losses: list[Tensor] = []
    began = perf_counter()
    for step in range(plan.steps + 1):
        if step % plan.every == 0:
            net.eval()
            with torch.inference_mode():
                right = accuracy()
            net.train()
            loss = torch.stack(losses).mean().item() if losses else None
            yield {"step": step, "loss": loss, "accuracy": right}
            losses.clear()
            done = plan.constant and right > 0.99
            if done or perf_counter() - began > limit:
                return
        if step == plan.steps:
            return
        optimizer.zero_grad()
        loss = loss_of(step)
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.detach())


def share(right: Tensor) -> float:
    """Return the share of what is true."""
    return right.float().mean().item()


def fit_rows(
    net: nn.Module, forward: Forward, job: "Job", prefix: str = ""
) -> tuple[list[Row], Row]:
    """Train on tokens that are all there; measure on the test rows."""
    train, held_out = (
        rows(prefix + split, job.cache) for split in ("train", "validation")
    )

    def loss_of(step: int) -> Tensor:
        random = generator(job.seed, Use.ORDER, step)
        chosen = torch.randint(len(train), (BATCH,), generator=random)
        logits = forward(train.tokens[chosen])
        return F.cross_entropy(logits, train.target[chosen])

    def accuracy() -> float:
        answer = forward(held_out.tokens).argmax(dim=1)
        return share(answer == held_out.target)

    curve = list(fit(net, loss_of, accuracy, job.plan))
    net.eval()
    with torch.inference_mode():
        test = rows(prefix + "test", job.cache)
        end = {"test": share(forward(test.tokens).argmax(1) == test.target)}
        for name in ("gone", "painted") if job.look else ():
            seen = rows(name, job.cache)
            right = forward(seen.tokens).argmax(dim=1) == seen.target
            end[name] = share(right)
    return curve, end | {"parameters": trained(net)}


def trained(net: nn.Module) -> int:
    """Count the parameters that training has changed."""
    return sum(p.numel() for p in net.parameters() if p.grad is not None)


# ------------------------------------------------- one look, two looks


class Looks(nn.Module):
    """One look at tokens, with a trained query map; or a second one.

    One look: a linear map of the query, and keys with or without learned
    codes. Two looks: the frozen network's own look, then a read of `places`,
    a linear map, and a look at the places.
    """

    def __init__(self, places: str, looks: int, seed: int):
        super().__init__()
        self.kind, self.looks = places, looks
        dim = DIM
        if looks == 2 and places != "none":
            dim = {"number": 2, "sinusoids": 8, "ring": 8}.get(places, 8)
        with torch.random.fork_rng(devices=[]):
            self.move = nn.Linear(dim, dim, bias=looks == 1)
            self.head = ScalingHead(3, 4.0)
            initialize(self, seed)
        random = generator(seed, Use.PRETRAINING)
        if places == "learned":
            codes = 0.5 * torch.randn(PLACES, dim, generator=random)
            self.codes = nn.Parameter(codes)
        elif places == "number":
            line = torch.linspace(-1, 1, PLACES)
            self.register_buffer(
                "codes", torch.stack([torch.ones(PLACES), line], dim=1)
            )
        elif places in ("sinusoids", "ring"):
            codes = place_codes(PLACES, dim, places == "ring")
            self.register_buffer("codes", codes)
        elif places == "relative":
            self.shift = nn.Parameter(torch.zeros(2 * PLACES - 1))
            del self.move

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits."""
        keys, colors = tokens[:, :-1, :DIM], tokens[:, :-1, DIM : DIM + 3] / 3
        query = tokens[:, -1:, :DIM]
        if self.looks == 1:
            if self.kind == "learned":
                keys = keys + self.codes
            weights = attend_all(self.move(query), keys)[1]
        else:
            first = attend_all(query, keys)[1]
            if self.kind == "relative":
                here = torch.arange(PLACES)
                table = self.shift[here - here[:, None] + PLACES - 1]
                weights = (first @ table).softmax(dim=2)
            else:
                codes = keys
                if self.kind != "none":
                    codes = self.codes.expand(len(keys), -1, -1)
                weights = attend_all(self.move(first @ codes), codes)[1]
        return self.head((weights @ colors)[:, 0])


def run_looks(places: str, looks: int) -> Callable[["Job"], tuple]:
    """Return a job: train one look, or a second one."""

    def run(job: Job) -> tuple[list[Row], Row]:
        net = Looks(places, looks, job.seed)
        curve, end = fit_rows(net, net, job)
        if places == "learned" and looks == 2:
            end["move"] = net.move.weight.flatten().tolist()
            end["codes"] = net.codes.flatten().tolist()
        if places == "relative":
            end["shift"] = net.shift.tolist()
        return curve, end

    return run


# ------------------------------------------------- every cell asks


def row_codes(dim: int, kind: str = "ring") -> Tensor:
    """Return codes of the 12 places and, for the query, zeros."""
    codes = torch.zeros(PLACES + 1, dim)
    if kind != "none":
        codes[:PLACES] = place_codes(PLACES, dim, kind == "ring") / 2
    return codes


def run_blocks(
    codes: str = "ring", colors: str = "", start: str = "", **changes: Any
) -> Callable[["Job"], tuple]:
    """Return a job: train a transformer on the tokens of rows."""

    def run(job: Job) -> tuple[list[Row], Row]:
        config = TransformerConfig(**changes)
        net = Transformer(config, row_codes(config.dim, codes), job.seed)
        if start == "longer":  # as a matched start is, but not equal
            with torch.no_grad():
                for block in net.blocks:
                    block.attention.query.weight.mul_(1.7)
                    block.attention.key.weight.mul_(1.7)
        curve, end = fit_rows(net, lambda x: net(x)[0][:, -1], job, colors)
        if job.look:
            end |= look_inside(net, rows(f"{colors}test", job.cache))
            keep(net, job)
        return curve, end

    return run


def keep(net: nn.Module, job: "Job") -> None:
    """Keep the weights of the first seeds."""
    if job.seed < 5:
        save_file(net.state_dict(), job.path.with_suffix(".safetensors"))


@torch.inference_mode()
def look_inside(net: Transformer, test: Rows) -> Row:
    """Say where heads look, and what is lost without them or their paths."""
    test = Rows(test.tokens[:2000], test.target[:2000], test.queried[:2000])

    def right(**how: Any) -> float:
        logits = net(test.tokens, **how)[0][:, -1]
        return share(logits.argmax(dim=1) == test.target)

    def over_slots(weights: Tensor) -> list[float]:  # … 13, of each row
        of = F.one_hot(test.slots, 3).float()
        found = torch.einsum("bn,bns->s", weights[:, :PLACES], of) / len(test)
        return [*found.tolist(), weights[:, PLACES].mean().item()]

    each, end = F.one_hot(test.slots, 3).float(), {"whole": right()}
    for n, weights in enumerate(net(test.tokens)[1]):
        for head in range(weights.shape[1]):
            name = f"{n + 1}-{head + 1}"
            end[f"query-{name}"] = over_slots(weights[:, head, PLACES])
            for slot, label in enumerate(("queried", "answer", "third")):
                cells = torch.einsum(
                    "bmn,bm->bn", weights[:, head, :PLACES], each[:, :, slot]
                )
                end[f"{label}-{name}"] = over_slots(cells / (PLACES // 3))
            end[f"mute-{name}"] = right(mute={n: [head]})
        slot = torch.arange(PLACES) // (PLACES // 3)
        for path in ("query", "cells"):
            visible = torch.ones(PLACES + 1, PLACES + 1, dtype=torch.bool)
            if path == "query":  # it sees no cell
                visible[PLACES, :PLACES] = False
            else:  # a cell sees those of its own symbol, and the query
                visible[:PLACES, :PLACES] = slot == slot[:, None]
            end[f"cut-{path}-{n + 1}"] = right(visible={n: visible})
    return end


# ------------------------------------------------- told in words


WORDS, DIGITS, PERIODS = 24, 10, (4, 8)


def walks(
    n: int, random: torch.Generator, periods: tuple[int, int] = PERIODS
) -> tuple[Tensor, Tensor]:
    """Draw walks around rings of distinct digits, and each ring's size."""
    rings = torch.rand(n, DIGITS, generator=random).argsort(dim=1)
    low, high = periods
    size = torch.randint(low, high + 1, (n, 1), generator=random)
    return rings.gather(1, torch.arange(WORDS + 1) % size), size


def jumps(n: int, random: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Draw walks of 12 words and a jump; return two ways to go on.

    After a jump, what followed the same word before is one thing, and the
    word that has not been said for longest is another.
    """
    rings = torch.rand(n, DIGITS, generator=random).argsort(dim=1)
    size = torch.randint(5, 9, (n, 1), generator=random)
    words = rings.gather(1, torch.arange(12) % size)
    further = 2 + (torch.rand(n, 1, generator=random) * (size - 3)).long()
    place = (11 + further) % size
    words = torch.cat([words, rings.gather(1, place)], dim=1)
    follows = rings.gather(1, (place + 1) % size)[:, 0]
    last = torch.full((n, DIGITS), 99)  # never said
    for k in range(13):
        last.scatter_(1, words[:, [k]], torch.full((n, 1), k))
    return words, follows, last.argmin(dim=1)


@torch.inference_mode()
def after_jumps(net: Transformer) -> Row:
    """Say how often a teller goes on in either way."""
    words, follows, oldest = jumps(2_000, generator(0, Use.INTERVENTION))
    past = torch.ones(13, 13, dtype=torch.bool).tril()
    visible = dict.fromkeys(range(len(net.blocks)), past)
    shown = F.one_hot(words, DIGITS).float()
    answer = net(shown, visible=visible)[0][:, -1].argmax(dim=1)
    return {
        "jump-follows": share(answer == follows),
        "jump-oldest": share(answer == oldest),
    }


def run_walk(
    periods: tuple[int, int] = PERIODS, codes: str = "line", **changes: Any
) -> Callable[["Job"], tuple]:
    """Return a job: train a causal transformer to tell walks."""

    def run(job: Job) -> tuple[list[Row], Row]:
        config = TransformerConfig(features=DIGITS, answers=DIGITS, **changes)
        places = place_codes(WORDS, config.dim, codes == "ring") / 2
        net = Transformer(config, places, job.seed)
        past = torch.ones(WORDS, WORDS, dtype=torch.bool).tril()
        visible = dict.fromkeys(range(config.blocks), past)

        def say(words: Tensor, **how: Any) -> tuple[Tensor, list[Tensor]]:
            shown = F.one_hot(words[:, :-1], DIGITS).float()
            return net(shown, visible=visible, **how)

        def loss_of(step: int) -> Tensor:
            words, _ = walks(
                BATCH, generator(job.seed, Use.STREAM, step), periods
            )
            return F.cross_entropy(say(words)[0].mT, words[:, 1:])

        held_out, size = walks(2000, generator(0, Use.SCENE_SET), periods)
        known = torch.arange(1, WORDS + 1) >= size  # the next word is certain

        def accuracy(**how: Any) -> float:
            answer = say(held_out, **how)[0].argmax(dim=2)
            return share((answer == held_out[:, 1:])[known])

        curve = list(fit(net, loss_of, accuracy, job.plan))
        net.eval()
        end: Row = {"parameters": trained(net)}
        with torch.inference_mode():
            end["test"] = accuracy()
            words = held_out[:, :-1]
            same = words[:, :, None] == words[:, None]  # asking, asked
            before = same & ~torch.eye(WORDS, dtype=torch.bool)
            after = before.roll(1, dims=2)
            after[:, :, 0] = False
            previous = torch.eye(WORDS).roll(1, dims=0).bool()
            previous[0] = False
            for n, weights in enumerate(say(held_out)[1]):
                for head in range(config.heads):
                    name, its = f"{n + 1}-{head + 1}", weights[:, head]
                    for what, mask in (
                        ("same", before),
                        ("after", after & past),
                        ("previous", previous.expand_as(before)),
                    ):
                        found = (its * mask).sum(dim=2)[known].mean()
                        end[f"{what}-{name}"] = found.item()
                    end[f"mute-{name}"] = accuracy(mute={n: [head]})
        keep(net, job)
        return curve, end | after_jumps(net)

    return run


# ------------------------------------------------- from pixels


QUERIES = 3  # about each row
PATCH = 8  # px


class FromPixels(nn.Module):
    """A front end and what answers, trained together.

    `looks` 1 is the course's own network; 2 adds a second look at learned
    places; 0 is a transformer over the tokens of the middle line.
    """

    def __init__(self, looks: int, seed: int, given: str = "", **changes: Any):
        super().__init__()
        self.looks = looks
        self.front = ColorNetImage(BEST, seed)
        if looks == 0:
            config = TransformerConfig(**changes)
            self.net = Transformer(config, row_codes(config.dim), seed)
        elif looks == 2:
            random = generator(seed, Use.PRETRAINING)
            codes = 0.5 * torch.randn(PLACES, 8, generator=random)
            self.codes = nn.Parameter(codes)
            with torch.random.fork_rng(devices=[]):
                self.move = nn.Linear(8, 8, bias=False)
                initialize(self.move, seed)
        self.given = given
        if given:
            self.front.load_state_dict(best().state_dict())
        if given.startswith("frozen"):
            self.front.requires_grad_(False)

    def train(self, mode: bool = True) -> "FromPixels":
        """Keep the statistics of a frozen front end."""
        super().train(mode)
        if self.given.startswith("frozen"):
            self.front.eval()
        return self

    def forward(self, batch: Batch) -> Tensor:
        """Return logits for each query; queries share a row's tokens."""
        few = replace(batch, image=batch.image[::QUERIES])
        if self.looks == 1:
            return self.front(few.image, few.query)[0]
        tokens = tokens_of(self.front, few)
        if self.looks == 0:
            return self.net(tokens)[0][:, -1]
        keys, colors = tokens[:, :-1, :DIM], tokens[:, :-1, DIM : DIM + 3] / 3
        first = attend_all(tokens[:, -1:, :DIM], keys)[1]
        codes = self.codes.expand(len(tokens), -1, -1)
        second = attend_all(self.move(first @ codes), codes)[1]
        return self.front.head((second @ colors)[:, 0])


class HalfGiven(nn.Module):
    """A transformer over tokens; one half of them from the frozen network."""

    def __init__(self, half: str, seed: int):
        super().__init__()
        self.half, self.own = half, FromPixels(0, seed)
        self.other = [best()]  # not trained, so not a part of this one

    def forward(self, batch: Batch) -> Tensor:
        """Return logits for each query."""
        few = replace(batch, image=batch.image[::QUERIES])
        frozen = self.other[0].to(batch.image.device)
        with torch.no_grad():
            given = tokens_of(frozen, few)
        mine = tokens_of(self.own.front, few)
        cells, asks = (given, mine) if self.half == "keys" else (mine, given)
        tokens = torch.cat([cells[:, :-1], asks[:, -1:]], dim=1)
        return self.own.net(tokens)[0][:, -1]


class Patches(nn.Module):
    """A small vision transformer: tokens are patches of 8 by 8 pixels."""

    def __init__(self, seed: int, blind: bool, **changes: Any):
        super().__init__()
        self.blind = blind  # brightness, and the color beside it
        pixels = PATCH * PATCH * (1 if blind else 3) + 3 * blind
        tokens = SLOT // PATCH * (3 * SLOT // PATCH) + (SLOT // PATCH) ** 2
        config = TransformerConfig(features=pixels + tokens, **changes)
        zeros = torch.zeros(tokens, config.dim)  # codes are learned
        self.net = Transformer(config, zeros, seed)
        self.register_buffer("places", torch.eye(tokens))

    def patches(self, image: Tensor) -> Tensor:
        """Cut normalized images into patches."""
        cut = F.unfold(image, PATCH, stride=PATCH).mT
        if not self.blind:
            return cut
        cells = F.avg_pool2d(image, PATCH).flatten(2).mT
        bright = image.amax(dim=1, keepdim=True)
        return torch.cat(
            [F.unfold(bright, PATCH, stride=PATCH).mT, cells], dim=2
        )

    def forward(self, batch: Batch) -> Tensor:
        """Return logits, averaged over the query's patches."""
        mean, std = MNIST_NORMALIZATION.mean, MNIST_NORMALIZATION.std
        image = (batch.image[::QUERIES] / 255 - mean) / std
        query = F.pad(batch.query, (2, 2, 2, 2)).expand(-1, 3, -1, -1)
        cells = self.patches(image).repeat_interleave(QUERIES, dim=0)
        asks = self.patches((query / 255 - mean) / std)
        tokens = torch.cat([cells, asks], dim=1)
        places = self.places.expand(len(tokens), -1, -1)
        logits = self.net(torch.cat([tokens, places], dim=2))[0]
        return logits[:, cells.shape[1] :].mean(dim=1)


def patches(dim: int, blind: bool) -> Callable[[int], Patches]:
    """Return what makes a patch transformer of this width from a seed."""
    size = {"dim": dim, "heads": 4, "blocks": 4, "expansion": 4}
    return partial(Patches, blind=blind, **size)


def run_pixels(
    make: Callable[[int], nn.Module], ask: str = "neighbor", batch: int = 126
) -> Callable[["Job"], tuple]:
    """Return a job: train on rows that never repeat."""

    def target(rows: Batch) -> Tensor:
        if ask == "neighbor":
            return rows.target
        each = torch.arange(len(rows), device=rows.target.device)
        return rows.colors[each, rows.query_index]

    def run(job: Job) -> tuple[list[Row], Row]:
        torch.set_float32_matmul_precision("high")
        symbols = load("mnist", "train").to(job.device)
        net = make(job.seed).to(job.device)

        def some(symbols: Symbols, n: int, *key: int) -> Batch:
            random = generator(*key, device=job.device)
            return draw_rows(symbols, n // QUERIES, random, QUERIES)

        def loss_of(step: int) -> Tensor:
            rows = some(symbols, batch, job.seed, Use.STREAM, step)
            return F.cross_entropy(net(rows), target(rows))

        def measure(parts: list[Batch]) -> float:
            right = [net(p).argmax(dim=1) == target(p) for p in parts]
            return share(torch.cat(right))

        sets = {}
        for split, n in ("validation", VALIDATION), ("test", TEST):
            digits = load("mnist", split).to(job.device)
            sets[split] = [
                some(digits, 600, 0, Use.SCENE_SET, k)
                for k in range(-(-n // 600))
            ]
        fitting = fit(
            net,
            loss_of,
            lambda: measure(sets["validation"]),
            job.plan,
            job.limit,
        )
        curve = list(fitting)
        net.eval()
        with torch.inference_mode():
            end: Row = {"test": measure(sets["test"])}
        return curve, end | {"parameters": trained(net)}

    return run


def transformer(seed: int, **changes: Any) -> FromPixels:
    """Make a transformer over tokens from pixels."""
    return FromPixels(0, seed, **changes)


# ------------------------------------------------- all runs


@dataclass(frozen=True)
class Job:
    """One run: what to train, how, and where its results go."""

    plan: Plan
    seed: int
    path: Path
    look: bool  # inside, when it has been trained
    device: str = "cpu"
    limit: float = float("inf")  # seconds of training

    @property
    def cache(self) -> Path:
        """Where the tokens of all runs are."""
        return self.path.parents[1] / "cache"


@dataclass(frozen=True)
class Variant:
    """What one run trains, its plan, and how many seeds."""

    run: Callable[[Job], tuple]
    plan: Plan = Plan()
    seeds: int = 5
    look: bool = False


def look(places: str, looks: int, **plan: Any) -> Variant:
    """Describe one look, or two."""
    plan = {"steps": 600, "rate": 3e-2} | plan
    return Variant(
        run_looks(places, looks), Plan(**plan), look=places == "ring"
    )


LONG = Plan(steps=4_000, every=40)
EPOCHS = 24 * 79
EPOCH = 79
FAST = Plan(steps=12 * EPOCH, rate=1e-2, every=EPOCH)
SLOW = Plan(steps=EPOCHS, every=EPOCH)
LONGEST = Plan(steps=200 * EPOCH, rate=1e-3, every=2 * EPOCH)
HUNGRY = Plan(200_000, 5e-4, 500, constant=True, decay=0.05)
GROUPS: Mapping[str, Mapping[str, Variant]] = {
    # b: how far one look gets.
    "one-look": {
        "no-places": look("none", 1),
        "learned-places": look("learned", 1),
    },
    # d: which places a second look needs.
    "places": {
        kind: look(kind, 2)
        for kind in (
            "none",
            "number",
            "sinusoids",
            "ring",
            "learned",
            "relative",
        )
    },
    # e: two blocks, and every part taken away.
    "blocks": {
        "whole": Variant(run_blocks(), seeds=30, look=True),
        "no-places": Variant(run_blocks("none"), seeds=10),
        "line-places": Variant(run_blocks("line"), seeds=10),
        "no-residual": Variant(run_blocks(without=("residual",)), seeds=10),
        "no-norm": Variant(run_blocks(without=("norm",)), seeds=10),
        "no-mlp": Variant(run_blocks(without=("mlp",)), seeds=10),
        "bare": Variant(run_blocks(without=("mlp", "norm")), seeds=10),
        "one-head": Variant(run_blocks(heads=1), seeds=10),
        "four-heads": Variant(run_blocks(heads=4), seeds=10),
        "one-block": Variant(run_blocks(blocks=1), seeds=10),
        "one-block-long": Variant(
            run_blocks(blocks=1), Plan(4_000, every=40), seeds=2
        ),
        "one-block-one-head": Variant(
            run_blocks(blocks=1, heads=1, without=("mlp",)), seeds=10
        ),
        "constant": Variant(
            run_blocks(), Plan(3_000, 1e-3, 20, constant=True), seeds=10
        ),
    },
    # e: how queries and keys start.
    "start": {
        "equal": Variant(run_blocks(matched_start=1.0), seeds=3),
        "longer": Variant(
            run_blocks(start="longer", matched_start=0.0), seeds=3
        ),
        "independent": Variant(run_blocks(matched_start=0.0), seeds=3),
    },
    # f: independent colors; which route does a network take?
    "routes": {
        "independent": Variant(
            run_blocks(colors="independent-"),
            Plan(1_600, every=40),
            30,
            look=True,
        ),
        "short": Variant(
            run_blocks(colors="independent-"), seeds=10, look=True
        ),
        "one-block": Variant(
            run_blocks(colors="independent-", blocks=1),
            Plan(1_600, every=40),
            10,
        ),
    },
    # g: told in words.
    "walks": {
        "short": Variant(run_walk(without=("mlp",)), Plan(800), seeds=10),
        "two-blocks": Variant(
            run_walk(without=("mlp",)), Plan(1_500), seeds=10
        ),
        "one-block": Variant(
            run_walk(blocks=1, without=("mlp",)), Plan(1_500), seeds=10
        ),
        "one-block-long": Variant(
            run_walk(blocks=1, without=("mlp",)), Plan(6_000, every=60)
        ),
        "one-block-mlp": Variant(run_walk(blocks=1), Plan(6_000, every=60)),
        "fixed-period": Variant(
            run_walk((6, 6), blocks=1, without=("mlp",)), Plan(1_500)
        ),
        "ring-places": Variant(
            run_walk(codes="ring", without=("mlp",)), Plan(1_500)
        ),
    },
    # h: from pixels.
    "pixels": {
        "course-itself": Variant(
            run_pixels(lambda seed: FromPixels(1, seed), "itself"), FAST
        ),
        "one-look": Variant(
            run_pixels(lambda seed: FromPixels(1, seed)), FAST
        ),
        "two-looks": Variant(
            run_pixels(lambda seed: FromPixels(2, seed)), FAST
        ),
        "transformer": Variant(run_pixels(transformer), SLOW),
        "transformer-itself": Variant(run_pixels(transformer, "itself"), SLOW),
        "given": Variant(
            run_pixels(lambda seed: transformer(seed, given="given")), SLOW
        ),
        "given-frozen": Variant(
            run_pixels(lambda seed: transformer(seed, given="frozen")), SLOW
        ),
        "given-itself": Variant(
            run_pixels(
                lambda seed: transformer(seed, given="given"), "itself"
            ),
            SLOW,
        ),
        "keys-given-itself": Variant(
            run_pixels(lambda seed: HalfGiven("keys", seed), "itself"), SLOW
        ),
        "query-given-itself": Variant(
            run_pixels(lambda seed: HalfGiven("query", seed), "itself"), SLOW
        ),
        "independent-start-itself": Variant(
            run_pixels(
                lambda seed: transformer(seed, matched_start=0.0), "itself"
            ),
            SLOW,
        ),
        "longer-start-itself": Variant(
            run_pixels(
                lambda seed: transformer(seed, matched_start=4.0), "itself"
            ),
            SLOW,
        ),
    },
    # h: does it ever leave the plateau; patches: how much do they need?
    "hunger": {
        "transformer-itself-long": Variant(
            run_pixels(transformer, "itself"), LONGEST, seeds=3
        ),
        "patches-64": Variant(
            run_pixels(patches(64, True), "itself", 510),
            HUNGRY,
            seeds=3,
        ),
        "patches-128": Variant(
            run_pixels(patches(128, True), "itself", 510),
            HUNGRY,
            seeds=3,
        ),
        "patches-128-rgb": Variant(
            run_pixels(patches(128, False), "itself", 510),
            HUNGRY,
            seeds=2,
        ),
    },
}


def facts(device: str) -> dict[str, str]:
    """Describe the machine and the versions."""
    listed = Path("/proc/cpuinfo")
    text = listed.read_text() if listed.exists() else ""
    names = re.findall(r"model name\s*: (.*)", text)
    name = names[-1] if names else platform.machine()
    if device == "cuda":
        name += f", {torch.cuda.get_device_name()}"
    version = torch.__version__.split("+")[0]
    return {
        "hardware": name,
        "versions": f"Python {platform.python_version()}, torch {version}",
        "date": datetime.date.today().isoformat(),
    }


def make(
    group: str,
    name: str,
    job: Job,
    steps: int | None = None,
    until: float = float("inf"),
) -> tuple[str, float]:
    """Make one run and write its file, unless it is too late to begin."""
    if time() > until:
        return f"{group}/{job.path.stem}: left for the next time", 0.0
    torch.set_num_threads(1)
    job.path.parent.mkdir(parents=True, exist_ok=True)
    began = perf_counter()
    if steps:
        job = replace(job, plan=replace(job.plan, steps=steps))
    curve, end = GROUPS[group][name].run(job)
    seconds = perf_counter() - began
    found = {
        "variant": name,
        "seed": job.seed,
        "seconds": round(seconds, 1),
        **facts(job.device),
        "end": end,
        "curve": curve,
    }
    partial = job.path.with_suffix(".partial")
    partial.write_text(json.dumps(found))
    partial.rename(job.path)
    return f"{group}/{job.path.stem}: {curve[-1]['accuracy']:.3f}", seconds


def jobs(options: argparse.Namespace) -> Iterator[tuple[str, str, Job]]:
    """List the runs that are still to be made, a round of variants first."""
    for group in options.groups:
        for seed in range(options.seeds or 99):
            for name, variant in GROUPS[group].items():
                path = options.out / group / f"{name}-{seed}.json"
                if seed < variant.seeds and not path.exists():
                    yield (
                        group,
                        name,
                        Job(
                            variant.plan,
                            seed,
                            path,
                            variant.look,
                            options.device,
                            options.limit,
                        ),
                    )


def store(folder: Path) -> None:
    """Collect the runs of each group into two files of the package."""
    for group in GROUPS:
        found = [
            json.loads(path.read_text())
            for path in sorted((folder / group).glob("*.json"))
        ]
        if not found:
            continue
        found.sort(key=lambda run: (run["variant"], run["seed"]))
        lines = ["variant,seed,step,loss,accuracy"]
        for run in found:
            for row in run["curve"]:
                loss = "" if row["loss"] is None else f"{row['loss']:.5g}"
                lines.append(
                    f"{run['variant']},{run['seed']},{row['step']},{loss},"
                    f"{row['accuracy']:.5g}"
                )
        last = found[-1]
        about = {
            "command": f"{COMMAND} {group}",
            **{key: last[key] for key in ("hardware", "versions", "date")},
            "end": [
                {
                    "variant": run["variant"],
                    "seed": run["seed"],
                    **{k: rounded(v) for k, v in run["end"].items()},
                }
                for run in found
            ],
        }
        target = STORED / "runs" / "transformer"
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{group}.csv").write_text("\n".join(lines) + "\n")
        body = json.dumps(about, indent=1) + "\n"
        (target / f"{group}.json").write_text(body)


def rounded(value: Any) -> Any:
    """Keep five significant digits."""
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def main() -> None:
    """Make the runs that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("groups", nargs="*", default=[*GROUPS], metavar="GROUP")
    add("--out", type=Path, default=KEPT)
    add("--seeds", type=int, help="at most so many of each variant")
    add("--device", default="cpu")
    add("--workers", type=int, default=2)
    add("--steps", type=int, help="fewer steps, to try the script")
    add("--limit", type=float, default=float("inf"), help="seconds of a run")
    add("--until", type=float, help="seconds after which no run begins")
    add("--list", action="store_true")
    add("--store", action="store_true")
    options = parser.parse_args()
    if options.store:
        store(options.out)
        return
    todo = [*jobs(options)]
    print(f"{len(todo)} runs to make", flush=True)
    if options.list:
        for group, _, job in todo:
            print(group, job.path.stem, job.plan.steps)
        return
    needed = {"one-look", "places", "blocks", "start", "routes"}
    if needed & set(options.groups):
        for name in MAKE:
            rows(name, options.out / "cache")
    until = time() + (options.until or float("inf"))
    runs = [
        delayed(make)(group, name, job, options.steps, until)
        for group, name, job in todo
    ]
    pool = Parallel(options.workers, return_as="generator_unordered")
    for said, seconds in pool(runs):
        print(f"{said} ({seconds:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
