"""The command line: what it says, where it writes, and its exit codes."""

import json
import os
import re
import zipfile

import pytest
from hand_ins import table, with_sources

from classroom import notebooks, rendering
from classroom.__main__ import main
from classroom.exercises import exercises
from classroom.sheets import sheet
from colorattn.files import write

SHEET = sheet("third")
WORDS = {f"{x.id}-answer": "A sentence." for x in SHEET.exercises}


def notebook(code=()):
    """Return a sheet with answers in words, and some in code."""
    book = with_sources(notebooks.student(SHEET), WORDS | dict(code))
    return json.dumps(book).encode()


def run(capsys, *words):
    """Run a command; return its code, output and errors."""
    capsys.readouterr()
    try:
        code = main([*map(str, words)])
    except SystemExit as stop:
        code = stop.code
    return code, *capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["mark", "nowhere"], 1, "there is no class folder 'nowhere'. Make"),
        (["show", "nowhere"], 1, "--sheet first"),
        (["new", "x", "--sheet", "frist"], 1, "no sheet 'frist'. There are"),
        (["make", "frist"], 1, "there is no sheet 'frist'"),
        (["mark"], 2, "the following arguments are required: folder"),
        (["mrak", "x"], 2, "invalid choice: 'mrak'"),
    ],
)
def test_a_wrong_command_is_answered_in_a_sentence(capsys, words, code, says):
    found, _, errors = run(capsys, *words)
    assert found == code and says in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('sheet = "third"\n[points]\n"5.1" = "two"', "line 3: 5.1 must be a"),
        (
            'sheet = "third"\n[points]\n"3.9" = 2',
            "line 3: 3.9 must be the num",
        ),
        ('sheet = "third"\nseconds = -1', "line 2: seconds must be a number"),
        ('sheet = "third"\nsecnds = 1', "line 2: secnds must be one of sheet"),
        ('sheet = "third"\ndue = "soon"', "line 2: due must be a date"),
        ('sheet = "tenth"', "there is no sheet 'tenth'"),
        ("sheet = third", "class.toml: Invalid value"),
    ],
)
def test_a_wrong_class_toml_is_named_by_line(own, capsys, text, says):
    (own / "class.toml").write_text(text)
    code, _, errors = run(capsys, "mark", own, "--sandbox", "none")
    assert code == 1 and errors.startswith("classroom: ") and says in errors


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,name\n17,a\n18,b\n17,c", "has the id 17 twice, in rows 2 and 4."),
        ("id\n../x", "row 2: the id '../x' has to be"),
        ("name\na", "first line has to name the columns id; id is missing"),
        ("id,extra_days\n17,many", "row 2: extra_days must be a number"),
    ],
)
def test_a_wrong_table_of_students_is_named_by_row(own, capsys, text, says):
    (own / "students.csv").write_text(text)
    code, _, errors = run(capsys, "mark", own, "--sandbox", "none")
    assert code == 1 and says in errors


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("20,5.1,1,", "row 2: there is no 20 or 5.1"),
        ("17,5.1,x,", "row 2: points must be a number"),
    ],
)
def test_a_wrong_override_is_named_by_row(marked, capsys, text, says):
    text = f"id,exercise,points,comment\n{text}"
    (marked / "overrides.csv").write_text(text)
    code, _, errors = run(capsys, "words", marked)
    assert code == 1 and f"overrides.csv, {says}" in errors


def test_nothing_handed_in_and_nobody_known_are_said(own, capsys):
    code, _, errors = run(capsys, "mark", own, "--sandbox", "none")
    assert code == 1 and "submitted/ is empty" in errors
    code, _, errors = run(
        capsys, "mark", own, "--sandbox", "none", "--only", "9"
    )
    assert code == 1 and "there is no student '9'" in errors


def test_a_folder_that_is_not_empty_is_not_made_anew(own, capsys):
    code, _, errors = run(capsys, "new", own, "--sheet", "first")
    assert code == 1 and "is not empty" in errors


@pytest.mark.parametrize("command", [["doctor"], ["mark"]])
def test_without_bubblewrap_nothing_runs(own, capsys, monkeypatch, command):
    monkeypatch.setenv("PATH", str(own))
    words = command + [own] * (command == ["mark"])
    code, _, errors = run(capsys, *words)
    assert code == 3 and "nothing was run" in errors
    assert "--sandbox none" in errors and not (own / "marked").exists()


