"""`/site`: which installation answers here, for `outreach doctor`, as the address of links may lead elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Response

from outreach.installation import Installation
from outreach.rendering.links import mark_of


def router(installation: Installation) -> APIRouter:
    """The route."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/site", methods=["GET", "HEAD"])
    async def site() -> Response:
        return Response(status_code=204, headers={"Outreach-Site": mark_of(installation.secret)})

    return routes
