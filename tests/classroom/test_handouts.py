"""What is handed out: nothing given away, the same bytes each time."""

import html
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from fractions import Fraction
from random import Random

import nbformat
import pytest
import torch

from classroom import export, notebooks, printing, worksheets
from classroom.exercises import ROOT, chapters, exercises, questions
from classroom.marking import wrong_answers
from classroom.quizzes import quizzes
from classroom.sheets import POINTS, facts, question, rubrics, sheet, sheets
from colorattn.model import attend

QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


def said(notebook):
    """Map the id of each cell to its source."""
    cells = json.loads(notebook)["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


def test_every_exercise_and_question_of_the_chapters_is_read():
    found = exercises().values()
    least = len(chapters())
    assert len(found) >= 4 * least and len(questions()) >= 4 * least
    assert sum(exercise.in_words for exercise in found) >= least
    for exercise in found:
        assert exercise.text.startswith(f"### {exercise.number} ")
        assert "<details>" not in exercise.text and exercise.minutes > 0
        assert exercise.model if exercise.in_words else exercise.solution
    for asked in questions().values():
        assert sum(option.right for option in asked.options) == 1
        assert len(asked.options) >= 3


def test_every_exercise_in_words_has_a_rubric_of_three_lines():
    words = {n for n, x in exercises().items() if x.in_words}
    assert rubrics().keys() == words
    own = [n for n in words if rubrics()[n] != facts()["rubric"]["usual"]]
    assert len(own) >= 10
    assert all(len(rubric["lines"]) == 3 for rubric in rubrics().values())


def test_every_misconception_has_a_question_that_shows_it():
    for number, exercise in exercises().items():
        if not exercise.in_words:
            module = wrong_answers(exercise.id)
            names = {*module.WRONG, *module.ADVERSARIAL}
            own = facts()["ask"][number].keys() - {"usual"}
            assert own <= names, number
            assert all(question(number, x).count("?") for x in names)
    assert facts()["ask"].keys() <= exercises().keys()


def test_an_unknown_sheet_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="no sheet 'frist'.*first, second"):
        sheet("frist")


@pytest.mark.parametrize("name", facts()["sheet"])
def test_a_session_of_the_lesson_plan_takes_90_minutes(name):
    plan = (ROOT / "book" / "teaching.md").read_text("utf-8")
    (session,) = re.findall(
        rf"^### {name.capitalize()}: (.+?)(?=^#)", plan, re.M | re.S
    )
    title = sheet(name).title.partition(": ")[2]
    assert session.startswith(f"{title}\n")
    assert sum(map(int, re.findall(r"^\| (\d+) \|", session, re.M))) == 90
    words = 0
    for number in map(int, re.findall(r"chapters/(\d\d)_", session)):
        for cell in chapters()[number]:
            kept = cell["cell_type"] == "markdown" and not re.match(
                "ex-|ask-", cell["id"]
            )
            words += kept * len(cell["source"].split())
    assert 15 <= words / 200 <= 65  # minutes to read them
    mentioned = set(re.findall(r"[Ee]xercise (\d+\.\d)", session))
    assert mentioned <= {*sheet(name).numbers, "2.1"}  # done on the board


@pytest.mark.parametrize("name", sheets())
def test_other_graders_get_each_exercise_once(name):
    theirs = export.for_nbgrader(sheet(name))
    cells = json.loads(theirs[f"source/{name}/{name}.ipynb"])["cells"]
    facts = [cell["metadata"]["nbgrader"] for cell in cells]
    ids = [fact["grade_id"] for fact in facts]
    assert len(set(ids)) == len(ids)
    points = sum(fact.get("points", 0) for fact in facts)
    assert points == sum(POINTS[x.in_words] for x in sheet(name).exercises)
    commands = [
        "".join(cell["source"]).splitlines()[0]
        for cell in json.loads(export.for_otter(sheet(name))[f"{name}.ipynb"])[
            "cells"
        ]
        if cell["cell_type"] == "raw"
    ]
    opened = []
    for command in commands[1:]:
        begins, what = command.removeprefix("# ").split(" ")
        assert begins == "BEGIN" or opened.pop() == what
        opened += [what] * (begins == "BEGIN")
    assert commands[0] == "# ASSIGNMENT CONFIG" and not opened
    assert commands.count("# BEGIN QUESTION") == len(sheet(name).exercises)


