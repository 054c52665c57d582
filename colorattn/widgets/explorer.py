"""The Explorer: choose a scene and a query, and watch the prediction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets
import torch

from colorattn.data.scene import SIDE, paint
from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.widgets.tiles import page
from colorattn.widgets.view import symbol_names, view

DRAWINGS = 20  # per class, to choose the query from
NOTE = '<div style="font-size:13px;line-height:1.3">'
NOTES = {
    "net": "The improved net has a finer map. Does it look elsewhere?",
    "scene": "Another image, with a query of its own.",
    "query": "Ask for another symbol, or for one that is not there. Where do "
    "the weights go, and how sure is the answer?",
    "drawing": "Other drawings of the same class. Does the answer depend on "
    "who drew the query? 0 is the scene's own.",
    "temperature": "Divides the scores once more; 1 is the net itself. When "
    "does the glimpse lose its color?",
    "moved": "Pick a symbol, and move it with the two sliders below.",
    "row": "The weights should follow the queried symbol down.",
    "column": "Push another symbol into the queried one: when does the "
    "answer tip over?",
}


class Explorer:
    """One query to a trained model, with a control for each part of it.

    `scenes` are the scenes to choose from, `symbols` the dataset they were
    made from, and `nets` the models by name. Raises ValueError if there is
    no scene or no model.
    """

    def __init__(
        self, scenes: Batch, symbols: Symbols, nets: dict[str, ColorNetImage]
    ):
        """Create the controls and show the first scene."""
        if not len(scenes) or not nets:
            raise ValueError("give at least one scene and one net.")
        self.scenes, self.symbols, self.nets = scenes, symbols, nets
        self.positions = scenes.positions[0].clone()  # of the shown scene
        room = scenes.image.shape[2] - SIDE
        self.controls: dict[str, Any] = {
            "net": ipywidgets.Dropdown(options=list(nets)),
            "scene": ipywidgets.IntSlider(min=1, max=len(scenes), value=1),
            "query": ipywidgets.Dropdown(),
            "drawing": ipywidgets.IntSlider(min=0, max=DRAWINGS, value=0),
            "temperature": ipywidgets.FloatLogSlider(
                value=1, base=10, min=-1, max=1.5, step=0.05
            ),
            "moved": ipywidgets.Dropdown(),
            "row": ipywidgets.IntSlider(min=0, max=room),
            "column": ipywidgets.IntSlider(min=0, max=room),
        }
        self.picture, self.words = ipywidgets.HTML(), ipywidgets.HTML()
        self.panel = ipywidgets.VBox(
            [self.picture, self.words, layout_of(self.controls)]
        )
        self.quiet = False
        for name, control in self.controls.items():
            control.observe(getattr(self, f"on_{name}", self.on), "value")
        self.on_scene()

    def __repr__(self) -> str:
        """Return a text that is the same on every machine."""
        nets = ", ".join(self.nets)
        return f"<Explorer of {len(self.scenes)} scenes; nets: {nets}>"

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, Any]:
        """Show the panel in any version of ipywidgets."""
        return {
            "text/plain": repr(self),
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.panel.model_id,
            },
        }

    def __getitem__(self, name: str) -> Any:
        """Return the value of a control."""
        return self.controls[name].value

    def set(self, **values: Any) -> "Explorer":
        """Set controls in the order given, as a user would."""
        for name, value in values.items():
            self.controls[name].value = value
        return self

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Change controls without an update after each."""
        self.quiet = True
        yield
        self.quiet = False

    def on(self, change: Any = None) -> None:
        """Recompute and show the prediction for the current controls."""
        if self.quiet:
            return
        net = self.nets[self["net"]]
        found = view(
            net, self.scene(), self.symbols, self["query"], self["temperature"]
        )
        self.picture.value = page(found)
        self.words.value = (
            '<p role="status" aria-live="polite" style="line-height:1.4">'
            f"{escape(found.words)}</p>"
        )

    def on_scene(self, change: Any = None) -> None:
        """Switch to another scene, with its own query and positions."""
        scene = self.scenes[self["scene"] - 1 : self["scene"]]
        self.positions = scene.positions[0].clone()
        present = symbol_names(scene, self.symbols)
        classes = scene.classes[0].tolist()
        named = dict(zip(classes, present, strict=True))
        with self.paused():
            self.controls["query"].options = [
                (named.get(k, f"{name} (not there)"), k)
                for k, name in enumerate(self.symbols.classes)
            ]
            query_index = int(scene.query_index[0])
            self.set(query=classes[query_index], drawing=0)
            self.controls["moved"].options = [
                (name, k) for k, name in enumerate(present)
            ]
            self.set(moved=query_index)
            self.show_place()
        self.on()

    def on_moved(self, change: Any = None) -> None:
        """Set the two sliders to the position of the chosen symbol."""
        if not self.quiet:
            with self.paused():
                self.show_place()

    def show_place(self) -> None:
        """Set row and column to those of the chosen symbol."""
        row, column = self.positions[self["moved"]].tolist()
        self.set(row=row, column=column)

    def on_row(self, change: Any = None) -> None:
        """Move the chosen symbol to the sliders, unless updates are paused."""
        if not self.quiet:
            place = torch.tensor([self["row"], self["column"]])
            self.positions[self["moved"]] = place
            self.on()

    on_column = on_row

    def scene(self) -> Batch:
        """Return the scene and query that the controls describe."""
        scene = self.scenes[self["scene"] - 1 : self["scene"]]
        places = self.positions[None]
        drawings, side = self.symbols.images, scene.image.shape[2]
        own = scene.classes[0, scene.query_index[0]] == self["query"]
        first = self.symbols.first[self["query"]]
        count = self.symbols.counts[self["query"]]
        begin = scene.query_id - first if own else torch.tensor([0])
        drawn = first + (begin + self["drawing"]) % count
        return replace(
            scene,
            image=paint(
                drawings[scene.drawing_ids], scene.colors, places, side
            ),
            query=drawings[drawn].unsqueeze(1),
            query_id=drawn,
            positions=places,
        )


def layout_of(controls: dict[str, Any]) -> ipywidgets.Box:
    """Lay out the controls, each with its name and what to look for."""
    labels = {"scene": "Scene", "moved": "Move"}
    items = []
    for name, control in controls.items():
        control.description = labels.get(name, name.capitalize())
        control.layout.width = "auto"
        control.style.description_width = "95px"
        note = ipywidgets.HTML(f"{NOTE}{escape(NOTES[name])}</div>")
        layout = ipywidgets.Layout(flex="1 1 280px", padding="0 8px 8px 0")
        items.append(ipywidgets.VBox([control, note], layout=layout))
    wrap = ipywidgets.Layout(display="flex", flex_flow="row wrap")
    return ipywidgets.Box(items, layout=wrap)
