"""Classes for the tests, and a sandbox, or the reason why there's none."""

import json
import socket

import pytest

from classroom import folder
from classroom.__main__ import main
from classroom.marking import Mark, Marks, file_of
from classroom.sandbox import NoSandbox, probe
from colorattn.files import write


@pytest.fixture(scope="session")
def sandbox():
    """The sandbox's name; tests that need it are skipped without it."""
    try:
        probe()
    except NoSandbox as reason:
        pytest.skip(f"no sandbox here: {reason}")
    return "bwrap"


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A folder with grades, which no hand-in may read or change."""
    path = tmp_path_factory.mktemp("outside")
    (path / "grades.csv").write_text("1,2,3")
    return path


@pytest.fixture(scope="module")
def listener():
    """A port of this machine, which no hand-in may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.01)
        yield server


@pytest.fixture
def own(tmp_path):
    """A class of three, of whom nobody has handed in."""
    students = tmp_path / "students.csv"
    students.write_text("id;name\n17;Ada Lovelace\n18;Grace Hopper\n19;=1+1\n")
    path = tmp_path / "class"
    command = ["new", path, "--sheet", "third", "--students", students]
    assert main([*map(str, command)]) == 0
    return path


@pytest.fixture
def marked(own):
    """The same class, marked without running anything."""
    class_folder = folder.load(own)
    for n, id in enumerate(class_folder.students):
        states = dict.fromkeys(
            ("5.1", "5.2", "5.4"), Mark("right", "Correct.")
        )
        if n:
            said = "Not quite: right so far, but <b>wrong</b>"
            states["5.2"] = Mark("not yet", said, "x < 1", "a mean's error")
        words = {"5.5": "<script>alert(1)</script>", "6.4": ""}
        marks = Marks(id, "sheet.ipynb", exercises=states, words=words)
        content = json.dumps(marks, default=vars).encode()
        write(file_of(class_folder, id), content)
    return own
