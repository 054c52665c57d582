"""How the tests build the book, and the pages that it should have."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]


def listed_pages() -> list[str]:
    """List the pages of the book, and those that Sphinx adds."""
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    names = re.findall(r"(?:file|root): (\S+)", contents)
    return [f"{name}.html" for name in [*names, "index", "genindex", "search"]]


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
