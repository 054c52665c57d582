"""Measure what chapter 8 says of the stored nets and of plain classifiers.

`python book/measure/chapter_08.py` takes half an hour: it trains five
classifiers of clothes, and forty networks with one encoder or with two, and
asks these and the stored nets about both data sets.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from publish import Claims, arguments, publish
from scipy.sparse import csr_array
from torch import Tensor
from tqdm import tqdm

from colorattn import claims, runs
from colorattn.analysis import classifier
from colorattn.analysis.errors import confusion_matrix, has_relative
from colorattn.analysis.intervention import predict
from colorattn.analysis.statistics import bootstrap_interval, difference
from colorattn.claims import Claim, over_seeds, paired
from colorattn.data import symbols
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.runs.record import SCENE_SEED
from colorattn.runs.sweep import checkpoint_path, sweep
from colorattn.training.checkpoint import load_model
from colorattn.training.config import NAMED, vary

COMMAND = "python book/measure/chapter_08.py"
TOPS = "T-shirt", "pullover", "dress", "coat", "shirt"
SHOES = "sandal", "sneaker", "ankle boot"
DIGITS = (0, 1, 2, 3, 4, 3, 6, 4, 3, 4)  # 3, 5, 8 are related; so are 4, 7, 9
SHIRT = symbols.CLASSES["fashion"].index("shirt")
SCENES = 10_000
SEEDS, EPOCHS = 5, 8  # of the classifiers; an epoch is all 55,000 drawings
PAIRS, SHORT = 10, 12  # seeds and epochs of networks with one encoder and two
KEPT = Path("_runs/encoders")


def family() -> Tensor:
    """Number the families of clothes: tops, shoes, and each other class."""
    names = symbols.CLASSES["fashion"]
    numbers = torch.arange(10)
    for group in (TOPS, SHOES):
        members = [names.index(name) for name in group]
        numbers[members] = members[0]
    return numbers


def right(name: str, scenes: Batch) -> Tensor:
    """Say in which scenes a stored net names the right color."""
    return predict(runs.model(name), scenes).answer == scenes.target


def accuracy(right: Tensor, scenes: Batch, what: str) -> Claim:
    """Claim how many of some scenes a net has right."""
    random = generator(0, Use.BOOTSTRAP)
    found = bootstrap_interval(right.float(), scenes, random)
    what, seeds = f"accuracy of {what}", len(right.view(-1, len(scenes)))
    return claims.over_drawings(found, what, len(scenes), seeds)


def of_nets() -> Claims:
    """Ask the stored nets about clothes and digits."""
    names = "post-fashion", "post-mnist"
    clothes, digits = (runs.scenes(NAMED[name], "test") for name in names)
    related = has_relative(clothes, family())
    shirts = clothes.query_class == SHIRT
    for net in ("post", "best"):
        name, key = f"fashion-300/{net}", f"fashion-{net}"
        marks = torch.tensor(runs.load(name).right.to_numpy())
        for part, chosen, what in (
            ("related", related, "a relative beside it"),
            ("alone", ~related, "no relative beside it"),
            ("shirt", shirts, "asked for shirts"),
        ):
            some, what = clothes[chosen], f"{name}, {what}"
            yield f"{key}-{part}", accuracy(marks[:, chosen], some, what)
        for trained, asked, scenes in (
            ("mnist", "fashion", clothes),
            ("fashion", "mnist", digits),
        ):
            name = f"{net}-{trained}"
            what = f"{name} asked about {asked}"
            claim = accuracy(right(name, scenes), scenes, what)
            yield f"{key}-{trained}-to-{asked}", claim
    beside = has_relative(digits, torch.tensor(DIGITS))
    marks = right("best-mnist", digits)[beside]
    share = 100 * marks.float().mean().item()
    what = "accuracy of best-mnist beside 3, 5, 8 or 4, 7, 9"
    claim = claims.of_one_net(share, what, len(marks), near=0.2)
    yield "fashion-digits-related", claim
    share = 100 * related.float().mean().item()
    what = "test scenes with a relative of the queried class; no seed"
    yield "fashion-related-share", Claim(share, "%", what, None, len(related))


def of_classifiers() -> Claims:
    """Train plain classifiers of clothes: what the drawings alone allow."""
    train, test = (symbols.load("fashion", part) for part in ("train", "test"))
    labels = test.labels(torch.arange(len(test.images)))
    shirt = labels == SHIRT
    whole, shirts = [], []
    for seed in tqdm(range(SEEDS), unit="classifier"):
        namer = classifier.Classifier(seed=seed)
        list(classifier.train(namer, train, seed, EPOCHS))
        chances = classifier.predict_proba(namer, test.images)
        whole.append(100 * classifier.accuracy(chances, labels))
        shirts.append(100 * classifier.accuracy(chances[shirt], labels[shirt]))
    size = sum(p.numel() for p in namer.parameters())
    what = f"of a classifier with {size:,} parameters after {EPOCHS} epochs"
    claim = over_seeds(whole, f"test accuracy {what}", len(labels))
    yield "fashion-classifier", claim
    n = int(shirt.sum())
    claim = over_seeds(shirts, f"test accuracy on shirts {what}", n)
    yield "fashion-classifier-shirts", claim


def of_encoders() -> Claims:
    """Train the best network with one encoder and two; ask about other data.

    Both see brightness alone, so that only the number of encoders differs.
    """
    for trained, asked in (("mnist", "fashion"), ("fashion", "mnist")):
        one = vary(NAMED[f"best-{trained}"], {"recipe.epochs": SHORT})
        both = {
            "model.query_encoder": one.model.image_encoder,
            "model.key_input": "brightness",
        }
        variants = {f"{trained}-1": one, f"{trained}-2": vary(one, both)}
        list(sweep(variants, [*range(PAIRS)], KEPT, 2))
        scenes, found = runs.scenes(NAMED[f"best-{asked}"], "test"), {}
        end = f"after {SHORT} epochs of {trained}"
        for name in variants:
            shares = []
            for seed in range(PAIRS):
                net = load_model(checkpoint_path(KEPT, name, seed))[1]
                marks = predict(net, scenes).answer == scenes.target
                shares.append(100 * marks.double().mean().item())
            found[name] = pd.Series(shares)
            what = f"test accuracy on {asked}, best network, {end}; encoders: "
            claim = over_seeds(shares, what + name[-1], SCENES)
            yield f"encoders-{name}-to-{asked}", claim
        few, many = found.values()
        what = f"points gained on {asked} with one encoder instead of two, "
        what += f"best network, {end}; "
        what += "95 % confidence interval of paired seeds"
        claim = paired(difference(few, many), few - many, what, SCENES)
        yield f"encoders-{trained}-to-{asked}-gain", claim


# ------------------------------------------------- families, and company


def of_families() -> Claims:
    """See on validation drawings whether families are what is confused."""
    drawings = symbols.load("fashion", "validation")
    scene = NAMED["post-fashion"].scene
    asked = fixed_scenes(drawings, scene, SCENES, SCENE_SEED)
    row, column = torch.triu_indices(10, 10, 1)  # every pair of classes
    members = family()
    related = members[row] == members[column]
    pairs = int(related.sum())
    answer = predict(runs.model("best-fashion"), asked).answer
    table = confusion_matrix(answer, asked).nan_to_num()
    confused = table[row, column] + table[column, row]
    count = int(related[confused.topk(pairs).indices].sum())
    what = f"of the {pairs} pairs that best-fashion confuses most on "
    what += f"validation drawings are in families, which have {pairs}"
    claim = claims.of_one_net(count, what, SCENES, "", 2.0)
    yield "fashion-best-families", claim


def of_company() -> Claims:
    """Say what the drawings of the other symbols add to an error."""
    asked = runs.scenes(NAMED["best-fashion"], "test")
    marks = right("best-fashion", asked)
    pair = torch.stack([asked.query_symbol, asked.query_id], dim=1)
    every = torch.cat([asked.drawing_ids, asked.query_id[:, None]], dim=1)
    few, all_ = (standard_error(marks, each) for each in (pair, every))
    random = generator(0, Use.BOOTSTRAP)
    found = bootstrap_interval(marks.float(), asked, random)
    wide = (found.high - found.low) / (2 * 1.96)
    what = "as large is the standard error of best-fashion's test accuracy"
    for key, ratio, than in (
        ("company", all_ / few, "with all drawings as without others"),
        ("bootstrap", wide / all_, "by the bootstrap as by clusters"),
    ):
        claim = claims.of_one_net(ratio, f"{what} {than}", SCENES, "times")
        yield f"error-best-fashion-{key}", claim


def standard_error(right: Tensor, drawings: Tensor) -> float:
    """Return that of a share whose scenes are clustered by their drawings.

    Scenes with a drawing in common may be right or wrong together (Cameron,
    Gelbach & Miller, 2011).
    """
    n, shown = drawings.shape
    scene = np.arange(n).repeat(shown)
    places = scene, drawings.numpy().ravel()
    shows = csr_array((np.ones(n * shown), places))
    together = (shows @ shows.T) > 0
    off = right.double().numpy() - right.double().mean().item()
    return float(off @ (together @ off)) ** 0.5 / n


def measured() -> Claims:
    """Measure everything."""
    yield from of_nets()
    yield from of_encoders()
    yield from of_classifiers()
    yield from of_families()
    yield from of_company()


if __name__ == "__main__":
    publish(measured(), COMMAND, arguments(__doc__).store)
