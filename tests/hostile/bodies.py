"""Hostile bodies are posted to the doors of machines: only what their description allows is taken, as it came.

The description is the oracle: it is published, and another library judges by it.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema_rs
import requests
from sqlalchemy import select

from outreach.storage.tables import event, event_aside, outcome, person
from outreach.web.api import bodies
from outreach.web.api.problems import LISTED
from tests.hostile.report import Report
from tests.hostile.site import Site, opened, tells
from tests.hostile.values import FRAGMENTS, MARK, VISIBLE, text
from tests.hostile.workspace import ANSWER

_PEOPLE = 5
_MOST = 40
_DOORS: dict[str, tuple[dict[str, object], dict[str, Any]]] = {
    "events": ({"person": "P1", "event": "moved", "date": "2026-11-20"}, bodies.events_schema()),
    "outcomes": ({"person": "P1", "outcome": ANSWER, "date": "2026-11-20"}, bodies.outcomes_schema()),
}
#: Half a character, which the library that judges here cannot say, and no text of a trial holds.
_HALVES = r"\\ud800-\\udfff"
_VALID = {
    door: jsonschema_rs.validator_for(json.loads(json.dumps(schema["oneOf"][0]).replace(_HALVES, "")))
    for door, (_, schema) in _DOORS.items()
}
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_ODD = (None, True, 0, -1, 1e300, [], {}, ["P1"], {"$ne": ""}, "", "2026-02-30", "9999-12-31", "x" * 5000)


@dataclass(slots=True)
class _Taken:
    """What the doors said they took."""

    #: Numbers of people in events, as the roster writes numbers.
    people: set[str] = field(default_factory=set)
    #: First names of people who were provisioned.
    names: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def trial(folder: Path, database: str, seed: int, size: int) -> Report:
    """So many bodies."""
    draw, numbers = random.Random(f"bodies/{seed}"), count()
    folder.mkdir(parents=True, exist_ok=True)
    taken, elements = _Taken(), 0
    with opened(folder, database, _PEOPLE) as site:
        before = site.everything()
        for _ in range(size):
            match draw.choice(("events", "outcomes", "bytes", "scim")):
                case "bytes":
                    taken.wrong += _wrong_bytes(_post(site, draw, numbers, draw.choice(list(_DOORS)), _junk(draw)))
                case "scim":
                    _provision(site, draw, taken)
                case door:
                    elements += _knock(site, draw, numbers, door, taken)
        found = {"answers": taken.wrong, "kept": list(_wrongly_kept(site, taken, before)), "log": site.wrong()}
    counts = {"bodies": size, "elements": elements, "people": len(taken.people), "provisioned": len(taken.names)}
    return Report(f"bodies/{seed}", found, counts)


# --- events and outcomes ----------------------------------------------------------------------------------


def _knock(site: Site, draw: random.Random, numbers: Iterator[int], door: str, taken: _Taken) -> int:
    elements = [_element(draw, door) for _ in range(draw.randint(1, _MOST))]
    said: object = elements[0] if len(elements) == 1 and draw.random() < 0.5 else elements
    answer = _post(site, draw, numbers, door, json.dumps(said).encode())
    taken.wrong += _misjudged(answer, door, elements)
    if answer.status_code == 200 and door == "events":
        taken.people |= {unicodedata.normalize("NFC", str(one["person"])) for one in elements}
    return len(elements)


def _element(draw: random.Random, door: str) -> dict[str, object]:
    element = dict(_DOORS[door][0])
    # Most are whole, or no batch would be taken.
    match draw.choice((*["good"] * 30, "value", "value", "type", "member", "gone")):
        case "good":
            # Somebody unknown may have any number that can be printed; of outcomes there may be none.
            if door == "events" and draw.random() < 0.3:
                element["person"] = text(draw, VISIBLE).strip()
        case "value":
            element[draw.choice(list(element))] = text(draw)
        case "type":
            element[draw.choice(list(element))] = draw.choice(_ODD)
        case "member":
            element[draw.choice((text(draw), "withdrawn", "session"))] = draw.choice((text(draw), None, 1))
        case "gone":
            del element[draw.choice(list(element))]
    return element


def _post(site: Site, draw: random.Random, numbers: Iterator[int], door: str, body: bytes) -> requests.Response:
    fragment = "".join(one for one in draw.choice(FRAGMENTS) if "!" <= one <= "~" and one != ".")
    headers = {"authorization": f"Bearer {site.token}", "webhook-id": f"{next(numbers)}{fragment}"}
    kind = draw.choice(("application/json",) * 9 + (f"application/json; charset={MARK}", f"text/{MARK}"))
    return site.ask("POST", f"/api/{door}", data=body, headers=headers | {"content-type": kind})


def _misjudged(answer: requests.Response, door: str, elements: list[dict[str, object]]) -> Iterator[str]:
    yield from _repeated(answer)
    wrong = {index for index, one in enumerate(elements) if not _VALID[door].is_valid(one)}
    if answer.status_code == 200 and wrong:
        yield f"{door} took what its description refuses: {[elements[index] for index in wrong]!r}"
    elif answer.status_code == 422:
        faults = answer.json()["errors"]
        named = {_index(fault["pointer"]) for fault in faults}
        if len(faults) < LISTED and len(elements) > 1 and not wrong <= named:
            yield f"{door} did not name {[elements[index] for index in wrong - named]!r}"
    elif answer.status_code not in (200, 415):
        yield f"{door} answered {answer.status_code}: {answer.text!r}"


def _repeated(answer: requests.Response) -> Iterator[str]:
    """What is wrong with an answer's words: a kind that there is not is named as it was written, as a word of JSON."""
    document = answer.json()
    for fault in document.pop("errors", ()):
        names_a_kind = fault["pointer"].rpartition("/")[2] in ("event", "outcome", "session")
        if not fault["detail"].isprintable() or (MARK in fault["detail"] and not names_a_kind):
            yield f"their words in {fault}"
    if MARK in str(document) or not answer.headers["content-type"].endswith("json"):
        yield f"their words in {document}"


