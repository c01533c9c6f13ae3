"""Hostile fields, names and shapes of forms are posted to every page: nothing of them is shown, kept or told.

What may be kept is what the page offers: topics, languages, days, and what one asks for.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import requests

from outreach.rendering.links import Answer, Purpose, Signer
from tests.hostile.report import Report
from tests.hostile.rows import tags_of
from tests.hostile.site import KEY, NOW, Site, opened, tells
from tests.hostile.values import EVALUATED, MARK, text
from tests.hostile.workspace import ANSWER, CALL

_PEOPLE = 20
#: Page -> purpose of its links, and the fields that it has.
_PAGES: dict[str, tuple[Purpose, tuple[str, ...]]] = {
    "c": ("choices", ("form", "topic", "language", "until")),
    "a": ("about", ("ask",)),
    "r": ("answer", ()),
    "u": ("unsubscribe", ("List-Unsubscribe",)),
}
_GOOD = {
    "form": ["choices", "call"], "topic": ["news", "onboarding"], "language": ["nl", "fr"],
    "until": ["", "2026-12-24"], "ask": ["export", "erase"], "List-Unsubscribe": ["One-Click"],
}  # fmt: skip
#: What pages are made of, whatever was posted.
_TAGS = {
    "html", "head", "meta", "title", "link", "body", "header", "main", "footer", "h1", "h2", "p", "a", "strong", "span",
    "form", "fieldset", "legend", "label", "input", "button",
}  # fmt: skip
#: What a choice, a request or an answer changes.
_KEPT = {"choice", "opt_out", "request", "outcome", "audit", "person"}
#: Table, column, and all that can stand in it.
_OFFERED: list[tuple[str, str, set[object]]] = [
    ("person", "language", {"nl", "fr"}),
    ("choice", "language", {"nl", "fr", None}),
    ("choice", "paused_until", {date.fromisoformat(_GOOD["until"][1]), None}),
    ("opt_out", "topic", set(_GOOD["topic"])),
    ("request", "kind", set(_GOOD["ask"])),
    ("outcome", "outcome", {ANSWER, CALL}),
    ("outcome", "occurred_on", {NOW.date()}),
]


def trial(folder: Path, database: str, seed: int, size: int) -> Report:
    """So many fields, in as many requests as they need."""
    draw = random.Random(f"forms/{seed}")
    folder.mkdir(parents=True, exist_ok=True)
    answers: list[str] = []
    posted = requests_made = 0
    with opened(folder, database, _PEOPLE) as site:
        before = site.everything()
        while posted < size:
            path, fields = _aimed(draw)
            answer = _posted(site, draw, path, fields)
            answers += _wrong(answer)
            posted += max(len(fields), 1)
            requests_made += 1
        found = {"answers": answers, "kept": list(_wrongly_kept(before, site.everything())), "log": site.wrong()}
    return Report(f"forms/{seed}", found, {"fields": posted, "requests": requests_made})


def path_of(page: str, person: int) -> str:
    """Where somebody's page is."""
    purpose, _ = _PAGES[page]
    topic = Answer(person, ANSWER).topic if page == "r" else "news"
    return f"/{page}/{Signer(KEY.encode(), purpose).sign(person, topic, NOW.date())}"


def _aimed(draw: random.Random) -> tuple[str, list[tuple[str, str]]]:
    page = draw.choice(list(_PAGES))
    path = path_of(page, draw.randint(1, _PEOPLE))
    if page == "u" and draw.random() < 0.3:
        path += "/again"
    names = [name for name in _PAGES[page][1] for _ in range(draw.choice((1, 1, 1, 2, 0)))]
    fields = [(name, _value(draw, name)) for name in names]
    fields += [(text(draw), text(draw)) for _ in range(draw.choice((0, 0, 1, 5)))]
    draw.shuffle(fields)
    return path, fields


def _value(draw: random.Random, name: str) -> str:
    good = draw.choice(_GOOD[name])
    return draw.choice((good, good, text(draw), good + text(draw), f"{MARK}{draw.randint(0, 9)}-12-31"))


def _posted(site: Site, draw: random.Random, path: str, fields: list[tuple[str, str]]) -> requests.Response:
    language = "".join(one for one in text(draw) if one.isprintable()).strip()
    headers: dict[str, Any] = {"Accept-Language": language.encode()}
    match draw.choice(("form", "form", "form", "files", "uploads", "bytes", "query", "path")):
        case "form":
            return site.ask("POST", path, data=[*map(_encodable, fields)], headers=headers)
        case "files":
            parts = [(name, (None, value)) for name, value in map(_encodable, fields)]
            return site.ask("POST", path, files=parts or None, headers=headers)
        case "uploads":
            parts = [(name, (MARK, value)) for name, value in map(_encodable, fields)]
            return site.ask("POST", path, files=parts or None, headers=headers)
        case "bytes":
            headers["Content-Type"] = draw.choice(("application/x-www-form-urlencoded", "multipart/form-data",
                "multipart/form-data; boundary=" + MARK, "text/plain", "application/json", MARK))  # fmt: skip
            body = f"--{MARK}\r\n".join(name + draw.choice("=&;%:\r\n") + value for name, value in fields)
            return site.ask("POST", path, data=body.encode("utf-8", "surrogatepass"), headers=headers)
        case "query":
            return site.ask(draw.choice(("GET", "POST")), path, params=[*map(_encodable, fields)], headers=headers)
    return site.ask(draw.choice(("GET", "POST")), f"/{requests.utils.quote(text(draw), safe='')}", headers=headers)


def _encodable(field: tuple[str, str]) -> tuple[str, str]:
    name, value = field
    return name or MARK, value


# --- what came of it --------------------------------------------------------------------------------------


def _wrong(answer: requests.Response) -> Iterator[str]:
    yield from tells(answer)
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code < 500 and kind.startswith("text/html"):
        page = tags_of(answer.text)
        if strange := {tag for tag, _ in page.found} - _TAGS:
            yield f"tags of no page of ours: {strange}"
        if events := [name for _, names in page.found for name in names if name.startswith("on")]:
            yield f"attributes that run: {events}"
        if EVALUATED in answer.text:
            yield "a template of theirs was evaluated"
    elif answer.status_code == 200:
        yield f"no page, but {kind!r}"
    if not answer.headers.get("Content-Security-Policy", "").startswith("default-src 'none'"):
        yield f"an answer of {answer.status_code} without a policy"


def _wrongly_kept(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> Iterator[str]:
    changed = {name for name in after if after[name] != before[name]}
    if strange := changed - _KEPT:
        yield f"a form changed {strange}"
    for name in changed:
        if any(MARK in str(value) for row in after[name] for value in row):
            yield f"their words were kept in {name}"
    for table, column, offered in _OFFERED:
        if strange := {getattr(row, column) for row in after[table]} - offered:
            yield f"nobody is offered {column} {strange} in {table}"
