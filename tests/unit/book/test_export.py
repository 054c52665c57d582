"""Nets leave PyTorch for the book's pages, and answer there as they did."""

import base64
import gzip
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import export
import numpy as np
import onnxruntime
import pytest
import torch
from tiny import pixels

from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import Stream
from colorattn.model.colornet import ColorNetConfig, ColorNetImage
from colorattn.model.encoder import EncoderConfig
from colorattn.runs import store
from colorattn.training.config import NAMED

ROOT = Path(__file__).parents[3]
NETS = "post-mnist", "best-mnist"  # one of each kind; clothes have the same


def scenes(n, seed=5):
    """Draw scenes from the drawings that the package itself holds."""
    images, labels = symbols.subset("mnist", "test")
    held = symbols.Symbols(
        images=torch.from_numpy(images),
        counts=torch.from_numpy(np.bincount(labels)),
        name="mnist",
        split="test",
        source="subset",
    )
    return Stream(held, Scene(), batch_size=n, seed=seed).batch(0)


@pytest.fixture(scope="module")
def fresh():
    return scenes(200)


@pytest.fixture(scope="module", params=NETS)
def exported(request):
    """A net, the same net for onlookers, and its ONNX file."""
    net = store.model(request.param)
    content = export.to_onnx(NAMED[request.param], net)
    return net, export.DemoNet(net), content


def ask(content, image, query, temperature=1.0):
    """Ask an ONNX file; return its outputs by name."""
    session = onnxruntime.InferenceSession(content)
    given = {
        "image": image.numpy(),
        "query": query.numpy(),
        "temperature": np.array(temperature, np.float32),
    }
    return dict(
        zip(
            export.OUTPUTS,
            session.run(export.OUTPUTS, given),
            strict=True,
        )
    )


# What engine.js computes, in Node.

ENGINE = ROOT / "book" / "static" / "demo" / "engine.js"
# Reads a network and bytes of images and queries; writes every result.
RUN = """
import { readFileSync } from "node:fs";
const { bytesOf, halves, run } = await import(process.argv[1]);
const [{ network, temperature, single }, ...lines] =
  readFileSync(0, "utf8").trim().split("\\n").map((line) => JSON.parse(line));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
network.numbers = single
  ? new Float32Array(bytes(network.numbers).buffer)
  : halves(bytesOf(network.numbers));
for (const [image, query] of lines) {
  const { logits, scores, weights, glimpse, query: vector, keys } =
    run(network, bytes(image), bytes(query), temperature);
  const found = [logits, scores, weights, glimpse, vector, keys];
  console.log(found.map((list) =>
    Buffer.from(Float32Array.from(list).buffer).toString("base64")).join(" "));
}
"""


