"""Export models: for the book's pages, or as ONNX files for other runtimes.

`python book/tools/export.py --out FOLDER` writes NAME.js, the weights that
book/static/demo/engine.js computes with. With `--onnx` it writes NAME.onnx
instead, and test vectors in NAME.json. Either takes images as bytes, as they
were painted, and normalizes them itself.
"""

import argparse
import base64
import json
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from colorattn import runs
from colorattn.__main__ import in_words
from colorattn.data.scene import SIDE
from colorattn.files import write
from colorattn.model.attention import Weights, attend, image_sum
from colorattn.model.colornet import ColorNetImage
from colorattn.model.encoder import Encoder, check_choice
from colorattn.training.config import NAMED, Experiment

INPUTS = "image", "query", "temperature"
OUTPUTS = "logits", "scores", "weights", "glimpse"
OPSET = 18  # of ONNX; runtimes of 2023 and later read it
PARTS = {  # what engine.js can compute
    "key_input": ("colors", "brightness"),
    "query_pooling": ("mean", "center"),
    "readout": ("image_mean", "image_sum"),
    "head": ("scaling", "linear"),
}
VECTORS = ((0, 1.0), (1, 1.0), (2, 0.25), (2, 4.0))  # scene and temperature


class DemoNet(nn.Module):
    """The model with a temperature input and the glimpse as an output.

    At temperature 1 it is the model that was trained. The glimpse is always
    a color, whichever read-out the model has.
    """

    def __init__(self, net: ColorNetImage):
        """Wrap the model, in evaluation mode."""
        super().__init__()
        self.net = net
        self.eval()

    def forward(
        self,
        image: UInt8[Tensor, "batch 3 height width"],
        query: UInt8[Tensor, "batch 1 28 28"],
        temperature: Float[Tensor, ""],  # above 0
    ) -> tuple[
        Float[Tensor, "batch 3"], Weights, Weights, Float[Tensor, "batch 3"]
    ]:
        """Return logits, scores, weights and the glimpse, 0 to 1.

        The steps are those of `ColorNetImage.forward`. Dividing the query
        vector divides each score, up to rounding.
        """
        net = self.net
        pixels, query = net.normalize(image), net.normalize(query)
        keys = net.encode_image(net.prepare(pixels))
        vector = net.pool(net.encode_query(query))
        divided, weights = attend(vector / temperature, keys)
        logits = net.head(net.glimpse(pixels, keys, weights))
        glimpse = image_sum(image / 255, weights)
        return logits, divided * temperature, weights, glimpse


@dataclass
class Numbers:
    """A list of numbers; each tensor is stored once, however often used."""

    listed: list[Tensor] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)
    length: int = 0

    def add(self, tensor: Tensor) -> int:
        """Return where a tensor's numbers begin."""
        if id(tensor) not in self.starts:
            self.starts[id(tensor)] = self.length
            self.listed.append(tensor)
            self.length += tensor.numel()
        return self.starts[id(tensor)]

    def bytes(self, half: bool) -> bytes:
        """Return all numbers, little-endian."""
        kind = "<f2" if half else "<f4"
        rows = [part.detach().flatten().numpy() for part in self.listed]
        return b"".join(row.astype(kind).tobytes() for row in rows)


def layers(encoder: Encoder, numbers: Numbers) -> list[dict[str, Any]]:
    """Describe an encoder as convolutions that scale, shift and cut off.

    In evaluation mode batch normalization, and the bias of the convolution
    before it, come to a factor and a summand for each channel. Raises
    ValueError for layers in an order that engine.js can't compute.
    """
    found = []
    parts = list(encoder.layers)
    for conv, norm, relu in zip(*(parts[k::3] for k in range(3)), strict=True):
        known = isinstance(norm, nn.BatchNorm2d) and relu.__class__ in (
            nn.ReLU,
            nn.Identity,
        )
        if not known or not plain(conv) or norm.weight is None:
            raise ValueError("engine.js can't compute such an encoder.")
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        shift = norm.bias + scale * (conv.bias - norm.running_mean)
        found.append(
            {
                "inputs": conv.in_channels,
                "outputs": conv.out_channels,
                "kernel": conv.kernel_size[0],
                "stride": conv.stride[0],
                "relu": isinstance(relu, nn.ReLU),
                "weights": numbers.add(conv.weight),
                "norm": numbers.add(torch.cat([scale, shift])),
            }
        )
    return found


def plain(conv: nn.Module) -> bool:
    """Say whether a layer is a convolution that engine.js can compute."""
    return (
        isinstance(conv, nn.Conv2d)
        and conv.dilation == (1, 1)
        and conv.padding != (0, 0)
        and conv.bias is not None
    )


def to_page(net: ColorNetImage, half: bool = True) -> dict[str, Any]:
    """Describe a model for engine.js, with its numbers in base64.

    They have half precision, or else single. Raises ValueError for a model
    that engine.js can't compute.
    """
    described, numbers = describe(net)
    encoded = base64.b64encode(numbers.bytes(half)).decode()
    return {**described, "numbers": encoded}


