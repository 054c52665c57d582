"""Print the built book as one tagged PDF with an outline.

`make pdf` puts it into the built book, or into a copy that is named.
"""

import io
import sys
from pathlib import Path

import pikepdf
from chromium import printed, start
from playwright.sync_api import sync_playwright
from whole_book import CONFIG, SITE, offer, pages, place

MARGIN = {"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}
FOOT = (
    '<p style="width: 100%; font: 9px sans-serif; text-align: center">'
    '<span class="pageNumber"></span></p>'
)
NAMING = "aria-labelledby", "aria-describedby", "for", "headers"
HEAD = f"""<!doctype html>
<html lang="en" data-theme="light">
<meta charset="utf-8">
<title>{CONFIG["title"]}</title>
<link rel="stylesheet" href="_static/book.css">
<style>article + article {{ break-before: page; }}</style>
<main>"""


def joined(site: Path) -> str:
    """Join all pages into one, in which every id names one thing."""
    parts = [HEAD]
    for page in pages(site):
        article = page.article
        for tag in article.select("[id]"):
            tag["id"] = f"{page.slug}--{tag['id']}"
        for name in NAMING:
            for tag in article.select(f"[{name}]"):
                named = tag.get_attribute_list(name)
                ids = " ".join(named).split()
                tag[name] = " ".join(f"{page.slug}--{each}" for each in ids)
        for image in article.select("img"):
            image["src"] = page.file(image["src"])
        article["id"] = page.slug
        parts.append(str(article))
    return "\n".join([*parts, "</main>"])


def pack(pdf: bytes, goal: Path) -> None:
    """Write a PDF in few bytes: its tags alone are half of it."""
    with pikepdf.open(io.BytesIO(pdf)) as book:
        book.docinfo["/Author"] = CONFIG["author"]
        book.save(
            goal,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )


def main(site: Path) -> None:
    """Print a site, in one go so that its links and tags stay whole."""
    source = site / "whole-book.html"
    source.write_text(joined(site), encoding="utf-8")
    with sync_playwright() as playwright:
        page = start(playwright).new_page()
        page.set_default_timeout(0)  # hundreds of pages take their time
        page.goto(source.as_uri())
        pdf = printed(
            page,
            outline=True,
            format="A4",
            margin=MARGIN,
            display_header_footer=True,
            header_template="<p></p>",
            footer_template=FOOT,
        )
    source.unlink()
    pack(pdf, place(site, "pdf"))
    offer(site)
    print(f"make pdf: open {place(site, 'pdf')}")


if __name__ == "__main__":
    main(Path(*sys.argv[1:]).absolute() if sys.argv[1:] else SITE)
