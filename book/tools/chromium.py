"""Print the path of a browser for the tests; install one if there is none.

In this order: the system's Chromium or Chrome, Debian's package if this user
may install it, Playwright's own download. It also prints pages as PDF.
"""

import pathlib
import re
import shutil
import subprocess
import sys

NAMES = ["chromium", "google-chrome", "google-chrome-stable"]
APT = pathlib.Path(__file__).with_name("apt.sh")
QUIET = "--no-sandbox --disable-gpu --disable-background-networking".split()
DATE = re.compile(rb"\(D:\d{14}")  # in a PDF; its length has to stay, as
NODE = re.compile(rb"\(node\d{8}\)")  # that of a heading of a table's cells


def works(browser: str) -> bool:
    """Return whether a browser starts; on some systems it is a stub."""
    command = [browser, "--version"]
    return subprocess.run(command, capture_output=True).returncode == 0


def find() -> str | None:
    """Return the path of a browser that starts, if there is one."""
    for name in NAMES:
        if (path := shutil.which(name)) and works(path):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if pathlib.Path(path).exists() and works(path) else None


def install() -> None:
    """Install a browser, as a package of the system if possible."""
    if subprocess.run(["sh", APT, "chromium"]).returncode != 0:
        print("Downloading Playwright's browser instead")
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"]
        )


def start(playwright):
    """Start the browser, to print with. Raises ValueError if there is none."""
    path = find()
    if path is None:
        raise ValueError("there is no Chromium to print with")
    return playwright.chromium.launch(executable_path=path, args=QUIET)


def printed(page, **options) -> bytes:
    """Print a page as tagged PDF, the same bytes each time.

    Chromium counts nodes over all pages that it has shown; here, from one.
    """
    page.evaluate("document.fonts.ready.then(() => true)")
    pdf = page.pdf(tagged=True, print_background=True, **options)
    nodes = sorted({*NODE.findall(pdf)})
    places = {node: b"(node%08d)" % n for n, node in enumerate(nodes, start=1)}
    pdf = NODE.sub(lambda match: places[match[0]], pdf)
    return DATE.sub(b"(D:20000101000000", pdf)


if __name__ == "__main__":
    if find() is None:
        install()
    print(
        find() or sys.exit("The book's tests need Chromium: please install it")
    )
