"""Train what chapter 12 tells of, and measure each network.

`python book/measure/transformer_runs.py GROUP ...` makes the runs of some
groups, side by side, one thread each. A run leaves one JSON file in `--out`;
what is there is not made again, so the same command continues. `--store`
collects the files into `stored/runs`.

The groups `pixels` and `hunger` are faster on a GPU: `--device cuda`.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import pandas as pd
import torch
import torch.nn.functional as F
from joblib import Parallel, delayed
from torch import Tensor, nn

from colorattn import claims, runs
from colorattn.data.rows import SLOT, draw_rows, neighbor, repaint
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch
from colorattn.data.symbols import STORED, load
from colorattn.files import write
from colorattn.model.colornet import (
    MNIST_NORMALIZATION,
    ColorNetImage,
    ScalingHead,
    initialize,
)
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
Row = dict[str, Any]
Result = tuple[list[Row], Row]  # of a run: a curve, and its end


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train, and how often to measure."""

    steps: int = 800
    rate: float = 3e-3  # at its highest
    every: int = 20  # steps between two measurements
    constant: bool = False  # after a short rise; else one cycle
    decay: float = 0.01


class Job(NamedTuple):
    """What one run has to know."""

    plan: Plan
    seed: int
    device: str = "cpu"


# ------------------------------------------------- rows become tokens


class Rows(NamedTuple):
    """Rows as a frozen network sees them, and what is asked of them."""

    tokens: Tensor  # n 13 28: a key and its color, 0; last the query, 1
    target: Tensor  # color right of the queried symbol


@cache
def best() -> ColorNetImage:
    """Return the stored network best-mnist."""
    return runs.model("best-mnist")


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


def drawn(split: str, n: int, independent: bool) -> Batch:
    """Draw the rows of a split: the same for every run."""
    use = Use.STREAM if split == "train" else Use.SCENE_SET
    random = generator(0, use)
    return draw_rows(load("mnist", split), n, random, 1, independent)


def changed(how: str) -> Batch:
    """Erase the third symbol of test rows, or paint it as the answer."""
    batch = drawn("test", 2_000, independent=False)
    each, third = torch.arange(len(batch)), neighbor(batch, 2)
    if how == "gone":
        image = batch.image.clone()
        image.view(len(batch), 3, SLOT, 3, SLOT)[each, :, :, third] = 0
        return replace(batch, image=image)
    colors = batch.colors.clone()
    colors[each, third] = batch.target
    return repaint(replace(batch, colors=colors), load("mnist", "test"))


@cache
@torch.inference_mode()
def rows(name: str, independent: bool = False) -> Rows:
    """Show a split, or changed test rows, to the frozen network."""
    sizes = {"train": TRAINING, "validation": VALIDATION, "test": TEST}
    if name in sizes:
        batch = drawn(name, sizes[name], independent)
    else:
        batch = changed(name)
    parts = [
        tokens_of(best(), batch[n : n + 500])
        for n in range(0, len(batch), 500)
    ]
    return Rows(torch.cat(parts).clone(), batch.target)


# ------------------------------------------------- training


def fit(
    net: nn.Module,
    loss_of: Callable[[int], Tensor],  # of a step
    accuracy: Callable[[], float],
    plan: Plan,
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
    for step in range(plan.steps + 1):
        if step % plan.every == 0:
            net.eval()
            with torch.inference_mode():
                right = accuracy()
            net.train()
            loss = torch.stack(losses).mean().item() if losses else None
            yield {"step": step, "loss": loss, "accuracy": right}
            losses.clear()
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
    net: nn.Module,
    forward: Callable[..., Tensor],
    job: Job,
    independent: bool = False,
) -> Result:
    """Train on tokens that are all there; measure on the test rows."""
    train = rows("train", independent)

    def loss_of(step: int) -> Tensor:
        random = generator(job.seed, Use.ORDER, step)
        chosen = torch.randint(len(train.target), (BATCH,), generator=random)
        logits = forward(train.tokens[chosen])
        return F.cross_entropy(logits, train.target[chosen])

    def accuracy(name: str, independent: bool = False) -> float:
        held_out = rows(name, independent)
        answer = forward(held_out.tokens).argmax(dim=1)
        return share(answer == held_out.target)

    of_validation = partial(accuracy, "validation", independent)
    curve = list(fit(net, loss_of, of_validation, job.plan))
    net.eval()
    with torch.inference_mode():
        end = {"test": accuracy("test", independent)}
        end |= {name: accuracy(name) for name in ("gone", "painted")}
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
            dim = {"number": 2}.get(places, 8)
        with torch.random.fork_rng(devices=[]):
            self.move = nn.Linear(dim, dim, bias=looks == 1)
            self.head = ScalingHead(3, 4.0)
            initialize(self, seed)
        if places == "learned":
            self.codes = learned_codes(dim, seed)
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


