"""The Explorer's output as HTML: small images with captions.

HTML wraps on a phone, works with screen readers, and takes a few milliseconds.
"""

import base64
import io
from html import escape
from typing import Any

import matplotlib
import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, UInt8
from matplotlib.image import imsave
from torch import Tensor

from colorattn.data.scene import COLORS
from colorattn.figures.panels import lit
from colorattn.figures.style import FAINT, INK, PAPER, SCORES, SHADES, WEIGHTS
from colorattn.widgets.view import View

PNG: dict[str, Any] = {  # fast to write, without the software's name
    "format": "png",
    "metadata": {"Software": None},
    "pil_kwargs": {"compress_level": 1},
}
FINE = 256  # px, the side of a map's tile


def page(found: View) -> str:
    """Lay out the tiles of a view."""
    scores, weights, image = found.scores, found.weights, found.image
    low_to_high = "{:.0f} to {:.0f}".format(*scores.aminmax())
    tiles = [
        tile("query", found.query[..., None].expand(-1, -1, 3), "the query"),
        tile("scene", bright(image), "the scene"),
        tile(
            f"scores, {low_to_high.replace('-', '−')}",
            overlaid(scores, image, SCORES),
            "a map of the scores, bright where a key fits the query",
        ),
        tile(
            f"weights α, up to {weights.max():.2f}",
            overlaid(weights, image, WEIGHTS),
            f"a map of the weights, heaviest {found.where}",
        ),
        tile(
            "under the weights",
            darkened(image, weights),
            "the scene, dark wherever the weights are low",
        ),
        glimpse(found.glimpse),
        answer(found.probabilities),
    ]
    style = (
        "display:grid;grid-template-columns:repeat(auto-fill,minmax(135px,"
        f"1fr));gap:10px;padding:10px;color:{INK};background:{PAPER};"
        "font-size:14px;line-height:1.3"
    )
    return f'<div style="{style}">{"".join(tiles)}</div>'


def tile(title: str, pixels: Tensor, alt: str) -> str:
    """Return one image with its caption and alt text."""
    file = io.BytesIO()
    imsave(file, np.ascontiguousarray(pixels.numpy()), **PNG)
    source = base64.b64encode(file.getvalue()).decode()
    rendering = "auto" if pixels.shape[0] == FINE else "pixelated"
    image = (
        f'<img alt="{escape(alt)}" src="data:image/png;base64,{source}" '
        f'style="width:100%;image-rendering:{rendering};background:none">'
    )
    return box(title, image)


def box(title: str, inside: str) -> str:
    """Put a caption above some HTML."""
    return f"<div><div>{escape(title)}</div>{inside}</div>"


def overlaid(
    cells: Float[Tensor, "i j"], image: UInt8[Tensor, "3 h w"], colors: str
) -> UInt8[Tensor, "fine fine 3"]:
    """Color a map, and outline the ink of the scene on it."""
    low, high = cells.min(), cells.max()
    scaled = (cells - low) / (high - low).clamp(min=1e-9)
    shades = matplotlib.colormaps[colors](scaled.numpy())[..., :3]
    planes = torch.from_numpy(255 * shades).permute(2, 0, 1)[None]
    painted = F.interpolate(planes, (FINE, FINE))[0].permute(1, 2, 0).byte()
    painted[edges(image)] = 235
    return painted


def edges(image: UInt8[Tensor, "3 h w"]) -> Bool[Tensor, "fine fine"]:
    """Return the outline of the ink as a mask."""
    bright = image.amax(dim=0, keepdim=True).float()[None]
    ink = F.interpolate(bright, (FINE, FINE), mode="bilinear") > 128
    grown = F.max_pool2d(ink.float(), 3, stride=1, padding=1) > 0
    return (grown & ~ink)[0, 0]


def darkened(
    image: UInt8[Tensor, "3 h w"], weights: Float[Tensor, "i j"]
) -> UInt8[Tensor, "h w 3"]:
    """Darken the scene where the weights are low."""
    mask = F.interpolate(weights[None, None], image.shape[1:])[0]
    return bright((image * mask / mask.max()).byte())


def bright(image: UInt8[Tensor, "3 h w"]) -> UInt8[Tensor, "h w 3"]:
    """Return a scene in the colors that can be read on black."""
    return (255 * lit(image)).byte().permute(1, 2, 0)


def glimpse(color: Float[Tensor, "3"]) -> str:
    """Show the glimpse as a colored patch with its three numbers."""
    pure = lit((color / color.max().clamp(min=1e-6))[:, None, None])
    red, green, blue = (255 * pure).long().flatten().tolist()
    patch = (
        f'<div style="height:60px;border:1px solid {FAINT};'
        f'background:rgb({red},{green},{blue})"></div>'
    )
    numbers = map("{} {:.3f}".format, COLORS, color.tolist())
    return box("glimpse Σ α v", patch + "<br>".join(numbers))


def answer(probabilities: Float[Tensor, "3"]) -> str:
    """Show the probability of each color as a labeled bar."""
    bars = ""
    shares = zip(COLORS, probabilities.tolist(), SHADES, strict=True)
    for name, share, shade in shares:
        style = f"height:12px;width:{share:.1%};background:{shade}"
        bars += f'<div>{name} {share:.0%}</div><div style="{style}"></div>'
    return box("answer", bars)
