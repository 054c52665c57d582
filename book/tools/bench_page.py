"""Measure the built pages with Lighthouse, and print one table.

`make bench-page` runs it on an idle machine, and names the targets that a page
misses.
"""

import argparse
import functools
import gzip
import http.server
import json
import subprocess
import threading
from pathlib import Path

from chromium import find

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build/html"
LIGHTHOUSE = ROOT / "book/tools/lighthouse/node_modules/.bin/lighthouse"
KINDS = "performance", "accessibility", "best-practices", "seo"
TIMES = "first-contentful-paint", "largest-contentful-paint"
SIMULATED = """\
mobile: a phone on slow 4G (1.6 Mbit/s, 150 ms there and back), whose processor
is four times slower; desktop: a fast line (10 Mbit/s, 40 ms)"""
LEAST = {"mobile": 0.90, "desktop": 0.98}  # of performance; of the rest, 1
MOST = {
    "largest-contentful-paint": 2500,  # ms
    "total-blocking-time": 200,  # ms
    "cumulative-layout-shift": 0.05,
}
HEAD = (
    f"{'page':34}{'on':>8}  perf a11y best  SEO   FCP s   LCP s  TBT ms"
    "    CLS     kB  requests"
)


class Packed(http.server.SimpleHTTPRequestHandler):
    """Serve the site as most servers do: compressed."""

    protocol_version = "HTTP/1.1"
    KEPT = ".woff2", ".webp", ".png"  # are compressed already

    def do_GET(self):
        """Answer with a file, and the length that it has on its way."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        body, packed = path.read_bytes(), path.suffix not in self.KEPT
        body = gzip.compress(body, 6) if packed else body
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def log_message(self, *_):
        """Print nothing for each file."""


def measure(address: str, device: str) -> dict:
    """Run Lighthouse on a page, and return its report."""
    quiet = "--headless=new --no-sandbox --disable-gpu"
    command = [LIGHTHOUSE, address, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(KINDS)}"]
    command += [f"--chrome-path={find()}", f"--chrome-flags={quiet}"]
    command += ["--preset=desktop"] if device == "desktop" else []
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def line(name: str, device: str, report: dict) -> str:
    """Return a line of the table."""
    scores = [report["categories"][kind]["score"] for kind in KINDS]
    audits = report["audits"]
    value = {key: audit.get("numericValue") for key, audit in audits.items()}
    loaded = audits["network-requests"]["details"]["items"]
    return (
        f"{name:34}{device:>8}"
        + "".join(f"{100 * (score or 0):5.0f}" for score in scores)
        + "".join(f"{value[each] / 1000:8.2f}" for each in TIMES)
        + f"{value['total-blocking-time']:8.0f}"
        + f"{value['cumulative-layout-shift']:7.3f}"
        + f"{sum(one['transferSize'] for one in loaded) / 1000:7.0f}"
        + f"{len(loaded):10}"
    )


def missed(device: str, report: dict) -> list[str]:
    """List the targets that a page misses, with what it reaches."""
    found = []
    for kind in KINDS:
        least = LEAST[device] if kind == "performance" else 1
        if (score := report["categories"][kind]["score"] or 0) < least:
            found.append(f"{kind} {100 * score:.0f}")
    for key, most in MOST.items():
        if (value := report["audits"][key]["numericValue"]) >= most:
            found.append(f"{key} {value:.3g}")
    return found


def main(names: list[str], devices: list[str]) -> None:
    """Measure pages, all of the built ones if none is named."""
    built = [
        page.relative_to(SITE).as_posix()
        for folder in (".", "book", "chapters")
        for page in SITE.glob(f"{folder}/*.html")
    ]
    handler = functools.partial(Packed, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(SIMULATED, HEAD, sep="\n", flush=True)
        misses = []
        for name in names or sorted(set(built) - {"404.html"}):
            for device in devices:
                address = f"http://127.0.0.1:{server.server_port}/{name}"
                report = measure(address, device)
                print(line(name, device, report), flush=True)
                if found := missed(device, report):
                    misses.append(f"{name}, {device}: {', '.join(found)}")
        print("Targets missed:", *misses or ["none"], sep="\n  ")
        server.shutdown()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="such as book/demo.html")
    both = ["mobile", "desktop"]
    parser.add_argument("--on", nargs="+", choices=both, default=both)
    asked = parser.parse_args()
    main(asked.pages, asked.on)
