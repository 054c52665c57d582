"""Whatever is handed in is read, or refused in a sentence."""

import json

import pytest
from hand_ins import SHEET, filled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classroom import answers_in_words, reports
from classroom.folder import ClassFolder, Student, csv_text
from classroom.grades import grades
from classroom.hand_in import read
from classroom.marking import Mark, Marks

GOOD = json.dumps(filled(), ensure_ascii=False).encode()
TEXT = st.text(st.characters())  # also halves of surrogate pairs
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
    ),
    max_leaves=9,
)
IDS = [cell["id"] for cell in filled()["cells"]]
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(IDS) | ANYTHING,
        "cell_type": st.sampled_from(["code", "markdown"]) | ANYTHING,
        "source": TEXT | st.lists(TEXT, max_size=4) | ANYTHING,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {"cells": st.lists(CELLS | ANYTHING, max_size=9) | ANYTHING}
)
CHANGES = st.lists(
    st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=9
)
OFTEN = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def shown(path):
    """Read a hand-in and show all that is in it; return what was wrong."""
    folder = ClassFolder(
        path.parent,
        SHEET,
        None,
        {"partial": 0.5, "grace_hours": 0, "late_points": 0},
        {},
        {"17": Student("17", "Ada")},
    )
    marks = Marks("17", path.name)
    try:
        hand_in = read(path)
    except ValueError as reason:
        marks.error = str(reason)
    else:
        marks.notes = hand_in.notes
        for exercise in SHEET.exercises:
            number = exercise.number
            if exercise.in_words:
                marks.words[number] = hand_in.words(exercise)
                continue
            cell, notes = hand_in.code(exercise)
            hand_in.other_code(cell)
            source = cell.source if cell else ""
            marks.exercises[number] = Mark("not yet", source, source)
            marks.notes += notes
    for content in (
        reports.feedback(folder, marks, {}),
        reports.overview(folder, [marks], {}),
        reports.words_page(folder, [marks]),
        csv_text(grades(folder, [marks], {})),
    ):
        assert b"<script" not in content
        content.decode()
    answers_in_words.write_words(folder, [marks])
    return marks.error


@OFTEN
@given(NOTEBOOKS | ANYTHING)
def test_a_notebook_of_any_form_is_read_or_refused(tmp_path, notebook):
    path = tmp_path / "sheet.ipynb"
    path.write_text(json.dumps(notebook))
    error = shown(path)
    cells = isinstance(notebook, dict) and notebook.get("cells")
    assert bool(error) != isinstance(cells, list)


@OFTEN
@given(CHANGES, st.integers(0, len(GOOD)))
def test_a_damaged_notebook_is_read_or_refused(tmp_path, changes, length):
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    path = tmp_path / "sheet.ipynb"
    path.write_bytes(content[:length])
    shown(path)


@OFTEN
@given(st.binary(max_size=99))
def test_any_bytes_are_refused_or_read_as_a_program(tmp_path, content):
    for name in ("sheet.ipynb", "sheet.py"):
        path = tmp_path / name
        path.write_bytes(content)
        shown(path)


def test_a_good_notebook_is_read_whole(tmp_path):
    path = tmp_path / "sheet.ipynb"
    path.write_bytes(GOOD)
    assert shown(path) == ""
    hand_in = read(path)
    for exercise in SHEET.exercises:
        if not exercise.in_words:
            cell, notes = hand_in.code(exercise)
            assert cell.source == exercise.solution and not notes


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret").write_bytes(GOOD)
    (tmp_path / "sheet.ipynb").symlink_to(tmp_path / "secret")
    with pytest.raises(ValueError, match="a link to another file"):
        read(tmp_path / "sheet.ipynb")