def test_a_system_that_forbids_bubblewrap_is_told_why(
    own, capsys, monkeypatch
):
    (own / "bwrap").write_text("#!/bin/sh\necho no userns >&2\nexit 1\n")
    (own / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{own}:{os.environ['PATH']}")
    code, _, errors = run(capsys, "mark", own)
    assert code == 3 and "(no userns)" in errors and "AppArmor" in errors


NAMES = {
    "Ada Lovelace_123_assignsubmission_file_/sheet.ipynb": "17",
    "lovelaceada_123_456_sheet-1.ipynb": "17",
    "hoppergrace_LATE_123_456_sheet.ipynb": "18",
    "18/sheet.ipynb": "18",
    "18/repository/sheet.ipynb": "18",
    "19.ipynb": "19",
    "Copy of 19.ipynb": "19",
    "20.ipynb": None,
    "readme.md": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_hand_in_goes_to_its_owner(own, capsys, tmp_path, name):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(name, b"content")
    code, out, _ = run(capsys, "collect", own, archive)
    placed = [path for path in (own / "submitted").rglob("*.ipynb")]
    assert code == 0
    if NAMES[name] is None:
        assert not placed and f"nobody's: {name}" in out
    else:
        (path,) = placed
        assert path.parent.name == NAMES[name]
        assert path.read_bytes() == b"content"


@pytest.mark.parametrize(
    "name", ["../17.ipynb", "/17.ipynb", "a/../../17.ipynb", "link"]
)
def test_an_archive_that_leads_out_is_refused(own, capsys, tmp_path, name):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("18.ipynb", b"good")
        info = zipfile.ZipInfo(name)
        if name == "link":
            info.external_attr = 0o120777 << 16
        packed.writestr(info, b"/etc/passwd")
    before = sorted(tmp_path.rglob("*"))
    code, _, errors = run(capsys, "collect", own, archive)
    assert code == 1 and "Nothing was unpacked" in errors
    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_that_is_too_large_is_refused(own, capsys, tmp_path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for n in range(201):
            packed.writestr(f"{n}.ipynb", b"")
    code, _, errors = run(capsys, "collect", own, archive)
    assert code == 1 and "holds 201 files" in errors


def test_marking_without_a_sandbox_names_what_reaches_outside(own, capsys):
    answer = "import os\n" + exercises()["5.2"].solution
    path = own / "submitted" / "17" / "sheet.ipynb"
    write(path, notebook({"ex-05-2-stub": answer}))
    write(own / "submitted" / "18" / "sheet.ipynb", b"%PDF-1.7")
    code, out, _ = run(capsys, "mark", own, "--sandbox", "none", "--strict")
    assert code == 4
    assert "2 of 3 marked" not in out and "1 of 3 marked." in out
    assert "Not read: 18 (sheet.ipynb is a PDF" in out
    assert "Look at: 17 5.2" in out
    page = (own / "marked" / "third" / "feedback" / "17.html").read_text()
    assert "import os" in page


def test_grades_follow_states_words_overrides_and_late_days(marked, capsys):
    done = marked / "marked" / "third"
    (marked / "overrides.csv").write_text(
        "id,exercise,points,comment\n18,6.4,3,in person\n"
    )
    assert run(capsys, "words", marked)[0] == 0
    rows = table(done / "words.csv")
    assert len(rows) == 3 and {row["exercise"] for row in rows} == {"5.5"}
    assert not any("17" in row["answer"] for row in rows)
    text = (done / "words.csv").read_text("utf-8-sig")
    text = text.replace("</script>,,,,", "</script>,1,0.5,0,see above", 1)
    (done / "words.csv").write_text(text)
    assert run(capsys, "words", marked)[0] == 0
    found = {row["id"]: row for row in table(done / "grades.csv")}
    assert [found[id]["5.2"] for id in ("17", "18", "19")] == ["2", "1", "1"]
    assert sorted(found[id]["5.5"] for id in found) == ["", "", "1.5"]
    assert found["18"]["6.4"] == "3" and found["17"]["of"] == "12"
    assert found["19"]["name"] == "'=1+1"
    assert (
        sum("not marked yet: 5.5" in x["notes"] for x in found.values()) == 2
    )
    page = (done / "feedback" / "18.html").read_text()
    assert "in person" in page


@pytest.mark.parametrize("anonymous", [[], ["--anonymous"]])
def test_the_overview_names_misconceptions_and_students(
    marked, capsys, anonymous
):
    assert run(capsys, "show", marked, *anonymous)[0] == 0
    page = (marked / "marked" / "third" / "overview.html").read_text()
    found = page[page.index("5.2 · a mean&#39;s error · 2 of 3") :]
    assert found.index("With five thousand runs") < found.index("Right so far")
    assert 'aria-label="Exercise 5.2: 1 right, 2 not yet"' in page
    assert ("Ada Lovelace" in page) == (not anonymous)
    assert (
        ">17<" not in page.replace('font-size="14">17<', "") or not anonymous
    )


def test_pages_run_no_script_and_load_nothing(marked, capsys):
    assert run(capsys, "words", marked)[0] == 0
    pages = list((marked / "marked").rglob("*.html"))
    assert len(pages) == 5
    for page in pages:
        text = page.read_text()
        assert "<script" not in text and "<b>wrong" not in text
        assert not re.search(r"(src|href)=|https?:|url\(", text)
        assert "default-src 'none'" in text


def test_formulas_of_model_answers_are_set(marked, capsys):
    assert run(capsys, "words", marked)[0] == 0
    page = (marked / "marked" / "third" / "words.html").read_text()
    assert "<msqrt>" in page and page.count("<math") == page.count("</math>")
    assert "\\(" not in page and "$" not in page


def test_without_katex_a_formula_is_shown_as_typed(monkeypatch):
    def missing(*formula):
        raise FileNotFoundError("node")

    monkeypatch.setattr(rendering, "typeset", missing)
    assert "<code>a &lt; b</code>" in rendering.page_html("So $a < b$.")


def test_moodle_s_worksheet_is_filled_in(marked, capsys, tmp_path):
    sheet_of_moodle = tmp_path / "grading.csv"
    sheet_of_moodle.write_text(
        "Identifier,Full name,ID number,Grade,Feedback comments\n"
        "Participant 1,Ada Lovelace,,,\nParticipant 2,G. Hopper,18,,\n"
        "Participant 3,Nobody,,,\n"
    )
    command = ["return", marked, "--for", "moodle"]
    assert run(capsys, *command)[0] == 1
    assert run(capsys, *command, "--table", sheet_of_moodle)[0] == 0
    rows = table(marked / "marked" / "third" / "grades-moodle.csv")
    assert [row["Grade"] for row in rows] == ["6", "5", ""]
    assert [row["Identifier"][-1] for row in rows] == ["1", "2", "3"]


def test_one_column_of_canvas_s_gradebook_is_changed(marked, capsys, tmp_path):
    gradebook = tmp_path / "gradebook.csv"
    gradebook.write_text(
        "Student,ID,SIS Login ID,Third (12),Fourth (13)\n"
        '"Lovelace, Ada",4,17,,7\n"Grace Hopper",5,,,8\n'
    )
    command = ["return", marked, "--for", "canvas", "--table", gradebook]
    code, _, errors = run(capsys, *command, "--assignment", "Thrid")
    assert code == 1 and "no columns of 'Thrid'; it has Student, ID" in errors
    assert run(capsys, *command, "--assignment", "Third")[0] == 0
    rows = table(marked / "marked" / "third" / "grades-canvas.csv")
    assert [row["Third (12)"] for row in rows] == ["6", "5"]
    assert [row["Fourth (13)"] for row in rows] == ["7", "8"]


@pytest.mark.parametrize("models", [True, False])
def test_feedback_goes_back_as_one_archive(marked, capsys, models):
    command = ["return", marked, "--with-models"][: 2 + models]
    assert run(capsys, *command)[0] == 0
    path = marked / "marked" / "third" / "feedback.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["17.html", "18.html", "19.html"]
        assert ("A model answer" in archive.read("17.html").decode()) == models


def test_damaged_marks_are_to_be_made_again(marked, capsys):
    write(marked / "submitted" / "17" / "sheet.ipynb", notebook())
    path = marked / "marked" / "third" / "students" / "17.json"
    path.write_text("{")
    assert run(capsys, "show", marked)[0] == 0
    page = (marked / "marked" / "third" / "overview.html").read_text()
    assert "Ada Lovelace: not marked yet" in page
    mark = "mark", marked, "--sandbox", "none", "--only", "17"
    assert run(capsys, *mark)[0] == 0
    assert json.loads(path.read_text())["words"]["6.4"] == "A sentence."
