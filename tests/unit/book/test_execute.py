"""Running a chapter rewrites the chapter, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat

from colorattn import claims

ROOT = Path(__file__).parents[3]


def test_a_chapter_is_run_in_place_and_its_time_only_compared(tmp_path):
    cell = nbformat.v4.new_code_cell("6 * 7", id="a-cell")
    path = tmp_path / "07_ablations.ipynb"  # has a time in the ledger
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    before = claims.LEDGER.read_bytes()
    done = subprocess.run(
        [sys.executable, "book/tools/execute.py", str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    (cell,) = json.loads(path.read_text())["cells"]
    assert cell["outputs"][0]["data"]["text/plain"] == ["42"]
    assert claims.LEDGER.read_bytes() == before
    published = claims.ledger()["chapter-07-seconds"].value
    assert f"s here, {published:g} published: no interval" in done.stdout
