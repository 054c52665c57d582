"""Measure what chapter 5 says of the plateau, and write it down.

`python book/measure/chapter_05.py` trains the post's net for three epochs from
five seeds, each time with one thing changed, stores the rows as
`plateau-NAME`, and writes the claims that begin with `plateau`. What was
trained before lies in `_runs/plateau` and is not trained again.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from from_runs import summary
from torch import Tensor, nn

from colorattn import claims, runs
from colorattn.analysis.localization import box_masks, upsample
from colorattn.claims import Claim
from colorattn.data import symbols
from colorattn.data.stream import Batch, Stream
from colorattn.files import write
from colorattn.runs.record import Row
from colorattn.runs.store import Record, save
from colorattn.training.config import EPOCH, POST
from colorattn.training.loop import Run, evaluate, start, stream_of, train

COMMAND = "python book/measure/chapter_05.py"
KEPT = Path("_runs/plateau")
SEEDS, EPOCHS = range(5), 3
LOUDER = 4  # times the head's scale
MORE = range(20)  # seeds behind what is said of first gradients
DRAWS = 16  # batches for each
PARTS = {"image": "encode_image", "query": "encode_query"}
CHANGES = {
    "query-given": "its query encoder is that of the trained net, and fixed",
    "image-given": "its image encoder is that of the trained net, and fixed",
    "louder-head": f"its head begins {LOUDER} times as large",
    "longer-query": "its query vector begins as long as the trained net's",
    "told-where": "the loss is that of the place, not of the color",
}


def changed(name: str, seed: int) -> Run:
    """Begin the post's experiment with one thing changed."""
    louder = POST.model.head_scale * LOUDER
    scale = louder if name == "louder-head" else POST.model.head_scale
    model = replace(POST.model, head_scale=scale)
    run = start(replace(POST, model=model, seed=seed))
    trained = runs.model("post-mnist")
    if name.endswith("given"):
        part = PARTS[name.partition("-")[0]]
        given = getattr(run.model, part)
        given.load_state_dict(getattr(trained, part).state_dict())
        given.requires_grad_(False)
    if name == "longer-query":
        batch = Stream(drawings(), POST.scene, 512, seed=0).batch(0)
        lengths = [query_length(m, batch) for m in (trained, run.model)]
        *_, norm, _ = run.model.encode_query.layers  # the last, and its ReLU
        norm.weight.data *= lengths[0] / lengths[1]
    return run


def query_length(model: nn.Module, batch: Batch) -> float:
    """Return the mean length of the query vectors while the net trains."""
    model = deepcopy(model).train()
    with torch.no_grad():
        vector = model.pool(model.encode_query(model.normalize(batch.query)))
    return vector.norm(dim=1).mean().item()


def drawings() -> symbols.Symbols:
    """Return what the runs train on."""
    return symbols.load("mnist", "train")


def of_place(run: Run, batch: Batch) -> Tensor:
    """Return the loss of weights that ought to lie in the queried box."""
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
            yield float(np.mean(losses[-EPOCH:]))


def measured(name: str, seed: int) -> list[Row]:
    """Train for three epochs, or read what that gave before."""
    path = KEPT / f"{name}-{seed}.json"
    if path.exists():
        return json.loads(path.read_text())
    run, rows = changed(name, seed), []
    held_out = runs.scenes(POST, "validation")
    if name == "told-where":
        losses = told_where(run)
    else:
        steps = train(run, stream_of(run, drawings()), EPOCHS * EPOCH)
        losses = (progress.loss for progress in steps)
    for epoch, loss in enumerate(losses, start=1):
        found = evaluate(run.model, held_out)._asdict()
        rows.append(
            {"seed": seed, "epoch": epoch, "train_loss": loss, **found}
        )
    write(path, json.dumps(rows).encode())
    print(f"{name}, seed {seed}: {rows[-1]}", flush=True)
    return rows


def first_gradients(name: str, seed: int) -> dict[str, Tensor]:
    """Return each encoder's gradients before the first step, one a row."""
    run = changed(name, seed)
    rows: dict[str, list[Tensor]] = {"image": [], "query": []}
    for batch in islice(stream_of(run, drawings()), DRAWS):
        model = deepcopy(run.model).train()
        logits, _, _ = model(batch.image, batch.query)
        F.cross_entropy(logits, batch.target).backward()
        for part, found in rows.items():
            parameters = getattr(model, PARTS[part]).parameters()
            grads = [p.grad.flatten() for p in parameters if p.requires_grad]
            found.append(torch.cat(grads) if grads else torch.zeros(1))
    return {part: torch.stack(found) for part, found in rows.items()}


