"""A fork moves to its own address in one step, everywhere."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location(
    "rebrand", ROOT / "book/tools/rebrand.py"
)
rebrand = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(rebrand)
OLD = rebrand.current(ROOT)


@pytest.fixture
def fork(tmp_path):
    """Return a copy of all files under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            goal = tmp_path / name
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, goal)
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def contents(root):
    return {
        path: path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def test_the_old_address_is_gone_and_the_new_one_in_its_place(fork):
    before = contents(fork)
    changed = rebrand.rebrand(fork, "someone/else-s_course")
    after = contents(fork)
    assert not any(f"/{OLD}".encode() in content for content in after.values())
    assert {p for p in after if after[p] != before[p]} == set(changed)
    names = {path.relative_to(fork).parts[0] for path in changed}
    assert {"_config.yml", "chapters", "pyproject.toml"} <= names
    assert rebrand.current(fork) == "someone/else-s_course"
    for chapter in (fork / "chapters").glob("*.ipynb"):
        text = chapter.read_text("utf-8")
        assert "git+https://github.com/someone/else-s_course" in text
        assert "google.com/github/someone/else-s_course/blob" in text


def test_there_and_back_is_where_it_began(fork):
    before = contents(fork)
    rebrand.rebrand(fork, "someone/else")
    rebrand.rebrand(fork, OLD)
    assert contents(fork) == before


def test_only_addresses_change(fork):
    """Neither longer names nor the words of the title are addresses."""
    note = fork / "note.md"
    kept = f"https://github.com/{OLD}-more and {OLD} alone"
    note.write_text(f"{kept}, https://github.com/{OLD}/issues")
    subprocess.run(["git", "add", "note.md"], cwd=fork, check=True)
    rebrand.rebrand(fork, "a/b")
    assert note.read_text() == f"{kept}, https://github.com/a/b/issues"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "alone",
        "a/b/c",
        "https://github.com/a/b",
        "a b/c",
        "a/b.git",
        "-/b",
    ],
)
def test_what_is_no_name_is_refused_and_changes_nothing(fork, name):
    before = contents(fork)
    with pytest.raises(ValueError, match="is no owner/name"):
        rebrand.rebrand(fork, name)
    assert contents(fork) == before
