"""`/u/<token>`: one topic, stopped with one click (RFC 8058) and taken up again with another.

Only a POST changes anything: link scanners and previews read, and some of them run scripts, of which there are none.
Who posts to the address itself wants to be left alone, in whatever form they say so, with or without a page before.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from outreach.delivery.declining import decline
from outreach.roster.choices import accept
from outreach.storage import audit
from outreach.web.people.pages import missing, page, root
from outreach.web.people.readers import Reader, Room


def router(room: Room) -> APIRouter:
    """Its routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/u/{token}", methods=["GET", "HEAD"])
    def ask(token: str, request: Request) -> Response:
        reader = room.reader("unsubscribe", token)
        return missing(room, request) if reader is None else _page(room, reader, "stop")

    @routes.post("/u/{token}")
    def stop(token: str, request: Request) -> Response:
        reader = room.reader("unsubscribe", token)
        if reader is None:
            return missing(room, request)
        _stop(room, reader)
        undo = f"{root(room.definitions.workspace)}/u/{token}/again"
        return _page(room, reader, "stopped", undo=undo)

    @routes.post("/u/{token}/again")
    def take_up(token: str, request: Request) -> Response:
        reader = room.reader("unsubscribe", token)
        if reader is None:
            return missing(room, request)
        _take_up(room, reader)
        return _page(room, reader, "again")

    return routes


def _page(room: Room, reader: Reader, name: str, **more: Any) -> Response:
    return page(room.definitions.workspace, reader.language, name, topic=room.title(reader), **more)


def _stop(room: Room, reader: Reader) -> None:
    now = room.clock()
    with room.installation.database.writing() as connection:
        if decline(connection, room.installation.definitions, reader.person, {reader.topic}, now):
            audit.record(connection, _entry("opted out", reader), now)


def _take_up(room: Room, reader: Reader) -> None:
    with room.installation.database.writing() as connection:
        if accept(connection, reader.person, reader.topic):
            audit.record(connection, _entry("opted in", reader), room.clock())


def _entry(action: str, reader: Reader) -> audit.Entry:
    return audit.Entry(audit.RECIPIENT, action, audit.of_person(reader.person), after={"topic": reader.topic})