def agreement(gradients: Tensor) -> float:
    """Return the mean cosine of all pairs of rows."""
    unit, n = F.normalize(gradients, dim=1), len(gradients)
    return ((unit.sum(dim=0).square().sum() - n) / (n * (n - 1))).item()


def length(gradients: Tensor) -> float:
    """Return the mean length of the rows."""
    return gradients.norm(dim=1).mean().item()


def store_rows(name: str, rows: list[Row]) -> Record:
    """Store the rows of all seeds, to be read by `records.run`."""
    facts = {**claims.provenance(COMMAND), "change": CHANGES[name]}
    base = replace(POST, seed=SEEDS[0])
    return save(Record(f"plateau-{name}", base, rows, [], facts))


def put(name: str, record: Record, values: list[float], claim: Claim) -> None:
    """Put what the seeds gave into the ledger, with its interval."""
    made = summary(
        record, np.array(values), claim.what, claim.scenes or 0, claim.unit
    )
    if claim.unit == "times" and made.low is not None:
        made = replace(made, low=max(made.low, 0.0))
    claims.put(name, made)


def write_claims(found: dict[str, Record]) -> None:
    """Put what the chapter cites into the ledger."""
    plain = runs.load("post-mnist-12-epochs")
    scenes = runs.VALIDATION_SCENES
    for name, record in {"nothing-given": plain, **found}.items():
        values = list(100 * record.curves("accuracy")[:, EPOCHS - 1])
        what = f"validation accuracy of {record.name} after epoch {EPOCHS}"
        claim = Claim(0, "%", what, scenes=scenes)
        put(f"plateau-{name}-accuracy", record, values, claim)
    curves = plain.curves("accuracy"), plain.curves("hit")
    values = [np.corrcoef(a, h)[0, 1] for a, h in zip(*curves, strict=True)]
    what = "correlation of accuracy and hit over the epochs of a run"
    put(
        "plateau-correlation", plain, values, Claim(0, "", what, scenes=scenes)
    )
    bare = replace(claims.ledger()["plateau-correlation"], low=None, high=None)
    claims.put(
        "plateau-correlation", bare
    )  # a correlation has no normal spread
    values = list((curves[0] >= 0.5).argmax(axis=1) + 1.0)
    what = "the first epoch after which half of the answers are right"
    put("plateau-epochs", plain, values, Claim(0, "", what, scenes=scenes))
    write_gradients(found)
    given = F.adaptive_avg_pool2d(box_masks(test := of_test()), (8, 8))
    model = runs.model("post-mnist")
    model.head.reset_parameters()
    weights = given / given.sum(dim=(1, 2), keepdim=True)
    image = model.normalize(test.image)
    right = model.head(model.readout(image, weights)).argmax(dim=1)
    share = 100 * (right == test.target).float().mean().item()
    what = "test accuracy of a fresh head, weights on the box (no seed)"
    facts = claims.provenance(COMMAND)
    claim = Claim(share, "%", what, scenes=len(test), **facts)
    claims.put("plateau-perfect-attention", claim)


def of_test() -> Batch:
    """Return the test scenes."""
    return runs.scenes(POST, "test")


def write_gradients(found: dict[str, Record]) -> None:
    """Put lengths and agreement of the first gradients into the ledger."""
    record = found["query-given"]
    first = {
        name: [first_gradients(name, seed) for seed in MORE]
        for name in ("nothing", "query-given", "image-given")
    }
    for part, name in (("image", "query-given"), ("query", "image-given")):
        plain = [grads[part] for grads in first["nothing"]]
        given = [grads[part] for grads in first[name]]
        pairs = zip(given, plain, strict=True)
        values = [length(a) / length(b) for a, b in pairs]
        what = f"as long is the {part} encoder's first gradient, {name}"
        claim = Claim(0, "times", what, scenes=128 * DRAWS)
        put(f"plateau-{part}-gradient", record, values, claim)
        for title, each in (("", plain), ("-given", given)):
            values = [agreement(gradients) for gradients in each]
            what = f"cosine of two first gradients, {part} encoder{title}"
            claim = Claim(0, "", what, scenes=128 * DRAWS)
            put(f"plateau-{part}-agreement{title}", record, values, claim)


if __name__ == "__main__":
    torch.set_num_threads(1)
    KEPT.mkdir(parents=True, exist_ok=True)
    pairs = {(n, s): measured(n, s) for s in SEEDS for n in CHANGES}
    write_claims(
        {
            name: store_rows(name, [r for s in SEEDS for r in pairs[name, s]])
            for name in CHANGES
        }
    )
