"""The pages of the built book, fit to be taken along as PDF and EPUB.

Both are made from what `make book` built, so that they can't differ from it.
What needs a script becomes a picture, and a link to the page that has it.
"""

import posixpath
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Comment, Tag

sys.path.append(str(Path(__file__).parents[1] / "_ext"))
import offline
from address import published

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build/html"
SHELF, NAME = "take-along", "attention-in-color"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
ADDRESS = published(CONFIG["repository"]["url"])
FIRST = f"{CONTENTS['root']}.html"
ELSEWHERE = re.compile(r"[a-z]+:|//")
# What is of no use without a script or on paper, and what steers it.
USELESS = (
    "script, style, link, canvas, dialog, [popover], .headerlink, .copy, "
    ".course-buttons, .offline, summary .expanded"
)
STEERING = {"loading", "decoding", "tabindex", "popovertarget"}
LIVE = '<p><a href="{}">In the book on the web, this is live.</a></p>'
# Where the first page says what can be taken along.
PLACE = "<!-- take along -->"
OFFER = re.compile(rf"{PLACE}(<p><strong>Take it along.*?</p>)?")


@dataclass
class Page:
    """A page: where it is in the site, the part it's in, and its text."""

    path: str
    part: str
    article: Tag

    @property
    def title(self) -> str:
        """Return its heading."""
        return " ".join(self.article.h1.get_text().split())

    @property
    def slug(self) -> str:
        """Return a word for it that no other page has."""
        return self.path.removesuffix(".html").replace("/", "-")

    def file(self, address: str) -> str:
        """Return the path in the site of what stands there relatively."""
        folder = posixpath.dirname(self.path)
        return posixpath.normpath(posixpath.join(folder, address))


def pages(site: Path) -> list[Page]:
    """Read the pages in the order of the book, with links made absolute.

    An address that begins with `#` leads to a page's slug, or with two dashes
    to a part of that page; other links lead out of the book.
    """
    listed = [(FIRST, "")] + [
        (f"{entry['file']}.html", part["caption"])
        for part in CONTENTS["parts"]
        for entry in part["chapters"]
    ]
    found = [Page(path, part, read(site, path)) for path, part in listed]
    slugs = {page.path: page.slug for page in found}
    slugs["index.html"] = slugs[FIRST]
    for page in found:
        for link in page.article.select("[href]"):
            link["href"] = target(page, link["href"], slugs)
    return found


def target(page: Page, address: str, slugs: dict[str, str]) -> str:
    """Return where a link leads."""
    path, _, part = address.partition("#")
    if ELSEWHERE.match(address):
        return address
    file = page.file(path) if path else page.path
    if file in slugs:
        return f"#{slugs[file]}" + (f"--{part}" if part else "")
    return ADDRESS + file + (f"#{part}" if part else "")


def parse(html: str) -> BeautifulSoup:
    """Read HTML."""
    return BeautifulSoup(html, "html.parser")


def read(site: Path, path: str) -> Tag:
    """Read the text of a page, without what needs a script."""
    html = (site / path).read_text(encoding="utf-8")
    article = parse(OFFER.sub("", html)).select_one("article")
    note = LIVE.format(ADDRESS + path)
    for demo in article.select(".demo"):
        shown = demo.select_one(".demo-stage img").extract()
        shown["width"] = shown["height"] = 384
        demo.replace_with(shown, parse(note))
    for training in article.select(".train"):
        training.replace_with(parse(note))
    for figure in article.select(".live-figure"):
        figure.figcaption.insert_before(parse(note))
    for noscript in article.select("noscript"):
        noscript.unwrap()
    for useless in article.select(USELESS):
        useless.decompose()
    for comment in article.find_all(string=lambda text: type(text) is Comment):
        comment.extract()
    for picture in article.select("picture"):  # large, and no link to itself
        around = picture.parent
        picture.replace_with(picture.img.extract())
        if around.name == "a":
            around.unwrap()
    for tag in article.find_all(True):
        for name in STEERING & tag.attrs.keys():
            del tag[name]
    return article


def place(site: Path, kind: str) -> Path:
    """Return where in a site the whole book is put."""
    (site / SHELF).mkdir(exist_ok=True)
    return site / SHELF / f"{NAME}.{kind}"


def offer(site: Path) -> None:
    """Say on the first page what can be taken along, and how large it is."""
    words = {"pdf": "PDF", "epub": "EPUB, for e-readers"}
    files = {kind: place(site, kind) for kind in words}
    for path in offline.PAGES:
        up = "../" * path.count("/") + SHELF
        links = [
            f'<a href="{up}/{file.name}" download>{words[kind]}</a> '
            f"({file.stat().st_size / 1e6:.0f} MB)"
            for kind, file in files.items()
            if file.exists()
        ]
        said = f"<p><strong>Take it along.</strong> {' · '.join(links)}</p>"
        text = (site / path).read_text(encoding="utf-8")
        if PLACE not in text:
            raise SystemExit(f"{path} has no place for {PLACE}")
        text = OFFER.sub(PLACE + said, text)
        (site / path).write_text(text, encoding="utf-8")
    offline.write(site)  # which names these pages by their content
