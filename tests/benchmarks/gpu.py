"""Measure training on a GPU: `make bench-gpu`, on any machine with CUDA.

`python tests/benchmarks/gpu.py` prints every number beside what is published
for this kind of GPU, and `--store` writes them into the ledger, under ids that
begin with the kind (`h100-`, `t4-`). Where there is no GPU it says so, and
does nothing. Timings are medians of rounds that take turns; a GPU works on
while Python goes on, so every clock is read after a synchronization.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import torch
from step import operations
from torch.profiler import ProfilerActivity, profile

from colorattn.claims import Claim, device_class, over_seeds
from colorattn.data import symbols
from colorattn.data.stream import Batch
from colorattn.data.symbols import Symbols
from colorattn.runs.record import scenes
from colorattn.training import loop
from colorattn.training.config import BEST, EPOCH, POST, Experiment, vary
from colorattn.training.cuda_graphs import GraphedStep, train_together
from colorattn.training.stacked import Stack

sys.path.append(str(Path(__file__).parents[2] / "book" / "measure"))

COMMAND = "python tests/benchmarks/gpu.py"
ROUNDS, STEPS = 7, 40  # a round times so many steps of each technique
SEEDS = 5
KINDS = {"post": POST, "best": BEST}
SHORT = vary(BEST, {"recipe.epochs": 4})  # to 95%
LONG = vary(BEST, {"recipe.epochs": 20})  # to 99%
TOGETHER = 1, 2, 8, 16, 30
Step = Callable[[], object]


def main() -> int:
    """Measure and print; store where asked to."""
    if not torch.cuda.is_available():
        print(
            "bench-gpu: this machine has no CUDA device, so there is nothing "
            "to measure. On Colab: Runtime, Change runtime type, T4 GPU."
        )
        return 0
    from publish import arguments, publish

    store = arguments(__doc__).store
    kind = device_class(torch.cuda.get_device_name())
    measured: dict[str, Claim] = {}
    for part in parts(symbols.load("mnist").to("cuda")):
        for name, claim in part.items():
            print(f"{kind}-{name}: {claim.value:g} {claim.unit}", flush=True)
            measured[f"{kind}-{name}"] = claim
    publish(measured, COMMAND, store)
    return 0


def parts(drawings: Symbols) -> Iterator[dict[str, Claim]]:
    """Measure one subject after the other."""
    rates = ceilings()
    yield rates
    peak = 1e12 * rates["matmul-tf32"].value
    for kind, experiment in KINDS.items():
        yield anatomy(kind, experiment, drawings, peak)
        yield techniques(kind, experiment, drawings)
    yield learned(drawings)
    yield together(drawings)
    yield wrong_clock()
    yield copies(drawings)
    yield sizes(drawings)
    yield many(drawings)
    yield compiled(drawings)


def seconds(work: Step, times: int = 1) -> float:
    """Time some calls, from idle to idle."""
    torch.cuda.synchronize()
    began = perf_counter()
    for _ in range(times):
        work()
    torch.cuda.synchronize()
    return (perf_counter() - began) / times


def in_turns(works: dict[str, Step], times: int = STEPS) -> dict[str, float]:
    """Return the median seconds of a call of each, measured in turns."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        seconds(work, 5)
    for _ in range(ROUNDS):
        for name, work in works.items():
            found[name].append(seconds(work, times))
    return {name: median(values) for name, values in found.items()}


def timed(
    value: float, what: str, unit: str = "s", rounds: int = ROUNDS
) -> Claim:
    """Claim a median of rounds; another machine of its kind may be 30% off."""
    many = f"median of {rounds} rounds" if rounds > 1 else "one round, no seed"
    what = f"{what}; {many}; tolerance 30 %"
    return Claim(value, unit, what, low=value * 0.7, high=value * 1.3)