def describe(net: ColorNetImage) -> tuple[dict[str, Any], Numbers]:
    """Describe a model for engine.js, and list its numbers.

    Raises ValueError for a model that engine.js can't compute.
    """
    config = net.config
    for part, known in PARTS.items():
        check_choice(getattr(config, part), known, part)
    numbers = Numbers()
    shared = config.query_encoder is None
    described = {
        "mean": config.normalization.mean,
        "std": config.normalization.std,
        "brightness": shared or config.key_input == "brightness",
        "image": layers(net.encode_image, numbers),
        "query": layers(net.encode_query, numbers),
        "pooling": config.query_pooling,
        "readout": config.readout,
        "head": numbers.add(
            torch.cat([net.head.weight.flatten(), net.head.bias])
        ),
        "size": numbers.length,
    }
    return described, numbers


def to_onnx(experiment: Experiment, net: ColorNetImage) -> bytes:
    """Convert a model to ONNX, for any number of scenes at once.

    The same model gives the same bytes on one machine. Raises ValueError if
    onnx or onnxscript isn't installed.
    """
    absent = [name for name in ("onnx", "onnxscript") if not find_spec(name)]
    if absent:
        raise ValueError(
            f"exporting needs {' and '.join(absent)}: "
            f"pip install {' '.join(absent)}"
        )
    canvas, any_ = experiment.scene.canvas, {0: torch.export.Dim.DYNAMIC}
    program = torch.onnx.export(
        DemoNet(net),
        (
            torch.zeros(2, 3, canvas, canvas, dtype=torch.uint8),
            torch.zeros(2, 1, SIDE, SIDE, dtype=torch.uint8),
            torch.tensor(1.0),
        ),
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamic_shapes=(any_, any_, None),
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    return strip_metadata(program.model_proto)


def strip_metadata(model: Any) -> bytes:
    """Serialize a model without metadata: stack traces, with local paths."""
    graph = model.graph
    noted = [model, graph, *model.functions, *graph.node, *graph.value_info]
    noted += [*graph.input, *graph.output, *graph.initializer]
    for part in noted:
        del part.metadata_props[:]
        part.doc_string = ""
    for part in (*graph.input, *graph.output):
        for size in part.type.tensor_type.shape.dim:
            if size.dim_param:  # the batch dimension
                size.dim_param = "scenes"
    del graph.value_info[:]  # inferred shapes; runtimes infer them again
    return model.SerializeToString(deterministic=True)


def script(name: str, value: Any) -> bytes:
    """Write a value as a script that hands it to the demo, by name.

    A page that was opened as a file may load scripts, but no other files.
    """
    given = json.dumps(value, separators=(",", ":"))
    return f'(self.demoData??={{}})["{name}"]={given};\n'.encode()


def vectors(
    experiment: Experiment, net: ColorNetImage
) -> list[dict[str, Any]]:
    """Run a model on a few test scenes, so that other runtimes can be tested.

    Bytes are in base64, row by row; everything else is a list of numbers.
    """
    scenes, demo_net = runs.scenes(experiment, "test"), DemoNet(net)
    found = []
    for n, temperature in VECTORS:
        image, query = scenes.image[n : n + 1], scenes.query[n : n + 1]
        with torch.inference_mode():
            answers = demo_net(image, query, torch.tensor(temperature))
        given = as_text(image), as_text(query), temperature
        answered = [rounded(answer[0]) for answer in answers]
        names = INPUTS + OUTPUTS
        found.append(dict(zip(names, [*given, *answered], strict=True)))
    return found


def as_text(pixels: UInt8[Tensor, "..."]) -> str:
    """Encode bytes in base64."""
    return base64.b64encode(pixels.numpy().tobytes()).decode()


def rounded(numbers: Tensor) -> list[Any]:
    """Round to six decimals, about the precision of float32."""
    return numbers.double().numpy().round(6).tolist()


def to_json(experiment: Experiment, net: ColorNetImage) -> str:
    """Write test vectors as JSON, one per line."""
    lines = ",\n".join(map(json.dumps, vectors(experiment, net)))
    return f"[\n{lines}\n]\n"


def main(arguments: list[str]) -> int:
    """Export the models named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NAMED)}")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--onnx", action="store_true")
    options = parser.parse_args(arguments)
    for name in options.names or NAMED:
        if name not in NAMED:
            parser.error(f"no model {name!r}: choose from {list(NAMED)}.")
        experiment, model = NAMED[name], runs.model(name)
        path = options.out / f"{name}.{'onnx' if options.onnx else 'js'}"
        if options.onnx:
            vectors = to_json(experiment, model).encode()
            write(path, to_onnx(experiment, model))
            write(path.with_suffix(".json"), vectors)
        else:
            write(path, script(name, to_page(model)))
        print(path)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as failed:
        sys.exit(f"make book: {in_words(failed)}")
