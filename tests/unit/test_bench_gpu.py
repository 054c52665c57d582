"""`make bench-gpu`, and the cell of chapter 11, on a machine without a GPU."""

import json
import os
import subprocess
import sys
from pathlib import Path

import colorattn

ROOT = Path(colorattn.__file__).parents[1]
LEDGER = ROOT / "colorattn" / "stored" / "claims.json"
TOLD = "bench-gpu: this machine has no CUDA device"
BLIND = os.environ | {"CUDA_VISIBLE_DEVICES": ""}


def said(command, **options):
    """Return what a command prints; the ledger stays as it is."""
    before = LEDGER.read_bytes()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr
    assert LEDGER.read_bytes() == before
    return done.stdout


def test_without_a_gpu_it_says_so_and_stores_nothing():
    command = [sys.executable, "tests/benchmarks/gpu.py", "--store"]
    told = said(command, cwd=ROOT, env=BLIND)
    assert told.startswith(TOLD) and "T4 GPU" in told


def test_the_cell_of_the_chapter_says_so_too(tmp_path):
    text = (ROOT / "chapters" / "11_gpu_training.ipynb").read_text("utf-8")
    (cell,) = (
        "".join(cell["source"])
        for cell in json.loads(text)["cells"]
        if cell["id"] == "measure-all"
    )
    wanted = cell.replace("measure_all = False", "measure_all = True")
    assert wanted != cell
    git = tmp_path / "git"  # clones by a link, without a network
    git.write_text(f"#!/bin/sh\nln -s {ROOT} attention-in-color\n")
    git.chmod(0o755)
    path = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    program = [sys.executable, "-c", f"import subprocess, sys\n{wanted}"]
    assert said(program, cwd=tmp_path, env=BLIND | path).startswith(TOLD)
