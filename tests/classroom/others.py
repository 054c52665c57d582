"""nbgrader grades three hand-ins: `make test-class-others`, in its own place.

It is no part of `make test`, because nbgrader brings a dozen packages.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path

from classroom import export
from classroom.sheets import sheet
from colorattn.files import write

SHEET = sheet("second")


def run(folder, *words):
    command = [str(Path(sys.executable).with_name("nbgrader")), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def hand_in(release, answers):
    book = json.loads(release)
    for cell in book["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name.removesuffix("-stub") in answers:
            cell["source"] = answers[name.removesuffix("-stub")]
    return json.dumps(book).encode()


def test_nbgrader_grades_what_is_right_wrong_and_left_out(tmp_path):
    for name, content in export.for_nbgrader(SHEET).items():
        write(tmp_path / name, content)
    run(tmp_path, "generate_assignment", SHEET.name)
    place = Path(SHEET.name, f"{SHEET.name}.ipynb")
    release = (tmp_path / "release" / place).read_text("utf-8")
    right = {x.id: x.solution for x in SHEET.exercises}
    for exercise in SHEET.exercises:
        assert exercise.solution.splitlines()[-1] not in release
        assert exercise.stub.splitlines()[0] in release
    wrong = {
        x.id: f"def {x.function}(*given):\n    return 0.0"
        for x in SHEET.exercises
    }
    students = {"right": right, "wrong": wrong, "nothing": {}}
    for name, answers in students.items():
        path = tmp_path / "submitted" / name / place
        write(path, hand_in(release, answers))
    run(tmp_path, "autograde", SHEET.name, "--create")
    run(tmp_path, "export", "--to", "grades.csv")
    with (tmp_path / "grades.csv").open() as file:
        rows = {
            x["student_id"]: float(x["score"]) for x in csv.DictReader(file)
        }
    assert rows == {"right": 4.0, "wrong": 0.0, "nothing": 0.0}
