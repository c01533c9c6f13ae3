"""All routes of the pages for recipients, and the page for whatever is not there."""

from __future__ import annotations

from fastapi import APIRouter, Response

from outreach.web.people import about, answers, choices, followed, messages, renewing, unsubscribe
from outreach.web.people.pages import STYLE
from outreach.web.people.readers import Room

_DAY = "public, max-age=86400"


def router(room: Room) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/style.css", methods=["GET", "HEAD"])
    async def style() -> Response:
        return Response(STYLE, media_type="text/css", headers={"Cache-Control": _DAY})

    for part in (unsubscribe, choices, about, messages, answers, followed, renewing):
        routes.include_router(part.router(room))
    return routes
