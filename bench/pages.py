#!/usr/bin/env python3
"""How long recipients wait for their pages, with a whole roster behind them: 95 of 100 requests below 50 ms.

.venv/bin/python bench/pages.py [--people N] [--requests N] [--readers N]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import requests
from sqlalchemy import bindparam, select, text

from outreach import release, starter
from outreach.definitions.model import Web
from outreach.installation import Installation
from outreach.rendering.links import Purpose, Signer
from outreach.roster.importing import import_roster
from outreach.roster.population import Population
from outreach.settings import Settings
from outreach.storage.tables import link
from outreach.storage.types import UTCDateTime
from outreach.web.app import make_app
from outreach.web.serving import served

NOW, TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC), date(2026, 11, 24)


class Asked(NamedTuple):
    name: str
    method: str
    path: str
    form: dict[str, str]
    status: int = 200


def main() -> None:
    arguments = parsed()
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        installation = installed(Path(folder) / "workspace", arguments.people)
        web = Web(requests_per_minute=1_000_000)
        with served(make_app(installation, web, lambda: NOW), "127.0.0.1:0", web, Path(folder)) as address:
            took = ask_all(f"http://{address}", followed(installation), arguments)
        installation.close()
    print(f"{arguments.people:,} people, {arguments.readers} readers at once ({' '.join(sys.argv)})\n")
    print(f"{'':26}{'median':>10}{'95 of 100':>12}{'worst':>10}   limit 50.0 ms")
    for name, times in took.items():
        fast, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"{name:<26}{fast * 1e3:>7.1f} ms{slow * 1e3:>9.1f} ms{max(times) * 1e3:>7.1f} ms")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=44_982)
    parser.add_argument("--requests", type=int, default=400, help="of each kind")
    parser.add_argument("--readers", type=int, default=2)
    return parser.parse_args()


def installed(root: Path, people: int) -> Installation:
    starter.copy(root)
    with (root / "campaigns/newsletter.yaml").open("a", encoding="utf-8") as newsletter:
        newsletter.write("measure_links: true\n")
    settings = root / "outreach.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("\nweb:\n", "\nweb:\n  listen: 127.0.0.1:8080\n"))
    installation = Installation.open(root, Settings(secret="bench"))
    release.publish(installation.database, release.check(root, installation.database), NOW, "bench")
    rows = Population(people, 1, TODAY).rows()
    import_roster(installation.database, rows, installation.in_force(), source="bench", now=NOW, today=TODAY)
    with installation.database.writing() as connection:
        connection.execute(_SENT, {"now": NOW})
    return installation


#: A message to everybody, with the number of its reader.
_SENT = text(
    "INSERT INTO delivery (id, campaign, step, occurrence, repetition, person, release_id, state, rank, due_at, "
    "expires_at, dispatched_at, sent_at, planned_at) SELECT id, 'newsletter', 'newsletter', 'once', 0, id, 1, 'sent', "
    "1, :now, :now, :now, :now, :now FROM person"
).bindparams(bindparam("now", type_=UTCDateTime))


def followed(installation: Installation) -> list[str]:
    """Tokens of measured links."""
    with installation.database.reading() as connection:
        return list(connection.scalars(select(link.c.token)))


def requests_of(people: int, followed: list[str]) -> Iterator[Asked]:
    purposes: tuple[Purpose, ...] = ("unsubscribe", "choices", "about", "browser")
    tokens = {purpose: Signer(b"bench", purpose) for purpose in purposes}
    for number in cycle(range(1, people, 97)):
        stop, choices, about = (tokens[purpose].sign(number, "news", TODAY) for purpose in purposes[:3])
        message = tokens["browser"].sign(number, str(number), TODAY)
        yield Asked("unsubscribe: page", "GET", f"/u/{stop}", {})
        yield Asked("unsubscribe: one click", "POST", f"/u/{stop}", {"List-Unsubscribe": "One-Click"})
        yield Asked("choices: page", "GET", f"/c/{choices}", {})
        yield Asked("choices: kept", "POST", f"/c/{choices}", {"form": "choices", "topic": "family", "language": "fr"})
        yield Asked("about: page", "GET", f"/a/{about}", {})
        yield Asked("message", "GET", f"/b/{message}", {})
        yield Asked("measured link", "GET", f"/l/{followed[number % len(followed)]}", {}, 303)


def ask_all(url: str, followed: list[str], arguments: argparse.Namespace) -> dict[str, list[float]]:
    session = requests.Session()
    took: dict[str, list[float]] = {}

    def ask(one: Asked) -> tuple[str, float]:
        began = time.perf_counter()
        answer = session.request(one.method, url + one.path, data=one.form, timeout=10, allow_redirects=False)
        assert answer.status_code == one.status, one
        return one.name, time.perf_counter() - began

    with ThreadPoolExecutor(arguments.readers) as pool:
        for name, seconds in pool.map(ask, islice(requests_of(arguments.people, followed), arguments.requests * 7)):
            took.setdefault(name, []).append(seconds)
    return took


if __name__ == "__main__":
    main()
