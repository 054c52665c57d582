"""Entries of the record table: run apart, and judged by their runs."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from colorattn.__main__ import main
from colorattn.data import symbols
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes
from colorattn.runs import entries
from colorattn.runs.entries import Result, objections

ENTRY = """
import os
import torch
from torch import nn

class Guess(nn.Module):
    def __init__(self, seed):
        super().__init__()
        self.bias = nn.Parameter(torch.tensor([float(seed), 0, 1]))

    def forward(self, image, query):
        weights = image.float().mean(dim=1)
        return self.bias.expand(len(image), 3), weights, weights

def train(seed, drawings):
    assert drawings.split == "train" and os.environ["OMP_NUM_THREADS"] == "2"
    print("a word of its own")
    return Guess(seed)
"""


def results(seconds, accuracies, parameters=7) -> list[Result]:
    pairs = zip(seconds, accuracies, strict=True)
    return [Result(n, s, a, parameters) for n, (s, a) in enumerate(pairs)]


FAST, SLOW = (1.0, 1.1, 1.2, 1.1, 1.0), (2.0, 2.1, 2.6, 2.2, 2.0)
HIGH, LOW = (0.97, 0.96, 0.96, 0.97, 0.98), (0.97, 0.94, 0.95, 0.96, 0.95)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (results(FAST, HIGH), []),
        (results(FAST, LOW), ["95.40% on average is not above 95%"]),
        (results(FAST, [0.945] * 5), ["94.50% on average"]),
        (results(SLOW, HIGH), ["2.18 s against 2.18 s is not sooner"]),
        (results([3.0] * 5, HIGH), ["3.00 s against 2.18 s"]),
        (results(SLOW, LOW), ["95.40%", "2.18 s"]),
        (results(FAST[:4], HIGH[:4]), ["it needs 5 seeds or more, not 4"]),
    ],
)
def test_an_entry_stands_if_it_is_small_right_and_sooner(entry, told):
    found = objections(0.95, entry, results(SLOW, HIGH))
    assert len(found) == len(told)
    for objection, words in zip(found, told, strict=True):
        assert words in objection


def test_an_entry_that_is_never_right_does_not_stand():
    told = objections(0.95, results(FAST, [0.0] * 5), [])
    assert told == ["0.00% on average is not above 95% beyond luck (p = 0)"]


def test_the_first_entry_has_nobody_to_beat():
    assert objections(0.95, results(SLOW, HIGH), []) == []


def test_one_seed_sooner_by_far_does_not_make_up_for_luck():
    uneven = results((0.01, 2.2, 2.5, 2.1, 2.1), HIGH)
    assert "not sooner" in objections(0.95, uneven, results(SLOW, HIGH))[0]


def test_the_holder_is_the_entry_before(tmp_path):
    for name in ("02_b.py", "00_a.py", "01_c.py", "01_c.txt"):
        (tmp_path / name).touch()
    assert entries.holder_of(tmp_path / "02_b.py").name == "01_c.py"
    assert entries.holder_of(tmp_path / "00_a.py") is None


def test_a_folder_names_the_goal(tmp_path):
    entry = tmp_path / "95" / "01.py"
    with pytest.raises(ValueError, match="there is no file .*01.py"):
        entries.goal_of(entry)
    for folder in ("95", "1", "a", "100", "0"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "01.py").touch()
    assert entries.goal_of(entry) == 0.95
    assert entries.goal_of(tmp_path / "1" / "01.py") == 0.01
    for folder in ("a", "100", "0"):
        said = "into one that is named for its accuracy in percent, like 95.$"
        with pytest.raises(ValueError, match=said):
            entries.goal_of(tmp_path / folder / "01.py")


def test_the_holder_is_waited_for_ten_times_as_long(monkeypatch):
    asked = []

    def run(entry, seed, limit):
        asked.append((entry.name, seed, limit))
        return Result(seed, 1.5, 0.9, 7)

    monkeypatch.setattr(entries, "run", run)
    rounds = list(entries.contest(Path("b"), Path("a"), 2))
    assert asked == [("b", 0, 600), ("a", 0, 15), ("b", 1, 600), ("a", 1, 15)]
    assert [len(pair) for pair in rounds] == [2, 2]
    assert list(entries.contest(Path("b"), None, 1))[0][1] is None


def test_an_entry_runs_apart_and_is_measured_on_held_out_scenes(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    path = tmp_path / "entry.py"
    path.write_text(ENTRY)
    drawings = symbols.load("mnist", "validation")
    red = fixed_scenes(drawings, Scene(), 10_000, 1).target == 0
    apart = entries.run(path, 5, limit=100.0)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    for found in apart, entries.measure(path, 5):
        assert found.parameters == 3 and found.seed == 5 and found.over
        assert found.accuracy == pytest.approx(red.float().mean().item())
        assert 0 < found.seconds < 1
    path.write_text(ENTRY + "\nraise RuntimeError('no such luck')")
    with pytest.raises(ValueError) as raised:
        entries.run(path, 5, limit=100.0)
    line = ENTRY.count("\n") + 2
    said = f"seed 5: RuntimeError: no such luck (line {line})"
    assert str(raised.value) == f"{path} fails with {said}"


@pytest.mark.parametrize("wrong", [False, True])
def test_its_process_leaves_a_result_or_what_is_wrong(
    wrong, tmp_path, monkeypatch
):
    def measure(entry, seed):
        if wrong:
            raise ValueError(f"{entry.name}, {seed}")
        return Result(seed, 1.5, 0.9, len(entry.name))

    monkeypatch.setattr(entries, "measure", measure)
    out = tmp_path / "result.json"
    entries.main("95/a.py", "5", str(out))
    found = json.loads(out.read_text())
    expected = {"seed": 5, "seconds": 1.5, "accuracy": 0.9, "parameters": 4}
    assert found == (
        {"wrong": "a.py, 5"} if wrong else expected | {"over": True}
    )


def test_an_entry_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    """Also what it has started, which would keep its output open."""
    monkeypatch.setattr(entries, "START", 0.5)
    path = tmp_path / "entry.py"
    path.write_text("import time\ntime.sleep(60)\n")
    late = Result(3, 0.5, 0.0, 0, over=False)
    assert entries.run(path, 3, limit=0.5) == late
    said = "600 s with seed 0: an entry has no longer than that.$"
    with pytest.raises(ValueError, match=f"not over after {said}"):
        monkeypatch.setattr(entries, "run", lambda *_: late)
        list(entries.contest(path, None, 5))


def small(answer: str, ending: str = "return Net()") -> str:
    return f"""
