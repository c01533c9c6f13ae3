"""The application behind the doors: routes of each room, and around them what holds for every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse

from outreach import __version__
from outreach.definitions.model import Web
from outreach.installation import Installation
from outreach.web import mark
from outreach.web.api import routes as api
from outreach.web.asgi import ASGIApp
from outreach.web.headers import SecurityHeaders
from outreach.web.limits import Limits
from outreach.web.origins import SameOrigin
from outreach.web.people import renewing
from outreach.web.people import routes as people
from outreach.web.people.pages import missing
from outreach.web.people.readers import OldLinkError, Room
from outreach.web.rates import MACHINES, RateLimit, Rates
from outreach.web.refusals import Refusals
from outreach.web.scim.doors import Doors as ScimDoors

#: Bytes in a kilobyte of `body_limit`.
_KILO = 1000
#: Requests of one HR system: twice what the doors take in at most.
_MACHINES_PER_MINUTE = 30_000
#: What many do by one address, where pages are not allowed more: half of 45,000 readers at once.
_CROWDS_PER_MINUTE = 30_000


def now() -> datetime:
    """The clock of a service."""
    return datetime.now(UTC)


def nobody() -> None:
    """Whom to wake where nobody plans: the next tick sees what came in."""


def make_app(
    installation: Installation, web: Web, clock: Callable[[], datetime] = now, wake: Callable[[], None] = nobody
) -> FastAPI:
    """The application of an installation. Each route asks `clock` for the time of its request.

    `wake` is called when something came in that planning must not wait for.
    """
    app = FastAPI(
        title="Outreach",
        version=__version__,
        middleware=_around(web),
        # The library's own pages of documentation load scripts from a foreign host.
        docs_url=None,
        redoc_url=None,
    )
    room = Room(installation, clock)
    app.include_router(people.router(room))
    app.include_router(mark.router(installation))
    app.add_exception_handler(StarletteHTTPException, _refusing(room))
    app.add_exception_handler(OldLinkError, renewing.offering(room))
    app.add_exception_handler(RequestValidationError, _refuse_misshapen)
    app.include_router(api.router(installation, clock, wake))
    app.mount("/scim", cast("ASGIApp", ScimDoors(installation, clock, wake)))
    return app


def _refusing(room: Room) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What is not there is told to machines as a document (RFC 9457), and to people in a page."""

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, StarletteHTTPException)
        if error.status_code == HTTPStatus.NOT_FOUND and not request.url.path.startswith(MACHINES):
            return await run_in_threadpool(missing, room, request)
        return _problem(HTTPStatus(error.status_code), error.headers)

    return refuse


async def _refuse_misshapen(_request: Request, _error: Exception) -> Response:
    """A form of no shape of ours, as with a file for a text; the library's own answer repeats it, and shows insides."""
    return _problem(HTTPStatus.BAD_REQUEST)


def _problem(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Response:
    body = {"title": status.phrase, "status": int(status)}
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def _around(web: Web) -> list[Middleware]:
    """What every request passes, the outermost first."""
    return [
        Middleware(SecurityHeaders),
        Middleware(Refusals),
        Middleware(RateLimit, **_rates(web)),
        Middleware(Limits, body=web.body_limit * _KILO, seconds=web.seconds),
        Middleware(SameOrigin),
    ]


def _rates(web: Web) -> dict[str, Rates]:
    """How often one client may ask, by what it asks for."""
    crowds = max(_CROWDS_PER_MINUTE, web.requests_per_minute)
    return {"rates": Rates(web.requests_per_minute), "machines": Rates(_MACHINES_PER_MINUTE), "crowds": Rates(crowds)}
