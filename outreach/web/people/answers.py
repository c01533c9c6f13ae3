"""`/r/<token>`: what a reader says to one message with one click: that they registered, or want to be called.

It is put on record once for each message, however often and on however many days they say it, by the same way as what
the organisation records itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from outreach.outcomes.recording import happened, is_told
from outreach.planning.calendar import civil_day
from outreach.rendering.envelope import in_language
from outreach.rendering.links import Answer
from outreach.storage import audit
from outreach.web.people.pages import missing, page
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
        with room.installation.database.reading() as connection:
            known = _is_known(connection, said)
        return _page(room, said, "answered" if known else "answer")

    @routes.post("/r/{token}")
    def say(token: str, request: Request) -> Response:
        said = _said(room, token)
        if said is None:
            return missing(room, request)
        # Who tries a sample out says nothing of themselves.
        if said.answer.delivery:
            _record(room, said)
        return _page(room, said, "answered")

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


def _is_known(connection: Connection, said: Said) -> bool:
    return is_told(connection, said.reader.person, said.answer.outcome, said.source)


def _page(room: Room, said: Said, name: str) -> Response:
    return page(room.definitions.workspace, said.reader.language, name, answer=said.words)
