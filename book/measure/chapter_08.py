"""Measure what chapter 8 says of the stored nets, and write it down.

`python book/measure/chapter_08.py` takes some minutes: it trains five plain
classifiers, and asks the stored nets about the test scenes of both data sets.
"""

from dataclasses import replace

import torch
import torch.nn.functional as F
from from_runs import several
from torch import Tensor, nn
from tqdm import tqdm

from colorattn import claims, runs
from colorattn.analysis import errors, intervention
from colorattn.analysis.statistics import bootstrap_interval
from colorattn.claims import Claim, significant
from colorattn.data import symbols
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import MNIST_NORMALIZATION
from colorattn.model.encoder import Encoder, EncoderConfig, convolutions
from colorattn.training.config import NAMED

COMMAND = "python book/measure/chapter_08.py"
NETS = {"post": "post-{}", "best": "best-{}"}
TOPS, SHOES = (
    ("T-shirt", "pullover", "dress", "coat", "shirt"),
    (
        "sandal",
        "sneaker",
        "ankle boot",
    ),
)
SEEDS, EPOCHS = 5, 8  # of the classifiers; an epoch is all 55,000 drawings


def main() -> None:
    """Measure, and put what was found into the ledger."""
    facts = claims.provenance(COMMAND)
    for name, claim in {**nets(), **classifiers()}.items():
        claims.put(name, replace(claim, **facts))


def nets() -> dict[str, Claim]:
    """Ask the stored nets about clothes and digits."""
    names = symbols.CLASSES["fashion"]
    family = torch.arange(10)
    for group in (TOPS, SHOES):
        members = [names.index(name) for name in group]
        family[members] = members[0]
    scenes = {
        data: runs.scenes(NAMED[f"post-{data}"], "test")
        for data in ("mnist", "fashion")
    }
    made = {}
    for net, pattern in NETS.items():
        answers = ask(pattern.format("fashion"), scenes["fashion"])
        clothes = scenes["fashion"]
        right = answers == clothes.target
        of = clothes.query_class
        related = errors.has_relative(clothes, family)
        made[f"fashion-{net}-related"] = one(
            right, clothes, related, f"{net}-fashion, a relative beside it"
        )
        made[f"fashion-{net}-alone"] = one(
            right, clothes, ~related, f"{net}-fashion, no relative beside it"
        )
        for n, name in enumerate(names):
            made[f"fashion-{net}-{name.lower().replace(' ', '-')}"] = one(
                right, clothes, of == n, f"{net}-fashion, asked for {name}"
            )
        for trained, asked in (("mnist", "fashion"), ("fashion", "mnist")):
            there = scenes[asked]
            right = ask(pattern.format(trained), there) == there.target
            made[f"fashion-{net}-{trained}-to-{asked}"] = one(
                right,
                there,
                torch.ones_like(right),
                f"{net}-{trained} asked about {asked}",
            )
    digits = scenes["mnist"]
    kin = torch.tensor([0, 1, 2, 3, 4, 3, 6, 4, 3, 4])  # 3, 5, 8; 4, 7, 9
    beside = errors.has_relative(digits, kin)
    right = (ask("best-mnist", digits) == digits.target)[beside]
    share = significant(100 * right.float().mean().item())
    made["fashion-digits-related"] = Claim(
        share,
        "%",
        "accuracy of best-mnist beside 3, 5, 8 or 4, 7, 9; one net on fixed "
        "scenes, so other machines differ by rounding alone",
        seeds=1,
        scenes=len(right),
        low=significant(share - 0.2),
        high=significant(share + 0.2),
    )
    made["fashion-related-share"] = Claim(
        significant(100 * related.float().mean().item()),
        "%",
        "test scenes with a relative of the queried class; no seed",
        scenes=len(related),
    )
    return made


def ask(name: str, scenes: Batch) -> Tensor:
    """Return the color that a stored net names in each scene."""
    return intervention.predict(runs.model(name), scenes).answer


def one(right: Tensor, scenes: Batch, chosen: Tensor, what: str) -> Claim:
    """Claim the accuracy of one net on some scenes, over drawings."""
    found = bootstrap_interval(
        right[chosen].float(), scenes[chosen], generator(0, Use.BOOTSTRAP)
    )
    low, high = 100 * found.low, 100 * found.high
    return Claim(
        significant(100 * found.share),
        "%",
        f"accuracy of {what}; one net, interval over drawings",
        seeds=1,
        scenes=int(chosen.sum()),
        low=significant(low),
        high=significant(high),
    )


class Classifier(nn.Module):
    """The post's query encoder, with a layer that names the class."""

    def __init__(self) -> None:
        """Read the whole map: 4 by 4 cells of 32 numbers."""
        super().__init__()
        config = EncoderConfig()
        self.encode = Encoder(config, convolutions(config, 1))
        self.name = nn.Linear(4 * 4 * 32, 10)

    def forward(self, drawings: Tensor) -> Tensor:
        """Return a logit for each class."""
        pixels = drawings.unsqueeze(1).float() / 255
        normal = MNIST_NORMALIZATION
        features = self.encode((pixels - normal.mean) / normal.std)
        return self.name(features.flatten(1))


def classifiers() -> dict[str, Claim]:
    """Train plain classifiers of clothes: what the drawings alone allow."""
    train = symbols.load("fashion", "train")
    test = symbols.load("fashion", "test")
    labels = test.labels(torch.arange(len(test.images)))
    shirt = test.classes.index("shirt")
    whole, shirts = [], []
    for seed in tqdm(range(SEEDS), unit="classifier"):
        named = classify(learn(train, seed), test.images)
        whole.append(100 * (named == labels).float().mean().item())
        its = named[labels == shirt] == shirt
        shirts.append(100 * its.float().mean().item())
    size = sum(p.numel() for p in Classifier().parameters())
    what = f"of a classifier with {size:,} parameters after {EPOCHS} epochs"
    drawings = len(labels), int(test.counts[shirt])
    return {
        "fashion-classifier": several(
            whole, f"test accuracy {what}", drawings[0]
        ),
        "fashion-classifier-shirts": several(
            shirts, f"test accuracy on shirts {what}", drawings[1]
        ),
    }


def learn(train: Symbols, seed: int) -> nn.Module:
    """Train a classifier on all drawings, again and again, shuffled."""
    labels = train.labels(torch.arange(len(train.images)))
    torch.manual_seed(seed)
    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    for epoch in range(EPOCHS):
        order = torch.randperm(
            len(labels), generator=generator(seed, Use.CLASSIFIER, epoch)
        )
        for chosen in order.split(128):
            optimizer.zero_grad()
            logits = model(train.images[chosen])
            F.cross_entropy(logits, labels[chosen]).backward()
            optimizer.step()
    return model.eval()


@torch.inference_mode()
def classify(model: nn.Module, drawings: Tensor) -> Tensor:
    """Return the class that the model names for each drawing."""
    return torch.cat([model(d).argmax(dim=1) for d in drawings.split(500)])


if __name__ == "__main__":
    main()
