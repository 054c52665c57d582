"""Checks of the exercises; each takes an answer and returns nothing.

A check raises `NotStarted`, or an AssertionError that says what to look at
again. Notebooks call `tell(check, answer)`, which prints that instead.
"""

from colorattn.checks.ablations import adam, paired, stepped_down
from colorattn.checks.attention import temperature_for, weights
from colorattn.checks.baselines import match, match_nearby, slide
from colorattn.checks.classes import by_class, relatives, resampled
from colorattn.checks.climbing import in_a_row, widest, worth
from colorattn.checks.comparing import descriptions, equal_names, luck
from colorattn.checks.looking import all_three, hit, purity
from colorattn.checks.model import field, parameters, share_seen
from colorattn.checks.reading import accuracy_at, glimpses
from colorattn.checks.seeds import agreement, next_run
from colorattn.checks.stream import another, color_of, crowded
from colorattn.checks.telling import NotStarted, tell
from colorattn.checks.training import one_cycle, update

__all__ = [
    "NotStarted",
    "accuracy_at",
    "adam",
    "agreement",
    "all_three",
    "another",
    "by_class",
    "color_of",
    "crowded",
    "descriptions",
    "equal_names",
    "field",
    "glimpses",
    "hit",
    "in_a_row",
    "luck",
    "match",
    "match_nearby",
    "next_run",
    "one_cycle",
    "paired",
    "parameters",
    "purity",
    "relatives",
    "resampled",
    "share_seen",
    "slide",
    "stepped_down",
    "tell",
    "temperature_for",
    "update",
    "weights",
    "widest",
    "worth",
]
