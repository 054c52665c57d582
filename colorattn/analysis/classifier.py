"""Plain classifiers of single drawings, for comparison with the network.

Each is the post's query encoder with a linear layer for the classes. It sees a
whole drawing, or no more of it than a key of the network does.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64, UInt8
from torch import Generator, Tensor, nn

from colorattn.data.augmentation import TRANSLATION, augment
from colorattn.data.scene import SIDE
from colorattn.data.seeds import Use, generator
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import MNIST_NORMALIZATION, initialize
from colorattn.model.encoder import Encoder, EncoderConfig, convolutions

Drawings = UInt8[Tensor, "n 28 28"]
Crops = UInt8[Tensor, "n side side"]
STRIDE = 8  # px from key to key
FIELD = 17  # px, of the post's keys


class Classifier(nn.Module):
    """Classify a drawing, or a crop of one."""

    def __init__(self, side: int = SIDE, seed: int = 0):
        """Take the side of the input in px; 28 is a whole drawing."""
        super().__init__()
        config = EncoderConfig()
        cells = -(-side // STRIDE)  # rounded up
        with torch.random.fork_rng(devices=[]):
            self.encode = Encoder(config, convolutions(config, 1))
            self.output = nn.Linear(config.channels[-1] * cells**2, 10)
            initialize(self, seed)
        self.side = side

    def forward(self, drawings: Crops) -> Float[Tensor, "n 10"]:
        """Return a logit for each class."""
        mean, std = MNIST_NORMALIZATION.mean, MNIST_NORMALIZATION.std
        normal = (drawings.unsqueeze(1) / 255 - mean) / std
        return self.output(self.encode(normal).flatten(1))


def crop_best_key(drawings: Drawings, side: int, random: Generator) -> Crops:
    """Crop each drawing to the receptive field of its best key.

    It has the most ink in its `side` px; the drawing's offset is random.
    """
    n, each = len(drawings), torch.arange(len(drawings))
    corner = STRIDE + torch.randint(STRIDE, (n, 2), generator=random)
    canvas = drawings.new_zeros(n, 52, 52)  # room for any offset and field
    row, column = corner.unbind(dim=1)
    canvas.unfold(1, SIDE, 1).unfold(2, SIDE, 1)[each, row, column] = drawings
    windows = canvas.unfold(1, side, STRIDE).unfold(2, side, STRIDE)
    fields = windows.flatten(1, 2)  # n, places, side, side
    best = fields.sum(dim=(2, 3)).argmax(dim=1)
    return fields[each, best]


def shown(drawings: Drawings, side: int, random: Generator) -> Crops:
    """Return whole drawings, or crops of this side by their best keys."""
    return drawings if side == SIDE else crop_best_key(drawings, side, random)


def train(
    classifier: Classifier,
    symbols: Symbols,
    seed: int,
    epochs: int,
    augmented: bool = False,
) -> Iterator[float]:
    """Train on all drawings, yielding each epoch's mean loss in nats.

    `augmented` transforms them as it does the queries of a scene.
    """
    labels = symbols.labels(torch.arange(len(symbols.images)))
    optimizer = torch.optim.Adam(classifier.parameters(), fused=True)
    for epoch in range(epochs):
        random = generator(seed, Use.CLASSIFIER, epoch)
        losses = []
        classifier.train()
        for chosen in torch.randperm(len(labels), generator=random).split(128):
            optimizer.zero_grad()
            drawings = symbols.images_of(chosen)
            if augmented:
                moved = augment(drawings[:, None], random, TRANSLATION)
                drawings = moved[:, 0]
            logits = classifier(shown(drawings, classifier.side, random))
            loss = F.cross_entropy(logits, labels[chosen])
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        classifier.eval()
        yield torch.stack(losses).mean().item()


@torch.inference_mode()
def predict_proba(
    classifier: Classifier, drawings: Drawings, seed: int = 0
) -> Float[Tensor, "n 10"]:
    """Return class probabilities; crops, if any, are seeded with `seed`."""
    random = generator(seed, Use.CROP)
    parts = [
        classifier(shown(part, classifier.side, random)).softmax(dim=1)
        for part in drawings.split(500)
    ]
    return torch.cat(parts)


def accuracy(
    probabilities: Float[Tensor, "n classes"], labels: Int64[Tensor, "n"]
) -> float:
    """Return how often the most probable class is right, 0 to 1."""
    return (probabilities.argmax(dim=1) == labels).float().mean().item()


def match(
    query: Float[Tensor, "n classes"],
    symbols: Float[Tensor, "n symbols classes"],
) -> Int64[Tensor, "n"]:
    """Pick the symbol that is most probably of the query's class.

    Two drawings are of one class if both are a 0, or both a 1, and so on.
    """
    return torch.einsum("nk,nsk->ns", query, symbols).argmax(dim=1)
