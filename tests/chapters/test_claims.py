"""Prose says what the ledger says, and the ledger says how it knows."""

import datetime
import json
import re
import subprocess
import sys

import pytest
import uses
from building import CHAPTERS, ROOT, read_notebook
from citations import faults
from freshness import obstacle
from rules import MACHINE_PATH, code

from colorattn import claims
from colorattn.claims import Claim

LEDGER = claims.ledger()
UNITS = {"%", "s", "times", "nats", "parameters", "MB", ""}
PAGES = [path for path in uses.pages() if path.suffix == ".md"]


def texts(path):
    """Pair the texts of a page or a chapter with where they stand."""
    if path.suffix == ".md":
        return [("", path.read_text(encoding="utf-8"))]
    cells = read_notebook(path).cells
    prose = [cell for cell in cells if cell.cell_type == "markdown"]
    return [(f"cell {cell.id}, ", cell.source) for cell in prose]


@pytest.mark.parametrize("path", PAGES + CHAPTERS, ids=lambda path: path.stem)
def test_the_numbers_of_a_page_are_those_of_the_ledger(path):
    found = [
        where + fault
        for where, text in texts(path)
        for fault in faults(text, LEDGER)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_code_asks_only_for_claims_that_the_ledger_has(path):
    text = "\n".join(cell.source for cell in code(read_notebook(path)))
    asked = set(re.findall(r"claims\.check\(\s*[\"']([^\"']+)", text))
    bounded = {n for n, claim in LEDGER.items() if claim.low is not None}
    assert asked <= bounded


def test_the_course_uses_every_claim_of_the_ledger():
    assert sorted(LEDGER.keys() - uses.uses(LEDGER).keys()) == []


# ---------------------------------------------------------------- the ledger


def entry_faults(name, claim):
    """List what an entry of the ledger lacks, as sentences."""
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name):
        yield "its id is not of small letters, digits and hyphens"
    if len(claim.what) < 10:
        yield "it does not say what was measured"
    if claim.unit not in UNITS and not claim.unit.endswith("/s"):
        yield f"its unit {claim.unit!r} is unknown"
    if (claim.source is None) == (claim.command is None):
        yield "it needs a source or a command, and not both"
    if claim.command is not None:
        yield from measured_faults(claim)
    for bound in ("low", "high"):
        if (getattr(claim, bound) is None) != (claim.low is None):
            yield "its interval has one end"
    if claim.low is not None and claim.high is not None:
        if not claim.low < claim.high:
            yield "its interval is empty"
        if not claim.low <= claim.value <= claim.high:
            yield "its interval does not hold its value"
    for text in (claim.what, claim.command, claim.hardware, claim.source):
        if text and MACHINE_PATH.search(text):
            yield f"it names a path of one machine: {text}"


def measured_faults(claim):
    """List what an entry measured by us lacks."""
    for field in ("hardware", "versions", "code"):
        if not getattr(claim, field):
            yield f"it has no {field}"
    try:
        datetime.date.fromisoformat(claim.date or "")
    except ValueError:
        yield "it has no date"
    reason = re.search(r"no seed|median of \d+", claim.what)
    if claim.seeds is None and not reason:
        yield "it has no seeds, and neither 'no seed' nor 'median of n'"
    if claim.seeds is not None and claim.seeds < 1:
        yield "it has less than one seed"
    joint = re.search(r"bootstrap|^correlation|^seeds in which", claim.what)
    if (claim.seeds or 0) > 1 and claim.sd is None and not joint:
        yield "it has several seeds and no spread"
    if claim.sd is not None and ((claim.seeds or 0) < 2 or claim.sd < 0):
        yield "its spread is not one of seeds"
    for script in re.findall(r"[\w/]+\.py\b", claim.command):
        if not (ROOT / script).exists():
            yield f"its command needs {script}, which does not exist"


@pytest.mark.parametrize("name", LEDGER)
def test_an_entry_of_the_ledger_says_how_it_is_known(name):
    assert list(entry_faults(name, LEDGER[name])) == []


def test_the_command_of_every_claim_can_be_run():
    commands = {claim.command for claim in LEDGER.values() if claim.command}
    found = {each: obstacle(each) for each in commands if obstacle(each)}
    assert not found, "run make claims"


def test_the_ledger_is_as_the_package_writes_it():
    entries = json.loads(claims.LEDGER.read_text(encoding="utf-8"))
    assert list(entries) == sorted(entries)