def _index(pointer: str) -> int | None:
    first = pointer.split("/")[1:2]
    return int(first[0]) if first and first[0].isdigit() else None


def _junk(draw: random.Random) -> bytes:
    words = json.dumps(text(draw))
    shapes = (
        f'{{"person": {words}, "person": {words}}}', f'{{"person": NaN, {words}: 1}}', "[" * 5000 + words, text(draw),
        words, f"[{words}, {words}]", f'{{"person": {words}', "\ufeff" + words, "[]", "{}", "null",
    )  # fmt: skip
    shape = draw.choice(shapes)
    whole = shape.encode()
    return draw.choice((whole, whole[: len(whole) // 2] + b"\xff\x00", shape.encode("utf-16")))


def _wrong_bytes(answer: requests.Response) -> Iterator[str]:
    yield from tells(answer)
    if answer.status_code not in (400, 415, 422):
        yield f"junk was answered {answer.status_code}"


# --- people by SCIM ---------------------------------------------------------------------------------------


def _provision(site: Site, draw: random.Random, taken: _Taken) -> None:
    fragments = draw.choice((VISIBLE, FRAGMENTS))
    name = text(draw, fragments)
    user = {
        "schemas": [_USER], "userName": f"{draw.random()}{text(draw, fragments)}", "externalId": text(draw, fragments),
        "name": {"givenName": name, "familyName": text(draw, fragments)}, text(draw): text(draw),
    }  # fmt: skip
    if draw.random() < 0.2:
        user[draw.choice(list(user))] = draw.choice(_ODD)
    answer = site.ask("POST", "/scim/v2/Users", data=json.dumps(user).encode(), headers={
        "authorization": f"Bearer {site.token}", "content-type": "application/scim+json"})  # fmt: skip
    if answer.status_code == 201:
        taken.names.add(_bare(name))
        filtered = {"filter": f"userName eq {json.dumps(user['userName'])}"}
        found = site.ask("GET", "/scim/v2/Users", params=filtered, headers={"authorization": f"Bearer {site.token}"})
        if found.status_code != 200 or found.json()["totalResults"] != 1:
            taken.wrong.append(f"{user['userName']!r} is not found: {found.text[:200]!r}")
    elif answer.status_code in (400, 409):
        taken.wrong += tells(answer)
    else:
        taken.wrong.append(f"SCIM answered {answer.status_code}: {answer.text!r} to {user!r}")


# --- what came of it --------------------------------------------------------------------------------------


def _wrongly_kept(site: Site, taken: _Taken, before: dict[str, list[Any]]) -> Iterator[str]:
    with site.installation.database.reading() as connection:
        known = set(connection.scalars(select(person.c.person_id)))
        aside = set(connection.scalars(select(event_aside.c.person_id)))
        names = {_bare(name or "") for name in connection.scalars(select(person.c.first_name))}
        moved = set(connection.scalars(select(event.c.kind).where(event.c.source == "api:payroll")))
        done = set(connection.scalars(select(outcome.c.outcome)))
    if strangers := taken.people - known - aside:
        yield f"taken and not kept: {strangers}"
    if strangers := aside - taken.people:
        yield f"kept and not taken: {strangers}"
    if strangers := names - taken.names - {"An", ""}:
        yield f"names that nobody gave: {strangers}"
    if (moved | done) - {"moved", ANSWER}:
        yield f"events or outcomes of no kind of ours: {moved | done}"
    kept = {"event", "event_aside", "outcome", "posted", "person", "scim_user", "audit", "roster_import"}
    after = site.everything()
    if strange := {name for name in after if after[name] != before[name]} - kept:
        yield f"a body changed {strange}"


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFC", name).split())
