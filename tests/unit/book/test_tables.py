"""The generated parts of the book: tables of what is stored."""

import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
import readings
import tables

from colorattn import claims
from colorattn.claims import Claim
from colorattn.runs import store
from colorattn.training.config import POST

ROOT = Path(__file__).parents[3]


def curve(at_18, at_38):
    """Forty epochs whose error falls as a power of the epoch."""
    power = readings.log(at_38 / at_18) / readings.log(38 / 18)
    return [
        {"epoch": n, "accuracy": 1 - at_38 * (n / 38) ** power}
        for n in range(1, 41)
    ]


def test_a_table_lays_out_words_to_the_left_and_numbers_to_the_right():
    rows = [["x|y", "**1.5**", "64 px"], ["z", "—", "96 px"]]
    assert tables.table(["a", "n", "w"], rows).splitlines() == [
        "| a | n | w |",
        "| :-- | --: | :-- |",
        r"| x\|y | **1.5** | 64 px |",
        "| z | — | 96 px |",
    ]


def test_a_power_law_is_continued_as_it_is():
    # The error halves from 18 to 36, so it halves again to 72.
    rows = [{"epoch": n, "accuracy": 1 - 3.6 / n} for n in range(1, 41)]
    assert readings.expected(rows, 72) == pytest.approx(0.95, abs=2e-3)


SLOW, RIGHT, FAST = curve(0.22, 0.18), curve(0.18, 0.127), curve(0.12, 0.08)
LIKE_RIGHT = curve(0.1802, 0.127)


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        # The nearest to the post's best, of those above.
        ({"slow": SLOW, "right": RIGHT, "fast": FAST}, "right"),
        ({"slow": SLOW, "fast": FAST}, "fast"),
        # Where two are as near, the smaller canvas.
        ({"96 px": RIGHT, "64 px": LIKE_RIGHT}, "64 px"),
        ({"96 px": LIKE_RIGHT, "64 px": RIGHT}, "64 px"),
    ],
)
def test_the_rule_chooses_a_reading(found, chosen):
    found = {("a", "b", name): rows for name, rows in found.items()}
    assert tables.nearest(found) == ("a", "b", chosen)


def test_without_a_reading_above_the_rule_chooses_none():
    with pytest.raises(ValueError):
        tables.nearest({("too", "slow", "a"): SLOW})


@pytest.fixture(scope="module")
def found():
    """The stored readings."""
    return tables.readings(store.STORED / "runs" / "left-open.csv")


def test_the_stored_readings_are_the_twelve_of_forty_epochs(found):
    parts = readings.PIXELS, readings.ENCODERS, readings.SCENES
    assert set(found) == set(product(*parts))
    for rows in found.values():
        assert [row["epoch"] for row in rows] == list(range(1, 41))


def test_the_frozen_reading_is_the_one_that_the_rule_chooses(found):
    chosen = readings.experiment(*tables.nearest(found))
    assert replace(chosen, seed=POST.seed, recipe=POST.recipe) == POST


def test_the_page_says_of_the_readings_what_the_rows_say(found):
    rows = pd.DataFrame(
        {
            name: (its[9]["accuracy"], its[-1]["accuracy"])
            for name, its in found.items()
        },
        index=["start", "end"],
    ).T.rename_axis(tables.READING)
    by_encoder = rows["end"].unstack("encoder")
    assert (by_encoder.idxmax(axis=1) == "conv-ReLU-norm").all()
    assert (by_encoder.idxmin(axis=1) == "no last ReLU").all()
    by_pixels = rows["end"].unstack("pixels")
    gains = by_pixels["standardized"] - by_pixels["0–1"]
    assert (gains > 0).sum() == len(gains) - 1
    small, large = readings.SCENES
    canvases = rows.unstack("scene")
    for at, limit in (("start", 0.18), ("end", 0.03)):
        apart = canvases[at][small] - canvases[at][large]
        assert apart.abs().max() < limit


