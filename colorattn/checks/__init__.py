"""Checks of the exercises; each takes an answer and returns nothing.

A check raises `NotStarted`, or an AssertionError that says what to look at
again. Notebooks call `tell(check, answer)`, which prints that instead.
"""

from colorattn.checks.attention import weights
from colorattn.checks.stream import color_of
from colorattn.checks.telling import NotStarted, tell
from colorattn.checks.training import update

__all__ = ["NotStarted", "color_of", "tell", "update", "weights"]
