"""A fork moves to its own address in one step, everywhere."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
import rebrand
from colab import publish

ROOT = Path(__file__).parents[3]
OLD = rebrand.current(ROOT)
# Not in one piece with its host anywhere here: it would be moved as well.
NEW = "someone/else"


@pytest.fixture
def fork(tmp_path):
    """Return a copy of all files under version control."""
    return publish(tmp_path)


def contents(root):
    return {
        path: path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def traces(root, repository):
    """List where a repository is still named, in whatever form."""
    owner, name = map(re.escape, repository.split("/"))
    plain = re.escape(repository), re.escape(quote(repository, safe=""))
    forms = [*plain, rf"{owner}\.github\.io", rf"cd {name}\b"]
    form = re.compile("|".join(forms).encode(), re.I)
    return [
        f"{path.relative_to(root)}: {found.decode()}"
        for path, content in contents(root).items()
        for found in form.findall(content)
    ]


def make(root, repository):
    """Run `make rebrand` in a copy, whose environment is ours."""
    places = Path(sys.executable).parent, os.environ["PATH"]
    return subprocess.run(
        ["make", "-o", ".venv/.ready", "rebrand", f"REPO={repository}"],
        cwd=root,
        env=os.environ | {"PATH": ":".join(map(str, places))},
        capture_output=True,
        text=True,
    )


def test_no_trace_of_the_old_address_is_left(fork):
    pages = "https://{}.github.io/{}/demo.html"
    new = fork / "new.md"  # git does not have it yet
    new.write_text(pages.format(*OLD.split("/")))
    assert len(traces(fork, OLD)) > 10
    done = make(fork, NEW)
    assert done.returncode == 0, done.stderr
    assert f"https://github.com/{NEW}" in done.stdout
    assert traces(fork, OLD) == []
    assert new.read_text() == pages.format(*NEW.split("/"))
    front = (fork / "book" / "index.md").read_text("utf-8")
    assert f"/{NEW}\ncd {NEW.split('/')[1]}\n" in front


@pytest.mark.parametrize(
    "name", [NEW, "A-b/else-s_course", "c-d/e.v2", "G-h/g-h.github.io"]
)
def test_the_tests_of_the_address_hold_the_new_one_as_well(fork, name):
    rebrand.rebrand(fork, name)
    for words in (
        ["tests/chapters/test_rules.py"],
        ["tests/chapters/test_readme.py"],
        ["tests/book/test_build.py", "-k", "public_address"],
    ):
        pytest = [sys.executable, "-m", "pytest", "-c", os.devnull]
        paths = f"{fork / 'book/tools'} {fork / 'tests/book'}"
        pytest += ["-o", f"pythonpath={paths}", *words]
        done = subprocess.run(pytest, cwd=fork, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        assert " passed" in done.stdout


def test_the_new_address_is_in_its_place(fork):
    before = contents(fork)
    changed = rebrand.rebrand(fork, NEW)
    after = contents(fork)
    assert {p for p in after if after[p] != before[p]} == set(changed)
    names = {path.relative_to(fork).parts[0] for path in changed}
    assert {"_config.yml", "chapters", "pyproject.toml"} <= names
    assert rebrand.current(fork) == NEW
    for chapter in (fork / "chapters").glob("*.ipynb"):
        text = chapter.read_text("utf-8")
        assert f"git+https://github.com/{NEW}" in text
        assert f"google.com/github/{NEW}/blob" in text


@pytest.mark.parametrize("name", [NEW, "c-d/e.v2", "g-h/g-h.github.io"])
def test_there_and_back_is_where_it_began(fork, name):
    before = contents(fork)
    rebrand.rebrand(fork, name)
    assert contents(fork) != before
    rebrand.rebrand(fork, OLD)
    assert contents(fork) == before


def test_only_addresses_change(fork):
    """Neither longer names nor the words of the title are addresses."""
    note = fork / "note.md"
    kept = f"https://github.com/{OLD}-more, https://github.com/{OLD}.two, "
    kept += f"{OLD} alone, cd {OLD.split('/')[1]}\n"
    text = f"{kept}https://github.com/{{0}}/issues, github/{{0}}.git"
    note.write_text(text.format(OLD))
    rebrand.rebrand(fork, NEW)
    assert note.read_text() == text.format(NEW)


def test_a_failure_leaves_all_as_it_was(fork, monkeypatch):
    before = contents(fork)
    written = []

    def full(path, content):
        if len(written) == 3:
            monkeypatch.undo()
            raise OSError("the disk is full")
        written.append(path)
        path.write_bytes(content)

    monkeypatch.setattr(rebrand, "write", full)
    with pytest.raises(OSError, match="the disk is full"):
        rebrand.rebrand(fork, NEW)
    assert len(written) == 3
    assert contents(fork) == before


WRONG = ["", "alone", "a/b/c", "https://github.com/a/b", "a b/c", "a/b.git"]


@pytest.mark.parametrize("name", [*WRONG, "-/b"])
def test_what_is_no_name_is_refused_and_changes_nothing(fork, name):
    before = contents(fork)
    with pytest.raises(ValueError, match="is not owner/name"):
        rebrand.rebrand(fork, name)
    assert contents(fork) == before


def test_a_full_disk_is_explained(monkeypatch, capsys):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "a.md")

    monkeypatch.setattr(rebrand, "rebrand", full)
    assert rebrand.main([NEW]) == 1
    said = capsys.readouterr().err
    assert "a.md" in said and "free some space" in said


@pytest.mark.parametrize("name", ["", "alone", "https://github.com/a/b"])
def test_make_says_what_is_wrong_with_a_name(fork, name):
    before = contents(fork)
    done = make(fork, name)
    assert done.returncode != 0
    said = f"REPO=owner/name: {name!r} is not owner/name: give the"
    assert f"make rebrand {said}" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(fork) == before
