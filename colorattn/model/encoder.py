"""Encoders: from an image to a map of keys, or to a query vector."""

from collections.abc import Callable
from dataclasses import dataclass

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

    def __post_init__(self) -> None:
        lists = self.channels, self.kernels, self.strides, self.dilations
        if len({len(values) for values in lists}) != 1:
            raise ValueError(
                "channels, kernels, strides and dilations need one value for "
                f"each convolution; they have {[len(v) for v in lists]}."
            )
        check_choice(self.order, ORDERS, "order")


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
            relu = config.last_relu or n < len(convolutions)
            parts = {
                "conv": convolution,
                "norm": norm if config.norm else nn.Identity(),
                "relu": nn.ReLU() if relu else nn.Identity(),
            }
            layers += [parts[name] for name in config.order.split("-")]
        self.layers = nn.Sequential(*layers)

    def forward(
        self, picture: Float[Tensor, "batch channels height width"]
    ) -> Map:
        """Return one feature vector for every position of a coarser map."""
        return self.layers(picture)


def convolutions(config: EncoderConfig, channels: int) -> list[nn.Conv2d]:
    """Make the convolutions of an encoder with this many input channels."""
    inputs = (channels, *config.channels)
    made = []
    for n, kernel in enumerate(config.kernels):
        stride, dilation = config.strides[n], config.dilations[n]
        padding = dilation * (kernel // 2) if config.padding else 0
        layer = nn.Conv2d(
            inputs[n], inputs[n + 1], kernel, stride, padding, dilation
        )
        made.append(layer)
    return made


class Brightness(nn.Module):
    """Reduce an image to one channel, so that one encoder can see both."""

    def forward(
        self, image: Float[Tensor, "batch 3 height width"]
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
INPUTS: dict[str, tuple[Callable[[], nn.Module], int]] = {  # and channels
    "colors": (nn.Identity, 3),
    "brightness": (Brightness, 1),
}