import os, sys, torch
from torch import nn

class Net(nn.Module):
    def __init__(self, size=3):
        super().__init__()
        self.size = nn.Parameter(torch.ones(size))

    def forward(self, image, query):
        n = len(query)
        logits, weights = torch.zeros(n, 3), torch.ones(n, 4, 4) / 16
        return {answer}

def train(seed, drawings):
    {ending}
"""


GOOD = "logits, weights, weights"
DIVERGED = "the logits are not finite: training has diverged."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps = 3", "|it has no function train(seed, drawings).|"),
        (small(GOOD, "pass"), "train returns nothing: return the trained"),
        (small(GOOD, "return 7"), "train returns int: return the trained"),
        (small(GOOD, "return 1 / 0"), "ZeroDivisionError: division by zero"),
        (small(GOOD, "sys.exit('enough')"), "SystemExit: enough (line 16)"),
        (
            small(GOOD, "return Net(12_669)"),
            "it has 12,669 parameters; 12,668",
        ),
        (
            small("logits"),
            "|the network returns Tensor: return logits, scores and weights, "
            "as ColorNetImage does.|",
        ),
        (small("logits, 1, 2"), "returns a tuple of Tensor, int, int: return"),
        (small("logits[:, :2], weights, weights"), "(7, 2), not (7, 3)."),
        (small("logits, weights, logits"), "(7, 3), not (7, rows, columns)."),
        (small("logits / 0, weights, weights"), f"|{DIVERGED}|"),
        (small("image @ query, 1, 2"), "RuntimeError: "),
        ("def train(seed): pass", "train() takes 1 positional argument but"),
        ("def train(seed, drawings) pass", "expected ':' (entry.py, line 1)"),
    ],
)
def test_an_entry_that_cannot_be_measured_is_told_why(
    text, said, tmp_path, drawings, monkeypatch
):
    path = tmp_path / "entry.py"
    path.write_text(text)
    monkeypatch.setattr(entries.symbols, "load", lambda *_: drawings)
    with pytest.raises(ValueError) as raised:
        entries.measure(path, 0)
    assert said in f"|{raised.value}|"  # a bar is an end


def test_an_entry_may_be_as_large_as_the_posts_network(
    tmp_path, drawings, monkeypatch
):
    path = tmp_path / "entry.py"
    path.write_text(small(GOOD, "return Net(12_668)"))
    monkeypatch.setattr(entries.symbols, "load", lambda *_: drawings)
    assert entries.measure(path, 0).parameters == 12_668


def test_an_entry_is_not_measured_on_the_packages_few_drawings(
    tmp_path, drawings, monkeypatch
):
    few = replace(drawings, source="subset")
    monkeypatch.setattr(entries.symbols, "load", lambda *_: few)
    said = (
        "^there is no MNIST here but the subset inside the package: run "
        "python -m colorattn data where you are online, then try again.$"
    )
    with pytest.raises(ValueError, match=said):
        entries.measure(tmp_path / "entry.py", 0)


@pytest.mark.parametrize(
    ("code", "over", "status", "last"),
    [
        ("print('a'); print('b')", True, 0, "b"),
        ("import sys; sys.exit('no')", True, 1, "no"),
        ("open(1, 'wb').write(b'no\\xff')", True, 0, "no\ufffd"),
        ("while True: print('x' * 9_999)", False, -9, "x" * 200),
        # Its child holds the output open, for longer than this test may last.
        (
            "import subprocess; subprocess.Popen(['sleep', '600']); print(7)",
            True,
            0,
            "7",
        ),
    ],
)
def test_a_program_may_print_without_end_and_leave_others_behind(
    code, over, status, last
):
    command = [sys.executable, "-u", "-c", code]
    limit = 60.0 if over else 1.5
    found = entries.call(command, dict(os.environ), limit)
    assert found == (over, status, last)


def test_a_process_that_vanishes_is_reported(tmp_path, monkeypatch):
    path = tmp_path / "entry.py"
    ends = {"os._exit(0)": "ended before the measurement, with 0; .*'hey'"}
    ends["os.kill(os.getpid(), 9)"] = r"was ended by SIGKILL \(often"
    for end, said in ends.items():
        path.write_text(f"import os\nos.write(1, b'hey')\n{end}\n")
        with pytest.raises(ValueError, match=f"seed 2: its process {said}"):
            entries.run(path, 2, limit=60.0)


def test_the_command_says_whether_an_entry_stands(
    tmp_path, monkeypatch, capsys
):
    folder = tmp_path / "95"
    folder.mkdir()
    for name in ("00_post.py", "01_ours.py"):
        (folder / name).write_text('"""A new idea: less.\n\nMore."""')
    times = {"00_post.py": SLOW, "01_ours.py": FAST}

    def run(entry, seed, limit):
        accuracy, over = HIGH[seed], entry.name != "00_post.py"
        return Result(seed, times[entry.name][seed], accuracy, 7, over)

    monkeypatch.setattr(entries, "run", run)
    verify = ["record", "--verify", str(folder / "01_ours.py")]
    assert main(verify) == 0
    said = capsys.readouterr().out
    assert "seed 1: 1.10 s, 96.00%; 00_post.py: more than 2.10 s" in said
    assert (
        "01_ours.py stands. Its row:\n| `01_ours` | A new idea: less | "
        in said
    )
    assert " | 96.80 ± 0.84% (5 seeds) | 1.1 s, " in said
    times["01_ours.py"] = SLOW
    assert main(verify) == 1
    assert "does not stand: 2.18 s" in capsys.readouterr().err


RECORDS = Path(__file__).parents[3] / "book" / "records"
ENTRIES = sorted(RECORDS.glob("*/*.py"))


@pytest.mark.parametrize("path", ENTRIES, ids=lambda p: p.parent.name + p.stem)
def test_the_courses_own_entries_begin_to_train(path, monkeypatch, drawings):
    """Two steps of each: all of it is what `record --verify` is for."""
    assert entries.goal_of(path) in (0.95, 0.99)
    module = entries.run_path(str(path))
    loop = module["loop"]
    two, parts, planned = loop.train, [], set()

    def short(run, batches, steps):
        parts.append(steps)
        planned.add(run.experiment.recipe.steps)
        return two(run, batches, 2)

    monkeypatch.setattr(loop, "train", short)
    model = module["train"](3, drawings)
    assert {sum(parts)} == planned and min(parts) > 2
    size = sum(weight.numel() for weight in model.parameters())
    assert size <= entries.PARAMETERS


def test_the_zeroth_entry_is_the_posts_and_ours_the_first():
    names = {path.parent.name: [] for path in ENTRIES}
    for path in ENTRIES:
        names[path.parent.name].append(path.name)
    assert set(names) == {"95", "99"}
    for found in names.values():
        assert found[:2] == ["00_post.py", "01_log_muon.py"]
