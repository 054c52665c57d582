"""Checks of the exercises; each takes a learner's function.

A check returns nothing if the function is right, raises `NotStarted` if it
returns nothing yet, and otherwise an AssertionError that says what to look at
again. Notebooks call `tell(check, answer)`, which prints the result.

By subject: `scenes`, `baselines`, `attention`, `model`, `training`,
`localization`, `errors`, `similarity`, `statistics` and `transformer`;
`answers` has the tools that they share.
"""

from colorattn.checks.answers import NotStarted, tell
from colorattn.checks.attention import (
    accuracy_at,
    attention_weights,
    glimpses,
    shared_keys,
    temperature_for,
)
from colorattn.checks.baselines import match, match_nearby, slide
from colorattn.checks.errors import accuracy_by_class, has_relative
from colorattn.checks.localization import all_correct, hit, purity
from colorattn.checks.model import (
    parameters,
    receptive_field,
    share_seen,
    widest,
)
from colorattn.checks.scenes import color_of, other_drawing, overlaps
from colorattn.checks.similarity import linear_cka, matching_names
from colorattn.checks.statistics import (
    bootstrap,
    error_ratio,
    holm,
    paired_interval,
    prediction_interval,
    variance_within_scenes,
)
from colorattn.checks.training import adam, mean_cosine, one_cycle, train_step
from colorattn.checks.transformer import accuse, causal, second_look, turn
