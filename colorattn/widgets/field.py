"""Field: the receptive field of convolutions that the reader sets."""

from collections.abc import Sequence
from typing import Any

import torch.nn.functional as F
import traitlets
from jaxtyping import UInt8
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols
from colorattn.figures.receptive_field import View, key_views
from colorattn.model.encoder import EncoderConfig
from colorattn.widgets.live import Live, script, synced, to_bytes
from colorattn.widgets.view import symbol_names

# The values on the steppers, by the name of the setting.
RANGES = {
    "kernel": (1, 3, 5, 7, 9),
    "stride": (1, 2, 3, 4),
    "dilation": (1, 2, 3, 4),
}
MAX_LAYERS = 6
Layers = list[list[int]]  # per convolution: kernel, stride, dilation


class Field(Live):
    """One key's receptive field, and the share of each symbol's ink in it.

    `nets` are named chains of convolutions to start from; the first one is
    shown. Raises ValueError unless there is one scene and at least one
    network, and TraitError for a setting that is not on the steppers.
    """

    _esm = script("field")

    image = synced(traitlets.Bytes())  # 3 canvas canvas, of bytes
    canvas = synced(traitlets.Int())  # px
    symbols = synced(traitlets.List())  # by color: a name, or None
    presets = synced(traitlets.List())  # pairs of a name and layers
    ranges = synced(traitlets.List([list(r) for r in RANGES.values()]))
    most = synced(traitlets.Int(MAX_LAYERS))
    layers = synced(traitlets.List())
    key = synced(traitlets.List([0, 0]))  # row, column in the map of keys

    def __init__(
        self, scene: Batch, symbols: Symbols, nets: dict[str, EncoderConfig]
    ):
        """Start with the first network and the key that sees the most ink."""
        if len(scene) != 1 or not nets:
            raise ValueError(
                f"give one scene and at least one network, not {len(scene)} "
                f"and {len(nets)}."
            )
        presets = {name: layers_of(config) for name, config in nets.items()}
        colors, names = scene.colors[0].tolist(), symbol_names(scene, symbols)
        named = dict(zip(colors, names, strict=True))
        image, asked = scene.image[0], int(scene.target[0])
        views = [
            View(name, *field_of(layers), *best_key(image[asked], layers))
            for name, layers in presets.items()
        ]
        super().__init__(
            key_views(image, named[asked], views),
            image=to_bytes(image),
            canvas=image.shape[1],
            symbols=[named.get(color) for color in range(len(COLORS))],
            presets=[list(pair) for pair in presets.items()],
            layers=next(iter(presets.values())),
            key=list(views[0].key),
        )

    def __repr__(self) -> str:
        """Return a text that is the same on every machine."""
        nets = ", ".join(name for name, _ in self.presets)
        return f"<Field of one scene; networks: {nets}>"

    @traitlets.validate("layers")
    def _check_layers(self, proposal: Any) -> Layers:
        """Refuse settings that are not on the steppers."""
        layers = proposal["value"]
        if not 1 <= len(layers) <= MAX_LAYERS:
            raise traitlets.TraitError(
                f"take 1 to {MAX_LAYERS} convolutions, not {len(layers)}."
            )
        for n, layer in enumerate(layers, start=1):
            if len(layer) != len(RANGES):
                raise traitlets.TraitError(
                    f"convolution {n} needs kernel, stride and dilation; it "
                    f"has {layer}."
                )
            for name, value in zip(RANGES, layer, strict=True):
                if value not in RANGES[name]:
                    raise traitlets.TraitError(
                        f"convolution {n} has a {name} of {value}: take one "
                        f"of {', '.join(map(str, RANGES[name]))}."
                    )
        return layers


def layers_of(config: EncoderConfig) -> Layers:
    """List kernel, stride and dilation of each convolution."""
    settings = config.kernels, config.strides, config.dilations
    return [list(layer) for layer in zip(*settings, strict=True)]


def field_of(layers: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return receptive field and jump of a chain of convolutions, in px."""
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field, jump


def best_key(
    ink: UInt8[Tensor, "h w"], layers: Sequence[Sequence[int]]
) -> tuple[tuple[int, int], float]:
    """Return the key that sees the most ink, and the share that it sees.

    A tie goes to the key nearest to the center of the ink.
    """
    field, jump = field_of(layers)
    means = F.avg_pool2d(ink[None].double(), field, jump, field // 2)
    sums = (field**2 * means[0]).round()  # whole numbers, so ties are ties
    places = (sums == sums.max()).nonzero()
    mass = ink[ink > 0].double()
    center = mass @ ink.nonzero().double() / mass.sum()
    nearest = (jump * places - center).norm(dim=1).argmin()
    row, column = places[nearest].tolist()
    return (row, column), float(sums.max() / mass.sum())
