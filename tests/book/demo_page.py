"""The page with the live demo, and what the tests know of it."""

import demo_drawings
import torch
from browsing import drag, watch
from building import ROOT

from colorattn.data import symbols
from colorattn.data.scene import SIDE

DEMO = ROOT / "book" / "static" / "demo"
PAGE = "book/demo.html"
EACH, CANVAS = 16, 64
SEED = 5  # of scenes and gestures, so that a failure can be repeated
LINK = "#scene_mnist_1-0-2-2_7-3-36-4_5-2-20-36_7-5_100"
BYTES = {name: demo_drawings.extract(name) for name in symbols.CLASSES}
DRAWINGS = {
    name: torch.frombuffer(bytearray(content), dtype=torch.uint8).view(
        10, EACH, SIDE, SIDE
    )
    for name, content in BYTES.items()
}

# The state of the page, as plain lists.
SHOWN = """() => {
  const { shown } = document.querySelector(".demo");
  const list = ([key, value]) => [key, value.map ? [...value] : value];
  const plain = (one) => Object.fromEntries(Object.entries(one).map(list));
  const { numbers, answers } = shown;
  return { ...plain(shown), numbers: plain(numbers),
    answers: answers.map(plain) };
}"""
# Presses arrow keys on the first symbol, in turns down and up; lists the
# milliseconds until each answer is shown.
PRESS_ARROWS = """async (count) => {
  const demo = document.querySelector(".demo");
  const handle = demo.querySelector("[data-part=symbol]");
  const taken = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    const shown = new Promise((done, fail) => {
      demo.addEventListener("shown", done, { once: true });
      setTimeout(fail, 20_000, new Error("no answer in 20 seconds"));
    });
    const key = n % 2 ? "ArrowUp" : "ArrowDown";
    handle.dispatchEvent(new KeyboardEvent("keydown", { key }));
    await shown;
    taken.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return taken;
}"""


def read(text):
    """Read a number as the page writes it."""
    digits, _, power = text.replace("−", "-").partition(" × 10⁻")
    raised = power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
    return float(digits) * 10 ** -int(raised or 0)


class Demo:
    """The page with the demo, and everything that went wrong in it."""

    def __init__(self, context, address):
        self.address = address
        self.requests: list[str] = []
        self.page = context.new_page()
        self.errors = watch(self.page, address)
        self.page.on("request", lambda r: self.requests.append(r.url))

    def open(self, hash_="", state="ready", page=PAGE):
        self.page.goto(self.address + page + hash_)
        # Where the page was open already, it hears of the new link by now.
        self.page.evaluate("() => new Promise((done) => setTimeout(done))")
        self.page.locator(f'.demo[data-state="{state}"]').wait_for(
            timeout=20_000
        )
        return self.settle()

    def settle(self):
        """Wait until the page shows the answer to the last question."""
        self.page.locator('.demo[aria-busy="false"]').wait_for(timeout=20_000)
        return self

    def part(self, name):
        return self.page.locator(f'.demo [data-part="{name}"]')

    def text(self, name):
        return " ".join(self.part(name).first.inner_text().split())

    def click(self, name):
        self.part(name).first.click()
        return self.settle()

    def answer_times(self, count):
        """Press arrow keys; return the milliseconds until each answer."""
        return self.page.evaluate(PRESS_ARROWS, count)

    @property
    def shown(self):
        return self.page.evaluate(SHOWN)

    @property
    def scene(self):
        return self.shown["scene"]

    def handle(self, color):
        return self.part("symbol").nth(color)

    def switch(self, net):
        """Choose a network, and return its answer."""
        self.page.locator(f'.demo-switch [value="{net}"]').click()
        shown = self.settle().shown
        assert shown["net"] == net
        (answer,) = [a for a in shown["answers"] if a["net"] == net]
        return answer

    def cell_at(self, cell, cells):
        """Return the middle of a cell on the stage, in px of the window."""
        self.part("stage").scroll_into_view_if_needed()
        box = self.part("stage").bounding_box()
        side = round(cells**0.5)
        row, column = divmod(cell, side)
        return (
            box["x"] + (column + 0.5) * box["width"] / side,
            box["y"] + (row + 0.5) * box["height"] / side,
        )

    def places(self):
        return [(s["row"], s["column"]) for s in self.scene["symbols"]]

    def move(self, color, right, down):
        """Drag a symbol with the mouse, by pixels of the scene."""
        box = self.handle(color).bounding_box()
        pixel = box["width"] / SIDE
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        end = x + right * pixel, y + down * pixel
        drag(self.page, (x, y), end, steps=5)
        return self.settle()

    def draw(self, *stroke):
        """Draw a stroke on the card with the mouse, in pixels of the card."""
        box = self.part("card").bounding_box()
        for n, (x, y) in enumerate(stroke):
            at = [box["x"] + x * box["width"] / SIDE]
            at.append(box["y"] + y * box["height"] / SIDE)
            self.page.mouse.move(*at, steps=1 if n == 0 else 8)
            if n == 0:
                self.page.mouse.down()
        self.page.mouse.up()
        return self.settle()
