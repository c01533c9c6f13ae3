"""`/r/<token>`: what a reader says to one message with one click: that they registered, or want to be called.

It is put on record once for each message, however often and on however many days they say it, by the same way as what
the organisation records itself. Who said it by mistake takes it back on the page that confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from outreach.outcomes import withdrawing
from outreach.outcomes.recording import happened, is_told
from outreach.planning.calendar import civil_day
from outreach.rendering.envelope import in_language
from outreach.rendering.links import Answer
from outreach.storage import audit
from outreach.web.people.pages import missing, page, root
from outreach.web.people.readers import Reader, Room


@dataclass(frozen=True)
class Said:
    """What a good token lets its reader say."""

    reader: Reader
    answer: Answer
    #: In the reader's language.
    words: str

    @property
    def source(self) -> str:
        """As outcomes name it: one for each message."""
        return f"answer {self.answer.delivery}"


def router(room: Room) -> APIRouter:
    """Its routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/r/{token}", methods=["GET", "HEAD"])
    def ask(token: str, request: Request) -> Response:
        said = _said(room, token)
        if said is None:
            return missing(room, request)
        return _answered(room, said, token) if _is_on_record(room, said) else _page(room, said, "answer")

    @routes.post("/r/{token}")
    def say(token: str, request: Request) -> Response:
        said = _said(room, token)
        if said is None:
            return missing(room, request)
        # Who tries a sample out says nothing of themselves.
        if said.answer.delivery:
            _record(room, said)
        return _answered(room, said, token)

    @routes.post("/r/{token}/undo")
    def undo(token: str, request: Request) -> Response:
        said = _said(room, token)
        if said is None:
            return missing(room, request)
        _take_back(room, said)
        # What somebody who keeps a list of seats has put on record too stays so, and the page goes on saying it.
        return _answered(room, said, token) if _is_on_record(room, said) else _page(room, said, "unsaid")

    return routes


def _said(room: Room, token: str) -> Said | None:
    """What it says; None where nobody's token says it, or the organisation no longer asks."""
    reader = room.reader("answer", token)
    if reader is None:
        return None
    answer = Answer.read(reader.topic)
    workspace = room.definitions.workspace
    texts = workspace.web.answers.get(answer.outcome)
    return Said(reader, answer, in_language(texts, reader.language, workspace)) if texts else None


def _record(room: Room, said: Said) -> None:
    now, who, what = room.clock(), said.reader.person, said.answer.outcome
    with room.installation.database.writing() as connection:
        if _is_known(connection, said):
            return
        if happened(connection, who, what, civil_day(now, room.zone), now, said.source):
            entry = audit.Entry(audit.RECIPIENT, "answered", audit.of_person(who), after={"outcome": what})
            audit.record(connection, entry, now)


def _take_back(room: Room, said: Said) -> None:
    now, who, what = room.clock(), said.reader.person, said.answer.outcome
    theirs = withdrawing.Said(who, what, said.source)
    with room.installation.database.writing() as connection:
        if withdrawing.take_back(connection, room.installation.definitions, theirs, now):
            entry = audit.Entry(audit.RECIPIENT, "took an answer back", audit.of_person(who), before={"outcome": what})
            audit.record(connection, entry, now)


def _is_on_record(room: Room, said: Said) -> bool:
    with room.installation.database.reading() as connection:
        return _is_known(connection, said)


def _is_known(connection: Connection, said: Said) -> bool:
    return is_told(connection, said.reader.person, said.answer.outcome, said.source)


def _answered(room: Room, said: Said, token: str) -> Response:
    return _page(room, said, "answered", undo=f"{root(room.definitions.workspace)}/r/{token}/undo")


def _page(room: Room, said: Said, name: str, **more: Any) -> Response:
    return page(room.definitions.workspace, said.reader.language, name, answer=said.words, **more)
