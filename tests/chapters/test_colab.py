"""Whole chapters, where Colab would run them: `make test-colab` runs them all.

Each runs from its first cell to its last in a fresh environment, in a folder
that holds nothing else, and has to print what it stores. The data comes from
the reader's cache; where that is empty, from where `make data` finds it.
"""

import csv
import json
import os
import shutil
import subprocess
import sys

import pytest
from colab import make_colab, put
from nbformat.v4 import new_code_cell, new_notebook, new_output, reads, writes
from rules import ROOT

from classroom import notebooks
from classroom.__main__ import main
from classroom.sheets import sheet
from colorattn.checks.answers import NotStarted, started

HERE = ROOT / "tests" / "chapters"


@pytest.fixture
def colab(tmp_path, base, published):
    """A fresh environment, whose kernel Jupyter knows as `colab`."""
    colab = make_colab(tmp_path, base, published)
    start = [str(colab.python), "-m", "ipykernel_launcher"]
    kernel = {
        "argv": [*start, "-f", "{connection_file}"],
        "display_name": "Colab",
        "language": "python",
        "env": {"PYTHONPATH": ""},  # that of nbval is not for the kernel
    }
    path = tmp_path / "jupyter" / "kernels" / "colab" / "kernel.json"
    put(path, json.dumps(kernel))
    return colab


def compare(colab, path):
    """Run a notebook from the folder to work in, and compare, as for others.

    The comparison is that of `make test-chapters`; only the kernel is not.
    """
    copy = shutil.copy(path, colab.content)
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "-p"]
    command += ["conftest", "-p", "no:cacheprovider", "--nbval"]
    command += ["--nbval-kernel-name=colab", "--nbval-cell-timeout=900"]
    sanitize = ROOT / "tests" / "nbval_sanitize.cfg"
    command += [f"--nbval-sanitize-with={sanitize}", copy]
    variables = {
        "JUPYTER_PATH": str(colab.content.parent / "jupyter"),
        "PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT)]),
    }
    return subprocess.run(
        command,
        env=colab.variables | variables,
        cwd=colab.content,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_it_prints_what_it_stores(whole_chapter, colab):
    done = compare(colab, whole_chapter)
    assert done.returncode == 0, done.stdout
    assert "colorattn" in colab.installed()


def test_a_class_s_sheet_runs_and_checks(colab, tmp_path):
    """As a student opens it, before anything is written into it."""
    with pytest.raises(NotStarted) as told:
        started(None)
    nothing = new_output("stream", name="stdout", text=f"{told.value}\n")
    notebook = reads(notebooks.student(sheet("second")).decode())
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, 1):
        cell.execution_count = count
        cell.outputs = [nothing] if cell.id.endswith("-check") else []
    path = tmp_path / "sheet.ipynb"
    path.write_text(writes(notebook), "utf-8")
    done = compare(colab, path)
    assert done.returncode == 0 and "6 passed" in done.stdout, done.stdout


def test_a_class_s_sheet_is_worked_on_saved_and_marked(
    colab, tmp_path, capsys
):
    """With answers; Colab may save it without the ids of its cells."""
    its = sheet("second")
    solutions = {f"{x.id}-stub": x.solution for x in its.exercises}
    notebook = reads(notebooks.student(its).decode())
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    space = {}
    for count, cell in enumerate(code, 1):
        cell.source = solutions.get(cell.id, cell.source)
        cell.execution_count = count
        exec(cell.source, space)
        if told := capsys.readouterr().out:
            assert told.startswith("Correct.")
            cell.outputs = [new_output("stream", name="stdout", text=told)]
    path = tmp_path / "sheet.ipynb"
    path.write_text(writes(notebook), "utf-8")
    done = compare(colab, path)
    assert done.returncode == 0 and "6 passed" in done.stdout, done.stdout
    saved = json.loads(path.read_text("utf-8"))
    for cell in saved["cells"]:
        cell["metadata"] = {"id": cell.pop("id")[::-1]}
    saved |= {"nbformat_minor": 0, "metadata": {"colab": {}}}
    own = tmp_path / "class"
    assert main(["new", str(own), "--sheet", "second"]) == 0
    hand_in = own / "submitted" / "17" / "Copy of sheet.ipynb"
    put(hand_in, json.dumps(saved))
    assert main(["mark", str(own), "--sandbox", "none"]) == 0
    grades = (own / "marked/second/grades.csv").read_text("utf-8-sig")
    (row,) = csv.DictReader(grades.splitlines())
    assert row["sum"] == row["of"] == "4"


def test_what_a_chapter_should_not_do_is_found(colab, tmp_path):
    """This checkout is out of reach there; other outputs are noticed."""
    stored = new_output("stream", name="stdout", text="True\n")
    cells = [
        "import sys; print('google.colab' in sys.modules)",
        f"import sys; print({str(ROOT)!r} not in sys.path)",
        "import os; print(len(os.listdir()) == 1)",
        "print(False)",
        "import colorattn; print(True)",
    ]
    notebook = new_notebook(
        cells=[
            new_code_cell(cell, outputs=[stored], execution_count=count)
            for count, cell in enumerate(cells, 1)
        ]
    )
    path = tmp_path / "notebook.ipynb"
    path.write_text(writes(notebook), "utf-8")
    done = compare(colab, path)
    assert "2 failed, 3 passed" in done.stdout, done.stdout
    assert "No module named 'colorattn'" in done.stdout
