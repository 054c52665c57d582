"""What the live figures of chapters were given, and what they compute."""

import base64

import numpy as np
import torch
from building import ROOT, read_notebook

from colorattn.widgets.descent import descend
from colorattn.widgets.field import field_of
from colorattn.widgets.live import script

STORED = "application/vnd.jupyter.widget-state+json"
CHAPTERS = {
    "descent": "03_attention",
    "temperature": "03_attention",
    "field": "04_model",
    "hops": "12_toward_transformers",
}
CANVAS = 64  # px


def stored(name):
    """Read the figure's traits as the notebook stores them."""
    notebook = read_notebook(ROOT / f"chapters/{CHAPTERS[name]}.ipynb")
    models = notebook.metadata.widgets[STORED]["state"]
    code = script(name)
    (model,) = [m for m in models.values() if m["state"].get("_esm") == code]
    buffers = {
        buffer["path"][0]: base64.b64decode(buffer["data"])
        for buffer in model.get("buffers", [])
    }
    return {**model["state"], **buffers}


# Temperature.

SENT = stored("temperature")
SCORES = np.frombuffer(SENT["scores"], np.float32).reshape(5, -1)
VALUES = np.frombuffer(SENT["values"], np.float32).reshape(5, 3, -1)


def wanted(scene, temperature):
    """Compute weights and glimpse with PyTorch."""
    scores = torch.tensor(SCORES[scene]).double()
    weights = (scores / temperature).softmax(dim=0)
    return weights, torch.tensor(VALUES[scene]).double() @ weights


# Descent.


def after(steps, start=0, target=1):
    """Compute the glimpse after some steps in Python."""
    sent = stored("descent")
    _, query, keys = sent["starts"][start]
    values = torch.tensor(sent["values"]).double()
    pair = torch.tensor(query).double(), torch.tensor(keys).double()
    for _ in range(steps):
        pair = descend(*pair, values, target, sent["rate"])
    return (pair[1] @ pair[0]).softmax(dim=0) @ values


# Field.

NETS = dict(stored("field")["presets"])
IMAGE = torch.frombuffer(
    bytearray(stored("field")["image"]), dtype=torch.uint8
).view(3, CANVAS, CANVAS)
SYMBOLS = stored("field")["symbols"]


def seen_of(color, key, layers):
    """Return the share of a symbol's ink that a key sees."""
    size, jump = field_of(layers)
    rows, columns = (
        slice(max(0, k * jump - size // 2), k * jump + size // 2 + 1)
        for k in key
    )
    ink = IMAGE[color].double()
    return (ink[rows, columns].sum() / ink.sum()).item()


# Hops.

HOPS = stored("hops")
TOKENS, HEADS = HOPS["tokens"], HOPS["heads"]
LOOKS = np.frombuffer(HOPS["weights"], np.uint8).reshape(
    -1, 2 ** len(HEADS), len(HEADS), TOKENS, TOKENS
)
