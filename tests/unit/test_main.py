"""The command line tells what went wrong, and what to do, in words."""

import errno
import os

import pytest

from colorattn.__main__ import in_words, main


@pytest.mark.parametrize(
    ("number", "path", "advice"),
    [
        (errno.ENOSPC, None, "free some space"),
        (errno.EACCES, "there/run", "a folder of your own"),
        (errno.EROFS, "/media/run", "choose a path on another one"),
        (errno.ENOENT, "here/run", "Check the path"),
        (errno.EISDIR, "here", "the path of a file in it"),
        (errno.ENOTDIR, "file/run", "not a folder"),
    ],
)
def test_an_error_of_the_system_is_told_with_what_to_do(number, path, advice):
    said = in_words(OSError(number, os.strerror(number), path))
    assert advice in said
    assert os.strerror(number) in said
    assert "Errno" not in said and (path or "") in said


def test_an_error_without_advice_is_told_all_the_same():
    failed = OSError(errno.EPIPE, os.strerror(errno.EPIPE))
    assert in_words(failed) == "Broken pipe."


def test_an_error_of_the_course_keeps_its_words():
    assert in_words(FileNotFoundError("say this.")) == "say this."


def test_evaluating_a_folder_is_refused_without_a_trace(tmp_path, capsys):
    assert main(["evaluate", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("colorattn: ") and "Traceback" not in said


def test_no_file_that_is_not_the_courses_is_to_be_deleted(tmp_path, capsys):
    foreign = tmp_path / "thesis.txt"
    foreign.write_text("three years of work")
    assert main(["evaluate", str(foreign)]) == 1
    said = capsys.readouterr().err
    assert "is not a checkpoint of this course" in said
    assert "delete" not in said.lower()
