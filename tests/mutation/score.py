"""Say how many planted mistakes the tests notice, and name the others.

`make mutate` plants them with mutmut, one at a time, in the functions of the
core, and runs the tests that reach them. Survivors that no test should kill
are in `justified.toml`, each with its reason. It fails for any other, and for
a score below 90%. `--store` writes the score into the ledger.
"""

import sys
import tomllib
from collections import Counter
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name

from colorattn import claims
from colorattn.claims import Claim

TARGET = 90.0  # percent
JUSTIFIED = Path(__file__).with_name("justified.toml")
NOTICED = ("killed", "timeout")


def main() -> int:
    """Print the score of each part and the survivors; return 0 if all well."""
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
        print(f"no test notices  {line}")
    for line in sorted(known.difference(survivors)):
        print(f"no longer needed in {JUSTIFIED.name}: {line}")
    for part, n in planted.items():
        print(f"{part:10}{noticed[part]:6} of {n:5} noticed")
    score = 100 * noticed.total() / planted.total()
    print(
        f"{score:.1f}% of {planted.total():,} mistakes are noticed; "
        f"{len(survivors) - len(unknown)} of the others are justified, "
        f"{len(unknown)} are not."
    )
    if "--store" in sys.argv[1:]:
        what = f"{planted.total():,} mistakes planted in the core, noticed"
        made = claims.provenance("make mutate")
        claims.put("mutation-score", Claim(score, "%", what, **made))
    return bool(unknown) or score < TARGET


def told(name: str, path: Path) -> str:
    """Write a mistake as its function and the line as it was changed."""
    lines = get_diff_for_mutant(name, path=path).splitlines()
    changed = [
        line[1:].strip()
        for line in lines
        if line.startswith("+") and not line.startswith("+++")
    ]
    function = mangled_name_from_mutant_name(name).removeprefix("colorattn.")
    plain = function.replace("x_", "", 1) if ".x_" in function else function
    plain = plain.replace("xǁ", "").replace("ǁ", ".")
    return f"{plain}: {' '.join(changed)}"


if __name__ == "__main__":
    sys.exit(main())
