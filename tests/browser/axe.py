"""What axe-core finds on a page: violations, and what it cannot decide by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

WIDTHS, SCHEMES = (320, 768, 1280), ("light", "dark")
_ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What the dark scheme can change, as both schemes have one document.
_COLOURS = ["color-contrast", "link-in-text-block"]


@cache
def _script() -> str:
    (path,) = Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")
    return path.read_text(encoding="utf-8")


def faults(page: Page, without: tuple[str, ...] = ()) -> Iterator[str]:
    """What is wrong with the page that is open, at each width, by day and night; `without` are rules left out."""
    page.evaluate(_script())
    for width, scheme in product(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for rule in _found(page, scheme, without):
            yield f"{rule} at {width}, {scheme}"
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"wider than {width}"


def _found(page: Page, scheme: str, without: tuple[str, ...]) -> list[str]:
    options: dict[str, object] = {"resultTypes": ["violations", "incomplete"]}
    if scheme == "dark":
        options["runOnly"] = {"type": "rule", "values": _COLOURS}
    else:
        options |= {"runOnly": _ALL, "rules": {rule: {"enabled": False} for rule in without}}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{one['id']} ({one['nodes'][0]['html'][:100]})" for one in (*found["violations"], *found["incomplete"])]
