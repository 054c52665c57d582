"""Measure what chapter 5 says of the plateau.

`python book/measure/chapter_05.py` trains the post's net for three epochs from
five seeds, each time with one thing changed, which takes some minutes.
`--store` also stores the rows, as `plateau-NAME`.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import chain, islice

import pandas as pd
import torch
import torch.nn.functional as F
from from_runs import of_plateau
from publish import Claims, arguments, publish
from torch import Tensor, nn

from colorattn import claims, runs
from colorattn.analysis.localization import box_masks, upsample
from colorattn.claims import Claim, over_seeds
from colorattn.data import symbols
from colorattn.data.stream import Batch, Stream
from colorattn.model.attention import attend
from colorattn.runs.record import Row
from colorattn.runs.store import Record, save
from colorattn.training.config import EPOCH, POST, vary
from colorattn.training.loop import Run, evaluate, start, stream_of, train

COMMAND = "python book/measure/chapter_05.py"
SEEDS, EPOCHS = range(5), 3
LOUDER = 4  # times the head's scale
MORE = range(20)  # seeds behind what is said of first gradients
DRAWS = 16  # batches for each
CHANGES = {
    "query-given": "its query encoder is that of the trained net, and fixed",
    "image-given": "its image encoder is that of the trained net, and fixed",
    "louder-head": f"its head begins {LOUDER} times as large",
    "longer-query": "its query vector begins as long as the trained net's",
    "told-where": "the loss is that of the place, not of the color",
    "threefold-rate": "adam, a learning rate of 0.003",
    "tenfold-rate": "adam, a learning rate of 0.01",
    "sgd": "sgd, a learning rate of 1.0",
    "sgd-louder-head": (
        f"sgd, a learning rate of 1.0, a head {LOUDER} times as large"
    ),
}
RATES = {
    "threefold-rate": 0.003,
    "tenfold-rate": 0.01,
    # Of 0.1, 0.3, 1, 3 and 10, the rate with the highest purity, one seed.
    "sgd": 1.0,
    "sgd-louder-head": 1.0,
}


def changed(name: str, seed: int) -> Run:
    """Begin the post's experiment with one thing changed, or nothing."""
    rate = RATES.get(name, POST.recipe.learning_rate)
    changes = {"recipe.learning_rate": rate, "seed": seed}
    if name.endswith("louder-head"):
        changes["model.head_scale"] = LOUDER * POST.model.head_scale
    run = start(vary(POST, changes))
    if name.startswith("sgd"):
        run.optimizer = torch.optim.SGD(run.model.parameters(), lr=rate)
    trained = runs.model("post-mnist")
    if name.endswith("given"):
        part = f"encode_{name.partition('-')[0]}"
        given = getattr(run.model, part)
        given.load_state_dict(getattr(trained, part).state_dict())
        given.requires_grad_(False)
    if name == "longer-query":
        *_, norm, _ = run.model.encode_query.layers  # the last, and its ReLU
        norm.weight.data *= query_length(trained) / query_length(run.model)
    return run


def query_length(model: nn.Module) -> float:
    """Return the mean length of the query vectors while the net trains."""
    query = Stream(drawings(), POST.scene, 512, seed=0).batch(0).query
    model = deepcopy(model).train()
    with torch.no_grad():
        vector = model.pool(model.encode_query(model.normalize(query)))
    return vector.norm(dim=1).mean().item()


def drawings() -> symbols.Symbols:
    """Return what the runs train on."""
    return symbols.load("mnist", "train")


def of_place(run: Run, batch: Batch) -> Tensor:
    """Return the loss of weights that should be in the queried box."""
    _, _, weights = run.model(batch.image, batch.query)
    mask = upsample(weights, batch.image.shape[2])
    return -(mask * box_masks(batch)).sum(dim=(1, 2)).log().mean()


def told_where(run: Run) -> Iterator[float]:
    """Train on the place, yielding the mean loss of every epoch."""
    losses = []
    for batch in islice(stream_of(run, drawings()), EPOCHS * EPOCH):
        run.model.train()
        run.optimizer.zero_grad()
        loss = of_place(run, batch)
        loss.backward()
        run.optimizer.step()
        run.step += 1
        losses.append(loss.item())
        if run.step % EPOCH == 0:
            yield sum(losses[-EPOCH:]) / EPOCH


def trained(name: str, seed: int) -> Iterator[Row]:
    """Train for three epochs, yielding a row after each."""
    run = changed(name, seed)
    held_out = runs.scenes(POST, "validation")
    if name == "told-where":
        losses = told_where(run)
    else:
        steps = train(run, stream_of(run, drawings()), EPOCHS * EPOCH)
        losses = (progress.loss for progress in steps)
    for epoch, loss in enumerate(losses, start=1):
        found = evaluate(run.model, held_out)._asdict()
        print(f"{name}, seed {seed}: {found['accuracy']:.3f}", flush=True)
        yield {"seed": seed, "epoch": epoch, "train_loss": loss, **found}