def in_node(network, batch, temperature=1.0, single=False):
    """Run engine.js on a batch; return arrays by name."""
    head = {
        "network": network,
        "temperature": temperature,
        "single": single,
    }
    pairs = zip(batch.image, batch.query, strict=True)
    lines = [[export.as_text(x) for x in pair] for pair in pairs]
    done = subprocess.run(
        [
            "node",
            "--no-warnings",
            "--input-type=module",
            "-e",
            RUN,
            ENGINE.as_uri(),
        ],
        input="\n".join(map(json.dumps, [head, *lines])),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    rows = [
        [np.frombuffer(base64.b64decode(x), "<f4") for x in line.split()]
        for line in done.stdout.splitlines()
    ]
    columns = map(np.stack, zip(*rows, strict=True))
    names = *export.OUTPUTS, "vector", "keys"
    return dict(zip(names, columns, strict=True))


@pytest.mark.parametrize("name", NETS)
def test_engine_computes_what_pytorch_computes(name):
    """With the same weights, on 1,200 scenes: all that the demo shows."""
    net = store.model(name)
    for temperature, n in ((1.0, 1000), (0.3, 200)):
        batch = scenes(n, seed=n)
        page = export.to_page(net, half=False)
        found = in_node(page, batch, temperature, single=True)
        with torch.inference_mode():
            answers = export.DemoNet(net)(
                batch.image, batch.query, torch.tensor(temperature)
            )
            sight = net.prepare(net.normalize(batch.image))
            vector = net.pool(net.encode_query(net.normalize(batch.query)))
            answers = *answers, vector, net.encode_image(sight)
        names = *export.OUTPUTS, "vector", "keys"
        for key, wanted in zip(names, answers, strict=True):
            wanted = wanted.flatten(1).numpy()
            off = np.abs(found[key] - wanted).max()
            assert off <= 2e-5 * max(1, np.abs(wanted).max()), (key, off)


@pytest.mark.parametrize("name", NETS)
def test_half_precision_leaves_the_answers_as_they_are(name):
    net, some = store.model(name), scenes(1000, seed=7)
    found = in_node(export.to_page(net), some)
    with torch.inference_mode():
        logits, _, weights = net(some.image, some.query)
    assert (found["logits"].argmax(1) == logits.argmax(1).numpy()).all()
    assert np.abs(found["weights"] - weights.flatten(1).numpy()).max() < 0.02


def test_engine_can_be_read_at_one_sitting_and_is_small():
    text = ENGINE.read_text(encoding="utf-8")
    assert text.count("\n") <= 150
    bare = re.sub(r"^\s*(//|/?\*\*?).*\n|^\s+", "", text, flags=re.M)
    assert len(gzip.compress(bare.encode(), 9)) <= 2_000


@pytest.mark.parametrize(
    "changes",
    [
        {"image_encoder": EncoderConfig(order="conv-relu-norm")},
        {"image_encoder": EncoderConfig(norm=False)},
        {"image_encoder": EncoderConfig(dilations=(1, 2, 1))},
        {"image_encoder": EncoderConfig(padding=False)},
        {"image_encoder": EncoderConfig(bias=False)},
        {"shared_shifts": True},
        {"image_encoder": EncoderConfig(slope=0.1)},
        {"image_encoder": EncoderConfig(shrink=2)},
        {"query_unpadded": 1},
        {"readout": "features"},
        {"readout": "image_sum_centered"},
        {"head": "none"},
    ],
    ids=str,
)
def test_what_engine_cannot_compute_is_refused(changes):
    net = ColorNetImage(replace(ColorNetConfig(), **changes)).eval()
    with pytest.raises(ValueError):
        export.to_page(net)


def test_the_command_writes_scripts_with_the_weights(tmp_path):
    assert export.main(["post-mnist", "--out", str(tmp_path / "new")]) == 0
    (path,) = tmp_path.rglob("*.*")
    assert path.name == "post-mnist.js"
    name, given = re.fullmatch(
        r'\(self\.demoData\?\?=\{\}\)\["(.*?)"\]=(.*);\n', path.read_text()
    ).groups()
    assert name == "post-mnist"
    assert json.loads(given) == export.to_page(store.model(name))


# What a net says, in PyTorch and outside it.


@pytest.mark.parametrize("temperature", [1.0, 0.3, 3.0])
def test_onnxruntime_answers_fresh_scenes_as_pytorch_does(
    exported, fresh, temperature
):
    _, asked, content = exported
    found = ask(content, fresh.image, fresh.query, temperature)
    with torch.inference_mode():
        wanted = asked(fresh.image, fresh.query, torch.tensor(temperature))
    for name, value in zip(export.OUTPUTS, wanted, strict=True):
        np.testing.assert_allclose(
            found[name], value, rtol=1e-4, atol=1e-4, err_msg=name
        )


def test_any_number_of_scenes_is_answered_alike(exported, fresh):
    content = exported[2]
    some = ask(content, fresh.image[:7], fresh.query[:7])
    alone = ask(content, fresh.image[3:4], fresh.query[3:4])
    for name in export.OUTPUTS:
        np.testing.assert_allclose(some[name][3:4], alone[name], atol=1e-4)


def test_at_temperature_1_the_net_is_the_one_that_was_trained(exported, fresh):
    net, asked, _ = exported
    with torch.inference_mode():
        same = asked(fresh.image, fresh.query, torch.tensor(1.0))[:3]
        for value, wanted in zip(
            same, net(fresh.image, fresh.query), strict=True
        ):
            assert torch.equal(value, wanted)


def test_temperature_changes_the_weights_and_not_the_scores(exported, fresh):
    _, asked, _ = exported
    with torch.inference_mode():
        cold, warm, hot = (
            asked(fresh.image, fresh.query, torch.tensor(temperature))
            for temperature in (1e-4, 1.0, 1e6)
        )
    torch.testing.assert_close(cold[1], warm[1], rtol=1e-4, atol=1e-4)
    best = warm[1].flatten(1).argmax(dim=1)
    chosen = cold[2].flatten(1)[torch.arange(len(best)), best]
    assert (chosen > 0.99).float().mean() > 0.95  # the rest are nearly ties
    uniform = torch.full_like(hot[2], 1 / hot[2][0].numel())
    torch.testing.assert_close(hot[2], uniform, rtol=1e-3, atol=0)
    mean = fresh.image.float().mean(dim=(2, 3)) / 255
    torch.testing.assert_close(hot[3], mean, rtol=1e-3, atol=1e-5)


# The files.


def test_a_file_names_its_inputs_and_outputs(exported):
    session = onnxruntime.InferenceSession(exported[2])
    assert [i.name for i in session.get_inputs()] == list(export.INPUTS)
    assert [o.name for o in session.get_outputs()] == list(export.OUTPUTS)
    image = session.get_inputs()[0]
    assert (image.type, image.shape) == (
        "tensor(uint8)",
        ["scenes", 3, 64, 64],
    )


def test_a_file_holds_no_path_of_this_machine(exported):
    content = exported[2]
    homes = str(ROOT), str(Path.home()), str(Path(torch.__file__).parent)
    for trace in (*homes, "site-packages", "colorattn", "export.py"):
        assert trace.encode() not in content, trace
    assert len(content) < 100_000


def test_the_same_net_gives_the_same_bytes(exported, request):
    net, _, content = exported
    again = export.to_onnx(
        NAMED[request.node.callspec.params["exported"]], net
    )
    assert again == content


def test_test_vectors_are_what_the_file_answers(exported, fresh, monkeypatch):
    net, _, content = exported
    monkeypatch.setattr(export.runs, "scenes", lambda *_: fresh)
    vectors = json.loads(export.to_json(NAMED[NETS[0]], net))
    assert len(vectors) == len(export.VECTORS)
    for vector in vectors:
        image, query = (
            torch.frombuffer(
                bytearray(base64.b64decode(vector[name])), dtype=torch.uint8
            ).view(1, *size)
            for name, size in (("image", (3, 64, 64)), ("query", (1, 28, 28)))
        )
        found = ask(content, image, query, vector["temperature"])
        for name in export.OUTPUTS:
            np.testing.assert_allclose(
                found[name][0], vector[name], rtol=1e-4, atol=1e-4
            )


# The command.


def test_the_command_writes_a_file_and_its_vectors(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "to_onnx", lambda *_: b"a net")
    monkeypatch.setattr(export, "to_json", lambda *_: "[]\n")
    out = "--out", str(tmp_path / "new")
    assert export.main(["post-mnist", "--onnx", *out]) == 0
    written = {p.name: p.read_bytes() for p in tmp_path.rglob("post*")}
    assert written == {"post-mnist.onnx": b"a net", "post-mnist.json": b"[]\n"}


def test_all_nets_with_names_are_exported_unless_asked_otherwise(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(export, "to_onnx", lambda *_: b"a net")
    monkeypatch.setattr(export, "to_json", lambda *_: "[]\n")
    assert export.main(["--onnx", "--out", str(tmp_path)]) == 0
    assert {p.stem for p in tmp_path.iterdir()} == set(NAMED)


def test_a_model_that_does_not_exist_is_refused_in_words(tmp_path, capsys):
    with pytest.raises(SystemExit):
        export.main(["worst-mnist", "--out", str(tmp_path)])
    said = capsys.readouterr().err
    assert "worst-mnist" in said and "best-mnist" in said
    assert not list(tmp_path.iterdir())


def test_missing_tools_are_named(monkeypatch):
    monkeypatch.setattr(export, "find_spec", lambda name: name == "onnx")
    with pytest.raises(ValueError, match="pip install onnxscript"):
        export.to_onnx(NAMED["post-mnist"], store.model("post-mnist"))


def test_pixels_that_are_no_bytes_are_refused(exported):
    image, query = pixels(1, 3, 64, 64), pixels(1, 1, 28, 28)
    with pytest.raises(Exception, match="uint8"):
        ask(exported[2], image.float(), query)
    with pytest.raises(Exception, match="image"):
        ask(exported[2], image[:, :, :32], query)
