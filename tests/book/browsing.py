"""Open pages of the built book, and note everything that goes wrong."""

import re

from building import SHOTS


def watch(page, address) -> list[str]:
    """Let a page load nothing but the book; return the list of its errors.

    Script errors and requests to other sites are added as they happen.
    """
    errors: list[str] = []

    def stay_here(route):
        if route.request.url.startswith((address, "data:", "blob:")):
            return route.continue_()
        errors.append(f"request to another site: {route.request.url}")
        return route.abort()

    page.route("**/*", stay_here)
    page.on("pageerror", lambda error: errors.append(f"script: {error}"))
    return errors


def drag(page, start, end, steps):
    """Press the mouse at one point, and release it at another."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=steps)
    page.mouse.up()


def is_dark(element) -> bool:
    """Return whether the background of an element is dark."""
    color = element.evaluate("(e) => getComputedStyle(e).backgroundColor")
    return sum(map(int, re.findall(r"\d+", color)[:3])) / 3 < 128


def save_screenshot(target, name, **options):
    """Save a screenshot of a page or an element, and return its path."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    target.screenshot(path=path, **options)
    return path
