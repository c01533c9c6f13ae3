"""`/a/<token>`: who writes, why in general words, which data from where (GDPR art. 13 and 14), and how to object.

The reader may ask for their data, or for its erasure; somebody of the organisation sees to it, as only they can be sure
whom they have before them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select

from outreach.outcomes.clicks import measuring
from outreach.planning.calendar import civil_day
from outreach.rendering import wording
from outreach.roster.requests import REQUEST_KINDS, ask
from outreach.storage import audit, tables
from outreach.web.people.pages import missing, page
from outreach.web.people.readers import Reader, Room


def router(room: Room) -> APIRouter:
    """Its routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/a/{token}", methods=["GET", "HEAD"])
    def show(token: str, request: Request) -> Response:
        reader = room.reader("about", token)
        return missing(room, request) if reader is None else _page(room, reader)

    @routes.post("/a/{token}")
    def wish(token: str, request: Request, wanted: Annotated[str, Form(alias="ask")] = "") -> Response:
        reader = room.reader("about", token)
        if reader is None:
            return missing(room, request)
        _ask(room, reader, wanted)
        return _page(room, reader)

    return routes


def _ask(room: Room, reader: Reader, wanted: str) -> None:
    now = room.clock()
    for kind in REQUEST_KINDS:
        if kind == wanted:
            with room.installation.database.writing() as connection:
                if ask(connection, reader.person, kind, now):
                    subject = audit.of_person(reader.person)
                    audit.record(connection, audit.Entry(audit.RECIPIENT, f"asked to {kind}", subject), now)


def _page(room: Room, reader: Reader) -> Response:
    asked = _asked(room, reader)
    kinds = [(kind, wording.day(asked[kind], reader.language) if kind in asked else "") for kind in REQUEST_KINDS]
    counted = _is_counted(room, reader)
    return page(room.definitions.workspace, reader.language, "about", kinds=kinds, counted=counted)


def _is_counted(room: Room, reader: Reader) -> bool:
    """Whether links are measured in messages of that kind; once they were, old messages may still hold some."""
    with room.installation.database.reading() as connection:
        measured = measuring(connection)
    campaigns = room.definitions.campaigns
    return any(name not in campaigns or campaigns[name].topic == reader.topic for name in measured)


def _asked(room: Room, reader: Reader) -> dict[str, date]:
    mine = select(tables.request).where(tables.request.c.person == reader.person)
    with room.installation.database.reading() as connection:
        return {row.kind: civil_day(row.asked_at, room.zone) for row in connection.execute(mine)}
