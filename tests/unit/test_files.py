"""A file is written whole or not at all, whatever happens to the writer."""

import os
import random
import resource
import stat
import subprocess
import sys
import time

import pytest

from colorattn import files

SIZE = 1_000_003  # bytes, written in about a millisecond
KILLS = 23
WRITER = f"""
import sys
from pathlib import Path
from colorattn.files import write

n = 0
while True:
    n += 1
    write(Path(sys.argv[1]), bytes([2 * n % 250 + int(sys.argv[2])]) * {SIZE})
"""


def start(program: str, *arguments, **options) -> subprocess.Popen:
    """Start a Python process."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def whole(content: bytes) -> bool:
    """Say whether a content is one that a writer wrote."""
    return len(content) == SIZE and content == content[:1] * SIZE


def test_the_file_holds_what_was_written(tmp_path):
    path = tmp_path / "new" / "folder" / "file.bin"
    files.write(path, b"one")
    assert path.read_bytes() == b"one"
    files.write(path, b"another")
    assert path.read_bytes() == b"another"
    assert os.listdir(path.parent) == ["file.bin"]


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_follow_the_umask(tmp_path, mask):
    before = os.umask(mask)
    try:
        files.write(tmp_path / "file", b"content")
        now = os.umask(mask)
    finally:
        os.umask(before)
    assert now == mask
    found = stat.S_IMODE((tmp_path / "file").stat().st_mode)
    assert found == 0o666 & ~mask


def test_a_line_to_the_person_goes_to_stderr(capsys):
    files.notify("Something is so.")
    assert capsys.readouterr() == ("", "Something is so.\n")


def test_a_folder_that_is_a_file_is_an_oserror(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError):
        files.write(tmp_path / "file" / "below", b"content")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    files.write(tmp_path / "file", b"old")
    process = start(
        "import sys\n"
        "from pathlib import Path\n"
        "from colorattn.files import write\n"
        "write(Path(sys.argv[1]), bytes(9973))",
        tmp_path / "file",
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (4999, 4999)
        ),
    )
    _, said = process.communicate(timeout=600)
    assert process.returncode == 1 and "File too large" in said
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_interruption_leaves_the_old_file(tmp_path, monkeypatch, step):
    files.write(tmp_path / "file", b"old")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_writer_killed_at_any_moment_leaves_a_whole_file(tmp_path):
    path, moments = tmp_path / "file", random.Random(0)
    seen = set()
    for _ in range(KILLS):
        path.unlink(missing_ok=True)
        writer = start(WRITER, path, 0)
        try:
            while not path.exists():
                assert writer.poll() is None, writer.stderr.read()
                time.sleep(0.001)
            end = time.monotonic() + moments.uniform(0, 0.03)
            while time.monotonic() < end:
                assert whole(path.read_bytes())
        finally:
            writer.kill()
            writer.communicate(timeout=600)
        content = path.read_bytes()
        assert whole(content)
        seen.add(content[:1])
    assert len(seen) > 1  # they were not all killed at the same write


def test_two_writers_leave_one_whole_file(tmp_path):
    path, seen = tmp_path / "file", set()
    writers = [start(WRITER, path, n) for n in range(2)]
    try:
        reads = 0
        while len(seen) < 2 or reads < 101:
            assert all(writer.poll() is None for writer in writers)
            if path.exists():
                content = path.read_bytes()
                assert whole(content)
                seen.add(content[0] % 2)  # whose it is
                reads += 1
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate(timeout=600)
    assert whole(path.read_bytes())