def test_the_ledger_agrees_with_the_stored_runs():
    done = subprocess.run(
        [sys.executable, "book/measure/from_runs.py"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout


GOOD = Claim(
    value=88.2,
    unit="%",
    what="validation accuracy after 100 epochs",
    seeds=5,
    scenes=1000,
    sd=0.44,
    low=86.0,
    high=90.4,
    command="python -m colorattn train post-mnist",
    hardware="a processor, 2 cores",
    versions="Python 3.11.2, torch 2.15.0",
    date="2026-11-22",
    code="0123456789ab",
)
QUOTED = Claim(90, "%", "accuracy after 100 epochs", source="the post")


def test_a_good_entry_has_no_fault():
    assert list(entry_faults("post-mnist-100", GOOD)) == []
    assert list(entry_faults("post-100", QUOTED)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "percent"},
        {"what": "accuracy"},
        {"command": None},
        {"source": "the post"},
        {"hardware": None},
        {"versions": ""},
        {"code": None},
        {"date": None},
        {"date": "22 November"},
        {"seeds": None, "sd": None},
        {"seeds": 0, "sd": None},
        {"sd": None},
        {"sd": -0.1},
        {"seeds": 1},
        {"low": None},
        {"high": None},
        {"low": 88.3},
        {"high": 88.1},
        {"low": 90.4},
        {"low": 90.0, "high": 87.0},
        {"command": "python book/gone.py"},
        {"command": "python -m colorattn evaluate /tmp/a.safetensors"},
    ],
    ids=str,
)
def test_a_faulty_entry_is_found(change):
    entry = Claim(**{**vars(GOOD), **change})
    assert list(entry_faults("post-mnist-100", entry))


@pytest.mark.parametrize("name", ["Post", "post.sd", "post_100", "-post", ""])
def test_a_name_that_prose_could_not_cite_is_found(name):
    assert list(entry_faults(name, GOOD))


# --------------------------------------------------------------- the prose

EXAMPLES = {
    "a": GOOD,
    "post": QUOTED,
    "time": Claim(612, "s", "training takes", low=601, high=660),
    "rate": Claim(9012, "scenes/s", "are drawn"),
    "ratio": Claim(4.52, "times", "as many scenes"),
    "twice": Claim(2, "times", "as fast"),
    "half": Claim(0.5, "times", "as many"),
    "loss": Claim(0.31, "nats", "loss at the end"),
    "size": Claim(12668, "parameters", "of the net"),
    "share": Claim(80, "%", "of the answers"),
}


def wrong(text):
    return list(faults(text, EXAMPLES))


@pytest.mark.parametrize(
    "text",
    [
        # cited as they should be
        "It is right in 88.2 %<!-- claim:a --> of cases.",
        "It is right in 88 %<!-- claim:a -->.",
        "It is right in **88 %**<!-- claim:a -->.",
        "in 88.2 ± 0.4 %<!-- claim:a --> of cases",
        "in 86.0 to 90.4 %<!-- claim:a --> of cases",
        "in 86–90 %<!-- claim:a --> of cases",
        "between 86 and 90 %<!-- claim:a -->",
        "between 86 % and 90 %<!-- claim:a -->",
        "with a spread of 0.44 points<!-- claim:a.sd -->",
        "from 86 %<!-- claim:a.low --> up",
        "of 5 runs<!-- claim:a.seeds --> on 1,000 scenes<!--claim:a.scenes-->",
        "More than 90 %<!-- claim:post --> after 100 epochs.",
        "It takes 10 minutes<!-- claim:time -->.",
        "It takes ten\nminutes<!-- claim:time -->.",
        "It takes 612 s<!-- claim:time -->, 10.2 min<!-- claim:time -->.",
        "10 to 11 minutes<!-- claim:time -->",
        "It draws 9,012 scenes a second<!-- claim:rate -->.",
        "It draws 9,012 scenes/s<!-- claim:rate -->.",
        "4.5 times<!-- claim:ratio --> as many, 4.5×<!-- claim:ratio -->",
        "twice<!-- claim:twice --> as fast",
        "half as<!-- claim:half --> many",
        "The loss is 0.31 nats<!-- claim:loss -->.",
        "The loss is 0.31<!-- claim:loss --> at the end.",
        "It has 12,668 parameters<!-- claim:size -->.",
        "8 of 10<!-- claim:share -->, or four in five<!-- claim:share -->",
        "| accuracy (%) | 88.2<!-- claim:a --> |",
        "Plan 10 minutes<!-- given: time of the reader -->.",
        # constants, and what is no prose
        "Images of 28 × 28 pixels, 28x28, 64 px, 3 colors, 12,668 parameters.",
        "An epoch has 10,000 scenes in batches of 128; 3 or 4 of them.",
        "Run it 20 epochs, with seeds 3 and 4, on 2026-11-22.",
        "*Easy, 10 minutes.* Write `a`.",
        "*Hard, 15 minutes, in words.* Say why.",
        "Epoch 12 of 300, run 2 of 5.",
        "Two points lie on one line; a few seconds; at times; one time.",
        "Each is seen three times.",
        "Here $p = 0.5$ and $$x = 3.5 \\cdot 10\\%$$",
        "`0.5 %` and ``88 % ` 3.1 s``",
        "```\nloss 0.5 after 3 s\n```",
        "~~~text\n88 %\n~~~",
        "$$\n0.25\n$$",
        "\\begin{align}\n0.25\n\\end{align}",
        "[here](https://x.org/3.5) <https://x.org/88%>",
        '[here](a.md "b") <img width="50%"> <!-- 88 % -->',
        "[a]: https://x.org/2.5",
        "arXiv:1409.0473 and doi:10.18653/v1/N19-1357",
        "# 3.1 Keys\n\n## 5 Training",
        "See section 3.2 and Figure 5.1.",
        "Python 3.11–3.13, torch 2.15, numpy 2.4.6, CC BY 4.0, 2.15.0",
        "```{include} _generated/a.md\n:start-line: 3.5\n```",
    ],
)
def test_numbers_that_are_in_order(text):
    if "\\%" in text:
        assert wrong(text) == ["$$x = 3.5 \\cdot 10\\%$$ hides a percentage"]
    else:
        assert wrong(text) == []


