"""What the Explorer shows for one query, as numbers and in words."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor

from colorattn.analysis.intervention import read_with_weights, with_temperature
from colorattn.analysis.localization import ink_shares, symbol_at_peak
from colorattn.data.scene import COLORS
from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage


@dataclass(frozen=True)
class View:
    """One query and each step on the way to the model's prediction."""

    image: UInt8[Tensor, "3 h w"]
    query: UInt8[Tensor, "28 28"]
    scores: Float[Tensor, "i j"]  # before the temperature
    weights: Float[Tensor, "i j"]
    glimpse: Float[Tensor, "3"]  # mean red, green, blue; 0 to 1
    probabilities: Float[Tensor, "3"]
    where: str  # the position of the largest weight, in words
    words: str  # prediction, peak, and ink under the weights


@torch.inference_mode()
def view(
    net: ColorNetImage,
    scene: Batch,
    symbols: Symbols,
    query_class: int,
    temperature: float = 1.0,
) -> View:
    """Run a model on one scene with an extra temperature.

    At temperature 1 this is the model's own prediction. `query_class` is
    the class of the query, whether or not it is in the scene.
    """
    _, scores, _ = net(scene.image, scene.query)
    weights = with_temperature(scores, temperature)
    _, logits = read_with_weights(net, scene.image, weights)
    probabilities = logits.softmax(dim=1)[0]
    _, rows, columns = weights.shape
    means = F.adaptive_avg_pool2d(scene.image / 255, (rows, columns))
    present = symbol_names(scene, symbols)
    shares = ink_shares(weights, scene)[0].tolist()
    symbol = int(symbol_at_peak(weights, scene))
    where = f"on {present[symbol]}" if symbol >= 0 else "on no symbol"
    ink = ", ".join(map("{:.0%} {}".format, shares, present))
    verdict = verdict_of(probabilities, present, symbols.classes[query_class])
    return View(
        image=scene.image[0],
        query=scene.query[0, 0],
        scores=scores[0],
        weights=weights[0],
        glimpse=torch.einsum("bij,bcij->bc", weights, means)[0],
        probabilities=probabilities,
        where=where,
        words=f"{verdict} Heaviest cell: {where}. "
        f"Ink under the weights: {ink}.",
    )


def symbol_names(scene: Batch, symbols: Symbols) -> list[str]:
    """Name the symbols of a scene, such as "red 5" or "blue T-shirt"."""
    pairs = zip(scene.colors[0].tolist(), scene.classes[0], strict=True)
    return [f"{COLORS[color]} {symbols.classes[k]}" for color, k in pairs]


def verdict_of(
    probabilities: Float[Tensor, "3"], present: list[str], asked: str
) -> str:
    """State the query, the prediction, and whether it is correct."""
    answer = COLORS[int(probabilities.argmax())]
    said = f"{answer}, {probabilities.max():.0%} sure"
    parts = [name.partition(" ") for name in present]
    colors = {name: color for color, _, name in parts}
    if asked not in colors:
        return (
            f"Asked for: {asked}, which is not there. The network says {said}."
        )
    truth = colors[asked]
    verdict = "is right" if truth == answer else f"is wrong: it is {truth}"
    return f"Asked for: {asked}. The network says {said}, and {verdict}."
