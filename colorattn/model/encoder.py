"""Encoders: from an image to a map of keys, or to a query vector."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from colorattn.data.symbols import check_choice

Map = Float[Tensor, "batch dim i j"]
Vector = Float[Tensor, "batch dim"]
ORDERS = ("conv-norm-relu", "conv-relu-norm")


@dataclass(frozen=True)
class EncoderConfig:
    """A stack of convolutions; the defaults are the post's."""

    channels: tuple[int, ...] = (8, 16, 32)
    kernels: tuple[int, ...] = (5, 3, 3)
    strides: tuple[int, ...] = (2, 2, 2)
    dilations: tuple[int, ...] = (1, 1, 1)
    padding: bool = True  # keeps each map a whole fraction of the image
    norm: bool = True  # batch normalization
    order: str = "conv-norm-relu"
    last_relu: bool = True
    bias: bool = True  # of convolutions; a norm after them cancels it
    slope: float = 0.0  # of ReLUs below zero
    tied: bool = False  # convolutions of the same shape are the same
    shrink: int = 1  # times, by averaging, before the first convolution
    window: int = 1  # side of the square of cells that makes one feature

    def __post_init__(self) -> None:
        lists = self.channels, self.kernels, self.strides, self.dilations
        if len({len(values) for values in lists}) != 1:
            raise ValueError(
                "channels, kernels, strides and dilations need one value for "
                f"each convolution; they have {[len(v) for v in lists]}."
            )
        check_choice(self.order, ORDERS, "order")
        if self.window % 2 == 0:
            raise ValueError(
                f"a window of {self.window} cells has no center: make it odd."
            )

    @property
    def dim(self) -> int:
        """The length of a feature vector."""
        return self.channels[-1] * self.window**2


class Encoder(nn.Module):
    """Turn images into feature maps, through given convolutions."""

    def __init__(self, config: EncoderConfig, convolutions: list[nn.Conv2d]):
        """Put norm and ReLU after each convolution, in the given order.

        Omitted parts become `nn.Identity`, so that layer names, and the
        seeds derived from them, stay the same.
        """
        super().__init__()
        layers: list[nn.Module] = []
        for n, convolution in enumerate(convolutions, start=1):
            norm = nn.BatchNorm2d(convolution.out_channels)
            relu = nn.LeakyReLU(config.slope) if config.slope else nn.ReLU()
            last = n == len(convolutions) and not config.last_relu
            parts = {
                "conv": convolution,
                "norm": norm if config.norm else nn.Identity(),
                "relu": nn.Identity() if last else relu,
            }
            layers += [parts[name] for name in config.order.split("-")]
        if config.shrink > 1:
            layers.insert(0, nn.AvgPool2d(config.shrink))
        if config.window > 1:
            layers.append(Windows(config.window))
        self.layers = nn.Sequential(*layers)

    def forward(
        self, picture: Float[Tensor, "batch channels height width"]
    ) -> Map:
        """Return one feature vector for every position of a coarser map."""
        return self.layers(picture)


class Windows(nn.Module):
    """Put the features of a square of cells into the cell at its center.

    A dot product of two such features compares the squares cell by cell.
    """

    def __init__(self, side: int):
        super().__init__()
        self.side = side

    def forward(
        self, features: Map
    ) -> Float[Tensor, "batch {self.side**2}*dim i j"]:
        """Return side² times as many channels; what lies outside is 0."""
        squares = F.unfold(features, self.side, padding=self.side // 2)
        return squares.unflatten(2, features.shape[2:])


def convolutions(config: EncoderConfig, channels: int) -> list[nn.Conv2d]:
    """Make the convolutions of an encoder with this many input channels."""
    inputs = (channels, *config.channels)
    made: list[nn.Conv2d] = []
    shapes: dict[tuple[int, ...], nn.Conv2d] = {}
    for n, kernel in enumerate(config.kernels):
        stride, dilation = config.strides[n], config.dilations[n]
        padding = dilation * (kernel // 2) if config.padding else 0
        shape = inputs[n], inputs[n + 1], kernel, stride, padding, dilation
        layer = nn.Conv2d(*shape, bias=config.bias)
        made.append(shapes.setdefault(shape, layer) if config.tied else layer)
    return made


def share_shifts(one: Encoder, other: Encoder) -> None:
    """Let the norms of two encoders have the same shifts, and no scales.

    The next filters can scale channels as well.
    """
    for norm, twin in zip(one.layers, other.layers, strict=True):
        if isinstance(norm, nn.BatchNorm2d):
            norm.register_parameter("weight", None)
            twin.register_parameter("weight", None)
            twin.register_parameter("bias", norm.bias)


def unpad(encoder: Encoder, last: int) -> None:
    """Take away the padding of an encoder's last few convolutions.

    Filters stay shared with other encoders, which go on padding. Three
    filters of 3 by 3 turn 7 by 7 cells into the one that padding would have
    given in the center.
    """
    layers = enumerate(encoder.layers)
    found = [(n, its) for n, its in layers if isinstance(its, nn.Conv2d)]
    for n, convolution in found[len(found) - last :]:
        bare = copy(convolution)  # which has the same parameters
        bare.padding = (0, 0)
        encoder.layers[n] = bare


def brightness(
    image: Float[Tensor, "batch 3 height width"],
) -> Float[Tensor, "batch 1 height width"]:
    """Take the brightest channel: each symbol has one primary color."""
    return image.amax(dim=1, keepdim=True)


def mean(features: Map) -> Vector:
    """Average over the map."""
    return features.mean(dim=(2, 3))


def center(features: Map) -> Vector:
    """Take the cell at the center of the map, where the symbol is."""
    return features[:, :, features.shape[2] // 2, features.shape[3] // 2]


POOLINGS: dict[str, Callable[[Map], Vector]] = {"mean": mean, "center": center}
INPUTS: dict[str, tuple[Callable[[Tensor], Tensor], int]] = {  # and channels
    "colors": (lambda image: image, 3),
    "brightness": (brightness, 1),  # so that one encoder can see both
}
