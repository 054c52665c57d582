"""Similarity of representations: linear CKA, linear probes, cosines."""

from itertools import combinations
from statistics import mean

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64, UInt8
from torch import Tensor, nn

from colorattn.data.seeds import generator
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.model.encoder import Encoder, Map

Vectors = Float[Tensor, "n dim"]


def sample_drawings(
    symbols: Symbols, n: int
) -> tuple[UInt8[Tensor, "n 28 28"], Int64[Tensor, "n"]]:
    """Sample the same n drawings each time, in random order, with classes."""
    chosen = torch.randperm(len(symbols.images), generator=generator(0))[:n]
    return symbols.images_of(chosen), symbols.labels(chosen)


def encoder_cka(
    net: ColorNetImage, drawings: UInt8[Tensor, "n 28 28"]
) -> dict[str, list[float]]:
    """Return the linear CKA of a drawing's features, layer by layer.

    `encoders`: as a query and as a symbol in an image, mean of three colors.
    `colors`: as symbols of two colors, mean of three pairs.
    """
    query = activations(net.encode_query, net.normalize(drawings[:, None]))
    shown = torch.eye(3, dtype=torch.uint8)[:, None, :, None, None]
    images = [net.normalize(drawings[:, None] * color) for color in shown]
    keys = [activations(net.encode_image, net.prepare(x)) for x in images]
    layers = range(len(query))
    return {
        "encoders": [
            mean(linear_cka(query[n], key[n]) for key in keys) for n in layers
        ],
        "colors": [
            mean(linear_cka(a[n], b[n]) for a, b in combinations(keys, 2))
            for n in layers
        ],
    }


def activations(encoder: Encoder, pictures: Tensor) -> list[Map]:
    """Return the feature map after each ReLU of an encoder."""
    found = []
    for layer in encoder.layers:
        pictures = layer(pictures)
        if isinstance(layer, nn.ReLU):
            found.append(pictures)
    return found


def linear_cka(
    one: Float[Tensor, "n a i j"], other: Float[Tensor, "n b i j"]
) -> float:
    """Linear centered kernel alignment of two sets of features, 0 to 1.

    It is 1 if places that are similar in one are as similar in the other,
    whatever the rotation and scale of the features (Kornblith et al., 2019).
    """
    a, b = (m.transpose(0, 1).flatten(1) for m in (one, other))  # dim, places
    a, b = (m - m.mean(dim=1, keepdim=True) for m in (a, b))
    across, own = a @ b.T, (a @ a.T).norm() * (b @ b.T).norm()
    return (across.square().sum() / own).item()


def linear_probe(features: Vectors, labels: Int64[Tensor, "n"]) -> float:
    """Return the accuracy, 0 to 1, of Fisher's linear discriminant.

    It is fitted to the first half of the vectors, evaluated on the second.
    """
    half = len(labels) // 2
    known, classes = features[:half], labels[:half]
    kinds = range(int(labels.max()) + 1)
    means = torch.stack([known[classes == k].mean(dim=0) for k in kinds])
    rest = known - means[classes]
    spread = rest.T @ rest / half
    ridge = 1e-3 * spread.trace() / len(spread) * torch.eye(len(spread))
    slopes = torch.linalg.solve(spread + ridge, means.T)
    scores = features[half:] @ slopes - (means.T * slopes).sum(dim=0) / 2
    right = scores.argmax(dim=1) == labels[half:]
    return right.float().mean().item()


def cosines(
    vectors: Vectors, labels: Int64[Tensor, "n"]
) -> tuple[Float[Tensor, "pairs"], Float[Tensor, "others"]]:
    """Return the cosines of all pairs of one class, and of two classes."""
    unit = F.normalize(vectors, dim=1)
    one, two = torch.triu_indices(len(labels), len(labels), offset=1)
    found = (unit[one] * unit[two]).sum(dim=1)
    same = labels[one] == labels[two]
    return found[same], found[~same]
