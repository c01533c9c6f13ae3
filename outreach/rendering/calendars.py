"""Sessions as calendars take them: iCalendar (RFC 5545), times in UTC, so that no calendar must know our zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from outreach.definitions.model import Definitions, Session, Workspace
from outreach.rendering.envelope import in_language

if TYPE_CHECKING:
    from icalendar import Event

#: What a calendar is asked to do with it (RFC 5546): take it in, or take it out.
Method = Literal["PUBLISH", "CANCEL"]
_PRODUCT = "-//Outreach//Sessions//EN"


def calendar(
    sessions: Iterable[Session],
    workspace: Workspace,
    language: str,
    *,
    stamp: datetime,
    method: Method = "PUBLISH",
    name: str = "",
    sequences: Mapping[str, int] = MappingProxyType({}),
) -> bytes:
    """The sessions in the words of a language; `stamp` is the moment at which this was said.

    `sequences` is how often what is told of a session changed, by its id; never where it says nothing.

    A session has the same UID in whatever calendar and language it stands.
    """
    # A tenth of a second to import, and only calendars need it.
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", method)
    if name:
        made.add("x-wr-calname", name)
    for session in sessions:
        event = _event(session, workspace, language, stamp, method)
        event.add("sequence", sequences.get(session.id, 0))
        made.add_component(event)
    return bytes(made.to_ical())


def uid(session: Session, workspace: Workspace) -> str:
    """By which calendars know a session again."""
    return f"{session.id}@{urlsplit(workspace.public_url).hostname}"


def moments(session: Session, workspace: Workspace) -> tuple[datetime, datetime]:
    """When it begins and ends, in UTC."""
    where = ZoneInfo(workspace.time_zone)
    return _moment(session.on, session.starts, where), _moment(session.on, session.ends, where)


def coming(definitions: Definitions, now: datetime) -> list[Session]:
    """The sessions that are not over, cancelled ones too, in the order of time."""
    workspace = definitions.workspace
    found = [one for one in definitions.sessions.values() if moments(one, workspace)[1] > now]
    return sorted(found, key=lambda one: (moments(one, workspace), one.id))


def _moment(day: date, at: time, where: ZoneInfo) -> datetime:
    return datetime.combine(day, at, where).astimezone(UTC)


def _event(session: Session, workspace: Workspace, language: str, stamp: datetime, method: Method) -> Event:
    from icalendar import Event

    starts, ends = moments(session, workspace)
    made = Event()
    made.add("uid", uid(session, workspace))
    made.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    made.add("dtstart", starts)
    made.add("dtend", ends)
    made.add("summary", in_language(session.titles, language, workspace))
    if session.place:
        made.add("location", session.place)
    if session.link:
        made.add("url", session.link)
    made.add("status", "CANCELLED" if session.cancelled or method == "CANCEL" else "CONFIRMED")
    _add_organiser(made, workspace, language)
    return made


def _add_organiser(event: Event, workspace: Workspace, language: str) -> None:
    """Who invites: the workspace itself."""
    from icalendar import vCalAddress

    if workspace.senders:
        organiser = vCalAddress(f"mailto:{workspace.sender.email}")
        organiser.params["CN"] = in_language(workspace.sender.names, language, workspace)
        event.add("organizer", organiser)
