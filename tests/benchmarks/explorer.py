"""How long the explorer of chapter 6 takes to show a change.

`python tests/benchmarks/explorer.py` prints the median processor time of 28
changes, for the post's model and the improved one. A tenth of a second still
feels immediate.
"""

import time
from statistics import median

from colorattn import runs
from colorattn.data import Scene, fixed_scenes, load
from colorattn.widgets import Explorer


def main() -> None:
    """Make the changes, one after the other."""
    drawings = load("mnist", "validation")
    scenes = fixed_scenes(drawings, Scene(), 5, seed=0)
    changes = [{"temperature": 1 + n / 10} for n in range(7)]
    changes += [{"row": n} for n in range(7)]
    changes += [{"query": n} for n in range(7)]
    changes += [{"scene": 1 + n % 5} for n in range(1, 8)]
    for name in ("post-mnist", "best-mnist"):
        explorer = Explorer(scenes, drawings, {name: runs.model(name)})
        taken = []
        for change in changes:
            start = time.process_time()
            explorer.set(**change)
            taken.append(time.process_time() - start)
        print(f"{name}: {1000 * median(taken):.0f} ms")


if __name__ == "__main__":
    main()
