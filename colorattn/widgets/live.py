"""Live figures: data from Python, interaction in JavaScript.

anywidget stores a figure's JavaScript and data in the notebook, so that the
figure works both with a kernel, which receives the reader's settings, and
without one. Where no JavaScript runs (on GitHub, in print), a static picture
is shown instead.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets
from torch import Tensor

from colorattn.figures.style import Picture

HERE = Path(__file__).parent
PARTS = {"temperature": ["letters"]}  # what one figure needs besides


def script(name: str) -> str:
    """Return the JavaScript of a figure, after what all of them share."""
    files = [HERE / f"{part}.js" for part in ("live", *PARTS.get(name, []))]
    files.append(HERE / f"{name}.js")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


class Live(anywidget.AnyWidget):
    """An interactive figure, with a static picture as its fallback."""

    _css = HERE / "live.css"

    def __init__(self, picture: Picture, **traits: Any):
        """Keep the picture, and send the traits to JavaScript."""
        super().__init__(**traits)
        self.picture = picture

    def _repr_mimebundle_(
        self, **kwargs: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Offer the live figure, and the picture where it can't run."""
        still, about = self.picture._repr_mimebundle_()
        live = super()._repr_mimebundle_(**kwargs) or ({}, {})
        bundle = {**still, **live[0], "text/plain": repr(self)}
        return bundle, {**about, **live[1]}


def synced(trait: traitlets.TraitType) -> Any:
    """Share a trait with JavaScript, which may read and set it."""
    return trait.tag(sync=True)


def to_bytes(numbers: Tensor) -> bytes:
    """Return the raw bytes of a float32 or uint8 tensor, row by row."""
    return numbers.cpu().contiguous().numpy().tobytes()
