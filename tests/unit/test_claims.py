"""The ledger's verdicts on numbers that are measured again."""

import json
import re
from html import unescape
from math import inf, nan

import pytest

from colorattn import claims
from colorattn.claims import Claim

LEDGER = {
    "share": Claim(0.71, "", "a share of one", low=0.602, high=0.7604),
    "percent": Claim(88.2, "%", "a percentage", low=86.04, high=90.36),
    "seconds": Claim(612.0, "s", "a long time", low=601.4, high=660.4),
    "quoted": Claim(90.0, "%", "what others report", source="the post"),
    "one-end": Claim(90.0, "%", "an interval with one end", low=80.0),
    "a<b>&": Claim(0.5, "", "a name that html must escape", low=0.0, high=1.0),
}


@pytest.fixture(autouse=True)
def small_ledger(tmp_path, monkeypatch):
    """Put a ledger of our own in place of the course's."""
    monkeypatch.setattr(claims, "LEDGER", tmp_path / "claims.json")
    claims.LEDGER.write_text("{}")
    for name, claim in LEDGER.items():
        claims.put(name, claim)


def shown(name, measured):
    """Return what a notebook shows of a verdict: its text and its html."""
    verdict = claims.check(name, measured)
    return repr(verdict), unescape(verdict._repr_html_())


def test_a_number_within_the_interval_is_inside():
    assert repr(claims.check("share", 0.7)) == "share: inside 0.602–0.760"
    assert repr(claims.check("percent", 88.0)) == "percent: inside 86.0–90.4 %"
    assert repr(claims.check("seconds", 650.0)) == "seconds: inside 601–660 s"


@pytest.mark.parametrize("measured", [86.0, 90.4, -88.0, 0.88, 1e9])
def test_a_number_beyond_the_interval_is_outside(measured):
    text = repr(claims.check("percent", measured))
    assert text == "percent: OUTSIDE 86.0–90.4 %"


@pytest.mark.parametrize("end", [86.04, 90.36])
def test_the_ends_belong_to_the_interval(end):
    assert "inside" in repr(claims.check("percent", end))


def test_the_ends_are_those_of_the_ledger_and_not_the_rounded_ones():
    assert "OUTSIDE" in repr(claims.check("percent", 90.4))
    assert "inside" in repr(claims.check("percent", 86.041))


@pytest.mark.parametrize("measured", [nan, inf, -inf])
@pytest.mark.parametrize("name", ["share", "percent", "seconds"])
def test_what_is_no_finite_number_is_outside_and_raises_nothing(
    name, measured
):
    assert "OUTSIDE" in repr(claims.check(name, measured))


@pytest.mark.parametrize("name", ["unknown", "", "quoted", "one-end"])
@pytest.mark.parametrize("measured", [0.5, nan])
def test_a_claim_without_an_interval_is_said_and_raises_nothing(
    name, measured
):
    text, html = shown(name, measured)
    assert text == f"{name}: the ledger has no interval of this name"
    assert html == text


@pytest.mark.parametrize(
    ("name", "measured", "other"),
    [
        ("share", 0.7123, 0.6543),
        ("percent", 87.123, 88.321),
        ("percent", 17.123, 18.321),
        ("seconds", 623.4, 654.3),
    ],
)
def test_the_text_does_not_depend_on_the_number_and_the_html_does(
    name, measured, other
):
    (text, html), (text_2, html_2) = shown(name, measured), shown(name, other)
    assert text == text_2
    assert html != html_2


def test_the_html_gives_the_number_with_one_digit_more_than_the_interval():
    text, html = shown("share", 0.71234)
    assert html == f"✓ measured here: <b>0.7123</b> — {text}"
    text, html = shown("percent", 12.345)
    assert html == f"✗ measured here: <b>12.35 %</b> — {text}"


def test_names_do_not_break_the_html():
    html = claims.check("a<b>&", 0.5).html
    assert re.sub("<b>0[.]50+</b>", "", html).count("<") == 0
    assert "a&lt;b&gt;&amp;" in html


def test_a_claim_is_read_as_it_was_put():
    assert claims.ledger() == LEDGER


def test_putting_a_claim_replaces_it_and_keeps_the_others_in_order():
    claims.put("percent", Claim(88.123456, "%", "a percentage", seeds=5))
    assert claims.ledger()["percent"].value == 88.123  # five digits
    entries = json.loads(claims.LEDGER.read_text(encoding="utf-8"))
    assert list(entries) == sorted(LEDGER)
    assert "low" not in entries["percent"]


def test_a_field_that_no_claim_has_is_refused():
    entry = {"value": 1.0, "unit": "s", "what": "time", "median": 2.0}
    claims.LEDGER.write_text(json.dumps({"a": entry}))
    with pytest.raises(TypeError, match="median"):
        claims.ledger()
