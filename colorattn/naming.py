"""Plain classifiers of single drawings: the yardstick of chapter 9.

A namer is the post's query encoder with a layer that names the class. It may
see a whole drawing, or no more of it than a key of the net does.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64, UInt8
from torch import Tensor, nn

from colorattn.encoder import Encoder, EncoderConfig, convolutions
from colorattn.model import MNIST_NORMALIZATION, initialize
from colorattn.scene import SIDE
from colorattn.seeds import Use, generator
from colorattn.symbols import Symbols

STRIDE = 8  # px from key to key
FIELD = 17  # px, of the post's keys


class Namer(nn.Module):
    """Name the class of a drawing, or of a window cut out of one."""

    def __init__(self, side: int = SIDE, seed: int = 0):
        """Take the side of what is shown, in px; 28 is a whole drawing."""
        super().__init__()
        config = EncoderConfig()
        cells = -(-side // STRIDE)  # rounded up
        with torch.random.fork_rng(devices=[]):
            self.encode = Encoder(config, convolutions(config, 1))
            self.name = nn.Linear(config.channels[-1] * cells**2, 10)
            initialize(self, seed)
        self.side = side

    def forward(
        self, drawings: UInt8[Tensor, "n side side"]
    ) -> Float[Tensor, "n 10"]:
        """Return a logit for each class."""
        chosen = MNIST_NORMALIZATION
        bright = drawings.unsqueeze(1) / 255
        normal = (bright - chosen.mean) / chosen.std
        return self.name(self.encode(normal).flatten(1))


def keyhole(
    drawings: UInt8[Tensor, "n 28 28"], side: int, random: torch.Generator
) -> UInt8[Tensor, "n side side"]:
    """Cut out what the best key sees of each drawing, wherever that lies.

    Each drawing falls on a random place of a grid with a key every 8 px; the
    best of the keys is the one with most ink in its field of `side` px.
    """
    n, each = len(drawings), torch.arange(len(drawings))
    corner = STRIDE + torch.randint(STRIDE, (n, 2), generator=random)
    canvas = drawings.new_zeros(n, 52, 52)  # room for any place and field
    row, column = (corner[:, :, None] + torch.arange(SIDE)).unbind(dim=1)
    canvas[each[:, None, None], row[:, :, None], column[:, None]] = drawings
    windows = canvas.unfold(1, side, STRIDE).unfold(2, side, STRIDE)
    fields = windows.flatten(1, 2)  # n, places, side, side
    best = fields.sum(dim=(2, 3)).argmax(dim=1)
    return fields[each, best]


def shown(
    drawings: UInt8[Tensor, "n 28 28"], side: int, random: torch.Generator
) -> UInt8[Tensor, "n side side"]:
    """Return whole drawings, or what a key with so wide a field sees."""
    return drawings if side == SIDE else keyhole(drawings, side, random)


def lessons(
    namer: Namer, symbols: Symbols, seed: int, epochs: int
) -> Iterator[float]:
    """Train a namer on all drawings, yielding each epoch's mean loss, nats.

    An epoch is every drawing once, in a random order; Adam has PyTorch's own
    learning rate.
    """
    labels = symbols.labels(torch.arange(len(symbols.images)))
    optimizer = torch.optim.Adam(namer.parameters(), fused=True)
    for epoch in range(epochs):
        random = generator(seed, Use.CLASSIFIER, epoch)
        losses = []
        namer.train()
        for chosen in torch.randperm(len(labels), generator=random).split(128):
            optimizer.zero_grad()
            pictures = shown(symbols.pixels(chosen), namer.side, random)
            loss = F.cross_entropy(namer(pictures), labels[chosen])
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        namer.eval()
        yield torch.stack(losses).mean().item()


@torch.inference_mode()
def chances(
    namer: Namer, drawings: UInt8[Tensor, "n 28 28"], seed: int = 0
) -> Float[Tensor, "n 10"]:
    """Return the probability of each class, for each drawing.

    Where the namer sees windows, `seed` says where the drawings fall.
    """
    random = generator(seed, Use.CROP)
    parts = [
        namer(shown(part, namer.side, random)).softmax(dim=1)
        for part in drawings.split(500)
    ]
    return torch.cat(parts)


def share_right(
    chances: Float[Tensor, "n classes"], labels: Int64[Tensor, "n"]
) -> float:
    """Return how often the likeliest class is the right one, 0 to 1."""
    return (chances.argmax(dim=1) == labels).float().mean().item()


def pick(
    query: Float[Tensor, "n classes"],
    symbols: Float[Tensor, "n symbols classes"],
) -> Int64[Tensor, "n"]:
    """Pick the symbol that is most likely of the query's class.

    All are probabilities of classes. Two drawings are of one class with the
    probability that both are a 0, plus that both are a 1, and so on.
    """
    return torch.einsum("nk,nsk->ns", query, symbols).argmax(dim=1)
