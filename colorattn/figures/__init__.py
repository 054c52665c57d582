"""Figures: each function takes arrays and returns a Picture with its alt text.

All take a title, too: in a few words, what the figure shows.

No model runs here. Primitives: `style`, `panels` (pictures of pixels), `axes`
(charts), `seeds` (many runs in a chart). Pictures of pixels: `scenes`,
`galleries`, `attention`, `tokens`, `network`, `receptive_field`, `matching`.
Charts: `curves`, `comparisons`, `rows`, `distributions`, `tables`.
"""

from colorattn.figures.attention import (
    attention_steps,
    learning_arrows,
    scores_as_sum,
    soft_lookup,
    softmax_saturation,
)
from colorattn.figures.comparisons import (
    accuracy_difference,
    error_ratio_scatter,
    forest,
)
from colorattn.figures.curves import accuracy_curves, lines, scatter
from colorattn.figures.distributions import histograms, offset_luck
from colorattn.figures.galleries import (
    attention_maps,
    error_gallery,
    localization_example,
    occlusion,
    predictions,
    scores_and_weights,
)
from colorattn.figures.matching import window_matches, window_products
from colorattn.figures.network import (
    convolution,
    feature_maps,
    mask_and_values,
    network_plan,
)
from colorattn.figures.receptive_field import (
    Reach,
    View,
    fields_and_cells,
    key_views,
    receptive_field,
)
from colorattn.figures.rows import (
    bars,
    error_ladder,
    interval_dots,
    mark_rows,
    seed_rows,
    timeline,
)
from colorattn.figures.scenes import (
    annotated_scene,
    drawing_columns,
    drawings_by_class,
    labeled_scenes,
    queries,
)
from colorattn.figures.tables import table
from colorattn.figures.tokens import row_looks, who_asks_whom
