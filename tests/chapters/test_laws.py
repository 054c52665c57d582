"""Laws of the ledger's reader: no number slips through, in whatever form."""

from citations import faults
from hypothesis import given
from hypothesis import strategies as st

from colorattn.claims import Claim

UNITS = {  # as prose has them, before and behind the mark
    "%": ["{}%", "{} %", "{} percent", "{} points"],
    "s": ["{} s", "{} seconds", "{}\u00a0sec"],
    "times": ["{} times{} as fast", "{}×", "{}-fold"],
    "nats": ["{}{} nats"],
    "": ["{}"],
}
SENTENCES = [
    "It takes {}.",
    "({}, at best)",
    "**About** {} and *more*",
    "- found\n  {}",
    "Of `12.5 %`, $0.7$ and 3 runs, {} are left",
]
ID = "a-claim"
# A claim has five digits: of three, the last can be half a digit off, and of
# five it is as the claim has it.
DIGITS = st.integers(1, 999) | st.integers(10_000, 99_999)


@st.composite
def phrases(draw) -> tuple[str, str, float, float]:
    """A sentence with a number: its text, unit, value and last digit."""
    unit = draw(st.sampled_from(sorted(UNITS)))
    digits = draw(st.integers(1, 3))
    value = draw(DIGITS) / 10**digits
    form = draw(st.sampled_from(UNITS[unit]))
    if form.count("{}") == 1:
        form += "{}"
    number = form.format(f"{value:,.{digits}f}", "{mark}")
    sentence = draw(st.sampled_from(SENTENCES)).format(number)
    return sentence, unit, value, 10**-digits


def found(sentence: str, mark: str, claim: Claim) -> list[str]:
    """List the faults of a sentence with a mark."""
    return list(faults(sentence.replace("{mark}", mark), {ID: claim}))


@given(phrases(), st.floats(-0.49, 0.49))
def test_a_number_agrees_with_the_claim_that_it_rounds(phrase, off):
    sentence, unit, value, digit = phrase
    claim = Claim(value + off * digit, unit, "a number")
    assert found(sentence, f"<!-- claim:{ID} -->", claim) == []


@given(phrases(), st.sampled_from([-1.6, -0.6, 0.6, 1.6, 500.0]))
def test_a_number_that_differs_in_its_last_digit_is_told(phrase, off):
    sentence, unit, value, digit = phrase
    claim = Claim(value + off * digit, unit, "a number")
    (told,) = found(sentence, f"<!-- claim:{ID} -->", claim)
    assert f"the ledger has value {claim.value:g}" in told


@given(phrases())
def test_a_number_without_a_mark_is_told(phrase):
    sentence, _, _, _ = phrase
    (told,) = found(sentence, "", Claim(0.0, "%", "a number"))
    assert told.endswith("has no claim")


@given(phrases())
def test_a_mark_of_no_claim_is_told(phrase):
    sentence, _, _, _ = phrase
    (told,) = found(sentence, "<!-- claim:other -->", Claim(0.0, "%", "it"))
    assert told.endswith("the ledger has no claim other")
