"""Make the typeface of figures, which is part of the package.

`python book/tools/typeface.py` fetches the sans of the book as the pages do
(see vendor.py), and writes two weights of it, with the letters of figures and
no others, to colorattn/figures/typeface. The license reserves the name of the
original, so what is made from it has a name of its own.
"""

import io
import json
import pathlib
import tempfile

from fontTools import ttLib
from fontTools.merge import Merger
from vendor import BOOK, FONTS, copy, fetch, part

from colorattn.figures.style import FAMILY, TYPEFACE

SANS = f"{FONTS}/source-sans-3"
SCRIPTS = "latin", "greek", "latin-ext"
LETTERS = [*range(0x20, 0x7F), *map(ord, "\xa0©±²³·×äéöüµ–—‘’“”…−↑↓")]
LETTERS += [*range(0x391, 0x3CA)]
WEIGHTS = {"Regular": 400, "Bold": 600}
NAMES = {0, 13, 14}  # of a font's table of names: who made it, its license
KEPT = {
    "layout_features": [],
    "hinting": False,
    "notdef_outline": True,
    "name_IDs": NAMES,
}


def make(package: pathlib.Path, style: str) -> None:
    """Write one weight."""
    left, parts = set(LETTERS), []
    for script in SCRIPTS:
        name = f"source-sans-3-{script}-wght-normal.woff2"
        file = package / "files" / name
        found = left & set(ttLib.TTFont(file).getBestCmap())
        if found:
            parts.append(io.BytesIO())
            part(file, found, WEIGHTS[style], **KEPT).save(parts[-1])
        left -= found
    font = Merger().merge(parts)
    names = font["name"]
    names.names = [entry for entry in names.names if entry.nameID in NAMES]
    about = {1: FAMILY, 2: style, 4: f"{FAMILY} {style}"}
    about[6] = f"{FAMILY.replace(' ', '')}-{style}"
    for key, text in about.items():
        names.setName(text, key, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 700 if style == "Bold" else 400
    font["OS/2"].fsSelection = 32 if style == "Bold" else 64
    font["head"].macStyle = int(style == "Bold")
    font["head"].modified = font["head"].created  # the same bytes each time
    font.recalcTimestamp = False
    goal = TYPEFACE / f"{style}.ttf"
    font.save(goal)
    print(f"{goal.name}: {goal.stat().st_size:,} bytes")


if __name__ == "__main__":
    listed = json.loads((BOOK / "package.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        package = fetch(
            SANS, listed["dependencies"][SANS], pathlib.Path(folder)
        )
        copy(package / "LICENSE", TYPEFACE / "LICENSE")
        for style in WEIGHTS:
            make(package, style)
