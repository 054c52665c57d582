"""Find the measured numbers of prose and hold them to the ledger.

Measured numbers are percentages, decimals, durations, ratios, odds and rates.
Each is followed at once by an invisible mark:

    88.2 %<!-- claim:ID -->              the value of the claim
    0.4 points<!-- claim:ID.sd -->       or sd, low, high, seeds, scenes
    88.2 ± 0.4 %<!-- claim:ID -->        value and sd
    86.9 to 89.5 %<!-- claim:ID -->      low and high
    10 minutes<!-- given: your time -->  not measured, and why not

A unit that is none of these may stand between: 0.31 nats<!-- claim:ID -->.
Counts may be marked too, after up to three words: 5 runs<!-- claim:ID.seeds
-->. What stands in code, in math or in a link's target is not looked at: a
number that was worked out, such as $0.09$, goes there.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from colorattn.claims import Claim

ONES = "one two three four five six seven eight nine ten eleven twelve"
TENS = "twenty thirty forty fifty sixty"
WORDS: dict[str, float] = {
    **{word: n for n, word in enumerate(ONES.split(), 1)},
    **{word: 10 * n for n, word in enumerate(TENS.split(), 2)},
    **{"fifteen": 15, "ninety": 90, "hundred": 100, "twice": 2},
    **dict.fromkeys(("half a", "half an", "half as"), 0.5),
}
FIELDS = ("value", "sd", "low", "high", "seeds", "scenes")

# What a unit is in the ledger, and how many of the ledger's it is worth.
UNITS = {
    r"%|percent|per cent|(?:percentage )?points?": ("%", 1),
    r"ms|milliseconds?": ("s", 0.001),
    r"s|sec|seconds?": ("s", 1),
    r"min|minutes?": ("s", 60),
    r"h|hours?": ("s", 3600),
    r"[×x](?!\s?\d)|-?fold|times": ("times", 1),
    r"[a-z]+/s|(?:[a-z]+ ){1,2}(?:a|per|each) second": ("/s", 1),
}
MARK = re.compile(r"<!--\s*(claim|given):\s*(.*?)\s*-->", re.S)
FENCE = re.compile(
    r"^ *(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)\n"
    r"(?P<body>.*?)^ *(?P=fence)[`~]*[ \t]*$",
    re.M | re.S,
)
PROSE = re.compile(r"\{(?:note|tip|warning|important|admonition|margin)\}")
CODE = re.compile(r"(?P<tick>`+).+?(?P=tick)|<!--.*?-->", re.S)
MATH = re.compile(
    r"\$\$.*?\$\$|\\begin\{(?P<name>\w+\*?)\}.*?\\end\{(?P=name)\}"
    r"|(?<![\\$])\$(?=\S)[^$]*?(?<=[^\s\\])\$(?!\d)",
    re.S,
)
NO_PROSE = re.compile(
    r"</?[a-zA-Z][^>]*>|<https?:[^>]*>"
    r"|(?<=\])\([^()\s]*(?:\s\"[^\"]*\")?\)"  # where a link leads
    r"|(?:https?://|arXiv:|doi:)[^\s<]+"
    r"|^:\w+:[^\n]*$|^\[[^\]\n]+\]:[^\n]*$"  # options, link definitions
    r"|^#+ +\d+(?:\.\d+)*"  # numbering
    r"|\bone in three\b"  # chance, by counting colors
    r"|\*(?:Easy|Medium|Hard), \d+ minutes(?:, in words)?\.\*"  # an exercise
    r"|\b(?:Python|PyTorch|torch(?:vision)?|[Nn]um[Pp]y|[Mm]atplotlib|Sphinx"
    r"|Jupyter Book|[Vv]ersion|CC BY(?:-SA)?|[Nn]ode|v)\s?\d+(?:\.\d+)*"
    r"(?:\s?(?:–|,|and|or|to)\s?3\.\d+)*"
    r"|\b(?:[Ss]ection|[Ff]igure|[Ee]xercise|[Ee]quation) \d+(?:\.\d+)*",
    re.M,
)
WORD = "|".join(sorted(WORDS, key=len, reverse=True))
DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
FIRST = rf"(?<![\w.,/:])(?<!\w-){DIGITS}"
UNIT = "|".join(UNITS)
GAP = r"[ \n\u00a0-]?"
END = r"(?![\w%])(?!\.\d)"
NUMBER = re.compile(
    rf"(?:(?P<a>{FIRST})(?:{GAP}(?P<first>{UNIT}))?"
    rf"(?P<join>\s?±\s?|\s?[–-]\s?|\s(?:to|or|and)\s)(?P<b>{DIGITS})"
    rf"|(?P<odds>{FIRST}(?:/|\sout\sof\s|\s(?:in|of)\s(?=10+\b)){DIGITS})"
    rf"|(?P<one>{FIRST}))"
    rf"(?:{GAP}(?P<unit>{UNIT}))?{END}"
    rf"|\b(?i:(?P<words>(?:{WORD})\s(?:in|out\sof)\s(?:an?\s)?(?:{WORD})))\b"
    rf"|\b(?i:(?P<word>{WORD}))\b(?:{GAP}(?P<unit_of_word>{UNIT})\b)?"
)
ODDS = re.compile(r"/|\s(?:in|of|out\sof)\s(?:an?\s)?")
# "three times" counts; "three times as fast" compares.
COMPARES = re.compile(
    r"\s(?:as|more|less|faster|slower|the|wider|larger|smaller|bigger|longer"
    r"|shorter|fewer|higher|lower|better|worse)\b"
)


class Phrase(NamedTuple):
    """A number in prose, alone or with a second one."""

    text: str
    start: int
    end: int
    numbers: tuple[str, ...]  # as shown; one, or two
    join: str  # "", "±", "to" or "odds"
    unit: str  # of the ledger
    factor: float
    measured: bool  # whether it needs a mark


def faults(text: str, ledger: dict[str, Claim]) -> Iterator[str]:
    """List what is wrong with the numbers of a Markdown text."""
    shown, marks, hidden = masked(text)
    used = set()

    def line(place: int) -> str:
        return f"line {text.count(chr(10), 0, place) + 1}"

    for phrase in phrases(shown):
        place = following(phrase, shown, marks)
        where = f"{line(phrase.start)}: “{phrase.text}”"
        if place is None:
            if phrase.measured:
                yield f"{where} has no claim"
            continue
        used.add(place)
        if wrong := disagreement(phrase, *marks[place], ledger):
            yield f"{where}: {wrong}"
    for place in sorted(marks):
        if place not in used:
            yield f"{line(place)}: {':'.join(marks[place])} has no number"
        if not text[:place].rpartition("\n")[2].strip():
            yield f"{line(place)}: a mark that begins a line breaks its text"
    for math in hidden:
        yield f"{math} hides a percentage"


def masked(text: str) -> tuple[str, dict[int, tuple[str, str]], list[str]]:
    """Blank what is no prose, keeping all places.

    Returns the text with marks as zeros, the marks by place, and the math
    that holds percentages.
    """
    marks: dict[int, tuple[str, str]] = {}

    def blank(match: re.Match) -> str:
        return re.sub(r"[^\n]", "¤", match.group())

    def fence(match: re.Match) -> str:
        if not PROSE.match(match["info"].strip()):
            return blank(match)
        head = match.start("body") - match.start() - 1
        tail = match.end() - match.end("body")
        return "¤" * head + "\n" + match["body"] + "¤" * tail

    def take(match: re.Match) -> str:
        marks[match.start()] = match[1], match[2]
        return "\0" * len(match.group())

    text = CODE.sub(blank, MARK.sub(take, FENCE.sub(fence, text)))
    hidden = [m.group() for m in MATH.finditer(text) if r"\%" in m.group()]
    text = NO_PROSE.sub(blank, MATH.sub(blank, text))
    return text, {k: v for k, v in marks.items() if text[k] == "\0"}, hidden


def phrases(text: str) -> Iterator[Phrase]:
    """Find every number, with its unit and, in a pair, its partner."""
    place = 0
    while match := NUMBER.search(text, place):
        start, place = match.span()
        found = match.groupdict()
        said = found["unit"] or found["unit_of_word"] or ""
        join = (found["join"] or "").strip()
        if join == "and" and text[:start].split()[-1:] != ["between"]:
            place, join, said = match.start("join"), "", found["first"] or ""
            numbers: tuple[str, ...] = (found["a"],)
        elif join:
            join = "±" if join == "±" else "to"
            numbers = found["a"], found["b"]
        elif odds := found["odds"] or found["words"]:
            join, numbers = "odds", tuple(ODDS.split(odds))
        else:
            numbers = (found["one"] or found["word"],)
        unit, factor = meaning(said)
        measured = bool(unit) and said not in ("point", "points")
        if numbers[0].lower() in ("twice", "half as"):
            unit = "times"
        if found["word"] and unit == "times":
            measured = bool(COMPARES.match(text, place))
        measured |= numbers[0].lower() == "half as"
        measured |= join == "odds" or any("." in n for n in numbers)
        shown = " ".join(text[start:place].split()), start, place
        yield Phrase(*shown, numbers, join, unit, factor, measured)


def meaning(unit: str) -> tuple[str, float]:
    """Return the ledger's unit and what one of these is worth of it."""
    for pattern, known in UNITS.items():
        if unit and re.fullmatch(pattern, unit):
            return known
    return "", 1


