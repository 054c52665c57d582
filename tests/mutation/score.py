"""Plant mistakes in the core, and name those that no test notices.

mutmut plants them one at a time, in the functions of the core, and runs the
tests that reach them; what is in `mutants/` already is not planted again.
Survivors that no test should kill are in `justified.toml`, each with its
reason. `make mutate` fails for any other, and for a score below 90%.
`--store` writes the score into the ledger.
"""

import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name

from colorattn.claims import Claim

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "book" / "measure"))

COMMAND = "python tests/mutation/score.py"
TARGET = 90.0  # percent
JUSTIFIED = Path(__file__).with_name("justified.toml")
NOTICED = ("killed", "timeout")


def main(store: bool) -> int:
    """Print the score of each part and the survivors; return 0 if all well."""
    from publish import publish

    noticed, planted = Counter[str](), Counter[str]()
    survivors = []
    for path in walk_mutatable_files():
        part = path.parent.name
        file = SourceFileMutationData(path=path)
        file.load()
        for name, code in file.exit_code_by_key.items():
            planted[part] += 1
            if status_by_exit_code[code] in NOTICED:
                noticed[part] += 1
            else:
                survivors.append(told(name, path))
    known = {
        line
        for entry in tomllib.loads(JUSTIFIED.read_text("utf-8"))["survivors"]
        for line in entry["changes"]
    }
    unknown = [line for line in survivors if line not in known]
    for line in unknown:
        print(f"no test notices:  {line}")
    for line in sorted(known.difference(survivors)):
        print(f"no longer needed: {line}")
    for part, n in planted.items():
        print(f"{part:10}{noticed[part]:6} of {n:5} noticed")
    print(
        f"{planted.total() - noticed.total()} are not: "
        f"{len(survivors) - len(unknown)} justified, {len(unknown)} not."
    )
    score = 100 * noticed.total() / planted.total()
    what = "mistakes planted in the core that a test notices; no seed"
    claim = Claim(score, "%", what, low=TARGET, high=100.0)
    publish({"mutation-score": claim}, COMMAND, store)
    return int(bool(unknown) or score < TARGET)


def told(name: str, path: Path) -> str:
    """Write a mistake as its function and the line as it was changed."""
    lines = get_diff_for_mutant(name, path=path).splitlines()
    gone, changed = (
        [line[1:].strip() for line in lines[2:] if line.startswith(sign)]
        for sign in "-+"
    )
    function = mangled_name_from_mutant_name(name).removeprefix("colorattn.")
    for mark, plain in (".x_", "."), (".xǁ", "."), ("ǁ", "."):
        function = function.replace(mark, plain)
    return f"{function}: {' '.join(changed or ['without', *gone])}"


if __name__ == "__main__":
    subprocess.run(["mutmut", "run"], cwd=ROOT, check=True)
    sys.exit(main("--store" in sys.argv[1:]))
