"""Measure what chapter 12 says: of the frozen network, and of stored runs.

`python book/measure/chapter_12.py` takes about a minute. The frozen network is
asked about ten sets of test rows; the runs were made and measured by
`transformer_runs.py`.
"""

import json
from dataclasses import replace
from itertools import chain
from math import pi

import pandas as pd
import torch
from from_runs import PAIRED, between, gained, unpaired
from publish import Claims, arguments, publish
from torch import Tensor
from transformer_runs import DIM, EPOCH, GROUPS, PLACES, tokens_of

from colorattn import runs
from colorattn.claims import Claim, over_seeds
from colorattn.data import symbols
from colorattn.data.rows import draw_rows, neighbor, repaint
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batch
from colorattn.model.transformer import attend_all, place_codes
from colorattn.runs.store import stored_file

COMMAND = "python book/measure/chapter_12.py"
SETS, ROWS, TEST = range(1, 11), 2_000, 10_000
LEARNED = 90  # %, on ordinary test rows, or known next words
RULES_OUT = 50  # %, with the third symbol painted
ASKS_FIRST = 2  # a seed with which the cells do, after 800 steps
LEVEL = 75  # %, where a network jumps
CHANCE = 100 / 3
BASES = {  # what a variant is compared with, seed by seed
    "one-look": {"learned-places": "no-places"},
    "places": {"number": "none", "learned": "ring"},
    "blocks": dict.fromkeys(
        "no-places no-residual bare one-block one-block-one-head".split(),
        "whole",
    ),
    "routes": {"independent": "short", "one-block": "independent"},
    "walks": {"two-blocks": "short"},
    "pixels": {
        "given": "transformer",
        "longer-start-itself": "transformer-itself",
    },
}


# ------------------------------------------------- the frozen network


@torch.inference_mode()
def asked(rows: Batch) -> dict[str, Tensor]:
    """Ask the frozen network about rows, and look twice by hand."""
    best, digits = runs.model("best-mnist"), symbols.load("mnist", "test")
    each = torch.arange(len(rows))
    answer = best(rows.image, rows.query)[0].argmax(dim=1)
    others = torch.stack([neighbor(rows, 1), neighbor(rows, 2)], dim=1)
    order = torch.arange(3).repeat(len(rows), 1)
    order = order.scatter(1, others, others.flip(1))
    ids = rows.drawing_ids.gather(1, order)
    colors = rows.colors.gather(1, order)
    swapped = repaint(replace(rows, colors=colors, drawing_ids=ids), digits)
    again = best(swapped.image, swapped.query)[0].argmax(dim=1)
    tokens = tokens_of(best, rows)
    keys, values = tokens[:, :PLACES, :DIM], tokens[:, :PLACES, DIM : DIM + 3]
    query, codes = tokens[:, PLACES:, :DIM], 3 * place_codes(PLACES, 2, True)
    angle = torch.tensor(2 * pi / 3)
    sine, cosine = angle.sin(), angle.cos()
    turn = torch.tensor([[cosine, sine], [-sine, cosine]])
    place = attend_all(query, keys)[1] @ codes @ turn.T
    second = attend_all(place, codes.expand(len(rows), -1, -1))[1]
    fetch = attend_all(3 * codes[None] @ turn, codes[None])[1]
    once = attend_all(2 * query, fetch @ keys)[1]
    by_hand, cells_first = (
        (weights @ values)[:, 0].argmax(dim=1) == rows.target
        for weights in (second, once)
    )
    return {
        "itself": answer == rows.colors[each, rows.query_index],
        "asked": answer == rows.target,
        "swap": answer != again,
        "by-hand": by_hand,
        "cells-first": cells_first,
    }


WHAT = {
    "itself": "rows in which best-mnist names the queried symbol's color",
    "asked": "rows in which its answer is the right neighbor's color",
    "swap": "answers that change when the two other symbols swap places",
    "by-hand": "right by two looks by hand, the query moves",
    "cells-first": "right by two looks by hand, the cells ask first",
}


def of_the_frozen_network() -> Claims:
    """Measure the frozen network on ten sets of rows."""
    digits = symbols.load("mnist", "test")
    found = []
    for seed in SETS:
        rows = draw_rows(digits, ROWS, generator(seed, Use.SCENE_SET))
        parts = [asked(rows[n : n + 500]) for n in range(0, ROWS, 500)]
        found.append(100 * pd.concat(map(pd.DataFrame, parts)).mean())
    for name, values in pd.DataFrame(found).items():
        yield f"neighbor-{name}", over_seeds(values, WHAT[str(name)], ROWS)


# ------------------------------------------------- stored runs


