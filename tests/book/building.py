"""How the tests build the book, and the pages that it should have."""

import base64
import functools
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys

import filelock
import nbformat
import numpy as np
import yaml
from PIL import Image

ROOT = pathlib.Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
ADDRESS = CONFIG["repository"]["url"]
OWNER, NAME = ADDRESS.split("/")[-2:]
# GitHub Pages publishes the book below this path.
PROJECT = "/" if NAME.lower() == f"{OWNER.lower()}.github.io" else f"/{NAME}/"
SHOTS = ROOT / "_build" / "screenshots"
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def listed_pages() -> list[str]:
    """List the pages of the book, and those that Sphinx adds."""
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    names = re.findall(r"(?:file|root): (\S+)", contents)
    added = ["index", "search", "404"]
    return [f"{name}.html" for name in [*names, *added]]


def listed_chapters() -> list[str]:
    """List the pages that are chapters."""
    return [page for page in listed_pages() if page.startswith("chapters/")]


def listed_files() -> list[str]:
    """List the files under version control, and new ones that git sees."""
    command = ["git", "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(
        [*command, "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [name for name in listed.stdout.split("\0") if name]


@functools.cache
def read_notebook(path: pathlib.Path) -> nbformat.NotebookNode:
    """Read a chapter, once: tests look at it and change nothing."""
    return nbformat.read(path, as_version=4)


def assert_same_notebook(offered: bytes, written: bytes) -> None:
    """Expect all of a chapter; its pictures have the same pixels, no more."""
    texts, pictures = [], []
    for body in offered, written:
        notebook = json.loads(body)
        found = [
            output["data"].pop("image/png")
            for cell in notebook["cells"]
            for output in cell.get("outputs", ())
            if "image/png" in output.get("data", {})
        ]
        texts.append(notebook)
        pictures.append(found)
    assert texts[0] == texts[1]
    for light, heavy in zip(*pictures, strict=True):
        assert len(light) < len(heavy)
        shown = [
            Image.open(io.BytesIO(base64.b64decode(x))) for x in (light, heavy)
        ]
        assert not getattr(shown[0], "text", None)
        assert np.array_equal(*(np.asarray(x.convert("RGBA")) for x in shown))


def jupyter_book(*options: str) -> subprocess.CompletedProcess:
    """Run jupyter-book on the course, as `make book` does."""
    command = pathlib.Path(sys.executable).with_name("jupyter-book")
    strict = ["--all", "-W", "-n", "--keep-going"]
    return subprocess.run(
        [command, "build", ".", "-q", *strict, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def build_once(shared: pathlib.Path) -> tuple[int, str]:
    """Build the book afresh, or wait for the process that does.

    The processes of one test run share a folder, and there the outcome is
    kept: the exit status, and what was printed.
    """
    status, printed = shared / "book-status", shared / "book-printed"
    with filelock.FileLock(shared / "book-lock"):
        if not status.exists():
            shutil.rmtree(ROOT / "_build", ignore_errors=True)
            done = jupyter_book()
            printed.write_text(done.stdout, encoding="utf-8")
            status.write_text(str(done.returncode))
    return int(status.read_text()), printed.read_text(encoding="utf-8")
