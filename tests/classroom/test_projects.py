"""A class trains together: its pairs are pooled, what can't be is named."""

import json
import re

import pytest
from hand_ins import table

from classroom import folder, projects
from classroom.__main__ import main
from classroom.sheets import facts
from colorattn import runs
from colorattn.analysis import difference
from colorattn.files import write

NAMES = "post", "no-head"


def new(path, number="7.5", *options, students=10):
    names = path / "students.csv"
    names.write_text("id\n" + "".join(f"s{n}\n" for n in range(students)))
    words = ["new", path / "class", "--project", number]
    words += ["--students", names, *options]
    return main([*map(str, words)])


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A class of ten with project 7.5, of whom nobody has handed in."""
    path = tmp_path_factory.mktemp("project")
    assert new(path) == 0
    return folder.load(path / "class")


def rows(own, n, **changes):
    """Return what an honest student hands in, without training to the end."""
    its = projects.project(own.sheet.project)
    seed = 100 + n
    found = {
        name: {
            "first": projects.first_losses(experiment, seed).tolist(),
            "right": 380 + n if name == "post" else 350 - n % 2,
        }
        for name, experiment in its.experiments("no-head").items()
    }
    return {"project": "7.5", "seed": seed, "drawings": 55_000, "runs": found}


def hand_in(own, n, row):
    """Put a line into the notebook that the student was given."""
    path = own.path / "handed_out" / f"s{n}.ipynb"
    book = json.loads(path.read_text())
    text = row if isinstance(row, str) else f"progress\n{json.dumps(row)}\n"
    book["cells"][-1]["outputs"] = [{"output_type": "stream", "text": text}]
    path = own.path / "submitted" / f"s{n}" / "project.ipynb"
    write(path, json.dumps(book).encode())


@pytest.mark.parametrize("number", facts()["project"])
def test_each_student_gets_a_seed_and_a_notebook(tmp_path, number):
    assert new(tmp_path, number, students=2) == 0
    its = projects.project(number)
    for n in range(2):
        path = tmp_path / "class" / "handed_out" / f"s{n}.ipynb"
        book = json.loads(path.read_text())
        code = ["".join(x["source"]) for x in book["cells"]][2:]
        space = {}
        exec("\n".join(code[1:3]), space)
        assert space["seed"] == 100 + n
        experiments = its.experiments(its.variants[0])
        assert [*experiments.values()] == [space["base"], space["changed"]]
        assert space["base"] != space["changed"]


def test_variants_are_given_in_turn(tmp_path, capsys):
    given = "--variants", "no-norm", "raw-input"
    assert new(tmp_path, "7.5", *given, students=3) == 0
    rows = table(tmp_path / "class" / "project.csv")
    assert [row["variant"] for row in rows] == [
        "no-norm",
        "raw-input",
        "no-norm",
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--project", "7.4"], "no project '7.4'. There are 7.5, 8.5"),
        (["--project", "7.5"], "a project needs --students"),
        (["--project", "7.5", "--sheet", "first"], "choose either a --sheet"),
        ([], "choose either a --sheet"),
    ],
)
def test_a_wrong_project_is_refused(tmp_path, capsys, words, says):
    assert main(["new", str(tmp_path / "class"), *words]) == 1
    assert says in capsys.readouterr().err


def test_an_unknown_variant_is_refused(tmp_path, capsys):
    assert new(tmp_path, "7.5", "--variants", "no-hands") == 1
    assert "choose from" in capsys.readouterr().err


def test_a_project_is_not_marked(own, capsys):
    assert main(["mark", str(own.path)]) == 1
    assert "classroom show" in capsys.readouterr().err


def test_the_notebook_hands_in_what_the_seed_gives(own, capsys):
    path = own.path / "handed_out" / "s0.ipynb"
    code = [
        "".join(cell["source"])
        for cell in json.loads(path.read_text())["cells"]
        if cell["id"].startswith("project-")
    ]
    text = "\n".join(code)
    assert "3 * EPOCH" in text
    exec(text.replace("3 * EPOCH", "2"), {})
    hand_in(own, 0, capsys.readouterr().out)
    its = projects.project("7.5")
    found = projects.handed_in(own.path / "submitted/s0/project.ipynb", 1_000)
    assert found.first == {
        k: v["first"] for k, v in rows(own, 0)["runs"].items()
    }
    assert projects.doubt(its, found, 100, "no-head") == ""


def spoiled(row, n):
    """Return rows with a fault, and what is said about it."""
    post = row["runs"]["post"]
    match n:
        case 1:
            row["seed"] = 107
            return "of seed 107"
        case 2:
            post["first"] = [x + 0.002 for x in post["first"]]
            return "post: the first losses are not those of seed 102"
        case 3:
            post["right"] = 900
            return "post: 90.0% is not from"
        case 4:
            row["drawings"] = 5_000
            return "trained on 5000 drawings, not 55000"
        case 5:
            post["right"] = 380.5
            return "rows that the notebook does not write"
        case 6:
            row["runs"] = {"<b>" * 999: post}
            return "these are <b><b>"
    return ""


def test_honest_pairs_are_pooled_and_others_are_named(own):
    found = {n: rows(own, n) for n in range(9)}
    said = {n: spoiled(row, n) for n, row in found.items()}
    found[7], said[7] = found[0], "these are the rows of s0"
    for n, row in found.items():
        hand_in(own, n, row)
    said[9] = "nothing handed in"
    assert main(["show", str(own.path)]) == 0
    found = {row["id"]: row for row in table(own.marked / "rows.csv")}
    notes = {n: found[f"s{n}"]["note"] for n in said}
    assert all(
        (said[n] in notes[n]) and (said[n] or not notes[n]) for n in said
    )
    page = (own.marked / "overview.html").read_text()
    assert (
        "2 pairs of runs count, of 10 students" in page and "<b>" not in page
    )
    stored = [runs.load(f"ablations/{x}").curves("accuracy")[3] for x in NAMES]
    ours = difference(100 * stored[1], 100 * stored[0])
    row = rf"stored</td><td>5</td>\s*<td>−{-ours.mean:.2f}</td>"
    assert re.search(row, page) and "together</td><td>7</td>" in page
    assert page.count("<img src=") == 2 and page.count(' alt="') == 2
    path = own.path / "project.csv"
    path.write_text(
        path.read_text().replace("103,no-head,", "103,no-head,yes")
    )
    assert main(["show", str(own.path), "--anonymous"]) == 0
    page = (own.marked / "overview.html").read_text()
    assert "3 pairs of runs count" in page and ">s3<" not in page


@pytest.mark.parametrize(
    "line",
    [
        "",
        '{"project": ',
        '{"project": "7.5", "seed": 1e999, "drawings": 1, "runs": {}}',
        '{"project": "7.5", "seed": 1, "drawings": 1, "runs": []}',
        '{"project": "7.5", "seed": 1, "drawings": 1, "runs": {"post": 3}}',
        '{"project": "7.5", "seed": 1, "drawings": 1, "runs": {"post": '
        '{"first": [1, 2], "right": 3}}}',
        '{"project": ' + "[" * 9_999,
    ],
)
def test_rows_of_another_form_are_refused(own, line):
    hand_in(own, 0, line)
    path = own.path / "submitted/s0/project.ipynb"
    with pytest.raises(ValueError, match="rows"):
        projects.handed_in(path, 1_000)
