"""Checks of the exercises; each takes a learner's function.

A check raises `NotStarted` if the function returns nothing yet, and an
AssertionError that says what to look at again if it's wrong. If it's right,
the check returns one more thing to know or to try. Notebooks call
`tell(check, answer)`, which prints the result, and
`pick(check, answer, solution)`, which returns the function to go on with.

By subject: `scenes`, `baselines`, `attention`, `model`, `training`,
`localization`, `errors`, `similarity`, `statistics` and `transformer`;
`answers` has the tools that they share.
"""

from colorattn.checks.answers import NotStarted, pick, tell
from colorattn.checks.attention import (
    accuracy_at,
    attend,
    look_back,
    shared_keys,
    temperature_for,
)
from colorattn.checks.baselines import match, match_nearby, slide
from colorattn.checks.errors import accuracy_by_class, has_relative
from colorattn.checks.localization import all_correct, hit, purity
from colorattn.checks.model import forward, receptive_field, share_seen, widest
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
from colorattn.checks.training import (
    adam,
    floor_time,
    launch_cost,
    lost_time,
    mean_cosine,
    one_cycle,
    train_step,
)
from colorattn.checks.transformer import accuse, causal, second_look, turn