def learned_codes(dim: int, seed: int) -> nn.Parameter:
    """Begin codes of the places at random."""
    random = generator(seed, Use.PRETRAINING)
    return nn.Parameter(0.5 * torch.randn(PLACES, dim, generator=random))


def run_looks(job: Job, places: str, looks: int) -> Result:
    """Train one look, or a second one."""
    net = Looks(places, looks, job.seed)
    return fit_rows(net, net, job)


# ------------------------------------------------- every cell asks


def row_codes(dim: int, kind: str = "ring") -> Tensor:
    """Return codes of the 12 places and, for the query, zeros."""
    codes = torch.zeros(PLACES + 1, dim)
    if kind != "none":
        codes[:PLACES] = place_codes(PLACES, dim, kind == "ring") / 2
    return codes


def run_blocks(
    job: Job,
    codes: str = "ring",
    independent: bool = False,
    longer: bool = False,  # queries and keys: as matched ones, but not equal
    **changes: Any,
) -> Result:
    """Train a transformer on the tokens of rows."""
    config = TransformerConfig(**changes)
    net = Transformer(config, row_codes(config.dim, codes), job.seed)
    with torch.no_grad():
        for block in net.blocks if longer else ():
            block.attention.query.weight.mul_(1.7)
            block.attention.key.weight.mul_(1.7)
    curve, end = fit_rows(net, lambda x: net(x)[0][:, -1], job, independent)
    return curve, end | cuts(net, rows("test", independent))


@torch.inference_mode()
def cuts(net: Transformer, test: Rows) -> Row:
    """Say what is right, and what still is with a path of block 1 cut."""
    tokens, target = (part[:2_000] for part in test)
    slot = torch.arange(PLACES) // (PLACES // 3)
    query, cells = torch.ones(2, PLACES + 1, PLACES + 1, dtype=torch.bool)
    query[PLACES, :PLACES] = False  # it sees no cell
    # A cell sees those of its own symbol, and the query.
    cells[:PLACES, :PLACES] = slot == slot[:, None]
    masks: dict[str, dict[int, Tensor]] = {
        "whole": {},
        "cut-query-1": {0: query},
        "cut-cells-1": {0: cells},
    }
    return {
        name: share(net(tokens, visible=mask)[0][:, -1].argmax(1) == target)
        for name, mask in masks.items()
    }


# ------------------------------------------------- told in words


WORDS, DIGITS = 24, 10


