"""The ledger's verdicts on numbers that are measured again."""

import json
import re
from dataclasses import fields
from html import unescape
from math import inf, isfinite, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.fixture(autouse=True, scope="module")
def ledger_file(tmp_path_factory):
    """Put a file of our own in the place of the course's ledger."""
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("ledger") / "claims.json"
        patch.setattr(claims, "LEDGER", path)
        yield


@pytest.fixture(autouse=True)
def small_ledger(ledger_file):
    """Fill it before each test."""
    claims.save(LEDGER)


def shown(name, measured):
    """Return what a notebook shows of a verdict: its text and its html."""
    verdict = claims.check(name, measured)
    return repr(verdict), unescape(verdict._repr_html_())


def test_a_number_within_the_interval_is_inside():
    assert repr(claims.check("share", 0.7)) == "share: inside 0.602–0.760"
    assert repr(claims.check("percent", 88.0)) == "percent: inside 86.0–90.4%"
    assert repr(claims.check("seconds", 650.0)) == "seconds: inside 601–660 s"


@pytest.mark.parametrize("measured", [86.0, 90.4, -88.0, 0.88, 1e9])
def test_a_number_beyond_the_interval_is_outside(measured):
    text = repr(claims.check("percent", measured))
    assert text == "percent: OUTSIDE 86.0–90.4%"


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
    assert html == f"✗ measured here: <b>12.35%</b> — {text}"


def test_names_do_not_break_the_html():
    html = claims.check("a<b>&", 0.5).html
    assert re.sub("<b>0[.]50+</b>", "", html).count("<") == 0
    assert "a&lt;b&gt;&amp;" in html


def test_claims_are_read_as_they_were_saved():
    assert claims.ledger() == LEDGER


def test_the_file_is_in_order_with_five_digits_and_no_empty_fields():
    claim = Claim(88.123456, "%", "a percentage", seeds=5)
    claims.save({**claims.ledger(), "percent": claim})
    assert claims.ledger()["percent"].value == 88.123
    entries = json.loads(claims.LEDGER.read_text(encoding="utf-8"))
    assert list(entries) == sorted(LEDGER)
    assert "low" not in entries["percent"]


def test_what_is_not_saved_leaves_the_ledger():
    claims.save({"percent": LEDGER["percent"]})
    assert claims.ledger() == {"percent": LEDGER["percent"]}


GOOD = {"value": 1.0, "unit": "s", "what": "time"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read: Expecting value"),
        ("{", "cannot be read"),
        ('{"a": 1}', "a: a claim must map fields"),
        ("[]", "the ledger must map ids"),
        ("[" * 100_000, "cannot be read"),
        ('{"a": {}, "a": {}}', "a key twice"),
        (json.dumps({"a": {**GOOD, "median": 2.0}}), "a: .*'median'"),
        (json.dumps({"a": {**GOOD, "value": "1"}}), "a: value .*'1'"),
        (json.dumps({"a": {**GOOD, "value": None}}), "a: value .*None"),
        (json.dumps({"a": {**GOOD, "value": True}}), "a: value .*True"),
        (json.dumps({"a": {**GOOD, "value": nan}}), "a: value .*nan"),
        (json.dumps({"a": {**GOOD, "high": inf}}), "a: high .*inf"),
        ('{"a": {"value": 1e999, "unit": "", "what": ""}}', "a: value .*inf"),
        (json.dumps({"a": {**GOOD, "seeds": 1.5}}), "a: seeds .*1.5"),
        (json.dumps({"a": {**GOOD, "unit": 5}}), "a: unit .*5"),
        (json.dumps({"a": {"value": 1, "unit": "s"}}), "a: .*no what"),
    ],
)
def test_what_is_no_ledger_is_refused_and_the_reason_said(text, said):
    claims.LEDGER.write_text(text)
    with pytest.raises(ValueError, match=said):
        claims.ledger()


NUMBERS = st.floats(-1e300, 1e300) | st.integers()
TEXTS = st.text(max_size=9)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=9,
)
FIELDS = {field.name: JSON for field in fields(Claim)}
ENTRIES = st.fixed_dictionaries(
    {"value": NUMBERS, "unit": TEXTS, "what": TEXTS},
    optional={"low": NUMBERS, "seeds": st.integers(), "date": TEXTS},
)


@settings(deadline=None)
@given(
    st.binary()
    | JSON.map(lambda found: json.dumps(found).encode())
    | st.dictionaries(
        TEXTS, ENTRIES | st.fixed_dictionaries({}, optional=FIELDS)
    ).map(lambda found: json.dumps(found).encode())
)
def test_any_file_is_a_valid_ledger_or_refused_in_words(body):
    try:
        found = claims.parse(body)
    except ValueError as refused:
        assert str(refused)
        return
    for claim in found.values():
        for field in fields(Claim):
            assert isinstance(getattr(claim, field.name), field.type)
        assert isfinite(claim.value) and claim.value is not True


