"""An example of each figure, and words that its alt text must have."""

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from tiny import pixels

from colorattn import figures
from colorattn.analysis.localization import localize
from colorattn.analysis.statistics import error_ratio, holm
from colorattn.data.scene import Scene
from colorattn.data.stream import Batch, fixed_scenes
from colorattn.data.symbols import CLASSES, Symbols
from colorattn.figures.seeds import interval


def noise_scenes(n):
    """Scenes of symbols that are noise."""
    counts = torch.full((10,), 3)
    noise = Symbols(pixels(30, 28, 28), counts, "mnist", "test", "noise")
    return fixed_scenes(noise, Scene(), n, seed=0)


def scenes(n=7):
    """Scenes with a red 7, a green 2 and a blue 5 in one layout."""
    positions = torch.tensor([[0, 0], [0, 36], [36, 20]]).repeat(n, 1, 1)
    image = torch.zeros(n, 3, 64, 64, dtype=torch.uint8)
    for k, (row, column) in enumerate(positions[0].tolist()):
        image[:, k, row + 8 : row + 20, column + 8 : column + 20] = 200
    index = torch.arange(n) % 3
    return Batch(
        image=image,
        query=image[:, :1, :28, :28],
        target=index,
        query_index=index,
        classes=torch.tensor([[7, 2, 5]]).repeat(n, 1),
        colors=torch.arange(3).repeat(n, 1),
        positions=positions,
        drawing_ids=torch.arange(3).repeat(n, 1),
        query_id=index,
    )


def shares(*shape):
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def peak(n, row, column):
    """Weights of 0.9 in one cell of 8 by 8."""
    weights = torch.full((n, 8, 8), 0.1 / 63)
    weights[:, row, column] = 0.9
    return weights


def one_hot(n, cells, at):
    """Weights of 1 in one cell of each row."""
    return F.one_hot(torch.full((n,), at), cells).float()


def peaks_of(*heights):
    """A map for each color, with one peak of the height given."""
    maps = torch.zeros(3, 37, 37)
    for k, height in enumerate(heights):
        maps[k, 5 + k, 11] = height
    return maps


def rising(end, seeds=3, epochs=11):
    """Accuracies from chance to an end, by (seed, epoch)."""
    share = 1 - np.exp(-np.arange(epochs))
    spread = 0.01 * np.arange(seeds)[:, None]
    return 1 / 3 + (end - 1 / 3) * share + spread


def a_difference(end=0.4):
    """The arguments of a base that ends at 0.9, and of a variant."""
    base, variant = rising(0.9), rising(end)
    pairs = 100 * (variant - base)[:, -1] + np.array([-0.5, 0.0, 0.5])
    return {"post": base, "no head": variant}, pairs


def effects(shift=0.0):
    """A large effect and one that may be luck."""
    pairs = {
        "no padding": np.array([-0.2, 0.3, 0.1]),
        "finer map": np.array([5.0, 6, 5.5]) + shift,
    }
    found = {name: interval(each) for name, each in pairs.items()}
    return pairs, found, holm([f.p for f in found.values()])


def ratios(factor=3.0):
    """Errors without two parts and with them, as `effects`."""
    base = pd.Series([0.01, 0.012, 0.009])
    spread = pd.Series([1.0, 1.1, 0.95])
    without = {"deeper": factor * base * spread, "queries": base * spread**4}
    found = {name: error_ratio(each, base) for name, each in without.items()}
    seeds = {name: each / base for name, each in without.items()}
    return seeds, found, holm([f.p for f in found.values()])


def a_stroke(length):
    """A drawing of one upright stroke, three pixels wide."""
    drawing = torch.zeros(28, 28, dtype=torch.uint8)
    drawing[2 : 2 + length, 13:16] = 255
    return drawing


def bell(border):
    """Strengths of 1 in a field of 7, but for its border."""
    strength = torch.full((7, 7), border)
    strength[1:-1, 1:-1] = 1
    return strength


