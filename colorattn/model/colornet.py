"""The network that names the color of a queried symbol.

In its default configuration it is the post's, of 12,668 parameters: two
encoders, attention, a read-out and a scaling head.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from colorattn.data.scene import COLORS
from colorattn.data.seeds import child_seed
from colorattn.data.symbols import check_choice
from colorattn.model.attention import (
    READOUTS,
    Answer,
    Image,
    Maps,
    Weights,
    attend,
)
from colorattn.model.encoder import (
    INPUTS,
    POOLINGS,
    Encoder,
    EncoderConfig,
    convolutions,
    share_shifts,
    unpad,
)


@dataclass(frozen=True)
class Normalization:
    """Pixels become (pixel / 255 - mean) / std; the default keeps 0 to 1."""

    mean: float = 0.0
    std: float = 1.0


MNIST_NORMALIZATION = Normalization(0.1307, 0.3081)  # of MNIST's own pixels


@dataclass(frozen=True)
class ColorNetConfig:
    """The interchangeable parts of the network; the defaults are the post's.

    Raises ValueError for a part that does not exist or fit the others.
    """

    image_encoder: EncoderConfig = EncoderConfig()
    # None: one encoder for both. Its weights are shared, its norms are not,
    # because images and queries have statistics of their own.
    query_encoder: EncoderConfig | None = EncoderConfig()
    key_input: str = "colors"  # or "brightness", as one encoder for both does
    query_pooling: str = "mean"
    score_scale: float = 1.0  # of the scores: one over a temperature
    readout: str = "image_mean"  # what the weights read; see attention
    head: str = "scaling"
    head_scale: float = 60.0  # of the scaling head's initial weights
    normalization: Normalization = MNIST_NORMALIZATION
    query_unpadded: int = 0  # of its last convolutions; it shrinks in them
    shared_shifts: bool = False  # of norms, which then have no scales

    def __post_init__(self) -> None:
        check_choice(self.key_input, INPUTS, "key_input")
        check_choice(self.query_pooling, POOLINGS, "query_pooling")
        check_choice(self.readout, READOUTS, "readout")
        check_choice(self.head, HEADS, "head")
        query_encoder = self.query_encoder or self.image_encoder
        ends = self.image_encoder.dim, query_encoder.dim
        if ends[0] != ends[1]:
            raise ValueError(
                f"keys have {ends[0]} channels and the query vector "
                f"{ends[1]}: end both encoders in the same number."
            )
        if self.readout == "features" and self.head == "none":
            raise ValueError(
                f"without a head the {ends[0]} features would be the logits: "
                "choose a head, or read the image."
            )
        centered = self.readout == "image_sum_centered"
        if centered and not self.image_encoder.padding:
            raise ValueError(
                "without padding keys are not centered on the pixels that "
                "image_sum_centered reads: choose image_sum, or padding."
            )
        plain = self.normalization == Normalization()
        if self.readout == "image_log" and not plain:
            raise ValueError(
                "there is no logarithm of normalized pixels, which can be "
                "negative: set normalization to Normalization()."
            )


class ScalingHead(nn.Linear):
    """A linear layer with a heavy diagonal at the start, as in the post."""

    def __init__(self, dim: int, scale: float):
        """Start at `scale` on the diagonal, minus scale / 6 everywhere."""
        self.scale = scale
        super().__init__(dim, len(COLORS))

    def reset_parameters(self) -> None:
        """Make the first logits a scaled copy of the glimpse."""
        diagonal = self.scale * torch.eye(*self.weight.shape)
        with torch.no_grad():
            self.weight.copy_(diagonal - self.scale / 6)
            self.bias.zero_()


HEADS: dict[str, Callable[[int, float], nn.Module]] = {
    "scaling": ScalingHead,
    "linear": lambda dim, scale: nn.Linear(dim, len(COLORS)),
    "none": lambda dim, scale: nn.Identity(),
}


class ColorNetImage(nn.Module):
    """Name the color of the queried symbol; the class name is the post's.

    Each layer draws its initial weights from a child seed of its own, so that
    networks with the same seed start alike in the layers they share.
    """

    def __init__(self, config: ColorNetConfig | None = None, seed: int = 0):
        super().__init__()
        config = config or ColorNetConfig()
        shared = config.query_encoder is None
        query_config = config.query_encoder or config.image_encoder
        with torch.random.fork_rng(devices=[]):
            sight = "brightness" if shared else config.key_input
            self.prepare, channels = INPUTS[sight]
            found = convolutions(config.image_encoder, channels)
            own = found if shared else convolutions(query_config, 1)
            self.encode_image = Encoder(config.image_encoder, found)
            self.encode_query = Encoder(query_config, own)
            dims = {"features": config.image_encoder.dim}
            dim = dims.get(config.readout, len(COLORS))
            self.head = HEADS[config.head](dim, config.head_scale)
            initialize(self, seed)
        if config.shared_shifts:
            share_shifts(self.encode_image, self.encode_query)
        unpad(self.encode_query, config.query_unpadded)
        # A pixel's channels are adjacent in memory: up to 17% faster.
        self.to(memory_format=torch.channels_last)
        self.pool = POOLINGS[config.query_pooling]
        self.readout = READOUTS[config.readout]
        self.config = config

    def forward(
        self,
        image: UInt8[Tensor, "images 3 height width"],
        query: UInt8[Tensor, "batch 1 28 28"],
    ) -> Answer:
        """Answer each (image, query); those about one image share its keys."""
        image, query = self.normalize(image), self.normalize(query)
        keys = self.encode_image(self.prepare(image))
        vector = self.pool(self.encode_query(query))
        scores, weights = attend(self.config.score_scale * vector, keys)
        glimpse = self.glimpse(image, keys, weights)
        return self.head(glimpse), scores, weights

    def glimpse(
        self, image: Image, keys: Maps, weights: Weights
    ) -> Float[Tensor, "batch _"]:
        """Read the image, or the keys if so configured, with the weights."""
        source = keys if self.config.readout == "features" else image
        return self.readout(source, weights)

    def normalize(self, pixels: Tensor) -> Tensor:
        """Turn bytes into the numbers that the network was configured for."""
        chosen = self.config.normalization
        scaled = pixels.div(255 * chosen.std)  # a copy: pixels stay as given
        return scaled.sub_(chosen.mean / chosen.std)


def initialize(model: nn.Module, seed: int) -> None:
    """Give each layer PyTorch's own initial weights, from a child seed."""
    for name, layer in model.named_modules():
        if hasattr(layer, "reset_parameters"):
            own = child_seed(seed, *name.encode())
            torch.default_generator.manual_seed(own)
            layer.reset_parameters()