@settings(deadline=None)
@given(st.dictionaries(TEXTS, ENTRIES.map(lambda entry: Claim(**entry))))
def test_any_claims_are_read_as_they_were_saved(found):
    claims.save(found)
    again = claims.ledger()
    assert list(again) == sorted(found)
    for name, claim in found.items():
        assert again[name].value == pytest.approx(claim.value, rel=1e-4)
        same = {**vars(claim), "value": again[name].value}
        if claim.low is not None:
            assert again[name].low == pytest.approx(claim.low, rel=1e-4)
            same["low"] = again[name].low
        assert vars(again[name]) == same


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (123456.7, 5, 123460.0),
        (0.000123456, 5, 0.00012346),
        (-9.99996, 5, -10.0),
        (0.0, 5, 0.0),
        (88.126, 3, 88.1),
    ],
)
def test_significant_digits_are_kept(value, digits, shown):
    assert claims.significant(value, digits) == shown


def test_over_seeds_gives_a_prediction_interval():
    # By hand: mean 2, sd 1; t of 2 degrees of freedom at 0.995 is 9.9248, and
    # a fourth value varies by the root of 1 + 1/3 as much.
    claim = claims.over_seeds([1.0, 2.0, 3.0], "px of something", 10, "")
    reach = 9.9248 * (4 / 3) ** 0.5
    assert (claim.value, claim.sd, claim.seeds, claim.scenes) == (2, 1, 3, 10)
    assert claim.low == pytest.approx(2 - reach, abs=1e-3)
    assert claim.high == pytest.approx(2 + reach, abs=1e-3)


@pytest.mark.parametrize(
    ("unit", "within", "ends"),
    [
        ("%", None, (0.0, 100.0)),
        ("%", (-100.0, 60.0), (-69.227, 60.0)),
        ("times", None, (0.0, 169.23)),
        ("nats", None, (0.0, 169.23)),
        ("", None, (-69.227, 169.23)),
        ("", (-1.0, 0.9999), (-1.0, 0.9999)),
    ],
)
def test_an_interval_ends_where_values_do(unit, within, ends):
    values = [30.0, 40.0, 60.0, 70.0]
    claim = claims.over_seeds(values, "of something", 10, unit, within)
    assert (claim.low, claim.high) == ends


@pytest.mark.parametrize("values", [[5.0], [5.0, 6.0], [5.0, 5.0, 5.0]])
def test_too_little_spread_gives_no_interval(values):
    claim = claims.over_seeds(values, "of something", 10)
    assert (claim.low, claim.high) == (None, None)
    assert (claim.sd is None) == (len(values) == 1)


def test_paired_takes_the_estimate_and_adds_the_spread_of_pairs():
    estimate = 2.0000004, 0.5, 3.5, 0.01  # and a p-value
    claim = claims.paired(estimate, [1.0, 2.0, 3.0], "points of something", 10)
    assert claim == Claim(
        2.0, "%", "points of something", 3, 10, 1.0, 0.5, 3.5
    )


@pytest.mark.parametrize(
    ("seeds", "over"), [(1, "drawings"), (5, "seeds and drawings")]
)
def test_over_drawings_gives_percent_and_names_its_interval(seeds, over):
    estimate = 0.951234, 0.9, 0.99
    claim = claims.over_drawings(estimate, "accuracy", 500, seeds)
    assert (claim.value, claim.low, claim.high) == (95.123, 90.0, 99.0)
    assert (claim.unit, claim.seeds, claim.scenes) == ("%", seeds, 500)
    assert claim.what == f"accuracy; 95 % bootstrap interval over {over}"


@pytest.mark.parametrize(
    ("value", "unit", "near", "ends"),
    [
        (50.0, "%", 0.3, (49.7, 50.3)),
        (0.1, "%", 0.3, (0.0, 0.4)),
        (99.9, "%", 0.3, (99.6, 100.0)),
        (0.1, "", 0.3, (-0.2, 0.4)),
        (0.1, "", None, (None, None)),
    ],
)
def test_of_one_net_only_rounding_differs(value, unit, near, ends):
    claim = claims.of_one_net(value, "a share", 10, unit, near)
    assert (claim.value, claim.low, claim.high) == (value, *ends)
    assert (claim.seeds, claim.sd) == (1, None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NVIDIA H100 80GB HBM3", "h100"),
        ("NVIDIA H200", "h200"),
        ("Tesla T4", "t4"),
        ("NVIDIA A100-SXM4-40GB", "a100"),
        ("NVIDIA GeForce RTX 4090", "4090"),
        ("Quadro", "quadro"),
    ],
)
def test_a_gpu_has_a_short_name(name, kind):
    assert claims.device_class(name) == kind
