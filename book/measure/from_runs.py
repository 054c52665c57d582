"""Write into the ledger what follows from the stored runs.

`python book/measure/from_runs.py` puts these claims into the ledger; with
`--check` it writes nothing and fails where the ledger disagrees.
"""

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from math import inf
from statistics import mean, stdev

import numpy as np
from scipy import stats

from colorattn import claims, runs
from colorattn.claims import Claim, significant
from colorattn.runs.record import TEST_SCENES, VALIDATION_SCENES
from colorattn.runs.store import Record
from colorattn.training.config import NAMED

POST = "the post, 2020"
QUOTED = {
    "post-100-epochs": Claim(
        90, "%", "accuracy after 100 epochs is more than this", source=POST
    ),
    "post-best": Claim(
        95, "%", "accuracy after more epochs is up to this", source=POST
    ),
    "post-fashion-accuracy": Claim(
        85, "%", "accuracy on Fashion-MNIST is about this", source=POST
    ),
    "post-cnn": Claim(
        98, "%", "accuracy of a CNN on plain MNIST is above", source=POST
    ),
    "post-epoch-seconds": Claim(
        20, "s", "an epoch takes on a laptop's CPU", source=POST
    ),
}


def several(
    values: Sequence[float], what: str, scenes: int, unit: str = "%"
) -> Claim:
    """Make a claim of one number for each seed, or for each scene set.

    The interval is a prediction interval: it holds the value of one more seed
    99 times in 100, if values are normally distributed. One or two seeds
    say too little for an interval.
    """
    n, middle = len(values), mean(values)
    sd = stdev(values) if n > 1 else None
    reach, most = 0.0, 100.0 if unit == "%" else inf
    if sd is not None:
        reach = stats.t.ppf(0.995, n - 1) * sd * (1 + 1 / n) ** 0.5
    return Claim(
        value=significant(middle),
        unit=unit,
        what=what,
        seeds=n,
        scenes=scenes,
        sd=None if sd is None else significant(sd),
        low=significant(middle - reach) if n > 2 else None,
        high=min(significant(middle + reach), most) if n > 2 else None,
    )


def summary(
    record: Record,
    values: np.ndarray,
    what: str,
    scenes: int,
    unit: str = "%",
) -> Claim:
    """Make a claim of a stored run's seeds, made as the run was."""
    made = several([float(value) for value in values], what, scenes, unit)
    keys = ("command", "hardware", "versions", "date")
    return replace(made, **{key: record.provenance[key] for key in keys})


def at_epoch(name: str, epoch: int, field: str = "accuracy") -> Claim:
    """Claim the validation accuracy, hit or purity of an epoch, in percent."""
    record = runs.load(name)
    return summary(
        record,
        100 * record.curves(field)[:, epoch - 1],
        f"validation {field} of {name} after epoch {epoch}",
        VALIDATION_SCENES,
    )


def at_end(name: str, field: str = "accuracy") -> Claim:
    """Claim what the trained nets reach on the test scenes, in percent."""
    record = runs.load(name)
    return summary(
        record,
        np.array([100 * row[field] for row in record.test]),
        f"test {field} of {name} after its last epoch",
        TEST_SCENES,
    )


def best_epoch(name: str) -> Claim:
    """Claim the highest validation accuracy of any epoch, in percent."""
    record = runs.load(name)
    return summary(
        record,
        100 * record.curves("accuracy").max(axis=1),
        f"validation accuracy of {name} after its best epoch",
        VALIDATION_SCENES,
    )


def derived() -> dict[str, Claim]:
    """Return all claims that follow from stored runs, and those quoted."""
    made = dict(QUOTED)
    made["post-mnist-12-epochs"] = at_epoch("post-mnist-12-epochs", 12)
    made["best-mnist-4-epochs"] = at_epoch("best-mnist-4-epochs", 4)
    made["best-fashion-4-epochs"] = at_epoch("best-fashion-4-epochs", 4)
    # More seeds than have been trained for 300 epochs.
    made["post-mnist-100-epochs"] = at_epoch("post-mnist-100-epochs", 100)
    made["post-mnist-300-epochs"] = at_epoch("post-mnist", 300)
    made["post-mnist-best-epoch"] = best_epoch("post-mnist")
    for name in ("post-mnist-100-epochs", "best-mnist-4-epochs"):
        made[f"{name}-test-accuracy"] = at_end(name)
    for name in NAMED:
        for field in ("accuracy", "hit", "purity", "mass"):
            made[f"{name}-test-{field}"] = at_end(name, field)
    return made


def main(arguments: list[str]) -> int:
    """Write the claims, or with --check count those that differ."""
    wrong = 0
    known = claims.ledger()
    for name, claim in derived().items():
        if "--check" not in arguments:
            claims.put(name, claim)
        elif known.get(name) != claim:
            wrong += 1
            found = asdict(known[name]) if name in known else "nothing"
            print(f"{name}: the ledger says {found}, the runs {claim}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