@pytest.mark.parametrize("name", sheets())
def test_a_student_s_notebook_gives_nothing_away(name):
    plain = said(notebooks.student(sheet(name)))
    hints = said(notebooks.student(sheet(name), hints=True))
    for exercise in sheet(name).exercises:
        secret = exercise.model or exercise.solution
        given = [exercise.stub, exercise.text, exercise.imports]
        own = set("\n".join(given).splitlines())
        lines = {line for line in secret.splitlines() if len(line) > 25} - own
        shown = "\n".join(plain.values())
        assert not [line for line in lines if line.strip() in shown]
        for _, text in exercise.hints:
            assert text not in shown
            assert text in hints[f"{exercise.id}-text"]


@pytest.mark.parametrize("name", sheets())
def test_a_teacher_s_notebook_has_solutions_models_and_rubrics(name):
    cells = said(notebooks.teacher(sheet(name)))
    for exercise in sheet(name).exercises:
        if exercise.in_words:
            model = cells[f"{exercise.id}-model"]
            assert exercise.model in model
            for line in rubrics()[exercise.number]["lines"]:
                assert line in model
        else:
            assert cells[f"{exercise.id}-solution"] == exercise.solution


@pytest.mark.parametrize("name", sheets())
@pytest.mark.parametrize("edition", ["student", "teacher"])
def test_a_notebook_runs_from_top_to_bottom(name, edition, capsys):
    made = getattr(notebooks, edition)(sheet(name))
    cells = json.loads(made)["cells"]
    space = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
    told = capsys.readouterr().out.splitlines()
    begins = "Nothing returned yet." if edition == "student" else "Correct."
    code = [x for x in sheet(name).exercises if not x.in_words]
    assert len(told) == len(code)
    assert all(line.startswith(begins) for line in told)


def test_notebooks_are_valid():
    for make in notebooks.student, notebooks.teacher:
        text = make(sheet("third")).decode()
        nbformat.validate(nbformat.reads(text, as_version=4))


def test_the_same_bytes_are_made_each_time():
    sheets = [sheet("second"), sheet("chapter-03")]
    first, second = (
        dict(printing.handed_out(sheets, 2, "A4")) for _ in range(2)
    )
    assert first == second
    assert {"README.html", "cards.pdf"} < {*first}
    listed = first["README.html"].decode()
    for name in first:
        assert f"<code>{name.rpartition('/')[2]}</code>" in listed or (
            name == "README.html" or name.endswith(".qti.zip")
        )
    made = {"guesses.pdf", "questions.pdf", "worksheet.pdf", "key.pdf"}
    assert {f"chapter-03/{name}" for name in made} < {*first}
    for name in "chapter-03", "second":
        worksheet = first[f"{name}/worksheet.pdf"]
        assert b"/StructTreeRoot" in worksheet  # tagged
        assert b"/Count 2" in worksheet  # a page for each student


def test_a_print_knows_nothing_of_what_was_shown_before():
    """A table's headings have numbers in it, which Chromium counts on."""
    table = b"<title>t</title><table><tr><th>a<th>b<tr><td>1<td>2</table>"
    pages = {"one": table, "other": b"<p>x</p>" * 50, "same": table}
    found = dict(printing.printed(pages, "A4"))
    assert found["one"].count(b"(node00000001)") > 1  # here, and referred to
    assert found["one"] == found["same"]


def test_slides_and_pages_load_nothing():
    for name in "slides", "guesses", "questions", "worksheet", "key", "cards":
        page = printing.shown(f"{name}.html", sheet("chapter-03"), 1).decode()
        assert "<script" not in page
        assert not re.findall(
            r'(?:src|href)="(?!data:)|url\("(?!data:)|url\([^"]', page
        )
        assert "katex-error" not in page


@pytest.mark.parametrize("name", sheets())
def test_a_slide_s_title_is_a_heading_of_its_chapter(name):
    for number in sheet(name).chapters:
        cells = chapters()[number]
        prose = [x["source"] for x in cells if x["cell_type"] == "markdown"]
        headings = re.findall("^##? (.+)", "\n".join(prose), re.M)
        slides = printing.slides(cells)
        assert {slide["title"] for slide in slides} <= {*headings}
        assert len(slides) > len({slide["title"] for slide in slides})
        assert all(slide["alt"] for slide in slides if "image" in slide)


