"""The Explorer: choose a scene and a query, and watch the prediction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from typing import Any

import torch
from ipywidgets import HTML, Box, Dropdown, FloatLogSlider, IntSlider, VBox

from colorattn.data.scene import SIDE, paint
from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols
from colorattn.model.colornet import ColorNetImage
from colorattn.widgets.tiles import page
from colorattn.widgets.view import symbol_names, view

DRAWINGS = 20  # per class, to choose the query from
NOTE = '<div style="font-size:13px;line-height:1.3">'
NOTES = {
    "net": "The improved network has a finer map. Does it look elsewhere?",
    "scene": "Another image, with a query of its own.",
    "query": "Ask for another symbol, or for one that is not there. Where do "
    "the weights go, and how sure is the answer?",
    "drawing": "Other drawings of the same class. Does the answer depend on "
    "who drew the query? 0 is the scene's own.",
    "temperature": "Divides the scores once more; at 1, they are as the "
    "network makes them. When does the glimpse lose its color?",
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
            raise ValueError("give at least one scene and one network.")
        self.scenes, self.symbols, self.nets = scenes, symbols, nets
        self.positions = scenes.positions[0].clone()  # of the shown scene
        room = scenes.image.shape[2] - SIDE
        heat = {"base": 10, "min": -1, "max": 1.5, "step": 0.05}
        self.controls: dict[str, Any] = {
            "net": Dropdown(options=list(nets)),
            "scene": IntSlider(min=1, max=len(scenes), value=1),
            "query": Dropdown(),
            "drawing": IntSlider(min=0, max=DRAWINGS, value=0),
            "temperature": FloatLogSlider(value=1, **heat),
            "moved": Dropdown(),
            "row": IntSlider(min=0, max=room),
            "column": IntSlider(min=0, max=room),
        }
        self.picture, self.words = HTML(), HTML()
        self.panel = VBox([self.picture, self.words, layout_of(self.controls)])
        self.quiet = False
        for name, control in self.controls.items():
            control.observe(getattr(self, f"on_{name}", self.on), "value")
        self.on_scene()

    def __repr__(self) -> str:
        """Return a text that is the same on every machine."""
        nets = ", ".join(self.nets)
        return f"<Explorer of {len(self.scenes)} scenes; networks: {nets}>"

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, Any]:
        """Show the panel in any version of ipywidgets."""
        view = {"version_major": 2, "version_minor": 0}
        view["model_id"] = self.panel.model_id
        mime = "application/vnd.jupyter.widget-view+json"
        return {"text/plain": repr(self), mime: view}

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
        asked = self.symbols, self["query"], self["temperature"]
        found = view(self.nets[self["net"]], self.scene(), *asked)
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
        places = {name: k for k, name in enumerate(present)}
        queried = int(scene.query_index[0])
        with self.paused():
            self.controls["query"].options = [
                (named.get(k, f"{name} (not there)"), k)
                for k, name in enumerate(self.symbols.classes)
            ]
            self.set(query=classes[queried], drawing=0)
            self.controls["moved"].options = list(places.items())
            self.set(moved=queried)
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
        places, asked = self.positions[None], self["query"]
        drawings, side = self.symbols.images, scene.image.shape[2]
        own = scene.classes[0, scene.query_index[0]] == asked
        first, count = self.symbols.first[asked], self.symbols.counts[asked]
        begin = scene.query_id - first if own else torch.tensor([0])
        drawn = first + (begin + self["drawing"]) % count
        inked = drawings[scene.drawing_ids]
        return replace(
            scene,
            image=paint(inked, scene.colors, places, side),
            query=drawings[drawn].unsqueeze(1),
            query_id=drawn,
            positions=places,
        )


def layout_of(controls: dict[str, Any]) -> Box:
    """Lay out the controls, each with its name and what to look for."""
    labels = {"scene": "Scene", "moved": "Move"}
    items = []
    for name, control in controls.items():
        control.description = labels.get(name, name.capitalize())
        control.layout.width = "auto"
        control.style.description_width = "95px"
        note = HTML(f"{NOTE}{escape(NOTES[name])}</div>")
        layout = {"flex": "1 1 280px", "padding": "0 8px 8px 0"}
        items.append(VBox([control, note], layout=layout))
    return Box(items, layout={"display": "flex", "flex_flow": "row wrap"})
