"""The engine of the training page computes what PyTorch computes."""

import base64
import json
import shutil
import subprocess
from copy import deepcopy
from itertools import islice

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import train_drawings
from building import ROOT
from train_page import accuracies
from training_page import OURS

from colorattn.analysis.localization import localize
from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import Stream
from colorattn.model.colornet import ColorNetImage
from colorattn.training import loop
from colorattn.training.config import POST, vary

NODE = shutil.which("node")
STATIC = ROOT / "book" / "static"
SCENES, STEPS, SEED = 5, 2, 11
LEARNED = 1, 2, 4  # seeds trained to the end; the page's own test has 3
ROUNDS = 150  # batches of 63 test questions
NETWORKS = {  # by what the page offers: the experiment, and changes of it
    "ours": (OURS, {}, {}),
    "ours-mean": (
        OURS,
        {"query_pooling": "mean"},
        {"pooling": "mean"},
    ),
    "ours-8": (
        OURS,
        {"image_encoder.strides": (4, 2, 1, 1, 1)},
        {"grid": 8},
    ),
    "post": (POST, {}, {}),
    "post-center": (POST, {"query_pooling": "center"}, {"pooling": "center"}),
    "post-16": (
        POST,
        {
            "image_encoder.strides": (2, 2, 1),
            "query_encoder.strides": (2, 2, 1),
        },
        {"grid": 16},
    ),
}
RUN = """
import { readFileSync, writeFileSync } from "node:fs";
const [engine, folder] = process.argv.slice(2);
const { build } = await import(`${engine}/network.js`);
const { configOf } = await import(`${engine}/recipe.js`);
const given = JSON.parse(readFileSync(`${folder}/given.json`));
const config = configOf(given.choice);
const net = build(config, [[given.scenes, config.queries]], Math.random);
// Where each parameter is, by the name that PyTorch has for it.
const { head, readout } = net.last;
const places = readout === "image_log" ? {}
  : { "head.weight": [head, 9], "head.bias": [head + 9, 3] };
for (const side of ["image", "query"])
  for (const [l, layer] of net[side].entries()) {
    const name = (n, kind) => `encode_${side}.layers.${3 * l + n}.${kind}`;
    const { filter, scale, shift, outputs, fan } = layer;
    if (side === "image" || filter !== net.image[l]?.filter)
      places[name(0, "weight")] = [filter, outputs * fan];
    places[name(1, "weight")] = [scale, outputs];
    places[name(1, "bias")] = [shift, outputs];
  }
const parts = (numbers) => Object.fromEntries(Object.entries(places).map(
  ([name, [at, length]]) => [name, [...numbers.subarray(at, at + length)]]));
const put = (numbers, given) => {
  if (Object.keys(given).sort().join() !== Object.keys(places).sort().join())
    throw new Error("not the parameters that PyTorch has");
  for (const [name, [at, length]] of Object.entries(places)) {
    if (given[name].length !== length) throw new Error(name);
    numbers.set(given[name], at);
  }
};
put(net.values, given.values);
const alone = { share: 1, add: (own) => own };
const found = [];
for (const [n, raw] of given.batches.entries()) {
  const bytes = (list) => Uint8Array.from(list);
  const batch = { images: bytes(raw.images), queries: bytes(raw.queries),
    targets: raw.targets, symbols: raw.symbols };
  const { weights, logits, vector } =
    await net.run(net.rigs[0], batch, alone);
  const [sums, gradients] = [[...vector.slice(-4)], parts(vector)];
  put(vector, raw.gradients);
  net.update(vector, n + 1, 0.01);
  const tested = (await net.run(net.rigs[0], batch)).logits;
  found.push({ logits, sums, weights: [...weights], tested, gradients,
    values: parts(net.values) });
}
writeFileSync(`${folder}/found.json`, JSON.stringify(found));
"""
RECIPE = """
const { complete, configOf, rateOf } =
  await import(`${process.argv[2]}/recipe.js`);
console.log(JSON.stringify(["ours", "post"].map((net) => {
  const choice = complete({ net });
  const { scenes, queries, augment, decay, steps } = configOf(choice);
  const rates = Array.from({ length: steps }, (_, n) => rateOf(choice, n));
  return [scenes * queries, queries, augment, decay, rates];
})));
"""
WITHOUT = """
const { instantiate } = await import(`${process.argv[2]}/kernels.js`);
try {
  instantiate(new WebAssembly.Memory({ initial: 1 }), []);
} catch (wrong) {
  process.stdout.write(wrong.message);
}
"""
KERNELS = """
const { KINDS, instantiate } = await import(`${process.argv[2]}/kernels.js`);
const [rows, table, x, taps, gate] = [1000, 3000, 8000, 200, 5000];
const [stride, shifts, length, step] = [512, [-7, 0, 3, 40, 11, 2], 72, 256];
const start = (n) => Math.fround(Math.sin(7.13 * n));
const count = shifts.length;
const wanted = {
  multiply(F, floor) {
    for (let j = 0; j < 4; j++)
      for (let p = 0; p < length; p++) {
        const sum = shifts.reduce((sum, shift, k) =>
          sum + start(table + 4 * k + j) * start(x + shift + p), 0);
        const open = start(gate + j * step + p) > 0;
        F[rows + j * stride + p] = open ? Math.max(sum, floor) : 0;
      }
  },
  correlate(F) {
    for (let j = 0; j < 4; j++)
      for (const [k, shift] of shifts.entries())
        for (let p = 0; p < length; p++)
          F[table + 4 * k + j] +=
            start(rows + j * stride + p) * start(x + shift + p);
  },
};
const found = {};
for (const [name, floor] of [["multiply", -Infinity], ["multiply", 0.25],
  ["correlate", 0]]) {
  const expected = Float64Array.from({ length: 2 ** 14 }, (_, n) => start(n));
  wanted[name](expected, floor);
  for (const kind of KINDS) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const F = new Float32Array(memory.buffer);
    for (let n = 0; n < F.length; n++) F[n] = start(n);
    new Int32Array(memory.buffer).set(
      shifts.map((shift) => 4 * (x + shift)), taps);
    const places = [rows, table, stride, 0, taps, count, length, gate, step];
    instantiate(memory, [kind])[name](...places.map((n) => 4 * n), floor);
    found[name] = [...(found[name] ?? []), Math.max(...F.map((value, n) =>
      n >= taps && n < taps + count ? 0 : Math.abs(value - expected[n])))];
  }
}
console.log(JSON.stringify(found));
"""

