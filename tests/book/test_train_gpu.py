"""The training page's graphics card learns as its processor does.

Chromium has a graphics card made of software, which is slow and exact enough.
"""

import json

import pytest
from playwright.sync_api import expect
from train_page import PLAIN, POST

CARD = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
CARD += ["--enable-features=Vulkan", "--use-vulkan=swiftshader"]
CHOICES = [  # each part of the program is in one of them
    {},
    {"pooling": "mean", "grid": 8},
    {"breaks": "image"},
    {"breaks": "query"},
    {"breaks": "root"},
    {"net": "post"},
    {"net": "post", "pooling": "center", "grid": 16},
    {"net": "post", "breaks": "both"},
]
SCENES, STEPS, RATE = 4, 3, 0.001
# Learns from the same batches on both, and returns, of each step, both scores;
# at the end, of each kind of number, how many differ and how many there are.
BOTH = """async ([choice, scenes, steps, rate]) => {
  const from = (name) => import(`${location.origin}${location.pathname.replace(
    /book\\/.*/, "")}_static/train/${name}.js`);
  const { build } = await from("network");
  const { open, trainer } = await from("gpu");
  const { complete, configOf } = await from("recipe");
  const { AREA, batch, generator } = await from("stream");
  const config = { ...configOf(complete(choice)), scenes };
  const random = generator(5);
  const drawings = Uint8Array.from({ length: 50 * AREA },
    () => 256 * random());
  const made = () =>
    build(config, [[scenes, config.queries]], generator(7));
  const [processor, card] = [made(), made()];
  const step = await trainer(await open(), card, config, scenes);
  const scores = [];
  for (let n = 1; n <= steps; n++) {
    const drawn = batch(drawings, config, 3, n, [0, scenes]);
    const { vector } = await processor.run(processor.rigs[0], drawn,
      { share: 1, add: (own) => own });
    processor.update(vector, n, rate);
    scores.push([[...vector.slice(-4)], await step(drawn, n, rate)]);
  }
  const parts = {};
  const compare = (name, at, length) => {
    const [a, b] = [processor, card].map(({ values }) =>
      [...values.subarray(at, at + length)]);
    const off = a.filter((value, n) => Math.abs(value - b[n]) > rate / 10);
    parts[name] = [off.length, length];
  };
  for (const side of ["image", "query"])
    for (const [l, layer] of card[side].entries()) {
      const { filter, outputs, fan } = layer;
      compare(`${side} ${l} filter`, filter, outputs * fan);
      for (const kind of ["scale", "shift", "means", "variances"])
        compare(`${side} ${l} ${kind}`, layer[kind], outputs);
    }
  compare("head", card.last.head, 12);
  return { scores, parts };
}"""
REAL = """self.GPUAdapterInfo && Object.defineProperty(
  GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });"""
# What is put before the script of the page's workers.
PUT = """let script;
Object.defineProperty(self, "trainWorker", {
  get: () => script, set: (its) => { script = %s + its; } });"""
NONE = "GPU.prototype.requestAdapter = async () => null;"
LOST = "GPUBuffer.prototype.mapAsync = async () => { throw new Error(); };"


@pytest.fixture(scope="module")
def browser(start):
    """A Chromium with a graphics card made of software."""
    with start(*CARD) as chromium:
        yield chromium


@pytest.mark.parametrize("choice", CHOICES, ids=json.dumps)
def test_a_step_is_that_of_the_processor(train, choice):
    """Scores, and what is learned.

    But where a gradient is rounding alone, as that of the last image shift in
    ours, Adam makes a step of either sign of it.
    """
    page = train().open().page
    found = page.evaluate(BOTH, [choice, SCENES, STEPS, RATE])
    for processor, card in found["scores"]:
        assert card == pytest.approx(processor, rel=1e-4)
    parts = found["parts"]
    if choice.get("net") != "post":
        del parts["image 4 shift"]
    for name, (off, count) in parts.items():
        assert off <= 0.02 * count, name


@pytest.mark.parametrize("hash_", [PLAIN, POST])
def test_the_page_learns_on_it_as_on_the_processor(train, hash_):
    means = []
    for where in "", "card":
        page = train(REAL).open(hash_)
        page.part("device").select_option(where)
        means.append(page.step(2).shown["means"])
    assert means[1] == pytest.approx(means[0], rel=1e-3)
    assert page.text("note") == "The graphics card learns from each batch."


def test_it_is_offered_where_there_is_one(train):
    device = train(REAL).open().part("device")
    expect(device).to_be_visible()
    hidden = train(REAL).open(PLAIN + "_hide-device").part("device")
    expect(hidden).to_be_hidden()
    software = train().open().part("device")
    expect(software).to_be_hidden()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (NONE, "this browser can’t use the graphics card"),
        (LOST, "the graphics card has stopped: train on the processor"),
    ],
)
def test_a_card_that_fails_is_named(train, fault, said):
    page = train(REAL, PUT % json.dumps(fault)).open()
    page.part("device").select_option("card")
    page.part("go").click()
    expect(page.part("note")).to_have_text(said)
    page.part("device").select_option("")
    page.step(1)