def test_the_chosen_reading_stands_in_bold(tmp_path, monkeypatch):
    curves = {"slow": SLOW, "right": RIGHT, "fast": FAST}
    rows = [
        {"pixels": "p", "encoder": name, "scene": "s", "hit": 0.5}
        | {"purity": 0.25, "seconds": 60.0 * row["epoch"], **row}
        for name, its in curves.items()
        for row in its
    ]
    (tmp_path / "runs").mkdir()
    pd.DataFrame(rows).to_csv(tmp_path / "runs/left-open.csv", index=False)
    facts = '{"command": "c", "hardware": "h", "versions": "v", "date": "d"}'
    (tmp_path / "runs/left-open.json").write_text(facts)
    monkeypatch.setattr(store, "STORED", tmp_path)
    made = tables.left_open()
    (bold,) = [line for line in made.splitlines() if "| **p**" in line]
    assert "**right**" in bold
    assert "**50.0**" in bold
    assert "`c` on h, with v, d" in made


MADE = {"command": "make it", "hardware": "h", "date": "2026-11-22"}


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """A ledger of three claims."""
    monkeypatch.setattr(claims, "LEDGER", tmp_path / "claims.json")
    share = Claim(88.2, "%", "a share", 5, 1000, 0.44, 86.0, 90.4, **MADE)
    quoted = Claim(95.0, "%", "quoted", source="the post")
    speed = Claim(9012.5, "scenes/s", "speed", **MADE)
    known = {"post-best": quoted, "scenes": speed}
    claims.save({"best-mnist-test-accuracy": share, **known})


def test_results_stand_beside_what_the_post_reports(ledger):
    _, _, row, *said = tables.results().splitlines()
    measured = "— | 88.2 ± 0.4% | 5 runs, 1,000 scenes |"
    assert row == f"| the improved network, MNIST | {measured}"
    assert "no evidence" in " ".join(said).replace("\n", " ")


@pytest.mark.parametrize(
    ("sd", "shown"), [(0.44, "99.7 ± 0.4%"), (0.031, "99.68 ± 0.03%")]
)
def test_a_small_spread_is_given_with_more_digits(sd, shown):
    assert tables.spread(Claim(99.684, "%", "a share", sd=sd)) == shown


def test_one_run_has_no_spread_and_is_called_one():
    claim = Claim(95.23, "%", "a share", seeds=1)
    assert tables.spread(claim) == "95.2%"
    assert tables.seeds_of(claim) == "one run"


def test_the_page_says_where_the_chosen_reading_ended_up(ledger):
    assert tables.outcome() == ""
    early = Claim(91.2, "%", "a share", 5, 1000, 0.8, **MADE)
    late = Claim(94.16, "%", "a share", 1, 1000, **MADE)
    name = "post-mnist-{}-epochs".format
    claims.save({**claims.ledger(), name(100): early, name(300): late})
    assert "91.2 ± 0.8% after 100 epochs (5 runs" in tables.outcome()
    assert "94.2% after 300 epochs (one run" in tables.outcome()


def test_chapters_without_a_measured_time_say_so(ledger):
    assert "not measured" in tables.chapters()
    claims.save({"chapter-05-seconds": Claim(93.0, "s", "five", **MADE)})
    line = next(li for li in tables.chapters().splitlines() if "05_" in li)
    assert line.endswith("| 93 s | h, 2026-11-22 |")


def test_versions_name_python_and_every_requirement():
    made = tables.versions()
    assert f"| Python | {sys.version.split()[0]} |" in made
    wanted = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = [li for li in wanted.splitlines() if li and li[0] != "#"]
    assert made.count("\n") == len(lines) + 3
    assert "not installed" not in made


def test_the_claims_are_counted_by_what_became_of_their_code(ledger):
    said = "3 claims: 1 quoted, 0 fresh, 0 stale, 2 unreachable.\n"
    assert tables.freshness() == said  # nobody can run "make it"


def test_writing_again_leaves_the_files_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "GENERATED", tmp_path / "generated")
    monkeypatch.setattr(tables, "data", lambda: "| from the cache |\n")
    tables.data.__name__ = "data"
    tables.write()
    first = {f.name: f.stat().st_mtime_ns for f in tables.GENERATED.iterdir()}
    tables.write()
    again = {f.name: f.stat().st_mtime_ns for f in tables.GENERATED.iterdir()}
    assert first == again
    names = "results left_open chapters versions data freshness"
    assert set(first) == {f"{part}.md" for part in names.split()}
