"""`make bench-gpu` on a machine without a GPU."""

import os
import subprocess
import sys
from pathlib import Path

import colorattn

ROOT = Path(colorattn.__file__).parents[1]


def test_without_a_gpu_it_says_so_and_stores_nothing():
    ledger = ROOT / "colorattn" / "stored" / "claims.json"
    before = ledger.read_bytes()
    command = [sys.executable, "tests/benchmarks/gpu.py", "--store"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("bench-gpu: this machine has no CUDA device")
    assert "T4 GPU" in done.stdout
    assert ledger.read_bytes() == before
