"""Claims are fresh, stale or unreachable, and the report says which.

A fingerprint changes with the modules behind a command, and with no others.
"""

import ast
import json
from dataclasses import replace

import freshness
import pytest

from colorattn import claims
from colorattn.claims import Claim

FILES = {
    "book/measure/chapter.py": (
        "from sibling import twice\n"
        "from colorattn import files, tools\n"
        "from colorattn.face import shown\n"
        "def measured():\n"
        '    """Measure."""\n'
        "    from colorattn.late import later\n"
        "    return twice(tools.add(shown(files.read(1)), 2))\n"
        '\nif __name__ == "__main__":\n    print(measured())\n'
    ),
    "book/measure/sibling.py": "FACTOR = 2\ndef twice(n):\n    return n\n",
    "colorattn/__init__.py": "",
    "colorattn/files.py": "def read(number):\n    return number\n",
    "colorattn/tools.py": "import math, colorattn.carrying\nTEN = 10\n",
    "colorattn/carrying.py": "def carry(a):\n    return a\n",
    "colorattn/late.py": "def later():\n    return 0\n",
    "colorattn/other.py": "def unused():\n    return 0\n",
    "colorattn/face/__init__.py": "from colorattn.face.inner import shown\n",
    "colorattn/face/inner.py": (
        "TABLE = {}\nfor key in 'ab':\n    TABLE[key] = 1\n"
        "def shown(number: int) -> int:\n    return number + len(TABLE)\n"
    ),
    "colorattn/runs/record.py": "def record():\n    return 7\n",
}
COMMAND = "python book/measure/chapter.py --rows"


def forget():
    """Forget what commands were."""
    freshness.fingerprint.cache_clear()
    freshness.obstacle.cache_clear()


def write(root, name, text):
    """Write a file of the repository."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)
    forget()


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A small repository, and a ledger of its own."""
    monkeypatch.setattr(freshness, "ROOT", tmp_path)
    monkeypatch.setattr(claims, "LEDGER", tmp_path / "claims.json")
    for name, text in {**FILES, "book/measure/a.py": OPTION}.items():
        write(tmp_path, name, text)
    yield tmp_path
    forget()


def after(root, name, old, new, command=COMMAND):
    """Say whether an edit of a file changes the fingerprint."""
    before = freshness.fingerprint(command)
    text = (root / name).read_text()
    assert text.count(old) == 1
    write(root, name, text.replace(old, new))
    return freshness.fingerprint(command) != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("book/measure/chapter.py", "read(1)", "read(3)"),
        ("book/measure/sibling.py", "FACTOR = 2", "FACTOR = 2.5"),
        ("book/measure/sibling.py", "return n", "return +n"),
        ("colorattn/tools.py", "TEN = 10", "TEN = 11"),
        ("colorattn/carrying.py", "return a\n", "return a + 0\n"),
        ("colorattn/late.py", "return 0", "return 1"),
        ("colorattn/face/inner.py", "number + len", "number * len"),
        ("colorattn/face/inner.py", "TABLE = {}", "TABLE = {0: 0}"),
        ("colorattn/face/inner.py", "TABLE[key] = 1", "TABLE['c'] = 1"),
    ],
)
def test_code_that_a_command_imports_changes_it(root, name, old, new):
    assert after(root, name, old, new)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("book/measure/chapter.py", "print(measured())", "print('hello')"),
        ("book/measure/chapter.py", '"""Measure."""', '"""Measure it."""'),
        ("book/measure/chapter.py", "twice(tools", "twice(  # why\n  tools"),
        ("colorattn/other.py", "return 0", "return 1"),
        ("colorattn/files.py", "return number", "return +number"),
        ("colorattn/face/inner.py", "number: int) -> int", "number)"),
        ("colorattn/runs/record.py", "return 7", "return 9"),
    ],
)
def test_nothing_else_changes_it(root, name, old, new):
    assert not after(root, name, old, new)


@pytest.mark.parametrize("verb", ["train post-mnist --seed SEED", "ablate x"])
def test_the_course_s_own_commands_run_what_trains(root, verb):
    command, name = f"python -m colorattn {verb}", "colorattn/runs/record.py"
    assert not after(root, "colorattn/tools.py", "10", "11", command)
    assert after(root, name, "return 7", "return 9", command)


def test_each_part_of_a_command_has_its_own(root):
    train = "python -m colorattn train"
    parts = freshness.fingerprint(f"{train}; {COMMAND}").split()
    assert parts == [*map(freshness.fingerprint, (train, COMMAND))]
    assert parts[0] != parts[1]


def test_a_notebook_is_its_code_and_what_that_imports(root):
    command = "python book/measure/sibling.py chapter.ipynb"
    cells = [
        ("markdown", "# Title"),
        ("code", "from colorattn.other import unused\n"),
        ("code", "unused(3)"),
    ]
    found = []
    for change in (
        cells,
        [("markdown", "# Other"), *cells[1:]],
        [*cells[:2], ("code", "unused(4)")],
    ):
        made = [{"cell_type": kind, "source": text} for kind, text in change]
        write(root, "chapter.ipynb", json.dumps({"cells": made}))
        found.append(freshness.fingerprint(command))
    assert found[0] == found[1] != found[2]
    assert after(root, "colorattn/other.py", "return 0", "return 1", command)