def ceilings() -> dict[str, Claim]:
    """Measure what this GPU can do at most: arithmetic and memory."""
    n = 8192
    a, b = (torch.randn(n, n, device="cuda") for _ in "ab")
    large = torch.randn(2**28, device="cuda")
    other = torch.empty_like(large)
    claims = {}
    for name, precise in ("matmul-fp32", True), ("matmul-tf32", False):
        with precision(precise):
            taken = in_turns({name: lambda: a @ b}, 3)[name]
        what = f"{name[7:].upper()} products of {n}×{n} matrices"
        claims[name] = timed(2 * n**3 / taken / 1e12, what, "TFLOP/s")
    taken = in_turns({"copy": lambda: other.copy_(large)}, 10)["copy"]
    what = "a copy within the GPU's memory, read and written"
    claims["copy"] = timed(2 * large.nbytes / taken / 1e9, what, "GB/s")
    return claims


@contextmanager
def precision(full: bool) -> Iterator[None]:
    """Multiply in full 32-bit precision, or in TF32."""
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matmul.allow_tf32, cudnn.allow_tf32
    matmul.allow_tf32 = cudnn.allow_tf32 = not full
    try:
        yield
    finally:
        matmul.allow_tf32, cudnn.allow_tf32 = before


def begin(experiment: Experiment, seed: int = 0) -> loop.Run:
    """Begin a run on the GPU."""
    return loop.start(replace(experiment, seed=seed), device="cuda")


def eager(run: loop.Run, drawings: Symbols) -> Step:
    """Return a function that makes the next step of a run."""
    batches = iter(loop.stream_of(run, drawings))

    def step() -> None:
        loop.train_step(run, next(batches))
        run.step += 1

    return step


def anatomy(
    kind: str, experiment: Experiment, drawings: Symbols, peak: float
) -> dict[str, Claim]:
    """Count what a step is made of, and how much of it the GPU works."""
    step = eager(begin(experiment), drawings)
    whole = in_turns({"step": step})["step"]
    with profile(
        activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]
    ) as seen:
        seconds(step, 10)
    kernels = [
        event
        for event in seen.events()
        if event.device_type == torch.autograd.DeviceType.CUDA
    ]
    busy = sum(event.time_range.elapsed_us() for event in kernels) / 10 / 1e6
    taken: Counter[str] = Counter()
    for event in kernels:
        taken[event.name] += event.device_time_total
    print(kind, "longest kernels, µs a step:")
    for name, total in taken.most_common(12):
        print(f"  {total / 10:8.1f}  {name[:100]}")
    run = begin(experiment)
    flops = operations(run, loop.stream_of(run, drawings).batch(0))
    of = f"a step of the {kind} network, run eagerly"
    return {
        f"{kind}-kernels": Claim(len(kernels) / 10, "", f"kernels in {of}"),
        f"{kind}-busy": timed(busy, f"the GPU works in {of}"),
        f"{kind}-busy-share": timed(
            100 * busy / whole, f"of the time the GPU works in {of}", "%"
        ),
        f"{kind}-mflop": Claim(flops / 1e6, "MFLOP", f"arithmetic of {of}"),
        f"{kind}-floor": Claim(
            flops / peak, "s", f"that arithmetic at the TF32 rate: {of}"
        ),
    }


def techniques(
    kind: str, experiment: Experiment, drawings: Symbols
) -> dict[str, Claim]:
    """Time the step with one technique after the other."""
    works: dict[str, Step] = {"eager": eager(begin(experiment), drawings)}
    with precision(True):
        works["graph-fp32"] = GraphedStep(begin(experiment), drawings)
    works["graph"] = GraphedStep(begin(experiment), drawings)
    for name, dtype in ("bf16", torch.bfloat16), ("fp16", torch.float16):
        with torch.autocast("cuda", dtype, cache_enabled=False):
            works[f"graph-{name}"] = GraphedStep(begin(experiment), drawings)
    run = begin(experiment)
    run.model.to(memory_format=torch.contiguous_format)
    works["graph-contiguous"] = GraphedStep(run, drawings)
    taken = in_turns(works)
    of = f"of the {kind} network, drawing included"
    claims = {
        f"{kind}-step-{name}": timed(value, f"a step {name} {of}")
        for name, value in taken.items()
    }
    rate = experiment.recipe.batch_size / taken["graph"]
    what = f"training questions a second {of}, as a graph"
    claims[f"{kind}-rate"] = timed(rate, what, "")
    return claims


