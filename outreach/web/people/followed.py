"""`/l/<token>`: a measured link leads on to the page that its message names, and the day has one click more.

Where it leads is looked up in what was published: no address is taken from the request, so none but those leads away
from here. Who follows it is not asked, and there would be nowhere to write it down.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse

from outreach.outcomes.clicks import leads_to
from outreach.rendering.measuring import PATH, TOKEN
from outreach.web.people.counting import Clicks
from outreach.web.people.pages import missing
from outreach.web.people.readers import Room

#: Where browsers and others say that nobody has clicked yet.
_PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_AHEAD = ("prefetch", "prerender", "preview")


def router(room: Room) -> APIRouter:
    """Its route."""
    routes, clicks = APIRouter(include_in_schema=False), Clicks(room)

    @routes.api_route(f"/{PATH}/{{token}}", methods=["GET", "HEAD"])
    def follow(token: str, request: Request) -> Response:
        address = _address(room, token)
        if address is None:
            return missing(room, request)
        counted = BackgroundTask(clicks.add, token) if _is_followed(request) else None
        return RedirectResponse(address, 303, background=counted)

    return routes


def _address(room: Room, token: str) -> str | None:
    if not TOKEN.fullmatch(token):
        return None
    with room.installation.database.reading() as connection:
        return leads_to(connection, token)


def _is_followed(request: Request) -> bool:
    """Whether somebody follows it, as far as the request says."""
    said = " ".join(request.headers.get(name, "") for name in _PURPOSES).lower()
    return request.method == "GET" and not any(word in said for word in _AHEAD)
