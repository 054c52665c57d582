"""The built book, a server for it, and a browser to open it in."""

import functools
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import threading

import pytest
from building import PROJECT, ROOT, jupyter_book
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def build():
    """The outcome of building the book afresh, in its usual place."""
    shutil.rmtree(ROOT / "_build", ignore_errors=True)
    return jupyter_book()


@pytest.fixture(scope="session")
def html(build):
    """The folder of built pages, whether or not there were warnings."""
    return ROOT / "_build" / "html"


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serve the site as GitHub Pages does: below a path, with its own 404."""

    def translate_path(self, path):
        if not path.startswith(PROJECT):
            return os.devnull + "/nothing"
        return super().translate_path("/" + path.removeprefix(PROJECT))

    def send_error(self, code, message=None, explain=None):
        if code != 404:
            return super().send_error(code, message, explain)
        body = pathlib.Path(self.directory, "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing for each file."""


@pytest.fixture(scope="session")
def address(html):
    """The address of the built book on this machine."""
    handler = functools.partial(Pages, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PROJECT}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """A Chromium, which talks to this machine only."""
    finder = ROOT / "book" / "tools" / "chromium.py"
    found = subprocess.run(
        [sys.executable, finder], capture_output=True, text=True, check=True
    )
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
    quiet += ["--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.stdout.split("\n")[-2], args=quiet
        )
        yield chromium
        chromium.close()
