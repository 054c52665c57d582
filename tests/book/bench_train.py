"""How fast the page learns, on an idle machine: `make bench-train`.

Opens book/train.html of the built book, presses *Train*, and prints one line
for each browser: what it reached, and which targets it missed.
"""

import functools
import http.server
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from building import ROOT
from chromium import find
from other_browsers import FIREFOX, played
from playwright.sync_api import sync_playwright
from train_page import AT, PAGE

SHARP = 0.1  # a largest weight; evenly shared it would be 0.004
MOST = {  # seconds; MB
    ("Chromium", 2): {"95%": 20, "sharp": 5, "MB": 150},
    ("Chromium", 4): {"95%": 10, "sharp": 5, "MB": 150},
    ("Firefox", 2): {"95%": 40, "sharp": 10},
}
LEAST = 30  # frames a second
MEASURES = f"""\
95%:   seconds until the page says that more than 95% of answers are right,
       the mean of ten steps, each on scenes that it had not met before
test:  of 1,260 answers about drawings that training never sees, at the end
sharp: seconds until, in one of the three scenes shown, the largest weight is
       on the digit that was asked for, and is at least {SHARP}
fps:   frames that the page draws in a second, half of the seconds have more
MB:    what measureUserAgentSpecificMemory counts after training, of the page
       and its workers, and their WebAssembly memories, which it leaves out;
       Firefox has no such measure"""
HEAD = (
    f"{'browser':10}{'workers':>8}{'95%':>8}{'end':>8}{'test':>8}"
    f"{'sharp':>8}{'fps':>6}{'MB':>6}  missed"
)
# What is seen in the page: seconds since it began, and times of frames.
WATCH = """
Object.defineProperty(Navigator.prototype, "hardwareConcurrency",
  { get: () => WORKERS });
const root = document.querySelector(".train");
const parts = (name) => [...root.querySelectorAll(`[data-part="${name}"]`)];
const seen = { good: null, sharp: null, end: null, frames: [], steps: 0 };
seen.bytes = 0; // of WebAssembly memories, as each worker says
self.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      seen.bytes += data.bytes ?? 0;
    });
  }
};
const begun = performance.now();
const now = () => (performance.now() - begun) / 1000;
root.addEventListener("trained", () => {
  const { step, means } = root.shown;
  seen.steps = step;
  if (step >= 10 && means.right > 0.95) seen.good ??= now();
});
const label = /the largest weight, ([0-9.]+), is on the \\w+ (\\w+)/;
const isSharp = (map, n) => {
  const [, weight, name] = map.ariaLabel.match(label) ?? [];
  const asked = parts("card")[n].ariaLabel.split(": ")[1];
  return weight >= SHARP && name === asked;
};
const frame = () => {
  seen.frames.push(now());
  if (parts("map").some(isSharp)) seen.sharp ??= now();
  if (root.shown.tested) seen.end ??= now();
  if (!seen.end) requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
parts("go")[0].click();
""".replace("SHARP", str(SHARP))
CHROMIUM = f"(workers) => {{{WATCH} window.seen = seen; }}".replace(
    "WORKERS", "workers"
)
MEMORY = """async () => {
  const { bytes } = await performance.measureUserAgentSpecificMemory();
  return bytes / 1e6;
}"""
OTHER = f"""
  await until(() => document.querySelector(".train")?.dataset.state);
  {WATCH}
  await until(() => seen.end, 6000);
  return {{ ...seen, tested: root.shown.tested }};
"""


class Site(http.server.SimpleHTTPRequestHandler):
    """Serve the book so that a page may measure its own memory."""

    def end_headers(self):
        """Isolate the page from others."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_):
        """Keep the table free of one line per file."""


def frames_a_second(times: list[float]) -> float:
    """Count frames in each whole second, and return the median."""
    seconds = range(int(times[-1]))
    return median(sum(int(t) == second for t in times) for second in seconds)


def line(browser: str, workers: int, seen: dict) -> str:
    """Return a line of the table, with the targets that are missed."""
    found = {"95%": seen["good"], "sharp": seen["sharp"]}
    found |= {"MB": seen["MB"]} if "MB" in seen else {}
    fps = frames_a_second(seen["frames"])
    most = MOST[browser, workers]
    missed = [
        f"{name} (target {most[name]})"
        for name, value in found.items()
        if value is None or value > most[name]
    ]
    missed += [f"fps (target {LEAST})"] if fps < LEAST else []

    def shown(value):
        return "never" if value is None else f"{value:.1f}"

    memory = f"{seen['MB']:.0f}" if "MB" in seen else "-"
    return (
        f"{browser:10}{workers:8}{shown(seen['good']):>8}"
        f"{seen['end']:8.1f}{100 * seen['tested']:7.1f}%"
        f"{shown(seen['sharp']):>8}{fps:6.0f}{memory:>6}"
        f"  {', '.join(missed) or 'none'}"
    )


def in_chromium(address: str, workers: int) -> dict:
    """Train in Chromium; return what was seen."""
    quiet = ["--no-sandbox", "--disable-gpu"]
    quiet += ["--enable-blink-features=ForceEagerMeasureMemory"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(), args=quiet
        )
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto(f"{address}/{PAGE}")
        page.locator('.train[data-state="ready"]').wait_for()
        page.evaluate(CHROMIUM, workers)
        page.wait_for_function(AT, arg=1)  # or fails, and says why
        page.wait_for_function("window.seen.end", timeout=600_000)
        seen = page.evaluate("window.seen")
        seen["tested"] = page.evaluate(
            "document.querySelector('.train').shown.tested"
        )
        seen["MB"] = page.evaluate(MEMORY) + seen["bytes"] / 1e6
        browser.close()
    return seen


def in_firefox(html: Path, workers: int) -> dict:
    """Let the page train by itself in Firefox; return what it reports."""
    play = OTHER.replace("WORKERS", str(workers))
    with tempfile.TemporaryDirectory() as folder:
        return played("Firefox", Path(folder), html, PAGE, play, "http", 600)


def lines(html: Path) -> Iterator[str]:
    """Train in each browser; yield the lines of the table."""
    handler = functools.partial(Site, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        for browser, workers in MOST:
            if workers > os.cpu_count():
                yield f"{browser:10}{workers:8}  needs {workers} cores"
            elif browser == "Firefox" and not FIREFOX:
                yield f"{browser:10}{workers:8}  is not installed"
            elif browser == "Firefox":
                yield line(browser, workers, in_firefox(html, workers))
            else:
                yield line(browser, workers, in_chromium(address, workers))
        server.shutdown()


if __name__ == "__main__":
    print(MEASURES, HEAD, sep="\n\n", flush=True)
    for row in lines(ROOT / "_build/html"):
        print(row, flush=True)