def seven_wide(shift):
    """Keys on every fourth of 24 pixels, cells that begin `shift` beyond."""
    centers = torch.arange(2, 24, 4)
    pixel = torch.arange(24)[:, None]
    cell = ((torch.arange(24) - 2 - shift) // 4).clamp(0, 5)
    return figures.Reach((pixel - centers).abs() <= 3, cell)


def views(share):
    """One key that sees little, and one whose field leaves the image."""
    narrow = figures.View("narrow net", 5, 4, (1, 2), share)
    return [narrow, figures.View("wide net", 15, 2, (1, 9), 1.0)]


def a_convolution(factor=1.0):
    """A convolution of stride 2, with the window around its middle."""
    picture = torch.arange(25.0).view(5, 5) % 3
    kernel = factor * torch.ones(3, 3)
    found = F.conv2d(picture[None, None], kernel[None, None], None, 2, 1)
    return F.pad(picture, [1] * 4), kernel, found[0, 0], (1, 1)


def network_steps(largest=0, weight=0.7):
    """Steps of one scene through a small network."""
    weights = torch.full((2, 3), (1 - weight) / 5)
    weights[1, 2] = weight
    logits = torch.tensor([-1.0, -2.0, -0.5])
    logits[largest] = 1.5
    return {
        "image": pixels(3, 16, 24),
        "query": pixels(1, 28, 28),
        "keys": pixels(16, 2, 3) / 255,
        "vector": pixels(16) / 255,
        "scores": weights.log(),
        "weights": weights,
        "masked": pixels(3, 16, 24) / 255,
        "glimpse": logits / 60,
        "logits": logits,
    }


def two_glimpses(share=1.0):
    """A map of weights, with the two glimpses that it should give."""
    values = pixels(3, 2, 3) / 255
    weights = torch.full((2, 3), 1 / 6)
    glimpse = (values * weights).sum(dim=(1, 2)) / 6
    masked = pixels(3, 16, 24) / 255
    return weights, masked, values, (glimpse, share * glimpse)


def a_sum(largest):
    """Layers of keys under a query vector with one large number."""
    query = torch.tensor([0.5, -0.5, 0.25])
    query[largest] = -3.0
    keys = torch.arange(30.0).view(3, 2, 5) / 10
    return query, keys, torch.einsum("c,cij->ij", query, keys) / 3**0.5


def softmax_maps(*spreads):
    """Weights of one map of random scores, spread ever wider."""
    scores = torch.randn(15, generator=torch.Generator().manual_seed(0))
    weights = [(scores * s).softmax(dim=0).view(3, 5) for s in spreads]
    return torch.stack(weights), list(spreads)


RUNGS = {
    "post": np.array([0.2, 0.24]),
    "one-cycle": np.array([0.31, 0.33]),
    "deeper": np.array([0.0, 0.002]),
}
CHANGED = {"post": "as it is", "one-cycle": "a rate", "deeper": "six layers"}
STAYS = {"all": 0.02, "values only": 0.3, "keys only": 0.04}
PLACES = {name: scenes().image[0] for name in ("a box", "another box")}
PAIRS = {"shirt": (0.4, 0.3, 0.5), "bag": (0.9, 0.8, 1.0)}
CONFUSED = torch.tensor([[torch.nan, 60, 3.0], [20.0, torch.nan, 1.0]])

ALT = "Look here."

# The arguments of an example of each figure.
EXAMPLES = {
    "labeled_scenes": (noise_scenes(7), CLASSES["mnist"]),
    "queries": (pixels(3, 64, 64), pixels(2, 28, 28), ["red", "blue"]),
    "annotated_scene": (scenes(1), "0123456789"),
    "drawings_by_class": (pixels(3, 7, 28, 28), ["zero", "one", "two"]),
    "drawing_columns": (
        pixels(2, 7, 28, 28),
        ["query", "shirt"],
        {"shirt": ["0.10"] * 7},
    ),
    "attention_maps": (
        pixels(5, 3, 64, 64),
        pixels(5, 28, 28),
        peak(5, 1, 1),
        ["right"] * 4 + ["wrong"],
        13,
    ),
    "predictions": (scenes(), peak(7, 1, 1), scenes().target),
    "scores_and_weights": (
        scenes().image[0],
        scenes().query[0, 0],
        {"a net": torch.arange(64.0).view(8, 8) - 9},
        {"a net": peak(1, 2, 3)[0]},
    ),
    "localization_example": (
        scenes(1),
        peak(1, 1, 1),
        localize(peak(1, 1, 1), scenes(1)),
    ),
    "occlusion": (
        PLACES,
        torch.tensor([1, 0]),
        {"a box": STAYS, "another box": dict.fromkeys(STAYS, 0.97)},
    ),
    "error_gallery": (
        noise_scenes(11),
        peak(11, 2, 3),
        (noise_scenes(11).target + 1) % 3,
        "ABA" + 8 * "C",
    ),
    "soft_lookup": (
        torch.tensor([1.0, 1.2]),
        torch.tensor([[2.0, 0.1], [0.1, 2.0], [1.5, 1.6]]),
        torch.eye(3),
        torch.tensor([0.2, 0.1, 0.7]),
        ["zero", "one", "nine"],
    ),
    "learning_arrows": (
        {
            0: (torch.tensor([1.0, 0.0]), 3 * torch.eye(2)),
            70: (torch.tensor([0.0, 1.0]), 3 * torch.eye(2)),
        },
        torch.eye(3)[:2],
        ["4", "7"],
    ),
    "attention_steps": (
        torch.tensor([[1.0, 2.0, 0.5], [0.1, 0.2, 3.0]]),
        torch.tensor([[0.1, 0.2, 0.1], [0.1, 0.1, 0.4]]),
        shares(3, 2, 3),
    ),
    "scores_as_sum": a_sum(1),
    "softmax_saturation": softmax_maps(1, 5),
    "network_plan": (network_steps(),),
    "mask_and_values": two_glimpses(),
    "convolution": a_convolution(),
    "feature_maps": (
        pixels(3, 32, 32),
        [pixels(8, 16, 16) / 255, pixels(13, 8, 8) / 255],
    ),
    "receptive_field": (a_stroke(19), (1, 3, 7), bell(0.5)),
    "fields_and_cells": ({"padded": seven_wide(0)},),
    "key_views": (pixels(3, 24, 24), "red 7", views(0.25)),
    "window_products": (
        torch.stack([torch.ones(5, 5), torch.zeros(5, 5)]),
        torch.full((5, 5), 0.5),
        ["on it", "beside it"],
    ),
    "window_matches": (
        shares(3, 64, 64),
        shares(28, 28),
        peaks_of(12, 35, 7),
        1,
    ),
    "lines": (
        {"temperature": ([0.25, 1, 4], {"attention": [0.7, 0.69, 0.4]})},
        "share right",
        ALT,
        {"chance": 1 / 3},
        {"as in the post": 1},
    ),
    "scatter": (
        {"post": ([89.0, 91], [90.0, 92]), "other": ([7.0], [8.0])},
        "hit (%)",
        "accuracy (%)",
        ALT,
        {"chance": 33},
        "equal",
    ),
    "accuracy_curves": (
        [*rising(0.9, 2, 17), rising(0.9, 1, 13)[0]],
        [0.4, 0.5],
        {12: 0.9},
    ),
    "accuracy_difference": a_difference(),
    "forest": (*effects(), "gain", ALT, {"finer map": 5.0, "no padding": 0.1}),
    "error_ratio_scatter": (ratios()[1], ratios(0.5)[1]),
    "bars": (
        {"hit": {"even": 0.25, "a net": 0.75}, "mass": {"even": 0.2}},
        ALT,
        "{:.0%}",
        "uniform",
        [0.18, 0.19],
    ),
    "timeline": (
        {
            "seconds": {
                "worker 1": [(0, 3, "runs"), (3, 7.5, "saves")],
                "worker 2": [(1, 5.5, "runs"), (5.5, 6, "runs")],
                "worker 3": [],
            }
        },
        ALT,
    ),
    "seed_rows": (
        {"right (%)": {"plain": [30.0, 34], "given": [80.0, 82]}},
        ALT,
        "chance",
        [33.3],
    ),
    "mark_rows": (
        {"scenes (%)": {"post": (85.0, 84.0), "sum": (89.0, 70.0)}},
        ["right", "peak"],
        ALT,
    ),
    "error_ladder": (RUNGS, 0.0005, "validation", CHANGED),
    "interval_dots": (
        {"post": PAIRS, "best": PAIRS},
        "accuracy",
        ALT,
        {"chance": 0.3},
    ),
    "histograms": (
        {"matches": {"same": np.linspace(0, 2), "other": np.ones(7)}},
        "match",
        ALT,
        30,
        {"true": 1.0},
    ),
    "offset_luck": (
        torch.tensor([1.0] * 70 + [0.5] * 29 + [0.0]),
        {"one place": 0.9, "64 places": 0.96},
    ),
    "row_looks": (
        pixels(2, 3, 32, 96),
        pixels(2, 28, 28),
        {"first look": one_hot(2, 6, 2), "second look": one_hot(2, 6, 5)},
        ["red", "blue, not green"],
    ),
    "who_asks_whom": (
        {"head 1": torch.eye(3), "head 2": torch.eye(3).roll(1, 1) / 2},
        ["7", "", "?"],
        ALT,
    ),
    "table": (
        CONFUSED,
        ["shirt", "coat"],
        ["shirt", "coat", "bag"],
        ("a", "b"),
    ),
}

# What its alt text must say, part by part.
WORDS = {
    "labeled_scenes": "7 scenes|query|answer|red|green|blue",
    "queries": "scene|2 white queries|red, blue",
    "annotated_scene": "1: a green 2, at row 0, column 36|symbol 0|"
    "target is red",
    "drawings_by_class": "7|3 classes|zero|two",
    "drawing_columns": "7 columns|query, shirt|below shirt: 0.10",
    "attention_maps": "5 scenes|query|weights|wrong",
    "learning_arrows": "2 keys|2 steps|95% red at step 0|95% green at step 70",
    "predictions": "7 scenes|query|red; green; blue|All of them are right",
    "scores_and_weights": "a net: 8 by 8 cells|scores from -9 to 54|0.90",
    "localization_example": "hit: yes|purity 0.99|mass 0.9|cross at the peak",
    "occlusion": "a box: all 2%, values only 30%|another box: all 97%",
    "error_gallery": "11 scenes|2 of A, 1 of B, 8 of C|ring",
    "soft_lookup": "3 arrows|query|blue nine|glimpse|mostly blue",
    "attention_steps": "2 by 3|scores|weights|red|green|blue",
    "scores_as_sum": "3 layers|2 by 5|+0.5|layer 2 counts most|scores",
    "softmax_saturation": "2 maps|spread of 5|largest weight",
    "network_plan": "16 maps of keys|2 by 3 scores|70%|glimpse|red",
    "mask_and_values": "weights|mask|mean color|over 6|the same",
    "convolution": "5 by 5|orange window of 3 by 3|9|3 by 3 numbers",
    "feature_maps": "32 by 32|8 maps of 16 by 16|13 maps of 8 by 8",
    "receptive_field": "19 pixels high|1, 3, 7|does not cover|50%",
    "fields_and_cells": "padded, 6 keys|+1.5 px|orange dot|blue frame",
    "key_views": "red 7|narrow net: 5 px, 25%|wide net: 15 px, 100%|dot",
    "window_products": "2 rows|on it 12, beside it 0",
    "window_matches": "red 12, green 35, blue 7|answer is green|"
    "which is right",
    "lines": "Look here.|0.7 at 0.25|0.4 at 4|chance (0.333)|"
    "as in the post (1)",
    "scatter": "Look here.|post 90 at 89, 92 at 91|other 8 at 7|chance (33)",
    "accuracy_curves": "3 stored runs|accuracy|chance|post|this notebook",
    "accuracy_difference": "no head|post|50%|points|3 seeds",
    "forest": "Look here.|finer map +5.5|(validation +5.0)|may be luck",
    "error_ratio_scatter": "deeper 3.0 and 0.5|diagonal",
    "timeline": "Look here.|worker 1 from 0.0 to 7.5, with 1 runs in 3.0, "
    "1 saves in 4.5|worker 2 from 1.0 to 6.0, with 2 runs in 5.0|worker 3 "
    "with nothing",
    "bars": "Look here.|hit: even 25%; a net 75%; uniform 18%.|mass: even 20%",
    "seed_rows": "Look here.|plain 32.0; given 81.0|highest is given|33.3",
    "mark_rows": "Look here.|has right, peak|post 85.0, 84.0",
    "error_ladder": "post (as it is) 22.0%|one-cycle (a rate) 32.0%, -10.0|"
    "deeper (six layers) 0.1%, +31.9 (20.5 to 43.3) points gained|each seed",
    "interval_dots": "Look here.|post: shirt 0.4; bag 0.9|best|chance (0.3)",
    "histograms": "Look here.|same has a mean of 1|"
    "95% of it from 0.05 to 1.95|true (1)",
    "offset_luck": "70%|1.0%|one place 10.0%|64 places 4.0%",
    "row_looks": "2 rows|query|first look, second look|red: first look in the"
    " middle, second look on the right|blue, not green",
    "who_asks_whom": "Look here.|rows ask|head 1: heaviest, 1.00|head 2: "
    "heaviest, 0.50, where token 1 (7) asks token 2",
    "table": "Rows: a; columns: b|60% for shirt and coat",
}


def draw(name):
    """Draw the example of a figure."""
    return getattr(figures, name)(*EXAMPLES[name])