def compiled(drawings: Symbols) -> dict[str, Claim]:
    """Time the step of the best network when `torch.compile` made it."""
    run = begin(BEST)
    run.model.compile()
    step = eager(run, drawings)
    began = perf_counter()
    step()
    compiling = perf_counter() - began
    taken = in_turns({"eager": eager(begin(BEST), drawings), "compiled": step})
    what = "torch.compile takes before the first step of the best network"
    return {
        "best-step-compiled": timed(
            taken["compiled"], "a step compiled of the best network"
        ),
        "best-compiling": Claim(compiling, "s", what),
    }


def sizes(drawings: Symbols) -> dict[str, Claim]:
    """Time the step of the post's network by the size of a batch."""
    works = {}
    for size in 32, 128, 512, 2048, 8192:
        run = begin(vary(POST, {"recipe.batch_size": size}))
        works[str(size)] = GraphedStep(run, drawings)
    taken = in_turns(works, 10)
    claims = {
        f"batch-{size}": timed(value, f"a step with batches of {size}")
        for size, value in taken.items()
    }
    (first, *_, last), ends = taken.values(), (32, 8192)
    each = (last - first) / (ends[1] - ends[0])
    even = (first - each * ends[0]) / each
    what = "questions whose work takes as long as the rest of a step"
    return claims | {"batch-even": timed(even, what, "")}


def copies(drawings: Symbols) -> dict[str, Claim]:
    """Time a batch: drawn on the GPU, or drawn on the CPU and sent over."""
    here = symbols.load("mnist")
    run = loop.start(replace(POST, seed=0))
    drawn = loop.stream_of(run, here).batch(0)
    pinned = Batch(*(t.pin_memory() for t in vars(drawn).values()))
    there, local = (loop.stream_of(run, d) for d in (drawings, here))
    works: dict[str, Step] = {
        "draw-gpu": lambda: there.batch(0),
        "draw-cpu": lambda: local.batch(0),
        "copy-pageable": lambda: drawn.to("cuda"),
        "copy-pinned": lambda: [
            t.to("cuda", non_blocking=True) for t in vars(pinned).values()
        ],
    }
    taken = in_turns(works, 20)
    return {
        name: timed(value, f"for a batch of 128: {name}")
        for name, value in taken.items()
    }


def wrong_clock() -> dict[str, Claim]:
    """Time a large product as one does who forgets to wait for it."""
    a = torch.randn(8192, 8192, device="cuda")
    torch.mm(a, a)
    torch.cuda.synchronize()
    wrong = []
    for _ in range(ROUNDS):
        began = perf_counter()
        torch.mm(a, a)
        wrong.append(perf_counter() - began)
        torch.cuda.synchronize()
    right = in_turns({"product": lambda: torch.mm(a, a)}, 1)["product"]
    what = "a product of 8192×8192 matrices"
    return {
        "clock-wrong": timed(median(wrong), f"{what}, not waited for"),
        "clock-right": timed(right, f"{what}, waited for"),
    }


def many(drawings: Symbols) -> dict[str, Claim]:
    """Count the steps a second of several networks, by two techniques."""
    claims = {}
    for kind, experiment in KINDS.items():
        for n in TOGETHER:
            runs = [begin(experiment, seed) for seed in range(n)]
            streams = [loop.stream_of(run, drawings) for run in runs]
            batches = [stream.batch(0) for stream in streams]
            stack = Stack(runs)
            update = partial(stack.update, batches)
            taken = in_turns({"": update}, 5)[""]
            what = f"updates a second of {n} stacked networks ({kind})"
            claims[f"{kind}-stacked-{n}"] = timed(n / taken, what, "")
            epochs = train_together(runs, drawings, 3 * EPOCH)
            next(epochs)
            began = perf_counter()
            list(epochs)
            rate = 2 * EPOCH * n / (perf_counter() - began)
            what = f"steps a second of {n} graphs side by side ({kind})"
            claims[f"{kind}-together-{n}"] = timed(rate, what, "", rounds=1)
            del runs, stack, epochs
    return claims