def of_runs(group: str) -> Claims:
    """Claim what the networks of a group reach on test rows.

    Of the whole transformer's these are the ones that learned.
    """
    _, ends = runs.tables(f"transformer/{group}")
    n = ROWS if group == "walks" else TEST
    for variant in ends.index.unique("variant"):
        values = 100 * ends.test[variant]
        what = f"test accuracy of {variant}, {group}"
        if variant == "whole":
            values = values[values > LEARNED]
            what += f", of those above {LEARNED} %"
        yield f"{group}-{variant}", over_seeds(values, what, n)


def of_pairs(group: str) -> Claims:
    """Claim how many points apart variants are."""
    _, ends = runs.tables(f"transformer/{group}")
    n = ROWS if group == "walks" else TEST
    for one, base in BASES.get(group, {}).items():
        what = f"test accuracy, from {base} to {one}, {group}; {PAIRED}"
        claim = gained(100 * ends.test[one], 100 * ends.test[base], what, n)
        yield f"{group}-{one}-points", claim


def count(marks: pd.Series, what: str) -> Claim:
    """Claim of how many networks something is true.

    The standard deviation is that of a binomial count.
    """
    n, share = len(marks), float(marks.mean())
    sd = (n * share * (1 - share)) ** 0.5 or None
    return Claim(int(marks.sum()), "", what, n, ROWS, sd)


def learned(group: str, *variants: str) -> Claims:
    """Count the networks that have learned."""
    _, ends = runs.tables(f"transformer/{group}")
    for variant in variants:
        what = f"seeds in which it is above {LEARNED} %, {variant}, {group}"
        marks = 100 * ends.test[variant] > LEARNED
        yield f"{group}-{variant}-learned", count(marks, what)


def jumps(group: str, variant: str) -> pd.Series:
    """Return the step at which each network jumps, of those that do."""
    curves, _ = runs.tables(f"transformer/{group}")
    above = 100 * curves.accuracy[variant].unstack("step") > LEVEL
    return above.idxmax(axis=1)[above.any(axis=1)]


def jump(group: str, variant: str) -> Claims:
    """Claim at which step networks jump, on validation rows."""
    what = f"step at which {variant}, {group}, passes {LEVEL} %"
    claim = over_seeds(jumps(group, variant), what, 1_000, "")
    yield f"{group}-{variant}-step", claim


def of_starts() -> Claims:
    """Claim when networks with different starts jump, and how many do."""
    for variant in ("equal", "longer", "independent"):
        yield from jump("start", variant)
        yield from learned("start", variant)
        pair = jumps("start", variant), jumps("blocks", "whole")
        what = f"steps later than whole is {variant}, start, at {LEVEL} %"
        what += f"; {PAIRED}"
        yield f"start-{variant}-later", between(*pair, what, 1_000, "")


def of_cheating() -> Claims:
    """Count the networks that rule colors out, of those that could."""
    yield from learned("blocks", "whole", "line-places")
    yield from jump("blocks", "whole")
    _, ends = runs.tables("transformer/blocks")
    whole = 100 * ends.loc["whole"]
    low, knows = whole.painted < RULES_OUT, whole.test > LEARNED
    for name, marks, side in (
        ("rule-out", low & knows, "below"),
        ("look", ~low & knows, "above"),
    ):
        what = f"networks that learned and are {side} {RULES_OUT} % right with"
        claim = count(marks, f"{what} the third symbol painted")
        yield f"blocks-whole-{name}", claim
    high = 100 * ends.test["one-block"] > LEVEL
    what = f"seeds in which it is above {LEVEL} %, one-block, blocks"
    yield "blocks-one-block-high", count(high, what)
    _, ends = runs.tables("transformer/places")
    values = 100 * ends.painted["ring"]
    what = "right with the third symbol painted, two looks, ring"
    yield "places-ring-painted", over_seeds(values, what, ROWS)


def needed(ends: pd.DataFrame, path: str) -> pd.Series:
    """Say of each network whether it needs a path of its first block.

    It does if cutting it costs more than half of what is above chance.
    """
    whole, cut = 100 * ends.whole, 100 * ends[f"cut-{path}-1"]
    return whole - cut > (whole - CHANCE) / 2


def of_routes() -> Claims:
    """Count the routes that networks take."""
    _, ends = runs.tables("transformer/routes")
    what = "right with the third symbol painted, independent colors"
    painted = 100 * ends.painted["independent"]
    yield "routes-painted", over_seeds(painted, what, ROWS)
    for variant, prefix in (("independent", ""), ("short", "short-")):
        of = ends.loc[variant]
        query, cells = needed(of, "query"), needed(of, "cells")
        for name, marks in (
            ("query-moves", query & ~cells),
            ("cells-first", cells & ~query),
            ("both", query & cells),
            ("neither", ~query & ~cells),
        ):
            what = f"networks, {variant}: {name}, by cuts in block 1"
            yield f"routes-{prefix}{name}", count(marks, what)
    yield "routes-query-moves-points", apart(ends.loc["independent"])
    for path in ("query", "cells"):
        value = 100 * ends[f"cut-{path}-1"]["short", ASKS_FIRST]
        what = f"right with the {path} blind in block 1, short, routes, seed "
        claim = Claim(value, "%", f"{what}{ASKS_FIRST}", 1, ROWS)
        yield f"routes-seed-{ASKS_FIRST}-{path}-blind", claim