def walks(n: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw walks around rings of distinct digits, and each ring's size."""
    rings = torch.rand(n, DIGITS, generator=random).argsort(dim=1)
    size = torch.randint(4, 9, (n, 1), generator=random)
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


def say(
    net: Transformer, words: Tensor, **how: Any
) -> tuple[Tensor, list[Tensor]]:
    """Show words to a teller, none of which sees a later one."""
    past = torch.ones(words.shape[1], words.shape[1], dtype=torch.bool).tril()
    visible = dict.fromkeys(range(len(net.blocks)), past)
    return net(F.one_hot(words, DIGITS).float(), visible=visible, **how)


def after_jumps(net: Transformer) -> Row:
    """Say how often a teller goes on in either way."""
    words, follows, oldest = jumps(2_000, generator(0, Use.INTERVENTION))
    answer = say(net, words)[0][:, -1].argmax(dim=1)
    return {
        "jump-follows": share(answer == follows),
        "jump-oldest": share(answer == oldest),
    }


def run_walk(job: Job, **changes: Any) -> Result:
    """Train a causal transformer to tell walks."""
    config = TransformerConfig(
        features=DIGITS, answers=DIGITS, without=("mlp",), **changes
    )
    net = Transformer(config, place_codes(WORDS, config.dim) / 2, job.seed)

    def loss_of(step: int) -> Tensor:
        words, _ = walks(BATCH, generator(job.seed, Use.STREAM, step))
        return F.cross_entropy(say(net, words[:, :-1])[0].mT, words[:, 1:])

    held_out, size = walks(2000, generator(0, Use.SCENE_SET))
    words = held_out[:, :-1]
    known = torch.arange(1, WORDS + 1) >= size  # the next word is certain

    def accuracy(**how: Any) -> float:
        answer = say(net, words, **how)[0].argmax(dim=2)
        return share((answer == held_out[:, 1:])[known])

    curve = list(fit(net, loss_of, accuracy, job.plan))
    net.eval()
    with torch.inference_mode():
        end: Row = {"parameters": trained(net), "test": accuracy()}
        after = after_same(words)
        for n, weights in enumerate(say(net, words)[1]):
            for head in range(config.heads):
                found = (weights[:, head] * after).sum(dim=2)[known]
                end[f"after-{n + 1}-{head + 1}"] = found.mean().item()
                muted = accuracy(mute={n: [head]})
                end[f"mute-{n + 1}-{head + 1}"] = muted
        return curve, end | after_jumps(net)


def after_same(words: Tensor) -> Tensor:
    """Mark for each word those that came right after the same one."""
    same = words[:, :, None] == words[:, None]  # asking, asked
    after = same.tril(-1).roll(1, dims=2)
    after[:, :, 0] = False
    return after


# ------------------------------------------------- from pixels


QUERIES = 3  # about each row
PATCH = 8  # px


class FromPixels(nn.Module):
    """A front end and what answers, trained together.

    `looks` 1 is the course's own network; 2 adds a second look at learned
    places; 0 is a transformer over the tokens of the middle line. A part of
    the tokens can come from the trained network: `given` says which. All of
    it is trained further; one half of it is not.
    """

    def __init__(self, looks: int, seed: int, given: str = "", **changes: Any):
        super().__init__()
        self.looks, self.given = looks, given
        self.front = ColorNetImage(best().config, seed)
        if looks == 0:
            config = TransformerConfig(**changes)
            self.net = Transformer(config, row_codes(config.dim), seed)
        elif looks == 2:
            self.codes = learned_codes(8, seed)
            with torch.random.fork_rng(devices=[]):
                self.move = nn.Linear(8, 8, bias=False)
                initialize(self.move, seed)
        if given == "all":
            self.front.load_state_dict(best().state_dict())

    def forward(self, batch: Batch) -> Tensor:
        """Return logits for each query; queries share a row's tokens."""
        few = replace(batch, image=batch.image[::QUERIES])
        if self.looks == 1:
            return self.front(few.image, few.query)[0]
        tokens = tokens_of(self.front, few)
        if self.given in ("keys", "query"):
            with torch.no_grad():
                other = tokens_of(best().to(batch.image.device), few)
            pair = (other, tokens) if self.given == "keys" else (tokens, other)
            tokens = torch.cat([pair[0][:, :-1], pair[1][:, -1:]], dim=1)
        if self.looks == 0:
            return self.net(tokens)[0][:, -1]
        keys, colors = tokens[:, :-1, :DIM], tokens[:, :-1, DIM : DIM + 3] / 3
        first = attend_all(tokens[:, -1:, :DIM], keys)[1]
        codes = self.codes.expand(len(tokens), -1, -1)
        second = attend_all(self.move(first @ codes), codes)[1]
        return self.front.head((second @ colors)[:, 0])


class Patches(nn.Module):
    """A small vision transformer: tokens are patches of 8 by 8 pixels.

    Of each patch it gets the brightness of its pixels, and its mean color.
    """

    def __init__(self, seed: int):
        super().__init__()
        tokens = SLOT // PATCH * (3 * SLOT // PATCH) + (SLOT // PATCH) ** 2
        config = TransformerConfig(
            features=PATCH * PATCH + 3 + tokens,
            dim=128,
            heads=4,
            blocks=4,
            expansion=4,
        )
        zeros = torch.zeros(tokens, config.dim)  # codes are learned
        self.net = Transformer(config, zeros, seed)
        self.register_buffer("places", torch.eye(tokens))

    def patches(self, image: Tensor) -> Tensor:
        """Cut normalized images into patches."""
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


def run_pixels(
    job: Job,
    net: nn.Module,
    itself: bool = False,  # ask for the queried symbol's own color
    batch: int = 126,
) -> Result:
    """Train on rows that never repeat."""
    torch.set_float32_matmul_precision("high")
    net = net.to(job.device)

    def target(rows: Batch) -> Tensor:
        if not itself:
            return rows.target
        each = torch.arange(len(rows), device=rows.target.device)
        return rows.colors[each, rows.query_index]

    digits = {
        split: load("mnist", split).to(job.device)
        for split in ("train", "validation", "test")
    }

    def some(split: str, n: int, *key: int) -> Batch:
        random = generator(*key, device=job.device)
        return draw_rows(digits[split], n // QUERIES, random, QUERIES)

    def loss_of(step: int) -> Tensor:
        rows = some("train", batch, job.seed, Use.STREAM, step)
        return F.cross_entropy(net(rows), target(rows))

    def held_out(split: str, n: int) -> list[Batch]:
        key = 0, Use.SCENE_SET
        return [some(split, 600, *key, k) for k in range(-(-n // 600))]

    def accuracy(parts: list[Batch]) -> float:
        right = [net(p).argmax(dim=1) == target(p) for p in parts]
        return share(torch.cat(right))

    of_validation = partial(accuracy, held_out("validation", VALIDATION))
    curve = list(fit(net, loss_of, of_validation, job.plan))
    net.eval()
    with torch.inference_mode():
        end: Row = {"test": accuracy(held_out("test", TEST))}
    return curve, end | {"parameters": trained(net)}


def from_pixels(
    job: Job, looks: int = 0, itself: bool = False, **changes: Any
) -> Result:
    """Train the course's network, or a transformer, from pixels."""
    return run_pixels(job, FromPixels(looks, job.seed, **changes), itself)


def from_patches(job: Job) -> Result:
    """Train a small vision transformer."""
    return run_pixels(job, Patches(job.seed), itself=True, batch=510)


# ------------------------------------------------- all runs


EPOCH = 79  # steps
USUAL = Plan()
SHORT = Plan(steps=600, rate=3e-2)
LONG = Plan(steps=1_600, every=40)
LONGEST = Plan(steps=4_000, every=40)
TELL = Plan(steps=1_500)
FAST = Plan(steps=12 * EPOCH, rate=1e-2, every=EPOCH)
SLOW = Plan(steps=24 * EPOCH, every=EPOCH)
HUNGRY = Plan(2_000, 5e-4, 500, constant=True, decay=0.05)
KINDS = "none", "number", "sinusoids", "ring", "learned", "relative"


class Variant:
    """What one run trains, its plan, and how many seeds."""

    def __init__(
        self,
        run: Callable[..., Result],
        plan: Plan = USUAL,
        seeds: int = 10,
        **options: Any,
    ):
        self.run, self.plan, self.seeds = partial(run, **options), plan, seeds


GROUPS: Mapping[str, Mapping[str, Variant]] = {
    # b: how far one look gets.
    "one-look": {
        "no-places": Variant(run_looks, SHORT, 5, places="none", looks=1),
        "learned-places": Variant(
            run_looks, SHORT, 5, places="learned", looks=1
        ),
    },
    # d: which places a second look needs.
    "places": {
        kind: Variant(run_looks, SHORT, 5, places=kind, looks=2)
        for kind in KINDS
    },
    # e: two blocks, and every part taken away.
    "blocks": {
        "whole": Variant(run_blocks, seeds=30),
        "no-places": Variant(run_blocks, codes="none"),
        "line-places": Variant(run_blocks, codes="line"),
        "no-residual": Variant(run_blocks, without=("residual",)),
        "no-norm": Variant(run_blocks, without=("norm",)),
        "no-mlp": Variant(run_blocks, without=("mlp",)),
        "bare": Variant(run_blocks, without=("mlp", "norm")),
        "one-head": Variant(run_blocks, heads=1),
        "four-heads": Variant(run_blocks, heads=4),
        "one-block": Variant(run_blocks, blocks=1),
        "one-block-long": Variant(run_blocks, LONGEST, 2, blocks=1),
        "one-block-one-head": Variant(
            run_blocks, blocks=1, heads=1, without=("mlp",)
        ),
    },
    # e: how queries and keys start.
    "start": {
        "equal": Variant(run_blocks, seeds=30, matched_start=1.0),
        "longer": Variant(
            run_blocks, seeds=30, longer=True, matched_start=0.0
        ),
        "independent": Variant(run_blocks, seeds=30, matched_start=0.0),
    },
    # f: independent colors; which route does a network take?
    "routes": {
        "independent": Variant(run_blocks, LONG, 30, independent=True),
        "short": Variant(run_blocks, independent=True),
        "one-block": Variant(run_blocks, LONG, independent=True, blocks=1),
    },
    # g: told in words.
    "walks": {
        "short": Variant(run_walk),
        "two-blocks": Variant(run_walk, TELL),
        "one-block": Variant(run_walk, TELL, blocks=1),
    },
    # h: from pixels; asked for the queried symbol's own color, or not.
    "pixels": {
        "course-itself": Variant(from_pixels, FAST, 5, looks=1, itself=True),
        "two-looks": Variant(from_pixels, FAST, 5, looks=2),
        "given": Variant(from_pixels, SLOW, 5, given="all"),
        "transformer": Variant(from_pixels, SLOW, 5),
        "transformer-itself": Variant(from_pixels, SLOW, 5, itself=True),
        "keys-given-itself": Variant(
            from_pixels, SLOW, 5, itself=True, given="keys"
        ),
        "query-given-itself": Variant(
            from_pixels, SLOW, 5, itself=True, given="query"
        ),
        "independent-start-itself": Variant(
            from_pixels, SLOW, 5, itself=True, matched_start=0.0
        ),
        "longer-start-itself": Variant(
            from_pixels, SLOW, 5, itself=True, matched_start=4.0
        ),
    },
    # h: patches.
    "hunger": {
        "patches": Variant(from_patches, HUNGRY, 1),
    },
}


def make(group: str, name: str, job: Job, path: Path) -> str:
    """Make one run and write its file."""
    torch.set_num_threads(1)
    began = perf_counter()
    curve, end = GROUPS[group][name].run(job)
    found = {
        "variant": name,
        "seed": job.seed,
        **claims.provenance(f"{COMMAND} {group}"),
        "end": end,
        "curve": curve,
    }
    write(path, json.dumps(found).encode())
    seconds = perf_counter() - began
    return f"{group}/{path.stem}: {curve[-1]['accuracy']:.3f}, {seconds:.0f} s"


def store(folder: Path) -> None:
    """Collect the runs of each group into two files of the package."""
    for group, variants in GROUPS.items():
        paths = (folder / group).glob("*.json")
        found = [json.loads(path.read_text()) for path in paths]
        found = [run for run in found if run["variant"] in variants]
        if not found:
            continue
        found.sort(key=lambda run: (run["variant"], run["seed"]))
        curves, ends = [], []
        for run in found:
            label = {"variant": run["variant"], "seed": run["seed"]}
            curves += [label | row for row in run["curve"]]
            ends.append(label | {k: rounded(v) for k, v in run["end"].items()})
        about = {
            "command": f"{COMMAND} {group}",
            "hardware": "; ".join(sorted({run["hardware"] for run in found})),
            "versions": "; ".join(sorted({run["versions"] for run in found})),
            "date": max(run["date"] for run in found),
            "end": ends,
        }
        table = pd.DataFrame(curves).to_csv(index=False, float_format="%.5g")
        body = json.dumps(about, indent=1) + "\n"
        target = STORED / "runs" / "transformer"
        write(target / f"{group}.csv", table.encode())
        write(target / f"{group}.json", body.encode())


def rounded(value: float) -> float:
    """Keep five significant digits, and counts as they are."""
    return claims.significant(value) if isinstance(value, float) else value


def main() -> None:
    """Make the runs that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("groups", nargs="*", default=[*GROUPS], metavar="GROUP")
    add("--out", type=Path, default=KEPT)
    add("--device", default="cpu")
    add("--workers", type=int, default=2)
    add("--store", action="store_true")
    options = parser.parse_args()
    if options.store:
        store(options.out)
        return
    todo = [
        (group, name, Job(variant.plan, seed, options.device), path)
        for group in options.groups
        for seed in range(max(v.seeds for v in GROUPS[group].values()))
        for name, variant in GROUPS[group].items()
        if seed < variant.seeds
        and not (path := options.out / group / f"{name}-{seed}.json").exists()
    ]
    print(f"{len(todo)} runs to make", flush=True)
    pool = Parallel(options.workers, return_as="generator_unordered")
    for said in pool(delayed(make)(*each) for each in todo):
        print(said, flush=True)


if __name__ == "__main__":
    # As a module, whose functions other processes find by their names.
    import transformer_runs

    transformer_runs.main()
