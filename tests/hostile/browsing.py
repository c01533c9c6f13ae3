"""A real browser that runs scripts follows every link of mails, as some scanners do, and changes nothing.

Several tabs go on at once. Every other one does not mind what a page forbids to scripts (its policy), as a scanner
that is no browser would not.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright

from outreach.web.refusals import DOORS
from tests.hostile.prefetching import LEADS_TO, MEASURED, changes, mailed, miscounted
from tests.hostile.report import Report
from tests.hostile.site import Site

CHROMIUM = Path("/usr/bin/chromium")
#: As root, Chromium has no sandbox to run in. Nothing leads out of this machine.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
_TABS = 4
#: A message in the browser has no buttons, but the links of its mail.
_MESSAGE = "/b/"
#: What scanners do with a page but to press what is in it. Told is how much there would be to press, or to follow.
#: What is fetched ahead is waited for where it can be: a page in a sandbox never hears of it.
_CURIOUS = """async (waits) => {
    window.scrollTo(0, document.body.scrollHeight);
    const links = [...document.links].filter(one => one.protocol.startsWith('http'));
    for (const one of document.querySelectorAll('a, button, input, label')) {
        one.focus();
        one.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
    }
    // Two of its links: all pages have the same, and each is visited itself.
    const fetched = [location, ...links.slice(0, 2)].map(one => new Promise(done => {
        const hint = document.createElement('link');
        hint.rel = 'prefetch';
        hint.href = location.origin + one.pathname;
        hint.onload = hint.onerror = done;
        document.head.append(hint);
    }));
    if (waits) await Promise.race([Promise.all(fetched), new Promise(done => setTimeout(done, 1000))]);
    return [document.querySelectorAll('form button').length, links.length];
}"""


def trial(folder: Path, database: str, seed: int, size: int) -> Report:
    """So many visits, in a browser of its own."""
    with mailed(folder, database) as (site, links):
        before = site.everything()
        paths = list(_drawn(random.Random(f"browse/{seed}"), links, size))
        # In a thread of its own, as who calls may be in the loop of another browser.
        with ThreadPoolExecutor(1) as thread:
            wrong = thread.submit(asyncio.run, _visits(site, paths)).result()
        counted = miscounted(site, sum(path.startswith(MEASURED) for path in paths))
        found = {"answers": wrong, "counted": counted, "kept": changes(before, site), "log": site.wrong()}
    kinds = Counter(DOORS[path.split("/")[1]] for path in paths)
    return Report(f"browse/{seed}", found, {"visits": size, **kinds})


def _drawn(draw: random.Random, links: Sequence[str], size: int) -> Iterator[str]:
    """Each link once, and then as many of each kind."""
    kinds: dict[str, list[str]] = {}
    for link in links:
        kinds.setdefault(link[:3], []).append(link)
    yield from links[:size]
    for _ in range(size - len(links)):
        yield draw.choice(kinds[draw.choice(sorted(kinds))])


async def _visits(site: Site, paths: Sequence[str]) -> list[str]:
    """What was wrong with them."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        left = iter(paths)
        found = await asyncio.gather(*(_tab(browser, site, left, bypass=number % 2 == 1) for number in range(_TABS)))
        await browser.close()
    return [one for wrong in found for one in wrong]


async def _tab(browser: Browser, site: Site, left: Iterator[str], *, bypass: bool) -> list[str]:
    """One tab, which goes on as long as there is something left to visit."""
    context = await browser.new_context(bypass_csp=bypass)
    page = await context.new_page()
    wrong = [one for path in left for one in await _visited(page, site, path, waits=bypass)]
    if await context.cookies():
        wrong.append("the browser was given a cookie")
    await context.close()
    return wrong


async def _visited(page: Page, site: Site, path: str, *, waits: bool) -> list[str]:
    if path.startswith(MEASURED):
        return await _led_out(page.context, site, path)
    answer = await page.goto(site.url + path, wait_until="load")
    if answer is None or answer.status != 200:
        return [f"{path[:3]} was answered {answer and answer.status}"]
    await page.mouse.move(300, 200)
    is_message = path.startswith(_MESSAGE)
    buttons, links = await page.evaluate(_CURIOUS, waits and not is_message)
    # Of a page with nothing to press it would prove nothing.
    return [] if (links if is_message else buttons) else [f"{path[:3]} has nothing to press"]


async def _led_out(context: BrowserContext, site: Site, path: str) -> list[str]:
    """Out of the house, where nobody answers; in a tab of its own, as the page that says so comes late."""
    page, asked = await context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    with suppress(Error):
        await page.goto(site.url + path)
    await page.close()
    return [] if asked == [site.url + path, f"{LEADS_TO}/"] else [f"{path[:3]} led astray, by {len(asked)} requests"]
