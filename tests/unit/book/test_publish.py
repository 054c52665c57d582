"""Measuring prints and compares; only `--store` writes the ledger."""

import sys
from dataclasses import replace

import publish
import pytest
import uses
from freshness import fingerprint

from colorattn import claims
from colorattn.claims import Claim

COMMAND = "python book/measure/uses.py"  # any script will do
PUBLISHED = Claim(88.2, "%", "a share of something", 5, 1000, 0.4, 86.0, 90.4)


@pytest.fixture(autouse=True)
def ledger(tmp_path, monkeypatch):
    """A ledger of two claims, and a page that uses them and a third."""
    page = tmp_path / "page.md"
    marks = ("share", "time", "new")
    page.write_text(" ".join(f"1<!-- claim:{name} -->" for name in marks))
    monkeypatch.setattr(uses, "pages", lambda: [page])
    monkeypatch.setattr(claims, "LEDGER", tmp_path / "claims.json")
    time = Claim(5.0, "s", "a time; median of 3 rounds", code="old")
    claims.save({"share": PUBLISHED, "time": time})


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "the same"),
        ({"value": 90.4}, "inside the interval"),
        ({"value": 90.5}, "OUTSIDE the interval"),
        ({"value": 85.9}, "OUTSIDE the interval"),
        ({"sd": 0.5}, "inside the interval"),
        ({"what": "a share of another"}, "inside the interval"),
    ],
)
def test_a_number_is_compared_with_the_published_one(change, verdict, capsys):
    differ = publish.publish(
        {"share": replace(PUBLISHED, **change)}, COMMAND, store=False
    )
    line, count = capsys.readouterr().out.splitlines()
    assert line.endswith(f"here, 88.2 published: {verdict}")
    assert count == f"1 {verdict}"
    assert differ == (verdict != "the same")


def test_without_an_interval_there_is_no_verdict(capsys):
    publish.publish({"time": Claim(7.5, "s", "a time")}, COMMAND, False)
    line = capsys.readouterr().out.splitlines()[0]
    assert line == "time: 7.5 s here, 5 published: no interval"


def test_nothing_is_written_unless_it_is_asked_for():
    before = claims.LEDGER.read_bytes()
    found = {"share": replace(PUBLISHED, value=87.0), "new": PUBLISHED}
    publish.publish(found, COMMAND, store=False)
    assert claims.LEDGER.read_bytes() == before
    publish.publish(found, COMMAND, store=True)
    assert claims.ledger()["share"].value == 87.0
    assert set(claims.ledger()) == {"share", "time", "new"}


def test_what_is_stored_says_how_it_was_measured():
    publish.publish({"share": PUBLISHED}, COMMAND, store=True)
    claim = claims.ledger()["share"]
    facts = claims.provenance(COMMAND)
    assert {key: getattr(claim, key) for key in facts} == facts
    assert claim.code == fingerprint(COMMAND)
    assert claims.ledger()["time"].code == "old"  # not measured, and kept


def test_what_the_course_does_not_use_is_shown_and_not_stored(capsys):
    publish.publish({"other": PUBLISHED}, COMMAND, store=True)
    assert "other: 88.2 % here: not used" in capsys.readouterr().out
    assert set(claims.ledger()) == {"share", "time"}


def test_a_claim_that_is_no_longer_used_leaves_the_ledger(monkeypatch):
    monkeypatch.setattr(uses, "pages", list)
    publish.publish({}, COMMAND, store=True)
    assert claims.ledger() == {}


def test_of_stored_runs_the_code_is_that_which_trained_them():
    train = "python -m colorattn ablate rungs"
    run = replace(
        PUBLISHED,
        command=f"{train}; {COMMAND}",
        hardware="h",
        versions="v",
        date="2026-11-22",
    )
    now, trained = map(fingerprint, (COMMAND, train))
    for old, change, code in (
        ("trained derived", {}, f"trained {now}"),
        # Derived anew from the same runs.
        ("trained derived", {"value": 88.3}, f"trained {now}"),
        # Other runs: they were trained with the code as it is now.
        (f"trained {now}", {"value": 88.3}, f"{trained} {now}"),
        (f"trained {now}", {"date": "2026-11-23"}, f"{trained} {now}"),
    ):
        claims.save({"share": replace(run, code=old)})
        found = {"share": replace(run, **change)}
        publish.publish(found, COMMAND, store=True)
        stored = claims.ledger()["share"]
        assert stored == replace(run, **change, code=code)


def test_a_quoted_number_is_stored_as_it_is():
    quoted = Claim(95, "%", "accuracy of others", source="the post")
    publish.publish({"share": quoted}, COMMAND, store=True)
    assert claims.ledger()["share"] == quoted
    assert publish.publish({"share": quoted}, COMMAND, store=False) == 0


@pytest.mark.parametrize(
    ("words", "store"), [([], False), (["--store"], True)]
)
def test_storing_is_an_option_of_every_script(monkeypatch, words, store):
    monkeypatch.setattr(sys, "argv", ["script", *words])
    assert publish.arguments("It measures.").store == store
