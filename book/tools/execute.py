"""Run chapters in place, so that they store what they print.

What is stored is the same after every run of the same code: no times of
execution, ids of widgets counted from one, one kernel name. Each figure's alt
text goes from its output, where a `Picture` puts it, to its
cell's metadata, where the book looks for it. A chapter that fails is left as
it was. How long each took is compared with the ledger, and with `--store`
written there.
"""

import argparse
import os
import pathlib
import re
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from colorattn.claims import Claim
from colorattn.files import write

COMMAND = "python book/tools/execute.py"
WIDGETS = "application/vnd.jupyter.widget-state+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def execute(path: pathlib.Path) -> nbformat.NotebookNode:
    """Run a notebook in a fresh kernel, in its own folder."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = {"kernelspec": KERNEL}
    quiet = os.environ | {"KINETO_LOG_LEVEL": "6"}  # no notes of the profiler
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=900,  # seconds a cell may take
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    ).execute(env=quiet)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def write_alt_texts(notebook: nbformat.NotebookNode) -> None:
    """Copy the alt text of a cell's pictures to the cell's metadata."""
    for cell in notebook.cells:
        found = [
            output.metadata.get("image/png", {}).get("alt")
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        ]
        cell.metadata.get("mystnb", {}).get("image", {}).pop("alt", None)
        if texts := [text for text in found if text]:
            options = cell.metadata.setdefault("mystnb", {})
            options.setdefault("image", {})["alt"] = " ".join(texts)


def count_widgets(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Replace the random ids of widgets by their place in the notebook."""
    saved = notebook.metadata["widgets"][WIDGETS]["state"]
    places = {name: f"{n:032x}" for n, name in enumerate(saved, 1)}
    any_id = re.compile("|".join(places))
    text = nbformat.writes(notebook)
    text = any_id.sub(lambda match: places[match.group()], text)
    return nbformat.reads(text, as_version=4)


def run(path: pathlib.Path) -> float | None:
    """Run a chapter in place; return its seconds, or None if it failed."""
    start = time.monotonic()
    try:
        notebook = execute(path)
    except CellExecutionError as error:
        print(f"{path}: FAILED, and left as it was\n{error}")
        return None
    write_alt_texts(notebook)
    if "widgets" in notebook.metadata:
        notebook = count_widgets(notebook)
    nbformat.validate(notebook)
    write(path, f"{nbformat.writes(notebook)}\n".encode())
    took = time.monotonic() - start
    print(f"{path}: {took:.0f} s", flush=True)
    return took


def claim(path: pathlib.Path, seconds: float) -> tuple[str, Claim]:
    """Claim how long a chapter takes."""
    what = f"chapter {int(path.name[:2])} takes from top to bottom"
    command = f"{COMMAND} chapters/{path.name}"
    found = Claim(round(seconds), "s", what, 1, command=command)
    return f"chapter-{path.name[:2]}-seconds", found


if __name__ == "__main__":
    sys.path.append(str(pathlib.Path(__file__).parents[1] / "measure"))
    from publish import publish

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=pathlib.Path, nargs="+")
    parser.add_argument(
        "--store", action="store_true", help="write times into the ledger"
    )
    asked = parser.parse_args()
    took = {path: run(path) for path in asked.paths}
    found = [claim(path, took[path]) for path in took if took[path]]
    publish(found, COMMAND, asked.store)
    sys.exit(len(found) < len(took))
