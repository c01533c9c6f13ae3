"""Signed messages come again, out of their order and at the same time, among forged ones: one effect each, and none."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import requests
from sqlalchemy import select
from standardwebhooks import Webhook

from outreach.roster.numbers import surrogates
from outreach.storage.tables import event, event_aside, outcome, posted
from tests.hostile.report import Report
from tests.hostile.site import NOW, OTHER, SECRET, Site, opened
from tests.hostile.workspace import ANSWER

_PEOPLE = 9
#: How often a message comes, on average, and how many of all are forged.
_TIMES, _FORGED = 3, 0.25
_STRANGER = "whsec_" + "A" * 32


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to be posted, and what should become of it."""

    door: str
    headers: dict[str, str]
    body: str
    #: Status of the answer.
    wanted: int


def trial(folder: Path, database: str, seed: int, size: int) -> Report:
    """So many letters, all at once."""
    draw = random.Random(f"webhooks/{seed}")
    folder.mkdir(parents=True, exist_ok=True)
    told = [_message(draw, number) for number in range(int(size * (1 - _FORGED) / _TIMES) or 1)]
    genuine = [_signed(draw, *one) for one in told]
    letters = [*genuine, *(draw.choice(genuine) for _ in range(len(genuine) * (_TIMES - 1)))]
    letters += [_forged(draw, draw.choice(told)) for _ in range(size - len(letters))]
    draw.shuffle(letters)
    # A name that is taken twice is whose message came first.
    letters.sort(key=lambda letter: letter.wanted == 409)
    with opened(folder, database, _PEOPLE) as site:
        statuses = [*_crowd(site, [one for one in letters if one.wanted != 409])]
        statuses += _crowd(site, [one for one in letters if one.wanted == 409])
        answered = zip(letters, statuses, strict=True)
        wrong = [f"{one.headers} was answered {got}" for one, got in answered if got != one.wanted]
        found = {"answers": wrong, "effects": list(_wrong_effects(site, told)), "log": site.wrong()}
    counts = {"letters": len(letters), "messages": len(told), "forged": sum(status != 200 for status in statuses)}
    return Report(f"webhooks/{seed}", found, counts)


def _message(draw: random.Random, number: int) -> tuple[str, str, list[dict[str, object]]]:
    """Door, id, and what it tells."""
    door = draw.choice(("events", "events", "outcomes"))
    told = []
    for _ in range(draw.choice((1, 1, 1, 4))):
        day = {"person": f"P{draw.randint(1, _PEOPLE)}", "date": f"2026-10-{draw.randint(1, 28):02}"}
        event_ = {"event": draw.choice(("hired", "moved")), "withdrawn": draw.random() < 0.2}
        told.append(day | (event_ if door == "events" else {"outcome": ANSWER}))
    return door, f"msg_{number}", told


def _signed(draw: random.Random, door: str, name: str, told: list[dict[str, object]]) -> Letter:
    body = json.dumps(told)
    return Letter(door, _headers(name, _signature(draw.choice((SECRET, OTHER)), name, body, NOW), NOW), body, 200)


def _forged(draw: random.Random, message: tuple[str, str, list[dict[str, object]]]) -> Letter:
    """Somebody who saw that message makes another one of it, under its name or about somebody else."""
    door, name, told = message
    true, body = json.dumps(told), json.dumps([one | {"person": "P9", "date": "2026-09-09"} for one in told])
    good, new = _signature(SECRET, name, true, NOW), f"{name}x"
    at = draw.choice((-1, 1)) * timedelta(minutes=6) + NOW
    cut = draw.choice(("", "v1,", "v1", ",", good[:-2], good.replace("v1,", "v1a,")))
    # Only who has the secret comes as far as to take a name twice.
    twice = Letter(door, _headers(name, _signature(SECRET, name, body, NOW), NOW), body, 409)
    tries = [
        (_headers(name, _signature(_STRANGER, name, body, NOW), NOW), body),
        (_headers(name, good, NOW), body),
        (_headers(new, good, NOW), true),
        (_headers(new, _signature(SECRET, new, true, at), at), true),
        (_headers(name, good, NOW + timedelta(seconds=1)), true),
        (_headers(name, cut, NOW), true),
        ({"webhook-id": name}, body),
        (_headers(name, good, NOW) | {"authorization": "Bearer outreach_x"}, true),
    ]
    return draw.choice([twice, *(Letter(door, headers, said, 401) for headers, said in tries)])


def _signature(secret: str, name: str, body: str, at: datetime) -> str:
    return Webhook(secret).sign(name, at, body)


def _headers(name: str, signature: str, at: datetime) -> dict[str, str]:
    return {"webhook-id": name, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def _crowd(site: Site, letters: list[Letter]) -> list[int]:
    """The answers to letters that are posted eight at a time."""
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(lambda letter: _post(site, letter), letters))


def _post(site: Site, letter: Letter) -> int:
    headers = letter.headers | {"content-type": "application/json"}
    return requests.post(
        f"{site.url}/api/{letter.door}", letter.body.encode(), headers=headers, timeout=300
    ).status_code


def _wrong_effects(site: Site, told: list[tuple[str, str, list[dict[str, object]]]]) -> Iterator[str]:
    """Everything that was told once stands there once, unless it was taken back, whatever came first."""
    events = [one for door, _, elements in told if door == "events" for one in elements]
    done = {(one["person"], one["date"]) for door, _, elements in told if door == "outcomes" for one in elements}
    happened, withdrawn = (
        {(one["person"], one["event"], one["date"]) for one in events if one["withdrawn"] is gone}
        for gone in (False, True)
    )
    with site.installation.database.reading() as connection:
        names = surrogates(connection, [f"P{number}" for number in range(1, _PEOPLE + 1)])
        called = {surrogate: number for number, surrogate in names.items()}
        rows = connection.execute(select(event).where(event.c.source == "api")).all()
        kept = Counter((called[row.person], row.kind, str(row.effective_on)) for row in rows)
        aside = connection.execute(select(event_aside)).all()
        outcomes = Counter(
            (called[row.person], str(row.occurred_on)) for row in connection.execute(select(outcome)).all()
        )
        ids = Counter((row.door, row.id) for row in connection.execute(select(posted)).all())
    if kept != Counter(happened - withdrawn):
        yield f"events: {kept} for {happened - withdrawn}"
    if len(aside) != len(withdrawn):
        yield f"{len(aside)} withdrawals of {len(withdrawn)}"
    if outcomes != Counter(done):
        yield f"outcomes: {outcomes} for {done}"
    if ids != Counter((door, name) for door, name, _ in told):
        yield f"ids: {ids}"
