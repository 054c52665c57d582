"""The attention of the course, and the net that is built around it.

`attend` is scaled dot-product attention of one query over a map.
`ColorNetImage` names the color of a queried symbol with it; in its default
configuration it is the post's net of 12,668 parameters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from colorattn.encoder import (
    POOLINGS,
    SIGHTS,
    Encoder,
    EncoderConfig,
    choose,
    convolutions,
)
from colorattn.readers import READERS, Weights
from colorattn.scene import COLORS
from colorattn.seeds import child_seed


def attend(
    query: Float[Tensor, "batch dim"],
    keys: Float[Tensor, "batch dim i j"],
) -> tuple[Float[Tensor, "batch i j"], Float[Tensor, "batch i j"]]:
    """Weigh every position of a map by how well its key fits the query.

    Returns the scores and, after the softmax, the weights, which sum to 1
    over the map, so that a figure can show both. Source: Vaswani et al.
    (2017), for one query; the post.
    """
    scores = torch.einsum("bc,bcij->bij", query, keys) / sqrt(query.shape[1])
    weights = scores.flatten(1).softmax(dim=1).view_as(scores)
    return scores, weights


@dataclass(frozen=True)
class Normalization:
    """Pixels become (pixel / 255 - mean) / std; the default keeps 0 to 1."""

    mean: float = 0.0
    std: float = 1.0


MNIST_NORMALIZATION = Normalization(0.1307, 0.3081)  # of MNIST's own pixels


@dataclass(frozen=True)
class ColorNetConfig:
    """The interchangeable parts of the net; the defaults are the post's.

    Raises ValueError for a part that does not exist, or that does not fit
    the others.
    """

    image_encoder: EncoderConfig = EncoderConfig()
    # None: one encoder for both. Its weights are shared, its norms are not,
    # because images and queries have statistics of their own.
    query_encoder: EncoderConfig | None = EncoderConfig()
    keys_see: str = "colors"  # or "brightness", as one encoder for both does
    query_pooling: str = "mean"
    read: str = "image_mean"  # what the weights read
    head: str = "scaling"
    head_scale: float = 60.0  # of the scaling head's first values
    normalization: Normalization = MNIST_NORMALIZATION

    def __post_init__(self) -> None:
        """Refuse unknown parts, and parts that do not fit together."""
        choose(self.keys_see, SIGHTS, "keys_see")
        choose(self.query_pooling, POOLINGS, "query_pooling")
        choose(self.read, READERS, "read")
        choose(self.head, HEADS, "head")
        query_encoder = self.query_encoder or self.image_encoder
        ends = self.image_encoder.channels[-1], query_encoder.channels[-1]
        if ends[0] != ends[1]:
            raise ValueError(
                f"keys have {ends[0]} channels and the query vector "
                f"{ends[1]}: end both encoders in the same number."
            )
        if self.read == "features" and self.head == "none":
            raise ValueError(
                f"without a head the {ends[0]} features would be the logits: "
                "choose a head, or read the image."
            )
        if (
            self.read == "image_sum_centered"
            and not self.image_encoder.padding
        ):
            raise ValueError(
                "without padding keys are not centered on the pixels that "
                "image_sum_centered reads: choose image_sum, or padding."
            )


class ScalingHead(nn.Linear):
    """A linear layer that begins diagonal-heavy, as in the post."""

    def __init__(self, dim: int, scale: float):
        """Begin with `scale` on the diagonal, less scale / 6 everywhere."""
        self.scale = scale
        super().__init__(dim, len(COLORS))

    def reset_parameters(self) -> None:
        """Make the first logits the glimpse itself, large enough to count."""
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
    """Name the color of the queried symbol; the name is the post's.

    With the default configuration it has 12,668 parameters. Layers draw
    their first values from child seeds of their own, so that two nets with
    one seed begin alike in whatever layers they share.
    """

    def __init__(self, config: ColorNetConfig | None = None, seed: int = 0):
        """Build the parts once; `forward` only calls them."""
        super().__init__()
        config = config or ColorNetConfig()
        shared = config.query_encoder is None
        query_config = config.query_encoder or config.image_encoder
        with torch.random.fork_rng(devices=[]):
            sight = SIGHTS["brightness" if shared else config.keys_see]
            found = convolutions(config.image_encoder, sight[1])
            self.prepare = sight[0]()
            self.encode_image = Encoder(config.image_encoder, found)
            self.encode_query = Encoder(
                query_config,
                found if shared else convolutions(query_config, 1),
            )
            read_dim = {"features": config.image_encoder.channels[-1]}
            self.head = HEADS[config.head](
                read_dim.get(config.read, len(COLORS)), config.head_scale
            )
            initialize(self, seed)
        # A pixel's channels lie side by side: steps are up to 17 % faster.
        self.to(memory_format=torch.channels_last)
        self.pool = POOLINGS[config.query_pooling]
        self.read = READERS[config.read]
        self.config = config

    def forward(
        self,
        image: UInt8[Tensor, "images 3 height width"],
        query: UInt8[Tensor, "batch 1 28 28"],
    ) -> tuple[Float[Tensor, "batch 3"], Weights, Weights]:
        """Return logits, scores and weights of each (image, query).

        There may be several queries of each image, one after the other; they
        share its keys, which are made once.
        """
        image, query = self.normalize(image), self.normalize(query)
        keys = self.encode_image(self.prepare(image))
        if len(query) > len(image):
            shared = len(query) // len(image)
            image = image.repeat_interleave(shared, dim=0)
            keys = keys.repeat_interleave(shared, dim=0)
        vector = self.pool(self.encode_query(query))
        scores, weights = attend(vector, keys)
        glimpse = self.glimpse(image, keys, weights)
        return self.head(glimpse), scores, weights

    def glimpse(
        self,
        image: Float[Tensor, "batch 3 height width"],
        keys: Float[Tensor, "batch dim i j"],
        weights: Weights,
    ) -> Float[Tensor, "batch _"]:
        """Read the image, or the keys if so configured, with the weights."""
        source = keys if self.config.read == "features" else image
        return self.read(source, weights)

    def normalize(self, pixels: Tensor) -> Tensor:
        """Turn bytes into the numbers that the net was configured for."""
        chosen = self.config.normalization
        scaled = pixels.div(255 * chosen.std)  # a copy: pixels stay as given
        return scaled.sub_(chosen.mean / chosen.std)


def initialize(model: nn.Module, seed: int) -> None:
    """Give each layer PyTorch's own first values, from a child seed."""
    for name, layer in model.named_modules():
        if hasattr(layer, "reset_parameters"):
            own = child_seed(seed, *name.encode())
            torch.default_generator.manual_seed(own)
            layer.reset_parameters()
