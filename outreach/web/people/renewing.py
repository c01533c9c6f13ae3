"""Links that are too old: a page with one button, by which their reader has a fresh one mailed.

It goes to the address on record, which no page shows and nobody can type in; so a link that fell into other hands
gives these nothing. What the page says does not depend on whether there is such an address.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from outreach.delivery.fresh_links import address_of, give_back, hand_over, take_turn
from outreach.rendering.envelope import in_language
from outreach.rendering.links import LASTING, PURPOSES, Purpose
from outreach.rendering.mail import Mail
from outreach.rendering.names import LINK_PATHS
from outreach.rendering.notes import note
from outreach.storage import audit
from outreach.web.people.pages import missing, page, root
from outreach.web.people.readers import OldLinkError, Reader, Room
from outreach.web.people.words import words

_log = logging.getLogger(__name__)
_PURPOSES: dict[str, Purpose] = {LINK_PATHS[purpose]: purpose for purpose in PURPOSES if purpose not in LASTING}


def offering(room: Room) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What answers where a link turns out to be too old, whatever was asked for with it."""

    async def offer(_request: Request, error: Exception) -> Response:
        assert isinstance(error, OldLinkError)
        return await run_in_threadpool(_offer, room, error)

    return offer


def router(room: Room) -> APIRouter:
    """Its route."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/{path}/{token}/fresh")
    def renew(path: str, token: str, request: Request) -> Response:
        purpose = _PURPOSES.get(path)
        link = room.link(purpose, token) if purpose else None
        reader = room.known(link) if link else None
        if purpose is None or reader is None:
            return missing(room, request)
        workspace = room.definitions.workspace
        if not room.is_old(reader):
            return RedirectResponse(f"{root(workspace)}/{path}/{token}", 303)
        if _renew(room, reader, purpose):
            return page(workspace, reader.language, "renewed")
        return page(workspace, reader.language, "unsent", status=503)

    return routes


def _offer(room: Room, error: OldLinkError) -> Response:
    workspace = room.definitions.workspace
    fresh = f"{root(workspace)}/{LINK_PATHS[error.purpose]}/{error.token}/fresh"
    return page(workspace, error.reader.language, "old", status=410, fresh=fresh)


def _renew(room: Room, reader: Reader, purpose: Purpose) -> bool:
    """Mail a fresh link, at most one a day; False where that is not possible at this moment."""
    installation, now = room.installation, room.clock()
    with installation.database.writing() as connection:
        to = address_of(connection, installation.secret, reader.person)
        if not to or not take_turn(connection, reader.person, purpose, now):
            return True
        entry = audit.Entry(audit.RECIPIENT, "asked for a fresh link", audit.of_person(reader.person))
        audit.record(connection, entry, now)
    if hand_over(installation.channel(), _mail(room, reader, purpose, to)):
        return True
    _log.warning("a fresh link could not be mailed", extra={"page": purpose})
    with installation.database.writing() as connection:
        give_back(connection, reader.person, purpose)
    return False


def _mail(room: Room, reader: Reader, purpose: Purpose, to: str) -> Mail:
    workspace, say = room.definitions.workspace, words(reader.language)["fresh"]
    token = room.signer(purpose).sign(reader.person, reader.topic, room.today)
    link = f"{workspace.public_url}/{LINK_PATHS[purpose]}/{token}"
    name = in_language(workspace.sender.names, reader.language, workspace)
    organisation = in_language(workspace.organisation, reader.language, workspace)
    lines = [say["said"], "", link, "", say["not_asked"], "", organisation]
    return note(workspace, to, say["subject"], lines, room.clock(), name=name, person=reader.person)