# The page's own team and worker; there is one, which needs no thread.
LEARN = """
import { readFileSync } from "node:fs";
const [engine, folder] = process.argv.slice(2);
let worker;
globalThis.self = { postMessage: (data) => worker.onmessage({ data }) };
globalThis.Worker = class {
  constructor() { worker = this; }
  postMessage(data) { self.onmessage({ data }); }
};
await import(`${engine}/worker.js`);
const { Team } = await import(`${engine}/team.js`);
const { complete, configOf } = await import(`${engine}/recipe.js`);
const { unpack } = await import(`${engine}/stream.js`);
const given = JSON.parse(readFileSync(`${folder}/given.json`));
const choice = complete({ seed: given.seed });
const drawings = await unpack(given.drawings);
const unseen = Uint8Array.from(Buffer.from(given.unseen, "base64"));
const team = new Team("", choice, [], 1);
await team.begun;
await team.give({ drawings, unseen });
const { steps } = configOf(choice);
while (team.step < steps) await team.go();
console.log(JSON.stringify(await team.test(given.rounds)));
"""


def by_color(batch, queries):
    """List where each scene's symbols are, in the order of colors."""
    order = batch.colors[::queries].argsort(dim=1)
    places = batch.positions[::queries]
    return [
        [{"row": row, "column": column} for row, column in p[k].tolist()]
        for p, k in zip(places, order, strict=True)
    ]


def biases(net):
    """List the biases of convolutions, which the page does without."""
    modules = net.modules()
    return [m.bias for m in modules if isinstance(m, torch.nn.Conv2d)]


@torch.no_grad()
def without_biases(net):
    """Set them to 0: norms take them away, and Adam would let them drift."""
    for bias in biases(net):
        bias.zero_()


def parameters(net):
    """Return the parameters that the page has, by name."""
    absent = {id(bias) for bias in biases(net)}
    named = net.named_parameters()
    return {name: value for name, value in named if id(value) not in absent}


def distance_from_kinks(net, batch, queries):
    """Return how near to 0 a ReLU's input comes; rounding may move it so far.

    On the other side of 0 it would have another gradient.
    """
    found, probe = [], deepcopy(net).train()
    for module in probe.modules():
        if isinstance(module, torch.nn.ReLU):
            module.register_forward_pre_hook(
                lambda _, given: found.append(given[0].abs().min())
            )
    with torch.no_grad():
        probe(batch.image[::queries], batch.query)
    return min(found)


def some_symbols():
    images, labels = symbols.subset("mnist", "test")
    counts = torch.from_numpy(np.bincount(labels))
    return symbols.Symbols(
        torch.from_numpy(images), counts, "mnist", "test", "subset"
    )


def node(folder, script):
    """Run a script with Node, in a folder where it leaves what it found."""
    path = folder / "run.mjs"
    path.write_text(script)
    for name in ("demo", "train"):
        shutil.copytree(STATIC / name, folder / name, dirs_exist_ok=True)
    (folder / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        [NODE, path, folder / "train", folder],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["multiply", "correlate"])
def test_a_kernel_writes_its_sums_and_nothing_else(tmp_path, name):
    """With and without fused multiplication, as the same loops written out."""
    found = node(tmp_path, KERNELS)
    for difference in json.loads(found)[name]:
        assert difference < 1e-5


