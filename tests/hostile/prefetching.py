"""Whatever follows the links of mails before their reader does (scanners, previews, browsers) changes nothing.

But for one number: how often a measured link was followed, where nothing says that nobody has clicked yet.

The mails are those that really leave, and their links are found as scanners find them: in both parts and the headers.
"""

from __future__ import annotations

import email
import email.policy
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from outreach.delivery.channels.outbox import Outbox
from tests.hostile.calls import Office
from tests.hostile.report import Report
from tests.hostile.rows import tags_of
from tests.hostile.site import Site, opened

_PEOPLE = 12
#: Links of a mail: the answer, the mail in the browser, and the pages for choices, about it, and stopping; the last
#: stands in its headers too.
_LINKS = 5
#: Where the link is that all have in common, and where it leads.
MEASURED = "/l/"
LEADS_TO = "https://sociale-dienst.example"
_OURS = re.compile(r"https://mail\.sociale-dienst\.example(?:/[^\s<>\"]*)?")
#: What scanners and previews say of themselves, and what some try.
_MANNERS: list[dict[str, str]] = [
    {},
    {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)", "From": "scanner@evil.example"},
    {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Site": "none"},
    {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST", "X-HTTP-Method": "POST"},
    {"Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "XMLHttpRequest"},
    {"Range": "bytes=0-10", "If-None-Match": "*", "If-Modified-Since": "Tue, 24 Nov 2026 09:00:00 GMT"},
    {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"},
]
_QUERIES = ["", "", "?_method=POST", "?List-Unsubscribe=One-Click", "?form=choices", "?form=call", "?ask=erase", "?x#y"]
_BODIES = [b"", b"", b"", b"List-Unsubscribe=One-Click", b"form=choices", b"ask=erase"]


class Fetch(NamedTuple):
    """One request of somebody who looks ahead."""

    method: str
    path: str
    headers: dict[str, str]
    data: bytes

    @property
    def leads_on(self) -> bool:
        """Whether it asks for a measured link."""
        return self.path.startswith(MEASURED)

    @property
    def counts(self) -> bool:
        """Whether it looks as if somebody followed a measured link: nothing says otherwise."""
        return self.leads_on and self.method == "GET" and "Purpose" not in self.headers


def trial(folder: Path, database: str, seed: int, size: int) -> Report:
    """So many requests by GET and HEAD, and a few by what is no POST either."""
    draw = random.Random(f"prefetch/{seed}")
    with mailed(folder, database) as (site, paths):
        before = site.everything()
        fetches = [_drawn(draw, draw.choice(paths)) for _ in range(size)]
        wrong = [one for fetch in fetches for one in _fetched(site, fetch)]
        counted = miscounted(site, sum(fetch.counts for fetch in fetches))
        found = {"answers": wrong, "counted": counted, "kept": changes(before, site), "log": site.wrong()}
    return Report(f"prefetch/{seed}", found, {"prefetches": size, "links": len(paths)})


def _drawn(draw: random.Random, path: str) -> Fetch:
    method = draw.choice(("GET", "GET", "GET", "HEAD", "HEAD", "HEAD", "OPTIONS"))
    data, query = draw.choice(_BODIES), draw.choice(_QUERIES)
    return Fetch(method, path + query, draw.choice(_MANNERS), data if method == "GET" else b"")


def _fetched(site: Site, fetch: Fetch) -> Iterator[str]:
    answer = site.ask(fetch.method, fetch.path, headers=fetch.headers, data=fetch.data)
    if answer.status_code != (405 if fetch.method == "OPTIONS" else 303 if fetch.leads_on else 200):
        yield f"{fetch.method} was answered {answer.status_code}"
    if answer.cookies or (fetch.method == "HEAD" and answer.content):
        yield f"{fetch.method} was answered with a cookie or a body"
    if answer.headers.get("Location", LEADS_TO) != LEADS_TO:
        yield f"{fetch.method} was led astray"


def miscounted(site: Site, visits: int) -> list[str]:
    """Whether so many followed measured links; they are counted behind the answers."""
    end = time.monotonic() + 60
    while (counted := sum(row.clicks for row in site.everything()["click"])) != visits:
        if time.monotonic() > end:
            return [f"{visits} visits were counted as {counted}"]
        time.sleep(0.01)
    return []


def changes(before: dict[str, list[object]], site: Site) -> list[str]:
    """Tables that are not what they were, but for how often links were followed."""
    after = site.everything()
    return [f"the table {name} was changed" for name in after if after[name] != before[name] and name != "click"]


@contextmanager
def mailed(folder: Path, database: str) -> Iterator[tuple[Site, list[str]]]:
    """A site whose people were written to, and the paths of all links in their mails."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened(folder, database, _PEOPLE) as site:
        office = Office(site.installation.root, database)
        sent = office.call("run", "--at", "2026-12-01T10:00")
        assert sent.code == 0, sent.err
        outbox = Outbox(site.installation.root / "var" / "outbox")
        paths = {path for *_, content in outbox.messages() for path in _paths(content)}
        assert len(paths) == _PEOPLE * _LINKS + 1, sorted(paths)
        yield site, sorted(paths)


def _paths(content: bytes) -> set[str]:
    mail = email.message_from_bytes(content, policy=email.policy.default)
    html, plain = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
    told = " ".join([*tags_of(html).values, plain, mail["List-Unsubscribe"]])
    return {path for url in _OURS.findall(told) if (path := urlsplit(url).path.rstrip(").,"))}
