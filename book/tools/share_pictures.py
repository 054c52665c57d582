"""Draw the picture that stands beside a shared link, and a phone's icon."""

import io
from pathlib import Path

from chromium import start
from PIL import Image
from playwright.sync_api import sync_playwright

BOOK = Path(__file__).parents[1]
PAGE = BOOK / "static/page"
CARD = """<link rel="stylesheet" href="palette.css">
<style>
@font-face {
  font-family: Sans;
  font-weight: 400 700;
  src: url("../vendor/fonts/source-sans-3-normal.woff2");
}
body {
  margin: 0;
  padding: 48px 60px;
  background: var(--paper);
  color: var(--ink);
  font: 34px/1.3 Sans;
}
h1 { display: flex; align-items: center; gap: 28px; margin: 0 0 8px;
  font-size: 80px; line-height: 1.1; }
h1 img { height: 96px; }
p { margin: 0 0 20px; color: var(--quiet); }
div { height: 366px; overflow: hidden; }
div img { width: 1080px; margin-top: -118px; }
</style>
<h1><img src="favicon.svg">Attention in Color</h1>
<p>See dot-product attention at work, and build it in PyTorch.</p>
<div><img src="attention.png"></div>"""
ICON = '<style>body {margin: 0}</style><img src="favicon.svg" width="180">'


def draw(page, html: str, size: tuple[int, int], goal: Path) -> None:
    """Save a picture of some HTML, in few colors."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    file = BOOK / "static" / "drawn.html"
    file.write_text(html, encoding="utf-8")
    page.goto(file.as_uri(), wait_until="networkidle")
    file.unlink()
    drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    drawn.quantize(128, dither=Image.Dither.NONE).save(goal, optimize=True)
    print(f"{goal}: {goal.stat().st_size:,} bytes")


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = start(playwright)
        page = browser.new_page()
        draw(page, CARD, (1200, 630), PAGE / "card.png")
        draw(page, ICON, (180, 180), PAGE / "touch.png")
        browser.close()