def test_it_is_the_same_in_every_python(root):
    """Newer ones add fields to syntax trees; this one has been seen in all."""
    code = "def f(a, *, b=f'{a:.{b}f} {1}'):\n    return [x for x in a if x]\n"
    write(root, "book/measure/sibling.py", code)
    assert "type_params" not in repr(freshness.shape(ast.parse(code)))
    found = freshness.fingerprint("python book/measure/sibling.py")
    assert found == "3d342ed738e8"


def test_a_script_that_is_gone_has_none(root):
    with pytest.raises(OSError, match="gone"):
        freshness.fingerprint("python book/measure/gone.py")


# ---------------------------------------------------------------- the states

OPTION = 'A = 1\nparser.add_argument("--rows")\n'
SCRIPT = "python book/measure/a.py"
MEASURED = Claim(1.0, "%", "a share of something", 1, command=SCRIPT)
LONG = "a-name-of-it" + "-that-is-long" * 5
QUOTED = Claim(90, "%", "accuracy of something", source="the post")


def test_a_claim_is_fresh_until_its_code_changes(root):
    claim = replace(MEASURED, code=freshness.fingerprint(SCRIPT))
    assert freshness.state(claim) == "fresh"
    for text, state in (
        (f"{OPTION}# one", "fresh"),
        ("A = 1\n", "stale"),  # the option is gone
        (OPTION.replace("1", "2"), "stale"),
    ):
        write(root, "book/measure/a.py", text)
        assert freshness.state(claim) == state


def test_a_claim_without_a_fingerprint_is_stale_and_a_quoted_has_none(root):
    assert freshness.state(MEASURED) == "stale"
    assert freshness.state(QUOTED) == "quoted"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("python book/measure/gone.py", "gone.py does not exist"),
        (f"{SCRIPT} gone.ipynb", "gone.ipynb does not exist"),
        (f"{SCRIPT} --gone", "a.py has no --gone"),
        (f"python -m colorattn train post-mnist; {SCRIPT} --gone", "--gone"),
        ("python -m colorattn gone", "invalid choice: 'gone'"),
        ("python -m colorattn ablate gone", "invalid choice: 'gone'"),
        ("python -m colorattn train gone-mnist", "invalid choice"),
        ("python -m colorattn train post-mnist --gone", "--gone"),
        ("make gone", "does not begin with python"),
        ("", "does not begin with python"),
    ],
)
def test_a_command_that_cannot_be_run_is_unreachable(root, command, why):
    claim = replace(MEASURED, command=command)
    assert freshness.state(claim) == "unreachable"
    assert why in freshness.obstacle(command)


@pytest.mark.parametrize(
    "command",
    [
        SCRIPT,
        f"{SCRIPT} RUNS --rows",
        "python -m colorattn ablate rungs",
        "python -m colorattn train post-mnist --epochs 12 --seed SEED",
        f"python -m colorattn ablate rungs; {SCRIPT}",
    ],
)
def test_a_command_that_can_be_run_meets_no_obstacle(root, command):
    assert freshness.obstacle(command) == ""


@pytest.fixture
def ledger(root):
    """A ledger with a claim of each state."""
    fresh = replace(MEASURED, code=freshness.fingerprint(SCRIPT))
    gone = replace(MEASURED, command="python gone.py")
    old = {LONG: MEASURED, "b-old": MEASURED}
    claims.save({"a-fresh": fresh, **old, "c-gone": gone, "d": QUOTED})


def test_the_report_counts_all_and_names_what_is_not_fresh(ledger, capsys):
    assert freshness.main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "5 claims: 1 quoted, 1 fresh, 2 stale, 1 unreachable",
        "",
        f"stale: {SCRIPT}",
        f"  {LONG}",
        "  b-old",
        "",
        "unreachable: python gone.py (gone.py does not exist)",
        "  c-gone",
    ]


def test_what_is_unreachable_cannot_be_adopted(ledger, capsys):
    assert freshness.main(["--adopt"]) == 1
    assert "0 stale, 1 unreachable" in capsys.readouterr().out


def test_claims_are_adopted_only_when_one_asks(root, capsys):
    claims.save({"b-old": MEASURED, "d": QUOTED})
    before = claims.LEDGER.read_bytes()
    assert freshness.main([]) == 0  # to be stale is no error
    assert "1 stale, 0 unreachable" in capsys.readouterr().out
    assert claims.LEDGER.read_bytes() == before
    assert freshness.main(["--adopt"]) == 0
    assert "1 fresh, 0 stale" in capsys.readouterr().out
    assert claims.ledger()["b-old"].code == freshness.fingerprint(SCRIPT)
    assert claims.ledger()["d"] == QUOTED