def apart(ends: pd.DataFrame) -> Claim:
    """Claim by how much networks of one route are right more often."""
    query, cells = needed(ends, "query"), needed(ends, "cells")
    pair = 100 * ends.test[query & ~cells], 100 * ends.test[cells & ~query]
    what = "points gained, test accuracy, from cells-first to query-moves"
    return unpaired(*pair, what)


def of_walks() -> Claims:
    """Count the ways in which tellers go on, and the heads that follow."""
    yield from learned("walks", "two-blocks", "one-block")
    _, ends = runs.tables("transformer/walks")
    two = ends.loc["two-blocks"]
    follow = two[["after-2-1", "after-2-2"]].to_numpy() > 0.5
    what = "tellers of two blocks, in the second of which "
    some, only = follow.any(axis=1), follow.sum(axis=1) == 1
    yield "walks-head", count(pd.Series(some), what + "a head follows")
    yield "walks-only-head", count(pd.Series(only), what + "one head follows")
    muted = 100 * two[["mute-2-1", "mute-2-2"]].to_numpy()[only]
    for name, marks in (("only", follow[only]), ("other", ~follow[only])):
        what = f"right next words with that head muted, {name} head"
        yield f"walks-mute-{name}", over_seeds(muted[marks], what, ROWS)
    for variant in ("two-blocks", "one-block"):
        found = ends.loc[variant].dropna(subset="jump-follows")
        for how, name in (("follows", "follow"), ("oldest", "oldest")):
            marks = found[f"jump-{how}"] > 0.5
            what = f"tellers that go on with the word that {how}, {variant}"
            yield f"walks-{variant}-{name}", count(marks, what)
        what = f"tellers below {LEARNED} % that were asked, {variant}"
        behind = count(100 * found.test < LEARNED, what)
        yield f"walks-{variant}-behind", behind


def early(group: str, variant: str, step: int) -> Claims:
    """Claim the validation accuracy of runs at an early step."""
    curves, _ = runs.tables(f"transformer/{group}")
    values = 100 * curves.accuracy[variant].xs(step, level="step")
    what = f"validation accuracy of {variant} after {step} steps"
    yield f"{group}-{variant}-early", over_seeds(values, what, 1_200)


def of_pixels() -> Claims:
    """Claim how many runs from pixels have learned, where not all agree."""
    yield from early("pixels", "course-itself", 4 * EPOCH)
    _, ends = runs.tables("transformer/pixels")
    for variant, test in ends.test.groupby(level="variant"):
        if (learned := test > 0.9).nunique() > 1:
            what = f"runs of {variant} right in more than 90 %, pixels"
            yield f"pixels-{variant}-learned", count(learned, what)
    base = jumps("pixels", "transformer-itself")
    for part in ("query", "keys"):
        variant = f"{part}-given-itself"
        yield from jump("pixels", variant)
        steps = jumps("pixels", variant)
        sooner = steps < base.reindex(steps.index, fill_value=steps.max() + 1)
        what = f"seeds in which {variant} passes {LEVEL} % sooner than "
        claim = count(sooner, f"{what}transformer-itself, pixels")
        yield f"pixels-{variant}-sooner", claim
    yield from jump("pixels", "transformer-itself")


def of_hunger() -> Claims:
    """Claim how far patches are after a thousand steps."""
    yield from early("hunger", "patches", 1_000)


def measured() -> Claims:
    """Measure everything."""
    yield from of_the_frozen_network()
    for group in GROUPS:
        path = stored_file("runs", f"transformer/{group}", "json")
        made = json.loads(path.read_text())
        facts = {key: made[key] for key in ("hardware", "versions", "date")}
        facts["command"] = f"{made['command']}; {COMMAND}"
        found = [of_runs(group), of_pairs(group)]
        if group in MORE:
            found.append(MORE[group]())
        for name, claim in chain(*found):
            yield name, replace(claim, **facts)


MORE = {
    "blocks": of_cheating,
    "start": of_starts,
    "routes": of_routes,
    "walks": of_walks,
    "pixels": of_pixels,
    "hunger": of_hunger,
}


if __name__ == "__main__":
    publish(measured(), COMMAND, arguments(__doc__).store)
