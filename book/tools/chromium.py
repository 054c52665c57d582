"""Print where the browser for the tests is; install one if there is none.

In this order: a Chromium or Chrome of the system, Debian's package where
this user may install it, the test tool's own download.
"""

import pathlib
import shutil
import subprocess
import sys

NAMES = ["chromium", "google-chrome", "google-chrome-stable"]
APT = pathlib.Path(__file__).with_name("apt.sh")


def works(browser: str) -> bool:
    """Tell whether a browser starts; some systems put a stub in its place."""
    command = [browser, "--version"]
    return subprocess.run(command, capture_output=True).returncode == 0


def find() -> str | None:
    """Return the path of a browser that starts, or None."""
    for name in NAMES:
        if (path := shutil.which(name)) and works(path):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if pathlib.Path(path).exists() and works(path) else None


def install() -> None:
    """Install a browser, through the system's packages if possible."""
    if subprocess.run(["sh", APT, "chromium"]).returncode != 0:
        print("No Debian package: downloading the test tool's own browser")
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"]
        )


if __name__ == "__main__":
    browser = find()
    if browser is None:
        install()
        browser = find()
    if browser is None:
        sys.exit("The book's tests need Chromium: please install it.")
    print(browser)
