"""Draw the picture that stands in the live demo until its script has run.

After `make book`, `python book/tools/demo_picture.py` opens the demo in a
browser and saves what its canvases show first: the scene and the card.
"""

import base64
import io
from pathlib import Path

from chromium import start
from PIL import Image
from playwright.sync_api import sync_playwright

from colorattn.files import write

BOOK = Path(__file__).parents[1]
PAGE = BOOK.parent / "_build" / "html" / "book" / "demo.html"
DEMO = BOOK / "static" / "demo"
DRAWN = """(canvas) => canvas.toDataURL().split(",")[1]"""


def compress(png: bytes) -> bytes:
    """Save a picture again, in a palette of at most 64 colors."""
    file = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(64, dither=Image.Dither.NONE).save(
        file, "png", optimize=True
    )
    return file.getvalue()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = start(playwright)
        page = browser.new_page()
        page.goto(PAGE.as_uri())
        page.locator('.demo[data-state="ready"]').wait_for()
        for name in ("scene", "card"):
            canvas = page.locator(f'.demo [data-part="{name}"]')
            content = compress(base64.b64decode(canvas.evaluate(DRAWN)))
            write(DEMO / f"first-{name}.png", content)
            print(DEMO / f"first-{name}.png", len(content))
        browser.close()
