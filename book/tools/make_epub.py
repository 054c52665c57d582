"""Pack the built book as an EPUB 3, for e-readers.

`make epub` puts it into the built book, or into a copy that is named.
"""

import mimetypes
import re
import subprocess
import sys
import uuid
import zipfile
from html import escape
from pathlib import Path

from bs4 import Tag
from whole_book import ADDRESS, CONFIG, ROOT, SITE, Page, offer, pages, place

STYLE = Path(__file__).with_name("epub.css")
COVER = "_static/page/card.png"
# Attributes of HTML that may not stand in XHTML, as empty ones may not; and
# of SVG that the parser of HTML writes small.
PLAIN = re.compile(r"data-.*|border|align|nowrap|valign")
CASES = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio"}
# Properties of a page in the list of files, by what is in it.
SIGNS = {"nav": b'epub:type="toc"', "mathml": b"<math", "svg": b"<svg"}
mimetypes.add_type("image/webp", ".webp")

CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0"
  xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book.opf"
  media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en"
  xmlns:epub="http://www.idpf.org/2007/ops">
<head><meta charset="UTF-8"/><title>{title}</title>
<link rel="stylesheet" href="epub.css"/></head>
<body>{body}</body>
</html>
"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0"
  unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{id}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>en</dc:language>
<dc:description>{summary}</dc:description>
<dc:source>{source}</dc:source>
<dc:rights>Prose and figures: CC BY 4.0. Code: MIT.</dc:rights>
<meta property="dcterms:modified">{date}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Figures have alternative texts,
and formulas are MathML.</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>{spine}</spine>
</package>
"""


def link(address: str, inside: dict[str, str]) -> str:
    """Return where a link leads: to a file of this book, or out of it."""
    slug, _, part = address.removeprefix("#").partition("--")
    if not address.startswith("#"):
        return address
    return f"{inside[slug]}#{part}" if part else inside[slug]


def simplify(page: Page, inside: dict[str, str]) -> Tag:
    """Make the text of a page one that a reader of EPUBs understands."""
    article = page.article
    article.name = "section"
    for formula in article.select(".math"):
        math = formula.math.extract()
        formula.clear()
        formula.append(math)
    for anchor in article.select("a[href]"):
        anchor["href"] = link(anchor["href"], inside)
    for words in article.select("summary p"):
        words.name = "span"
    for image in article.select("img"):
        image["src"] = page.file(image["src"])
    for tag in article.find_all(True):
        for name in list(tag.attrs):
            if name in CASES:
                tag[CASES[name]] = tag.attrs.pop(name)
            elif PLAIN.fullmatch(name) or (not tag[name] and name != "alt"):
                del tag[name]
    return article


def sections(page: Page, file: str) -> str:
    """Return the contents of a page as a list."""
    items = [
        f'<li><a href="{file}#{heading.find_parent("section")["id"]}">'
        f"{escape(heading.get_text(strip=True))}</a></li>"
        for heading in page.article.select("h2")
        if heading.find_parent("section").get("id")
    ]
    inner = f"<ol>{''.join(items)}</ol>" if items else ""
    return f'<li><a href="{file}">{escape(page.title)}</a>{inner}</li>'


def navigation(book: list[Page], inside: dict[str, str]) -> str:
    """Return the page of contents: parts, pages and sections."""
    parts: dict[str, str] = {}
    for page in book:
        item = sections(page, inside[page.slug])
        parts[page.part] = parts.get(page.part, "") + item
    listed = "".join(
        f"<li><span>{part}</span><ol>{items}</ol></li>" if part else items
        for part, items in parts.items()
    )
    return f'<nav epub:type="toc"><h1>Contents</h1><ol>{listed}</ol></nav>'


def item(number: int, file: str, content: bytes) -> str:
    """Return a line of the list of files."""
    kind, _ = mimetypes.guess_type(file)
    found = ["cover-image"] if file == COVER else []
    if file.endswith(".xhtml"):
        found += [word for word, sign in SIGNS.items() if sign in content]
    properties = f' properties="{" ".join(found)}"' if found else ""
    return (
        f'<item id="f{number}" href="{file}" media-type="{kind}"{properties}/>'
    )


def files(site: Path) -> dict[str, bytes]:
    """Return the files of the EPUB, those that are read in order first."""
    book = pages(site)
    inside = {page.slug: f"{page.slug}.xhtml" for page in book}
    texts, pictures = {}, {COVER}
    for page in book:
        article = simplify(page, inside)
        pictures |= {image["src"] for image in article.select("img")}
        texts[inside[page.slug]] = PAGE.format(
            title=escape(page.title), body=article.decode(formatter="minimal")
        )
    contents = navigation(book, inside)
    texts["contents.xhtml"] = PAGE.format(title="Contents", body=contents)
    found = {name: text.encode() for name, text in texts.items()}
    found["epub.css"] = STYLE.read_bytes()
    return found | {p: (site / p).read_bytes() for p in sorted(pictures)}


def changed() -> str:
    """Return when the sources changed last, in the way EPUB wants it."""
    when = "--date=format-local:%Y-%m-%dT%H:%M:%SZ"
    done = subprocess.run(
        ["git", "log", "-1", "--format=%cd", when],
        cwd=ROOT,
        env={"TZ": "UTC"},
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() or "2026-01-01T00:00:00Z"


def main(site: Path) -> None:
    """Pack a site."""
    content = files(site)
    numbered = list(enumerate(content))
    package = PACKAGE.format(
        id=uuid.uuid5(uuid.NAMESPACE_URL, ADDRESS).urn,
        title=escape(CONFIG["title"]),
        author=escape(CONFIG["author"]),
        summary=escape(CONFIG["sphinx"]["config"]["html_context"]["summary"]),
        source=ADDRESS,
        date=changed(),
        manifest="\n".join(item(n, f, content[f]) for n, f in numbered),
        spine="".join(
            f'<itemref idref="f{n}"/>'
            for n, f in numbered
            if f.endswith(".xhtml")
        ),
    )
    whole = {"META-INF/container.xml": CONTAINER, "book.opf": package}
    with zipfile.ZipFile(
        place(site, "epub"), "w", zipfile.ZIP_DEFLATED
    ) as epub:
        # First and as it is, so that the kind of file can be told.
        kind = "application/epub+zip"
        epub.writestr("mimetype", kind, zipfile.ZIP_STORED)
        for file, text in (whole | content).items():
            epub.writestr(zipfile.ZipInfo(file), text, zipfile.ZIP_DEFLATED)
    offer(site)
    print(f"make epub: open {place(site, 'epub')}")


if __name__ == "__main__":
    main(Path(*sys.argv[1:]).absolute() if sys.argv[1:] else SITE)
