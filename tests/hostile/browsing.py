"""A real browser that runs scripts follows every link of mails, as some scanners do, and changes nothing."""

from __future__ import annotations

import random
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.hostile.prefetching import MEASURED, changes, mailed
from tests.hostile.report import Report
from tests.hostile.site import Site

CHROMIUM = Path("/usr/bin/chromium")
#: As root, Chromium has no sandbox to run in.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
#: What scanners do with a page but to press what is in it.
_CURIOUS = """() => {
    window.scrollTo(0, document.body.scrollHeight);
    for (const one of document.querySelectorAll('a, button, input, label')) {
        one.focus();
        one.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
    }
    const hint = document.createElement('link');
    hint.rel = 'prefetch';
    hint.href = location.href;
    document.head.append(hint);
    return document.forms.length;
}"""


def trial(folder: Path, database: str, seed: int, size: int) -> Report:
    """So many visits, in a browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        report = visits(browser, folder, database, seed, size)
        browser.close()
    return report


def visits(browser: Browser, folder: Path, database: str, seed: int, size: int) -> Report:
    """So many visits."""
    draw, wrong, seen = random.Random(f"browse/{seed}"), [], set[str]()
    with mailed(folder, database) as (site, links):
        # A measured link leads out of the house.
        paths = [path for path in links if not path.startswith(MEASURED)]
        before = site.everything()
        context = browser.new_context()
        page = context.new_page()
        for number in range(size):
            path = paths[number] if number < len(paths) else draw.choice(paths)
            wrong += _visited(page, site, path)
            seen.add(path)
        if context.cookies():
            wrong.append("the browser was given a cookie")
        context.close()
        found = {"answers": wrong, "kept": changes(before, site), "log": site.wrong()}
    return Report(f"browse/{seed}", found, {"visits": size, "links": len(seen)})


def _visited(page: Page, site: Site, path: str) -> list[str]:
    answer = page.goto(site.url + path, wait_until="load")
    if answer is None or answer.status != 200:
        return [f"{path[:3]} was answered {answer and answer.status}"]
    # Of a page without a form it would prove nothing.
    return [] if page.evaluate(_CURIOUS) else [f"{path[:3]} has nothing to press"]
