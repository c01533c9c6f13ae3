"""What screens and calendars subscribe to: the sessions to come, by entity and language, as iCalendar and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from outreach.definitions.model import Definitions, Session, Workspace
from outreach.rendering import wording
from outreach.rendering.calendars import calendar, coming, moments
from outreach.rendering.envelope import in_language
from outreach.rendering.invitations import hours

#: Folder of what is for everybody; no entity's folder has its name, as these end in a hash.
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Feed:
    """The sessions that an entity's staff may come to, in one language."""

    #: As the roster names it; empty for the sessions that are for everybody.
    entity: str
    language: str
    #: In the order of time.
    sessions: tuple[Session, ...]

    @property
    def path(self) -> str:
        """Its place among the others, without the ending: `everyone/nl`."""
        return f"{_folder(self.entity)}/{self.language}"


def feeds(definitions: Definitions, now: datetime) -> Iterator[Feed]:
    """A feed for everybody and one for each entity that has a session of its own, in each language.

    In it are sessions that are not over at `now`, cancelled ones too, held in that language or in any.
    """
    workspace = definitions.workspace
    found = coming(definitions, now)
    for entity in ("", *sorted({one.entity for one in definitions.sessions.values()} - {""})):
        for language in workspace.languages:
            meant = (one for one in found if one.entity in ("", entity) and one.language in ("", language))
            yield Feed(entity, language, tuple(meant))


def files(
    definitions: Definitions, now: datetime, taken: Mapping[str, int], sequences: Mapping[str, int]
) -> dict[str, bytes]:
    """Every feed in both forms, by its path: `everyone/nl.ics`, `everyone/nl.json`.

    `taken` is how many people have a seat, by session, and `sequences` how often what is told of it changed; none, and
    never, where they say nothing.
    """
    made: dict[str, bytes] = {}
    for feed in feeds(definitions, now):
        made[f"{feed.path}.ics"] = as_calendar(feed, definitions.workspace, now, sequences)
        made[f"{feed.path}.json"] = as_json(feed, definitions.workspace, now, taken)
    return made


def as_calendar(feed: Feed, workspace: Workspace, now: datetime, sequences: Mapping[str, int]) -> bytes:
    """The feed as iCalendar: a calendar that was told of a session by mail hears what is newer."""
    name = in_language(workspace.organisation, feed.language, workspace)
    return calendar(feed.sessions, workspace, feed.language, stamp=now, name=name, sequences=sequences)


def as_json(feed: Feed, workspace: Workspace, now: datetime, taken: Mapping[str, int]) -> bytes:
    """The feed as JSON, with each day and time also in words, as a screen shows them.

    It says whether a session is full, and not how many come: these may be few.
    """
    body = {
        "title": in_language(workspace.organisation, feed.language, workspace),
        "entity": feed.entity or None,
        "language": feed.language,
        "updated": now.replace(microsecond=0).isoformat(),
        "sessions": [_entry(one, feed.language, workspace, taken.get(one.id, 0)) for one in feed.sessions],
    }
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()


def _entry(session: Session, language: str, workspace: Workspace, taken: int) -> dict[str, Any]:
    where = ZoneInfo(workspace.time_zone)
    starts, ends = (moment.astimezone(where) for moment in moments(session, workspace))
    return {
        "id": session.id,
        "kind": session.kind,
        "title": in_language(session.titles, language, workspace),
        "starts": starts.isoformat(),
        "ends": ends.isoformat(),
        "day": wording.weekday(session.on, language),
        "time": hours(session, workspace),
        "place": session.place or None,
        "link": session.link or None,
        "seats": session.seats,
        "full": session.is_full(taken),
        "cancelled": session.cancelled,
    }


def _folder(entity: str) -> str:
    """A name that is safe in a path and an address; entities that differ by a sign only have one each."""
    if not entity:
        return EVERYONE
    plain = re.sub(r"[^a-z0-9]+", "-", entity.casefold()).strip("-")
    return f"{plain[:40]}-{sha256(entity.encode()).hexdigest()[:6]}".lstrip("-")
