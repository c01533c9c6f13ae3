"""`/b/<token>`: a message in the browser, for whose mail program shows it badly; nothing is changed by reading it.

The page is the message itself and no more. Where it is no longer kept, or is a sample, a page says so.
"""

from __future__ import annotations

from functools import cached_property

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse

from outreach.delivery.assembling import Assembler
from outreach.delivery.rereading import letter, reread
from outreach.planning.calendar import civil_day
from outreach.privacy.retention import Limits
from outreach.rendering.previewing import read
from outreach.web.people.pages import missing, page
from outreach.web.people.readers import Reader, Room

#: A mail brings its styles along, and officers write its HTML. So it stands in a sandbox, of another origin than our
#: own pages: it runs nothing, asks for nothing, has no forms, and its styles have nowhere to send anything.
POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def router(room: Room) -> APIRouter:
    """Its route."""
    routes, shelf = APIRouter(include_in_schema=False), _Shelf(room)

    @routes.api_route("/b/{token}", methods=["GET", "HEAD"])
    def show(token: str, request: Request) -> Response:
        link = room.link("browser", token)
        if link is None:
            return missing(room, request)
        reader = room.known(link)
        body = shelf.message(reader) if reader else None
        if reader is None or body is None:
            language = reader.language if reader else room.language_of(request)
            return page(room.definitions.workspace, language, "gone", status=410)
        room.refuse_old(reader, "browser", token)
        return HTMLResponse(body, headers={"Content-Security-Policy": POLICY})

    return routes


class _Shelf:
    """Messages that left, composed again."""

    def __init__(self, room: Room) -> None:
        self._room = room

    @cached_property
    def _assembler(self) -> Assembler:
        installation = self._room.installation
        return Assembler(installation.composer, installation.definitions, installation.secret)

    def message(self, reader: Reader) -> str | None:
        """The HTML of the message that a token is about; None where it is no longer to be seen."""
        room = self._room
        limits = Limits.of(room.definitions, room.clock())
        with room.installation.database.reading() as connection:
            found = letter(connection, int(reader.topic), reader.person)
            if found is None or civil_day(found.sent_at, room.zone) < limits.content:
                return None
            mail = reread(connection, self._assembler, found)
        # What is an article in a mail program is all that this page is about (WCAG: landmarks).
        return read(mail.to_bytes()).html.replace('role="article"', 'role="main"', 1) if mail else None
