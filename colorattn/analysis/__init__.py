"""Weights and answers become numbers.

`localization` (hit, purity, mass), `intervention` (change one thing, ask
again), `errors` (confusions and causes), `statistics` (intervals and tests),
`classifier` (of single drawings), `similarity` (of representations),
`alignment` (of symbols with the grid of keys).
"""

from colorattn.analysis import alignment, classifier, errors, similarity
from colorattn.analysis.intervention import (
    brightest,
    erase,
    fill,
    heaviest,
    predict,
    read_with_weights,
    with_absent_query,
    with_query,
)
from colorattn.analysis.localization import (
    box_masks,
    hit,
    ink_shares,
    localize,
    peaks,
    square,
    symbol_at_peak,
)
from colorattn.analysis.statistics import (
    auc,
    bootstrap_interval,
    difference,
    error_ratio,
    holm,
    time_to_level,
)
