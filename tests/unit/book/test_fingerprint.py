"""A fingerprint changes with the code behind a command, and with no other."""

import ast
import json

import fingerprint
import pytest

MAIN = '\nif __name__ == "__main__":\n    print(measured())\n'
FILES = {
    "book/measure/chapter.py": (
        "from sibling import twice\n"
        "from colorattn import files, tools\n"
        "from colorattn.face import shown\n"
        "from colorattn.late import unused_but_imported\n"
        "def measured():\n"
        '    """Measure."""\n'
        "    return twice(tools.add(shown(files.read(1)), 2))\n" + MAIN
    ),
    "book/measure/sibling.py": (
        "FACTOR = 2\nOTHER = 3\n"
        "def twice(number):\n    return FACTOR * number\n"
        "def never():\n    return OTHER\n"
    ),
    "colorattn/__init__.py": "",
    "colorattn/files.py": "def read(number):\n    return number\n",
    "colorattn/tools.py": (
        "import math\n"
        "def add(a, b):\n    return carry(a) + math.floor(b)\n"
        "def carry(a):\n    return a\n"
        "def remove(a):\n    return -a\n"
    ),
    "colorattn/late.py": "def unused_but_imported():\n    return 0\n",
    "colorattn/face/__init__.py": (
        "from colorattn.face.inner import hidden, shown\n"
    ),
    "colorattn/face/inner.py": (
        "TABLE = {}\nfor key in 'ab':\n    TABLE[key] = 1\n"
        "def shown(number: int) -> int:\n    return number + len(TABLE)\n"
        "def hidden():\n    return 5\n"
    ),
    "colorattn/runs/record.py": "def record():\n    return train()\n"
    "def train():\n    return 7\ndef stored():\n    return 8\n",
}
COMMAND = "python book/measure/chapter.py --rows"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A small repository."""
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    yield tmp_path
    fingerprint.parsed.cache_clear()


def after(root, name, old, new, command=COMMAND):
    """Say whether an edit of a file changes the fingerprint."""
    before = fingerprint.fingerprint(command)
    text = (root / name).read_text()
    assert text.count(old) == 1
    (root / name).write_text(text.replace(old, new))
    fingerprint.parsed.cache_clear()
    return fingerprint.fingerprint(command) != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("book/measure/chapter.py", "read(1)", "read(3)"),
        ("book/measure/sibling.py", "FACTOR = 2", "FACTOR = 2.5"),
        ("book/measure/sibling.py", "FACTOR * number", "FACTOR + number"),
        ("colorattn/tools.py", "carry(a) +", "carry(a) -"),
        (
            "colorattn/tools.py",
            "return a\n",
            "return a + 0\n",
        ),  # called by add
        ("colorattn/face/inner.py", "number + len", "number * len"),  # a face
        ("colorattn/face/inner.py", "TABLE = {}", "TABLE = {0: 0}"),
        ("colorattn/face/inner.py", "TABLE[key] = 1", "TABLE['c'] = 1"),
    ],
)
def test_code_that_a_command_reaches_changes_it(root, name, old, new):
    assert after(root, name, old, new)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("book/measure/chapter.py", "print(measured())", "print('hello')"),
        ("book/measure/chapter.py", '"""Measure."""', '"""Measure it."""'),
        ("book/measure/chapter.py", "twice(tools", "twice(  # why\n  tools"),
        ("book/measure/sibling.py", "OTHER = 3", "OTHER = 4"),
        ("colorattn/tools.py", "return -a", "return +a"),
        ("colorattn/late.py", "return 0", "return 1"),
        ("colorattn/files.py", "return number", "return +number"),
        ("colorattn/face/inner.py", "return 5", "return 6"),
        ("colorattn/face/inner.py", "number: int) -> int", "number)"),
        ("colorattn/runs/record.py", "return 7", "return 9"),
    ],
)
def test_nothing_else_changes_it(root, name, old, new):
    assert not after(root, name, old, new)


def test_a_definition_may_move_to_another_file(root):
    before = fingerprint.fingerprint(COMMAND)
    moved = "def carry(a):\n    return a\n"
    tools = root / "colorattn/tools.py"
    text = tools.read_text().replace(moved, "")
    tools.write_text(f"from colorattn.carrying import carry\n{text}")
    (root / "colorattn/carrying.py").write_text(moved)
    fingerprint.parsed.cache_clear()
    assert fingerprint.fingerprint(COMMAND) == before


@pytest.mark.parametrize("verb", ["train post-mnist --seed SEED", "ablate x"])
def test_the_course_s_own_commands_run_what_trains(root, verb):
    command, name = f"python -m colorattn {verb}", "colorattn/runs/record.py"
    assert after(root, name, "return 7", "return 9", command)
    assert not after(root, name, "return 8", "return 9", command)


def test_each_part_of_a_command_has_its_own(root):
    both = fingerprint.fingerprint(f"python -m colorattn train; {COMMAND}")
    assert both.split() == [
        fingerprint.fingerprint("python -m colorattn train"),
        fingerprint.fingerprint(COMMAND),
    ]


def notebook(*cells):
    """Write a notebook of code, with an output each."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "source": source, "outputs": []}
                for kind, source in cells
            ]
        }
    )


def test_a_notebook_is_its_code_and_what_that_reaches(root):
    path = root / "chapter.ipynb"
    command = "python book/measure/sibling.py chapter.ipynb"
    cells = [
        ("markdown", "# Title"),
        ("code", "from colorattn.tools import remove\n"),
        ("code", "remove(3)"),
    ]
    found = []
    for change in (
        cells,
        [("markdown", "# Other"), *cells[1:]],
        [*cells[:2], ("code", "remove(4)")],
    ):
        path.write_text(notebook(*change))
        fingerprint.parsed.cache_clear()
        found.append(fingerprint.fingerprint(command))
    assert found[0] == found[1] != found[2]
    assert after(root, "colorattn/tools.py", "return -a", "return a", command)


def test_it_is_the_same_in_every_python(root):
    """Newer ones add fields to syntax trees; this one has been seen in all."""
    code = "def f(a, *, b=f'{a:.{b}f} {1}'):\n    return [x for x in a if x]\n"
    (statement,) = ast.parse(code).body
    (root / "book/measure/sibling.py").write_text(code)
    assert "type_params" not in repr(fingerprint.shape(statement))
    assert (
        fingerprint.fingerprint("python book/measure/sibling.py")
        == "01656c53d8b2"
    )


def test_a_script_that_is_gone_has_none(root):
    with pytest.raises(OSError, match="gone"):
        fingerprint.fingerprint("python book/measure/gone.py")
