"""Re-run entries of the record table, on two quiet cores.

`python book/measure/records.py book/records/95/01_log_muon.py` takes a minute.
Without a file, all entries but the zeroth are run. Seconds are this machine's.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from publish import parser, publish

from colorattn.claims import Claim, over_seeds
from colorattn.runs import entries

COMMAND = "python book/measure/records.py"
RECORDS = Path(__file__).parents[1] / "records"


def measured(paths: list[Path], seeds: range) -> Iterator[tuple[str, Claim]]:
    """Claim what each entry reaches on held-out scenes, and its seconds."""
    for path in paths:
        results = [entries.run(path, seed, entries.LIMIT) for seed in seeds]
        runs = pd.DataFrame(results).set_index("seed")
        goal, (number, *words) = path.parent.name, path.stem.split("_")
        key, what = f"record-{goal}-{'-'.join(words)}", f"{goal}/{number}"
        accuracy = f"validation accuracy of entry {what}"
        claim = over_seeds(100 * runs.accuracy, accuracy, entries.HELD_OUT)
        yield f"{key}-accuracy", claim
        seconds = f"training of entry {what} on {entries.THREADS} threads"
        yield f"{key}-seconds", over_seeds(runs.seconds, seconds, unit="s")


if __name__ == "__main__":
    options = parser(__doc__)
    options.add_argument("entries", nargs="*", type=Path)
    options.add_argument("--seeds", type=int, default=entries.SEEDS)
    asked = options.parse_args()
    all_ = [p for p in sorted(RECORDS.glob("*/*.py")) if p.name[:2] != "00"]
    found = measured(asked.entries or all_, range(asked.seeds))
    publish(found, COMMAND, asked.store)
