"""Marking that is stopped at any moment continues, and ends the same."""

import json
import os
import random
import shutil
import subprocess
import sys
import time

import pytest
from hand_ins import SHEET, with_sources

from classroom import folder, notebooks
from classroom.__main__ import main
from classroom.exercises import exercises
from colorattn import files

KILLS = int(os.environ.get("COLORATTN_KILLS", 4))  # make test-kills: 100
SOLVED = {"ex-04-2-stub": exercises()["4.2"].solution}


def notebook(sources):
    book = with_sources(notebooks.student(SHEET), sources)
    return json.dumps(book).encode()


@pytest.fixture
def own(tmp_path):
    """A class of three: right, not started, and a file that can't be read."""
    path = tmp_path / "class"
    folder.create(path, SHEET.name, None)
    for name, content in {
        "17": notebook(SOLVED),
        "18": notebook({}),
        "19": b"[",
    }.items():
        files.write(path / "submitted" / name / "sheet.ipynb", content)
    return path


def mark(path, *options):
    return main(
        ["mark", str(path), "--sandbox", "none", "--jobs", "1", *options]
    )


def found(path):
    """Map each file that was written to its content."""
    done = path / "marked"
    return {x.name: x.read_bytes() for x in done.rglob("*") if x.is_file()}


def test_marking_again_changes_nothing_and_a_changed_file_one_row(own):
    assert mark(own) == 0
    before = found(own)
    assert mark(own) == 0 and found(own) == before
    assert mark(own, "--again") == 0 and found(own) == before
    path = own / "submitted" / "18" / "sheet.ipynb"
    files.write(path, notebook(SOLVED))
    assert mark(own) == 0
    after = found(own)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"18.json", "18.html", "grades.csv", "overview.html"}


def test_stopped_at_any_write_it_ends_the_same(own, monkeypatch):
    mark(own)
    whole = found(own)
    shutil.rmtree(own / "marked")
    replace = files.os.replace
    for n in range(len(whole)):
        left = [n]

        def stop_after(*paths, left=left):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            replace(*paths)

        with monkeypatch.context() as patched:
            patched.setattr(files.os, "replace", stop_after)
            stopped = mark(own) == 130
        assert found(own).items() <= whole.items()
        assert stopped == (n < 5)  # three are kept, and five are rewritten
    assert mark(own) == 0 and found(own) == whole


def test_killed_at_any_moment_it_ends_the_same(own, sandbox):
    command = [sys.executable, "-m", "classroom", "mark", str(own)]
    begun = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    took = time.monotonic() - begun
    whole = found(own)
    shutil.rmtree(own / "marked")
    dice = random.Random(0)
    for _ in range(KILLS):
        marker = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0, took))
        marker.kill()
        marker.wait()
        for name, content in found(own).items():
            assert content == whole.get(name) or name.endswith(".partial")
        if {"17.json", "18.json", "19.json"} <= found(own).keys():
            subprocess.run(command, check=True, capture_output=True)
            assert found(own) == whole
            shutil.rmtree(own / "marked")
    subprocess.run(command, check=True, capture_output=True)
    assert found(own) == whole
