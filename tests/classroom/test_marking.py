"""A whole class is marked: honest, wrong, damaged and hostile hand-ins."""

import contextlib
import pathlib

import pytest
from hand_ins import SHEET, cases

from classroom import folder
from classroom.marking import mark_class


@pytest.fixture(scope="module")
def everyone(outside, listener):
    return cases(str(outside), listener.getsockname()[1])


@pytest.fixture(scope="module")
def marked(tmp_path_factory, everyone, sandbox):
    path = tmp_path_factory.mktemp("class") / "a"
    folder.create(path, SHEET.name, None)
    text = (path / "class.toml").read_text()
    text = text.replace("seconds = 10", "seconds = 2")
    text = text.replace("memory_gb = 2", "memory_gb = 0.3")
    (path / "class.toml").write_text(text)
    names = {name: name.replace(" ", "-") for name in everyone}
    rows = "".join(f"{id},{name}\n" for name, id in names.items())
    (path / "students.csv").write_text(f"id,name\n{rows}")
    for name, case in everyone.items():
        own = path / "submitted" / names[name]
        own.mkdir()
        (own / case.file).write_bytes(case.content)
    own = folder.load(path)
    before = listing(path / "submitted")
    found = {
        own.students[marks.student].name: marks
        for marks in mark_class(own, [*own.students.values()], sandbox)
    }
    assert listing(path / "submitted") == before
    return own, found


def listing(path):
    return {x: x.read_bytes() for x in path.rglob("*") if x.is_file()}


def test_each_hand_in_is_found_as_what_it_is(marked, everyone):
    _, found = marked
    wrong = []
    for name, case in everyone.items():
        marks = found[name]
        if case.error:
            if case.error not in marks.error:
                wrong.append((name, marks.error))
            continue
        mark = marks.exercises["4.3"]
        others = {x.state for n, x in marks.exercises.items() if n != "4.3"}
        possible = case.state.split(" or ")
        if mark.state not in possible or others != {case.others}:
            wrong.append((name, mark.state, mark.message, others))
        elif case.says not in mark.message:
            wrong.append((name, mark.message))
        elif case.note and not any(case.note in x for x in marks.notes):
            wrong.append((name, marks.notes))
    assert not wrong, "\n".join(map(str, wrong))


def test_nothing_outside_was_read_changed_or_called(marked, outside, listener):
    assert listing(outside) == {outside / "grades.csv": b"1,2,3"}
    with pytest.raises(TimeoutError):
        listener.accept()


def test_no_process_is_left(marked, listener):
    names = []
    for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            names.append(path.read_text().strip())
    assert names and f"orphan{listener.getsockname()[1]}" not in names
