"""The built book, a server for it, and a browser to open it in."""

import functools
import http.server
import os
import pathlib
import subprocess
import sys
import threading
import time

import pytest
from building import PROJECT, ROOT, build_once
from demo_page import LINK, Demo
from playwright.sync_api import sync_playwright
from train_page import Train


@pytest.fixture(scope="session")
def build(tmp_path_factory, worker_id):
    """The status and the output of building the book, in its usual place."""
    own = tmp_path_factory.getbasetemp()
    return build_once(own if worker_id == "master" else own.parent)


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

    def copyfile(self, source, outputfile):
        """Send a page whose address ends in ?slowly in pieces."""
        if not self.path.endswith("?slowly"):
            return super().copyfile(source, outputfile)
        while piece := source.read(1500):
            outputfile.write(piece)
            time.sleep(0.005)
        return None

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
        """Keep the test output free of one line per file."""


@pytest.fixture(scope="session")
def address(html):
    """The address of the built book on this machine."""
    handler = functools.partial(Pages, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PROJECT}"
        server.shutdown()


@pytest.fixture(scope="session")
def start():
    """Start a Chromium with options; it makes no requests of its own."""
    finder = ROOT / "book" / "tools" / "chromium.py"
    found = subprocess.run(
        [sys.executable, finder], capture_output=True, text=True, check=True
    )
    quiet = ["--no-sandbox", "--disable-quic"]
    quiet += ["--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        yield lambda *options: playwright.chromium.launch(
            executable_path=found.stdout.split("\n")[-2],
            args=[*quiet, *options],
        )


@pytest.fixture(scope="session")
def browser(start):
    """A Chromium without a graphics card."""
    with start("--disable-gpu") as chromium:
        yield chromium


@pytest.fixture(scope="module")
def window(browser):
    """A browser window, shared by the tests of a module."""
    size = {"width": 1200, "height": 900}
    with browser.new_context(viewport=size) as context:
        yield context


@pytest.fixture(scope="module")
def opened_demo(window, address):
    """The page with the live demo, opened once."""
    return Demo(window, address).open()


@pytest.fixture
def demo(opened_demo):
    """The demo, showing the scene of LINK; a test must cause no error."""
    opened_demo.open("#").open(LINK)
    yield opened_demo
    assert opened_demo.errors == []


@pytest.fixture
def other(browser, address):
    """Make demos, each in a window of its own."""
    contexts = []

    def make(**options):
        contexts.append(browser.new_context(**options))
        return Demo(contexts[-1], address)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def train(browser, address):
    """Make training pages, each in a window of its own; none may have errors.

    They are given scripts to run first, and options of the window.
    """
    opened = []

    def make(*scripts, **options):
        context = browser.new_context(
            **{"viewport": {"width": 1200, "height": 900}, **options}
        )
        for script in scripts:
            context.add_init_script(script)
        opened.append((context, Train(context, address)))
        return opened[-1][1]

    yield make
    for context, page in opened:
        assert page.errors == []
        context.close()