def learned(drawings: Symbols) -> dict[str, Claim]:
    """Train until held-out scenes are answered; compare techniques."""
    held_out = scenes(BEST, "validation").to("cuda")
    claims = {}
    for name, experiment, goals in (
        ("short", SHORT, (0.9, 0.95)),
        ("long", LONG, (0.99,)),
        ("post", vary(POST, {"recipe.epochs": 100}), (0.9,)),
    ):
        every = EPOCH if name == "post" else 16
        races = [
            race(experiment, seed, drawings, held_out, every)
            for seed in range(SEEDS)
        ]
        for goal in goals:
            taken = [reached(goal) for reached in races]
            print(f"  {name} to {goal}: {taken}")
            there = [value for value in taken if value < float("inf")]
            what = f"of training to {100 * goal:.0f}% ({name} recipe), of the "
            what += f"{len(there)} seeds of {SEEDS} that get there"
            claim = over_seeds(there, what, 1000, "s", within=(0, 1e9))
            claims[f"seconds-{name}-{100 * goal:.0f}"] = claim
    return claims


def together(drawings: Symbols) -> dict[str, Claim]:
    """Train many networks at once, and ten in each precision."""
    held_out = scenes(BEST, "validation").to("cuda")
    runs = [begin(SHORT, seed) for seed in range(30)]
    began = perf_counter()
    for _ in train_together(runs, drawings, SHORT.recipe.steps):
        pass
    what = "to train thirty networks side by side for 4 epochs, recording too"
    claims = {"thirty": timed(perf_counter() - began, what, rounds=1)}
    reached = [100 * loop.evaluate(r.model, held_out).accuracy for r in runs]
    what = "right after these 4 epochs"
    claims["thirty-accuracy"] = over_seeds(reached, what, 1000)
    for name, context in {
        "fp32": precision(True),
        "tf32": nullcontext(),
        "bf16": torch.autocast("cuda", torch.bfloat16, cache_enabled=False),
        "fp16": torch.autocast("cuda", torch.float16, cache_enabled=False),
    }.items():
        runs = [begin(SHORT, seed) for seed in range(2 * SEEDS)]
        try:
            with context:
                list(train_together(runs, drawings, SHORT.recipe.steps))
        except loop.Diverged as reason:
            print(f"  {name}: {reason}")
            continue
        found = [100 * loop.evaluate(r.model, held_out).accuracy for r in runs]
        what = f"right after 4 epochs in {name}"
        claims[f"accuracy-{name}"] = over_seeds(found, what, 1000)
    peak = torch.cuda.max_memory_allocated() / 2**30
    return claims | {"memory": Claim(peak, "GiB", "used at most")}


def race(
    experiment: Experiment,
    seed: int,
    drawings: Symbols,
    held_out: Batch,
    every: int,
) -> Callable[[float], float]:
    """Train as a graph; return the seconds of training to an accuracy.

    Validation, after every so many steps, and recording are not counted.
    """
    run = begin(experiment, seed)
    step, spent = GraphedStep(run, drawings), 0.0
    curve: list[tuple[float, float]] = []
    while run.step < experiment.recipe.steps:
        spent += every * seconds(step, every)
        accuracy = loop.evaluate(run.model, held_out, 1000).accuracy
        curve.append((spent, accuracy))
    return lambda goal: next(
        (taken for taken, accuracy in curve if accuracy >= goal), float("inf")
    )


if __name__ == "__main__":
    sys.exit(main())
