"""`/c/<token>`: what a person wants to hear about, in which language, by which channel, and until when not at all.

The page shows choices and nothing else of who made them: whoever it is forwarded to learns no name and no address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import Connection, select

from outreach.definitions.model import Workspace
from outreach.delivery.declining import decline, take_back_all
from outreach.delivery.rerouting import prefer
from outreach.outcomes.recording import happened
from outreach.outcomes.withdrawing import Said, take_back
from outreach.rendering.envelope import in_language
from outreach.roster import preferences
from outreach.roster.choices import accept, declined
from outreach.storage import audit
from outreach.storage.tables import person
from outreach.web.people.pages import missing, page
from outreach.web.people.readers import Reader, Room
from outreach.web.people.words import LANGUAGES, words

#: Source of a wish to be called, as outcomes name it.
_CALLED = "choices"
#: What the form says where every channel is the same to its reader: an empty field is one that was not there.
ANY = "any"
#: Longest pause.
_LONGEST = timedelta(days=365)


@dataclass(frozen=True)
class Chosen:
    """What somebody chose, or chooses now."""

    #: Topics of the workspace that they do not want.
    declined: frozenset[str]
    #: The language that they are written in; empty where it is none of the workspace's.
    language: str
    paused_until: date | None
    #: The kind of channel, of those that are offered; empty where it is the same to them.
    channel: str


@dataclass(frozen=True)
class Wanted:
    """What the form says."""

    topics: frozenset[str]
    language: str
    channel: str
    until: str


def router(room: Room) -> APIRouter:
    """Its routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/c/{token}", methods=["GET", "HEAD"])
    def show(token: str, request: Request) -> Response:
        reader = room.reader("choices", token)
        return missing(room, request) if reader is None else _page(room, reader, "")

    @routes.post("/c/{token}")
    def choose(
        token: str, request: Request, form: Annotated[str, Form()] = "",
        topic: Annotated[list[str] | None, Form()] = None, language: Annotated[str, Form()] = "",
        channel: Annotated[str, Form()] = "", until: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        reader = room.reader("choices", token)
        if reader is None:
            return missing(room, request)
        if form == "call":
            return _page(room, reader, _call(room, reader))
        if form == "uncall":
            return _page(room, reader, _uncall(room, reader))
        # Whatever posts no form of ours (a program that tries things out) chooses nothing.
        if form != "choices":
            return _page(room, reader, "")
        said = _keep(room, reader, Wanted(frozenset(topic or ()), language, channel, until))
        # In the language that was just chosen.
        return _page(room, room.reader("choices", token) or reader, said)

    return routes


def _keep(room: Room, reader: Reader, wanted: Wanted) -> str:
    """Put the choices on record; what to say of it."""
    try:
        paused_until = _pause(wanted.until, room.today)
    except ValueError:
        return "choices.wrong"
    workspace = room.definitions.workspace
    with room.installation.database.writing() as connection:
        before = _chosen(connection, reader, workspace, room.today)
        language = wanted.language if wanted.language in workspace.languages else before.language
        offered = {ANY: "", **{kind: kind for kind in workspace.channels}}
        channel = offered.get(wanted.channel, before.channel)
        after = Chosen(frozenset(workspace.topics) - wanted.topics, language, paused_until, channel)
        _change(room, connection, reader, before, after)
    return "choices.saved"


def _pause(text: str, today: date) -> date | None:
    """The day on which messages come again; None where none was written.

    Raises:
        ValueError: it is no day between tomorrow and the longest pause.
    """
    if not text:
        return None
    until = date.fromisoformat(text)
    if not today < until <= today + _LONGEST:
        raise ValueError
    return until


def _change(room: Room, connection: Connection, reader: Reader, before: Chosen, after: Chosen) -> None:
    now = room.clock()
    if after == before:
        return
    if stopped := after.declined - before.declined:
        decline(connection, room.installation.definitions, reader.person, stopped, now)
    for topic in before.declined - after.declined:
        accept(connection, reader.person, topic)
    language = after.language if after.language != before.language else None
    kept = preferences.read(connection, reader.person)
    wanted = replace(kept, language=language or kept.language, paused_until=after.paused_until)
    if wanted != kept:
        preferences.keep(connection, reader.person, wanted, now)
    # What is not offered at this moment is not taken back here.
    if after.channel != before.channel:
        prefer(connection, room.installation.definitions, reader.person, after.channel or None, now)
    if after.paused_until:
        take_back_all(connection, reader.person)
    subject = audit.of_person(reader.person)
    entry = audit.Entry(audit.RECIPIENT, "chose", subject, _told(before), _told(after))
    audit.record(connection, entry, now)


def _told(chosen: Chosen) -> dict[str, Any]:
    """For the audit log."""
    until = chosen.paused_until.isoformat() if chosen.paused_until else None
    told = {"declined": sorted(chosen.declined), "language": chosen.language, "paused_until": until}
    return {**told, "channel": chosen.channel}


def _call(room: Room, reader: Reader) -> str:
    """Put on record that they want to be called; what to say of it."""
    wanted = room.definitions.workspace.web.call_me
    if not wanted:
        return ""
    now = room.clock()
    with room.installation.database.writing() as connection:
        if happened(connection, reader.person, wanted, room.today, now, _CALLED):
            entry = audit.Entry(audit.RECIPIENT, "asked for a call", audit.of_person(reader.person))
            audit.record(connection, entry, now)
    return "choices.called"


def _uncall(room: Room, reader: Reader) -> str:
    """Take back that they want to be called; what to say of it."""
    wanted = room.definitions.workspace.web.call_me
    if not wanted:
        return ""
    now, definitions = room.clock(), room.installation.definitions
    with room.installation.database.writing() as connection:
        if take_back(connection, definitions, Said(reader.person, wanted, _CALLED, room.today), now):
            entry = audit.Entry(audit.RECIPIENT, "took the call back", audit.of_person(reader.person))
            audit.record(connection, entry, now)
    return "choices.uncalled"


def _chosen(connection: Connection, reader: Reader, workspace: Workspace, today: date) -> Chosen:
    kept = preferences.read(connection, reader.person)
    spoken = connection.scalar(select(person.c.language).where(person.c.id == reader.person)) or ""
    topics = frozenset(topic for _, topic in declined(connection, [reader.person])) & workspace.topics.keys()
    until = kept.paused_until if kept.paused_until and kept.paused_until > today else None
    channel = kept.channel if kept.channel in workspace.channels else None
    return Chosen(topics, spoken if spoken in workspace.languages else "", until, channel or "")


def _page(room: Room, reader: Reader, said: str) -> Response:
    workspace, today = room.definitions.workspace, room.today
    with room.installation.database.reading() as connection:
        chosen = _chosen(connection, reader, workspace, today)
    return page(
        workspace, reader.language, "choices", status=400 if said == "choices.wrong" else 200, said=said,
        topics=_titles(workspace, reader.language),
        declined=chosen.declined, languages=[(one, _name(one)) for one in workspace.languages],
        written_in=chosen.language or workspace.languages[0], first=today + timedelta(days=1), last=today + _LONGEST,
        until=chosen.paused_until or "", can_call=bool(workspace.web.call_me),
        channels=_channels(workspace, reader.language), reached_by=chosen.channel or ANY,
    )  # fmt: skip


def _titles(workspace: Workspace, language: str) -> list[tuple[str, str]]:
    """The topics and what they are called, in the order of their names."""
    titles = [(topic.id, in_language(topic.titles, language, workspace)) for topic in workspace.topics.values()]
    return sorted(titles, key=lambda one: one[1].casefold())


def _channels(workspace: Workspace, language: str) -> list[tuple[str, str]]:
    """The channels that are offered and what they are called; the same ones to everybody, whatever is on file."""
    known = words(language)["channels"]
    offered = workspace.channels.items()
    named = [
        (kind, in_language(one.titles, language, workspace) if one.titles else known[kind]) for kind, one in offered
    ]
    return [(ANY, known[ANY]), *named] if named else []


def _name(language: str) -> str:
    """A language by its own name."""
    return str(words(language)["choices"]["name"]) if language in LANGUAGES else language.upper()
