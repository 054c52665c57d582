"""Other graders grade what we export: `make test-class-others`.

It is no part of `make test`, because they bring dozens of packages.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path

from hand_ins import with_sources

from classroom import export
from classroom.sheets import sheet
from colorattn.files import write

SHEET = sheet("second")


def run(folder, program, *words):
    command = [str(Path(sys.executable).with_name(program)), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


RIGHT = {f"{x.id}-stub": x.solution for x in SHEET.exercises}
WRONG = {
    f"{x.id}-stub": f"def {x.function}(*given):\n    return 0.0"
    for x in SHEET.exercises
}


def hand_in(release, answers):
    return json.dumps(with_sources(release, answers)).encode()


def test_nbgrader_grades_what_is_right_wrong_and_left_out(tmp_path):
    for name, content in export.for_nbgrader(SHEET).items():
        write(tmp_path / name, content)
    run(tmp_path, "nbgrader", "generate_assignment", SHEET.name)
    place = Path(SHEET.name, f"{SHEET.name}.ipynb")
    release = (tmp_path / "release" / place).read_text("utf-8")
    for exercise in SHEET.exercises:
        assert exercise.solution.splitlines()[-1] not in release
        assert exercise.stub.splitlines()[0] in release
    students = {"right": RIGHT, "wrong": WRONG, "nothing": {}}
    for name, answers in students.items():
        path = tmp_path / "submitted" / name / place
        write(path, hand_in(release, answers))
    run(tmp_path, "nbgrader", "autograde", SHEET.name, "--create")
    run(tmp_path, "nbgrader", "export", "--to", "grades.csv")
    with (tmp_path / "grades.csv").open() as file:
        rows = {
            x["student_id"]: float(x["score"]) for x in csv.DictReader(file)
        }
    assert rows == {"right": 4.0, "wrong": 0.0, "nothing": 0.0}


def test_otter_grades_what_is_right_wrong_and_left_out(tmp_path):
    ((name, content),) = export.for_otter(SHEET).items()
    write(tmp_path / name, content)
    run(tmp_path, "otter", "assign", name, "dist", "--no-run-tests")
    release = (tmp_path / "dist" / "student" / name).read_text("utf-8")
    (archive,) = (tmp_path / "dist" / "autograder").glob("*.zip")
    for answers, score in (RIGHT, 2.0), (WRONG, 0.0), ({}, 0.0):
        write(tmp_path / "handed_in.ipynb", hand_in(release, answers))
        run(tmp_path, "otter", "run", "-a", str(archive), "handed_in.ipynb")
        results = json.loads((tmp_path / "results.json").read_text("utf-8"))
        scores = [x.get("score") for x in results["tests"][1:]]
        assert scores == [score] * len(SHEET.exercises)