def test_four_cells_have_the_weights_of_attention():
    for seed in range(20):
        text, answer = worksheets.four_cells(Random(seed))
        counts = [int(n) for n in re.findall(r"\\ln (\d)", text)]
        colors = re.findall("red|green|blue", text)
        query = torch.tensor([[2.0, 0, 0, 0]])
        keys = torch.zeros(1, 4, 1, 4)
        keys[0, 0, 0] = torch.tensor(counts).log()
        _, weights = attend(query, keys)
        parts = [
            float(Fraction(x)) for x in re.findall(r"\d+(?:/\d+)?", answer)
        ]
        assert weights.flatten().tolist() == pytest.approx(parts[:4])
        for part, color in zip(
            parts[4:], ("red", "green", "blue"), strict=True
        ):
            shares = zip(parts, colors, strict=False)
            assert part == pytest.approx(
                sum(w for w, c in shares if c == color)
            )


def test_each_student_has_other_numbers():
    for make in worksheets.tasks(sheet("third")) + worksheets.tasks(
        sheet("second")
    ):
        texts = [worksheets.task(make, student) for student in range(30)]
        assert len(set(texts)) > 25
        assert texts == [
            worksheets.task(make, student) for student in range(30)
        ]


def test_the_key_has_the_answer_to_every_worksheet():
    its = sheet("chapter-04")
    page = html.unescape(printing.shown("key.html", its, 30).decode())
    for student in range(1, 31):
        for make in worksheets.tasks(its):
            assert f"<td>{worksheets.task(make, student)[2]}</td>" in page


def test_a_key_is_that_of_the_solution():
    text, answer = worksheets.parameters(Random(0))
    a, b, c, k, m = map(int, re.findall(r"\d+", text))
    assert int(answer) == b * (a * k * k + 3) + c * (b * m * m + 3)


def test_moodle_s_file_holds_every_question_with_one_right_option():
    root = ET.fromstring(quizzes()["questions.moodle.xml"])
    found = [x for x in root if x.get("type") == "multichoice"]
    assert [x.findtext("idnumber") for x in found] == [*questions()]
    for item in found:
        fractions = [x.get("fraction") for x in item.findall("answer")]
        options = questions()[item.findtext("idnumber")].options
        assert fractions == ["100" if x.right else "0" for x in options]


def test_gift_holds_every_question_with_one_right_option():
    blocks = quizzes()["questions.gift"].decode().split("\n\n")
    asked = [b for b in blocks if b.startswith("::")]
    assert [b.split("::")[1] for b in asked] == [*questions()]
    for block in asked:
        marks = [line[1] for line in block.splitlines()[1:-1]]
        assert marks.count("=") == 1 and set(marks) <= {"=", "~"}


def test_qti_holds_every_question_with_one_right_option():
    seen = []
    for name, content in quizzes().items():
        if not name.endswith(".zip"):
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = ET.fromstring(archive.read("imsmanifest.xml"))
            files = [x.get("href") for x in manifest.iter() if x.get("href")]
            assert {*files, "imsmanifest.xml"} == {*archive.namelist()}
            root = ET.fromstring(archive.read(files[0]))
        for item in root.iter(f"{QTI}item"):
            id = item.get("title")
            seen.append(id)
            (set_score,) = item.iter(f"{QTI}setvar")
            rules = item.iter(f"{QTI}respcondition")
            (right,) = (x for x in rules if set_score in list(x))
            option = int(right.find(f".//{QTI}varequal").text.split("-")[-1])
            assert questions()[id].options[option].right
    assert seen == [*questions()]


@pytest.mark.parametrize("name", quizzes())
def test_no_mark_and_no_raw_formula_is_left(name):
    content = quizzes()[name]
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(map(archive.read, archive.namelist()))
    text = content.decode()
    assert "<!--" not in text and "claim:" not in text
    assert "$" not in text.replace("$course$", "").replace("$CATEGORY", "")