@pytest.mark.parametrize(
    "text",
    [
        # not cited
        "It is right in 88 % of cases.",
        "It is right in 88% of cases.",
        "88 percent",
        "eighty-eight or ninety percent",
        "1 percentage point",
        "0.4 points",
        "a loss of 0.31",
        "It takes 3 s.",
        "It takes 3s.",
        "It takes ten minutes, half an hour.",
        "a 2-minute run",
        "in 40 ms",
        "90–95 %",
        "90-95 %",
        "1 to 2 minutes",
        "3 times",
        "three times as fast",
        "twice as fast",
        "half as many",
        "10-fold",
        "10×",
        "4x",
        "8 of 10 answers",
        "nine in ten",
        "1 in 100",
        "7/8",
        "Python 3.11 and 4.5 times",
        "*Easy*, 10 minutes",
        "7/8 seconds",
        "9,012 scenes a second",
        "9012 scenes/s",
        "Take `x` for 3 % of $y$.",
        "- item\n- 88 %",
        "| 88.2 |",
        "![88 % right](a.png)",
        ":::{note}\n88 %\n:::",
        "```{note}\n88 %\n```",
        "# 3.1 Right in 88 %",
        "88 % <!-- claims:a -->",
        "88 % <!-- a -->",
        # cited, and wrong
        "88.3 %<!-- claim:a -->",
        "87 %<!-- claim:a -->",
        "88.20 %, no: 88.21 %<!-- claim:a -->",
        "88.2 ± 0.5 %<!-- claim:a -->",
        "87.2 ± 0.4 %<!-- claim:a -->",
        "86.1 to 90.4 %<!-- claim:a -->",
        "86.0 to 90.5 %<!-- claim:a -->",
        "0.5 points<!-- claim:a.sd -->",
        "6 runs<!-- claim:a.seeds -->",
        "88.2 %<!-- claim:b -->",
        "88.2 %<!-- claim:a.mean -->",
        "88.2 ± 0.4 %<!-- claim:a.sd -->",
        "90 ± 1 %<!-- claim:post -->",
        "88.2 s<!-- claim:a -->",
        "612 %<!-- claim:time -->",
        "5 %<!-- claim:a.seeds -->",
        "11 minutes<!-- claim:time -->",
        "10 seconds<!-- claim:time -->",
        "4.6 times<!-- claim:ratio -->",
        "twice<!-- claim:ratio --> as fast",
        "12,669 parameters<!-- claim:size -->",
        "7 of 10<!-- claim:share -->",
        # cited in the wrong way
        "88.2 % <!-- claim:a -->",
        "88.2 % of cases<!-- claim:a -->",
        "0.31 nats at the end<!-- claim:loss -->",
        "12,668 parameters in all of it<!-- claim:size -->",
        "88.2\n<!-- claim:a --> %",
        "12,668 parameters\n<!-- claim:size -->",
        "It is so.<!-- claim:a -->",
        "10 minutes<!-- given: guess -->",
        "all of it<!-- given: no number -->",
        "$88.2\\,\\%$",
    ],
)
def test_numbers_that_are_not_in_order(text):
    assert wrong(text)


def test_a_fault_says_where_it_is_and_what_the_ledger_has():
    found = wrong("One.\n\nIt is right in 87.0 %<!-- claim:a --> of cases.")
    assert found == ["line 3: “87.0 %”: the ledger has value 88.2 %"]


def test_every_number_of_a_line_is_looked_at():
    text = "3 s, 88.2 %<!-- claim:a -->, 0.1, two minutes and 5 %"
    named = [re.search("“(.*)”", fault)[1] for fault in wrong(text)]
    assert named == ["3 s", "0.1", "two minutes", "5 %"]
