"""Claims are fresh, stale or unreachable, and the report says which."""

from dataclasses import replace

import fingerprint
import freshness
import pytest

from colorattn import claims
from colorattn.claims import Claim

SCRIPT = "python book/measure/a.py"
MEASURED = Claim(1.0, "%", "a share of something", 1, command=SCRIPT)
LONG = "a-name-of-it" + "-that-is-long" * 5
QUOTED = Claim(90, "%", "accuracy of something", source="the post")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository of one script, and a ledger of its own."""
    for module in (fingerprint, freshness):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(claims, "LEDGER", tmp_path / "claims.json")
    (tmp_path / "book/measure").mkdir(parents=True)
    write(tmp_path, 'A = 1\nparser.add_argument("--rows")\n')
    return tmp_path


def write(root, text):
    """Write the script anew, and forget what it was."""
    (root / "book/measure/a.py").write_text(text)
    for cached in (fingerprint.parsed, freshness.current, freshness.obstacle):
        cached.cache_clear()


def test_a_claim_is_fresh_until_its_code_changes(root):
    claim = replace(MEASURED, code=fingerprint.fingerprint(SCRIPT))
    assert freshness.state(claim) == "fresh"
    write(root, "A = 1  # one\n")
    assert freshness.state(claim) != "fresh"  # the option is gone
    write(root, 'A = 1  # one\nparser.add_argument("--rows")\n')
    assert freshness.state(claim) == "fresh"
    write(root, "A = 2\n")
    assert freshness.state(claim) == "stale"


def test_a_claim_without_a_fingerprint_is_stale(root):
    assert freshness.state(MEASURED) == "stale"


def test_a_quoted_claim_has_no_code(root):
    assert freshness.state(QUOTED) == "quoted"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("python book/measure/gone.py", "gone.py does not exist"),
        (f"{SCRIPT} gone.ipynb", "gone.ipynb does not exist"),
        (f"{SCRIPT} --gone", "a.py has no --gone"),
        (f"python -m colorattn train post-mnist; {SCRIPT} --gone", "--gone"),
        ("python -m colorattn gone", "invalid choice: 'gone'"),
        ("python -m colorattn ablate gone", "invalid choice: 'gone'"),
        ("python -m colorattn train gone-mnist", "invalid choice"),
        ("python -m colorattn train post-mnist --gone", "--gone"),
        ("make gone", "does not begin with python"),
        ("", "does not begin with python"),
    ],
)
def test_a_command_that_cannot_be_run_is_unreachable(root, command, why):
    claim = replace(MEASURED, command=command)
    assert freshness.state(claim) == "unreachable"
    assert why in freshness.obstacle(command)


@pytest.mark.parametrize(
    "command",
    [
        SCRIPT,
        f"{SCRIPT} RUNS --rows",
        "python -m colorattn ablate rungs",
        "python -m colorattn train post-mnist --epochs 12 --seed SEED",
        f"python -m colorattn ablate rungs; {SCRIPT}",
    ],
)
def test_a_command_that_can_be_run_meets_no_obstacle(root, command):
    assert freshness.obstacle(command) == ""


def ledger():
    """Make a ledger with a claim of each state."""
    fresh = replace(MEASURED, code=fingerprint.fingerprint(SCRIPT))
    gone = replace(MEASURED, command="python gone.py")
    old = {LONG: MEASURED, "b-old": MEASURED}
    return {"a-fresh": fresh, **old, "c-gone": gone, "d": QUOTED}


def test_the_report_counts_all_and_names_what_is_not_fresh(root, capsys):
    claims.save(ledger())
    assert freshness.main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "5 claims: 1 quoted, 1 fresh, 2 stale, 1 unreachable",
        "",
        f"stale: {SCRIPT}",
        f"  {LONG}",
        "  b-old",
        "",
        "unreachable: python gone.py (gone.py does not exist)",
        "  c-gone",
    ]


def test_stale_claims_are_no_error(root, capsys):
    claims.save({"b-old": MEASURED})
    assert freshness.main([]) == 0
    assert "1 stale, 0 unreachable" in capsys.readouterr().out


def test_claims_are_adopted_only_when_one_asks(root, capsys):
    claims.save({"b-old": MEASURED, "d": QUOTED})
    before = claims.LEDGER.read_bytes()
    freshness.main([])
    assert claims.LEDGER.read_bytes() == before
    assert freshness.main(["--adopt"]) == 0
    assert "1 fresh, 0 stale" in capsys.readouterr().out
    assert claims.ledger()["b-old"].code == fingerprint.fingerprint(SCRIPT)
    assert claims.ledger()["d"] == QUOTED


def test_what_is_unreachable_cannot_be_adopted(root, capsys):
    claims.save(ledger())
    assert freshness.main(["--adopt"]) == 1
    assert "1 unreachable" in capsys.readouterr().out
