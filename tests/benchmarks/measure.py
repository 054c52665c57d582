"""What is measured on one device: named numbers, each measured in turns."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import torch
from generation import rate, share, ways
from memory import NOTHING, peak
from race import LANES, Lane, Time, race, runner
from report import Number, ratio, rounds, seconds
from step import epoch, matmul_rate, memory_rate, operations, parts
from tqdm.auto import tqdm

from colorattn.data import symbols
from colorattn.training.config import EPOCH, NAMED
from colorattn.training.loop import start, stream_of

NETS = {"post": "post-mnist", "ours": "best-mnist"}
Numbers = dict[str, Number]  # by name
Found = dict[str, list[float]]  # the values of rounds, by name


def drawing(device: str, times: int) -> Numbers:
    """Measure how many scenes a second each way draws."""
    found: Found = defaultdict(list)
    draws = ways(symbols.load(), device)
    for draw in draws.values():
        draw()  # warm up
    for _ in tqdm(range(times), desc="scenes a second", unit="round"):
        for way, draw in draws.items():
            found[way].append(rate(draw, device))
    numbers = {}
    for way, values in found.items():
        what = f"rate of the way called {way}"
        numbers[f"scenes-per-second-{way}"] = rounds(values, "scenes/s", what)
    return numbers


def stepping(device: str, times: int) -> Numbers:
    """Measure a step of both nets: its seconds, its parts, its floor."""
    drawings = symbols.load().to(device)
    found: Found = defaultdict(list)
    runs = {
        net: start(replace(NAMED[name], seed=0), device=device)
        for net, name in NETS.items()
    }
    work = {}
    for net, run in runs.items():
        given = list(islice(stream_of(run, drawings), 10))
        work[net] = operations(run, given[0]) / 1e9
        share(run, drawings, device)  # warm up
        if device == "cpu":
            for part, value in parts(run, given).items():
                found[f"{net}-part-{part}"].append(value)
    for _ in tqdm(range(times), desc="seconds per epoch", unit="round"):
        found["matmul-rate"].append(fastest := matmul_rate(device))
        found["memory-rate"].append(memory_rate(device))
        for net, run in runs.items():
            took = epoch(run, drawings, device)
            reached = 100 * EPOCH * work[net] / took / fastest
            found[f"{net}-epoch-seconds"].append(took)
            found[f"{net}-matmul-share"].append(reached)
            generated = share(run, drawings, device)
            found[f"{net}-generation-share"].append(generated)
    return {name: step_number(name, values) for name, values in found.items()}


def step_number(name: str, values: Sequence[float]) -> Number:
    """Say in words what `stepping` found."""
    net, _, key = name.partition("-")
    of = {"post": "the post's net", "ours": "the improved net"}.get(net)
    threads = f"on {torch.get_num_threads()} threads"
    if net == "memory":
        return rounds(values, "GB/s", f"rate of a large copy, {threads}")
    unit, what = {
        "rate": ("GFLOP/s", f"rate of matrix products, {threads}"),
        "epoch-seconds": ("s", f"an epoch of {of}, {threads}"),
        "matmul-share": (
            "%",
            f"of the rate of matrix products, reached by {of}",
        ),
        "generation-share": ("%", f"generation's share of a step of {of}"),
    }.get(
        key, ("%", f"share of {key.removeprefix('part-')} in a step of {of}")
    )
    return rounds(values, unit, what)


def racing(
    device: str,
    seeds: Sequence[int],
    cap: float,
    lanes: Sequence[Lane] = LANES,
) -> Numbers:
    """Measure the seconds to each accuracy, and how many times sooner."""
    times: dict[tuple[str, int], list[Time]] = defaultdict(list)
    total = len(lanes) * len(seeds)
    with tqdm(total=total, desc="seconds to accuracy", unit="run") as bar:
        climbed = runner(device, cap, bar.set_postfix_str)
        for lane, found in race(lanes, seeds, climbed):
            bar.update()
            for goal, time in found.items():
                times[lane.name, goal].append(time)
    of = {
        "post": "the post's recipe",
        "ours": "ours",
        "records": "the record table's",
    }
    numbers = {}
    for (name, goal), tried in times.items():
        what = f"training until {goal} % of validation, {of[name]}"
        numbers[f"{name}-seconds-to-{goal}"] = seconds(tried, what)
    for goal in lanes[0].goals:
        post = numbers[f"post-seconds-to-{goal}"]
        for key, words in (("", "ours"), ("records-", "records")):
            fast = numbers.get(f"{words}-seconds-to-{goal}")
            what = f"sooner do we reach {goal} %"
            what += f", {of[words]}" if key else ""
            if fast and (sooner := ratio(post, fast, what)):
                numbers[f"{key}times-sooner-to-{goal}"] = sooner
    return numbers


def remembering(device: str, times: int) -> Numbers:
    """Measure the peak of memory, in a fresh process each time."""
    found: Found = defaultdict(list)
    cases = {NOTHING: NOTHING, **NETS}
    for _ in tqdm(range(times), desc="peak memory", unit="round"):
        for case, name in cases.items():
            found[f"{case}-peak-memory"].append(peak(name, device))
    return {
        name: rounds(values, "MB", f"peak memory of a process: {name}")
        for name, values in found.items()
    }
