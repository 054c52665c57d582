"""Live figures and questions do elsewhere what they do in Chromium."""

import numpy as np
import pytest
from live_figures import HOPS, LOOKS, NETS, after, seen_of, wanted
from other_browsers import BROWSERS, played

from colorattn.data.scene import COLORS

# Plays with all that a page has, and posts what was seen.
PLAY = """
  const press = (root, name) =>
    [...root.querySelectorAll("button")].find(
      (button) => (button.ariaLabel ?? button.textContent) === name).click();
  const plays = {
    descent: (root) => press(root, "10 steps"),
    temperature: (root) => {
      const slider = root.querySelector("input");
      slider.value = 20;
      slider.dispatchEvent(new Event("input"));
    },
    field: (root) => {
      press(root, "the improved network");
      root.querySelector("[data-part=handle]").dispatchEvent(
        new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
    },
    hops: (root) => press(root, HEAD),
  };
  const seen = {};
  for (const holder of document.querySelectorAll(".live-figure")) {
    holder.scrollIntoView();
    const name = holder.dataset.kind.toLowerCase();
    const root = await until(() => holder.querySelector(".live"));
    if (root) {
      plays[name](root);
      const says = root.querySelector("[data-part=says]").textContent;
      const wide = root.querySelector("canvas, svg").clientWidth;
      seen[name] = { ...root.shown, says, wide };
    }
  }
  const sign = (e) => getComputedStyle(e, "::before").content[1];
  const options = [...document.querySelectorAll("details.option")];
  const titles = options.map((e) => e.querySelector("summary"));
  seen.closed = titles.map(sign).join("");
  for (const title of titles) title.click();
  await until(() => options.every((e) => e.open));
  seen.options = options.map((e, n) => [e.classList.contains("right"),
    sign(titles[n]), e.querySelector("summary ~ *").clientHeight]);
  return seen;
""".replace("HEAD", f'"{HOPS["heads"][2]}"')


def descent(shown):
    assert shown["step"] == 10
    np.testing.assert_allclose(shown["glimpse"], after(10), atol=1e-6)


def temperature(shown):
    assert shown["temperature"] == pytest.approx(10**0.5)
    for name, found in zip(
        ("weights", "glimpse"), wanted(0, shown["temperature"]), strict=True
    ):
        np.testing.assert_allclose(shown[name], found, atol=1e-6)


def field(shown):
    assert shown["keys"] == 16
    for color, its in enumerate(shown["symbols"]):
        share = seen_of(color, shown["key"], NETS["the improved network"])
        assert its["share"] == pytest.approx(share, abs=1e-6)


def hops(shown):
    assert shown["muted"] == [2]
    row = HOPS["row"]
    looks = LOOKS[row, 2**2, :, -1] / 255
    np.testing.assert_allclose(shown["weights"], looks, atol=1e-6)
    color = COLORS[np.argmax(HOPS["chances"][row][2**2])]
    assert f"% {color}." in shown["says"]


@pytest.mark.parametrize("other", BROWSERS)
@pytest.mark.parametrize(
    ("chapter", "figures"),
    [
        ("03_attention", [descent, temperature]),
        ("04_model", [field]),
        ("12_toward_transformers", [hops]),
    ],
)
def test_figures_and_questions_work_in_others(
    other, html, tmp_path, chapter, figures
):
    """In a book that was opened as a file, which is where less is allowed."""
    name = f"chapters/{chapter}.html"
    seen = played(other, tmp_path, html, name, PLAY, timeout=60)
    for agrees in figures:
        shown = seen[agrees.__name__]
        agrees(shown)
        assert shown["says"] and shown["wide"] > 50
    assert len(seen["closed"]) >= 4 and set(seen["closed"]) == {"+"}
    for right, sign, height in seen["options"]:
        assert sign == "✗✓"[right] and height > 10
