"""The networks of the live demo, run in Python."""

from functools import cache

import export
import numpy as np
import torch
from demo_page import CANVAS

from colorattn import runs
from colorattn.data.scene import SIDE

CLOSE = {"rtol": 1e-4, "atol": 1e-4}


def half(tensor):
    """Round to half precision."""
    return tensor.detach().half().float()


@cache
@torch.no_grad()
def network(name):
    """Load a network with the numbers that the page has."""
    net = runs.model(name)
    encoders = net.encode_image, net.encode_query
    for encoder in encoders:
        parts = list(encoder.layers)
        for conv, norm in zip(parts[::3], parts[1::3], strict=True):
            scale = norm.weight / (norm.running_var + norm.eps).sqrt()
            shift = norm.bias + scale * (conv.bias - norm.running_mean)
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            norm.weight.copy_(half(scale))
            norm.bias.copy_(half(shift))
    for conv in {conv for encoder in encoders for conv in encoder.layers[::3]}:
        conv.weight.copy_(half(conv.weight))
        conv.bias.zero_()  # it is in the shift
    net.head.weight.copy_(half(net.head.weight))
    net.head.bias.copy_(half(net.head.bias))
    return export.DemoNet(net)


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