def test_a_browser_without_the_instructions_is_told(tmp_path):
    said = node(tmp_path, WITHOUT)
    assert said == "this browser can’t train (no SIMD in WebAssembly)"


def test_the_recipes_are_those_of_pytorch(tmp_path):
    """Batches, weight decay, and the learning rate of every step."""
    found = json.loads(node(tmp_path, RECIPE))
    for (size, queries, augment, decay, rates), experiment in zip(
        found, (OURS, POST), strict=True
    ):
        recipe = experiment.recipe
        assert size == recipe.batch_size
        assert queries == recipe.queries_per_scene
        assert augment == recipe.augment
        assert decay == (0.01 if recipe.optimizer == "adamw" else 0)
        wanted = [loop.learning_rate(recipe, n) for n in range(recipe.steps)]
        assert rates == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("seed", LEARNED)
def test_each_seed_learns_as_well_as_the_ledger_says(tmp_path, seed):
    """Trained to the end, and tested on the drawings of the test split."""
    found = symbols.load("mnist", "test")
    each = torch.arange(int(found.counts.max())) % found.counts[:, None]
    places = found.first[:, None] + each
    unseen = found.images_of(places.flatten()).numpy().tobytes()
    given = {
        "seed": seed,
        "drawings": train_drawings.pack(train_drawings.extract()),
        "unseen": base64.b64encode(unseen).decode(),
        "rounds": ROUNDS,
    }
    (tmp_path / "given.json").write_text(json.dumps(given))
    low, high = accuracies(63 * ROUNDS)
    tested = 100 * json.loads(node(tmp_path, LEARN))
    assert low <= tested <= high


@pytest.fixture
def double():
    """Let PyTorch compute in double precision: its single is less exact."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("name", NETWORKS)
def test_each_step_is_that_of_pytorch(tmp_path, name):
    """Forward, loss, every gradient, Adam, and what evaluation then says."""
    experiment, changes, choice = NETWORKS[name]
    net = ColorNetImage(vary(experiment.model, changes), seed=SEED)
    without_biases(net)
    recipe = experiment.recipe
    queries = recipe.queries_per_scene
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    optimizer = kinds[recipe.optimizer](net.parameters(), lr=0.01)
    stream = Stream(
        some_symbols(),
        Scene(),
        SCENES * queries,
        SEED,
        queries_per_scene=queries,
    )
    given = {
        "choice": {"net": name.partition("-")[0], **choice},
        "scenes": SCENES,
        "values": {
            key: value.detach().flatten().tolist()
            for key, value in parameters(net).items()
        },
        "batches": [],
    }
    wanted = []
    clear = (b for b in stream if distance_from_kinks(net, b, queries) > 3e-6)
    for batch in islice(clear, STEPS):
        image = batch.image[::queries]
        optimizer.zero_grad()
        net.train()
        logits, _, weights = net(image, batch.query)
        loss = F.cross_entropy(logits, batch.target)
        loss.backward()
        assert max(bias.grad.abs().max() for bias in biases(net)) < 1e-5
        seen = localize(weights.detach().float(), batch)
        right = (logits.argmax(dim=1) == batch.target).float().mean()
        sums = [loss, right, seen.hit.float().mean(), seen.purity.mean()]
        gradients = {k: p.grad.clone() for k, p in parameters(net).items()}
        given["batches"].append(
            {
                "images": image.flatten().tolist(),
                "queries": batch.query.flatten().tolist(),
                "targets": batch.target.tolist(),
                "symbols": by_color(batch, queries),
                # Adam turns a gradient that is rounding alone into a whole
                # step of either sign: so both update with the same.
                "gradients": {
                    key: value.flatten().tolist()
                    for key, value in gradients.items()
                },
            }
        )
        optimizer.step()
        without_biases(net)
        net.eval()
        with torch.inference_mode():
            tested = net(image, batch.query)[0]
        values = {k: p.detach().clone() for k, p in parameters(net).items()}
        wanted.append((logits, weights, sums, gradients, values, tested))
    (tmp_path / "given.json").write_text(json.dumps(given))
    node(tmp_path, RUN)
    found = json.loads((tmp_path / "found.json").read_text())
    for its, (logits, weights, sums, gradients, values, tested) in zip(
        found, wanted, strict=True
    ):
        assert_close(its["logits"], logits)
        assert_close(its["weights"], weights)
        for value, expected in zip(its["sums"], sums, strict=True):
            assert_close([value], expected)
        assert its["gradients"].keys() == gradients.keys()
        for key, value in gradients.items():
            assert_close(its["gradients"][key], value, key)
        for key, value in values.items():
            assert_close(its["values"][key], value, key)
        assert_close(its["tested"], tested)


def assert_close(found, wanted, message=""):
    """Compare within 1e-4 of the largest number, or of 1 if that is less."""
    wanted = wanted.detach().flatten().numpy()
    scale = max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(
        found, wanted, rtol=0, atol=1e-4 * scale, err_msg=message
    )