def following(
    phrase: Phrase, text: str, marks: dict[int, tuple[str, str]]
) -> int | None:
    """Return where the mark of a number begins, or None."""
    most = 0 if phrase.unit else 1 if phrase.measured else 3
    words = rf"(?:[ \n-][^\W\d]+){{0,{most}}}[*_]{{0,3}}(?=\0)"
    gap = re.compile(words).match(text, phrase.end)
    return gap.end() if gap and gap.end() in marks else None


def disagreement(
    phrase: Phrase, kind: str, said: str, ledger: dict[str, Claim]
) -> str | None:
    """Say what is wrong with a mark, or return None."""
    if kind == "given":
        reasoned = len(said.split()) > 1
        return None if reasoned else "say in two words why it is given"
    name, _, field = said.partition(".")
    if name not in ledger:
        return f"the ledger has no claim {name}"
    if field not in ("", *FIELDS):
        return f"a claim has no {field}: choose from {', '.join(FIELDS)}"
    two = {"±": ("value", "sd"), "to": ("low", "high")}
    if phrase.join in two and field:
        return f"two numbers cite the whole claim: {name}"
    fields = two.get(phrase.join, (field or "value",))
    unit = "" if field in ("seeds", "scenes") else ledger[name].unit
    values = [getattr(ledger[name], field) for field in fields]
    if None in values:
        return f"the claim has no {fields[values.index(None)]}"
    pairs = zip(fields, values, strict=True)
    told = " and ".join(f"{field} {value:g}" for field, value in pairs)
    told = f"the ledger has {told} {unit}".rstrip()
    if phrase.unit and phrase.unit != ("/s" if unit[-2:] == "/s" else unit):
        return told
    shown = [number(n) for n in phrase.numbers]
    if phrase.join == "odds":
        share = values[0] / (100 if unit == "%" else 1)
        same = abs(shown[0] / shown[1] - share) <= 0.5 / shown[1]
    else:
        both = zip(shown, values, phrase.numbers, strict=True)
        same = all(
            abs(n - value / phrase.factor) <= rounding(text)
            for n, value, text in both
        )
    return None if same else told


def number(text: str) -> float:
    """Read a number in digits or in words."""
    word = " ".join(text.lower().split())
    return WORDS[word] if word in WORDS else float(text.replace(",", ""))


def rounding(text: str) -> float:
    """Return how far the last digit shown lets a number be from another."""
    return 0.5 * 10.0 ** -len(text.partition(".")[2]) * (1 + 1e-9)
