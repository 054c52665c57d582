"""Live figures: data from Python, and all that moves in JavaScript.

anywidget stores a figure's module and its data in the notebook. So the same
figure runs with a kernel, which sees what the reader sets, and without one.
Where no JavaScript runs, on GitHub or in print, a picture stands in.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets
from torch import Tensor

from colorattn.figures.style import Picture

HERE = Path(__file__).parent


class Live(anywidget.AnyWidget):
    """A figure that a reader can move, and the picture that stands in."""

    _css = HERE / "live.css"

    def __init__(self, picture: Picture, **traits: Any):
        """Keep the picture; the traits are what JavaScript gets."""
        super().__init__(**traits)
        self.picture = picture

    def _repr_mimebundle_(
        self, **kwargs: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the live figure where there can be one, else the picture."""
        still, about = self.picture._repr_mimebundle_()
        live = super()._repr_mimebundle_(**kwargs) or ({}, {})
        bundle = {**still, **live[0], "text/plain": repr(self)}
        return bundle, {**about, **live[1]}


def synced(trait: traitlets.TraitType, **about: Any) -> Any:
    """Let JavaScript read a trait, and set it."""
    return trait.tag(sync=True, **about)


def packed(numbers: Tensor) -> bytes:
    """Return the numbers' bytes, row by row: float32, or bytes as such."""
    return numbers.cpu().contiguous().numpy().tobytes()