def record(name: str) -> Record:
    """Return the rows of all seeds, with how they were made."""
    rows = [row for seed in SEEDS for row in trained(name, seed)]
    facts = {**claims.provenance(COMMAND), "change": CHANGES[name]}
    table = pd.DataFrame(rows).set_index(["seed", "epoch"])
    empty = pd.DataFrame({"seed": []}).set_index("seed")
    base = replace(POST, seed=SEEDS[0])
    return Record(f"plateau-{name}", base, table, empty, facts)


def first_gradients(change: str, part: str) -> list[Tensor]:
    """Return an encoder's gradients before the first step, for each seed.

    A row holds those of one batch.
    """
    found = []
    for seed in MORE:
        run, rows = changed(change, seed), []
        for batch in islice(stream_of(run, drawings()), DRAWS):
            model = deepcopy(run.model).train()
            logits, _, _ = model(batch.image, batch.query)
            F.cross_entropy(logits, batch.target).backward()
            parameters = getattr(model, f"encode_{part}").parameters()
            grads = [p.grad for p in parameters if p.grad is not None]
            rows.append(torch.cat([grad.flatten() for grad in grads]))
        found.append(torch.stack(rows))
    return found


def agreement(gradients: Tensor) -> float:
    """Return the mean cosine of all pairs of rows."""
    unit, n = F.normalize(gradients, dim=1), len(gradients)
    return ((unit.sum(dim=0).square().sum() - n) / (n * (n - 1))).item()


def of_gradients() -> Claims:
    """Measure lengths and agreement of the first gradients."""
    scenes = POST.recipe.batch_size * DRAWS
    for part, change in (("image", "query-given"), ("query", "image-given")):
        given, plain = (first_gradients(n, part) for n in (change, "nothing"))
        ratios = [
            one.norm(dim=1).mean().item() / other.norm(dim=1).mean().item()
            for one, other in zip(given, plain, strict=True)
        ]
        what = f"as long is the {part} encoder's first gradient, {change}"
        claim = over_seeds(ratios, what, scenes, "times")
        yield f"plateau-{part}-gradient", claim
        for ending, gradients in ("", plain), ("-given", given):
            what = f"cosine of two first gradients, {part} encoder{ending}"
            claim = over_seeds(map(agreement, gradients), what, scenes, "")
            yield f"plateau-{part}-agreement{ending}", claim


def of_perfect_attention() -> Claims:
    """Measure a fresh head where all weight is on the queried box."""
    test = runs.scenes(POST, "test")
    given = F.adaptive_avg_pool2d(box_masks(test), (8, 8))
    weights = given / given.sum(dim=(1, 2), keepdim=True)
    model = runs.model("post-mnist")
    model.head.reset_parameters()
    image = model.normalize(test.image)
    right = model.head(model.readout(image, weights)).argmax(dim=1)
    share = 100 * (right == test.target).float().mean().item()
    what = "test accuracy of a fresh head, weights on the box (no seed)"
    claim = Claim(share, "%", what, scenes=len(test))
    yield "plateau-perfect-attention", claim


def of_rivals() -> Claims:
    """Measure how two queries about one image push its keys."""
    for ending, change in (("", "nothing"), ("-given", "query-given")):
        alike, pushes = [], []
        for seed in MORE:
            run = changed(change, seed)
            batch = Stream(drawings(), POST.scene, 126, seed, 0, 3).batch(0)
            vectors, pushed = rivals(run.model, batch)
            alike.append(pairs_of_three(vectors))
            pushes.append(-pairs_of_three(pushed))
        what = f"cosine of two query vectors for one image{ending}"
        claim = over_seeds(alike, what, 42, "")
        yield f"plateau-query-cosine{ending}", claim
        what = f"cosine of two queries' pushes on the keys of an image{ending}"
        what += ", less its sign, which is negative"
        claim = over_seeds(pushes, what, 42, "")
        yield f"plateau-rivals{ending}", claim


def rivals(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return each query's vector, and its gradient on the keys."""
    model = deepcopy(model).train()
    image = model.normalize(batch.image[::3]).repeat_interleave(3, dim=0)
    keys = model.encode_image(image[::3]).repeat_interleave(3, dim=0)
    keys = keys.detach().requires_grad_()
    vector = model.pool(model.encode_query(model.normalize(batch.query)))
    _, weights = attend(vector, keys)
    logits = model.head(model.readout(image, weights))
    loss = F.cross_entropy(logits, batch.target, reduction="sum")
    (pushed,) = torch.autograd.grad(loss, keys)
    return vector.detach(), pushed


def pairs_of_three(rows: Tensor) -> float:
    """Return the mean cosine of any two of three consecutive rows."""
    unit = F.normalize(rows.flatten(1), dim=1)
    a, b, c = unit.view(-1, 3, unit.shape[1]).unbind(dim=1)
    return ((a * b + b * c + c * a).sum(dim=1) / 3).mean().item()


if __name__ == "__main__":
    store = arguments(__doc__).store
    found = {name: record(name) for name in CHANGES}
    if store:
        found = {name: save(each) for name, each in found.items()}
    made = of_plateau(found), of_gradients(), of_perfect_attention()
    publish(chain(*made, of_rivals()), COMMAND, store)
