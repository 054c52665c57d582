"""The built book, a server for it, and a browser to open it in."""

import functools
import http.server
import shutil
import subprocess
import sys
import threading

import pytest
from building import ROOT, jupyter_book
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


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files without a line for each."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address(html):
    """The address of the built book on this machine."""
    handler = functools.partial(Quiet, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
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
