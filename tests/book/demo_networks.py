"""The networks of the live demo, run in Python."""

from functools import cache

import export
import numpy as np
import torch
from demo_page import CANVAS

from colorattn import runs
from colorattn.data.scene import SIDE

CLOSE = {"rtol": 1e-4, "atol": 1e-4}


@cache
def network(name):
    """Load a network as it is exported."""
    return export.DemoNet(runs.model(name))


def answers(name, image, query, temperature):
    """Compute a network's outputs in Python, by name, flattened."""
    with torch.inference_mode():
        found = network(name)(image, query, torch.tensor(temperature))
    return {
        key: value.flatten(1).numpy()
        for key, value in zip(export.OUTPUTS, found, strict=True)
    }


def assert_answers_agree(shown):
    """Compare every answer of the page with Python's, for what it shows."""
    image = torch.tensor(shown["image"], dtype=torch.uint8)
    query = torch.tensor(shown["query"], dtype=torch.uint8)
    for answer in shown["answers"]:
        wanted = answers(
            f"{answer['net']}-{shown['scene']['data']}",
            image.view(1, 3, CANVAS, CANVAS),
            query.view(1, 1, SIDE, SIDE),
            float(shown["scene"]["temperature"]),
        )
        for key, value in wanted.items():
            np.testing.assert_allclose(answer[key], value[0], **CLOSE)
