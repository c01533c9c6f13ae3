"""The doors for HR systems: `/api/events` and `/api/outcomes`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from outreach import release
from outreach.installation import Installation
from outreach.outcomes.recording import Known
from outreach.planning.calendar import civil_day
from outreach.web import tokens
from outreach.web.api import bodies, problems, signing
from outreach.web.api.problems import Problem
from outreach.web.api.receiving import Door, Post, Receiver

#: Who signs has no name of its own on record.
_SIGNED = "api"

#: Told in the description of the doors; the routes look themselves, as a signature is over the bytes of the body.
_WAYS_IN = [
    Security(HTTPBearer(auto_error=False, scheme_name="token", description="`outreach token make`")),
    Security(
        APIKeyHeader(
            name="webhook-signature", auto_error=False, scheme_name="signature",
            description="As Standard Webhooks say, over webhook-id, webhook-timestamp and the body.",
        )
    ),
]  # fmt: skip


def router(installation: Installation, clock: Callable[[], datetime], wake: Callable[[], None]) -> APIRouter:
    """The routes. `wake` is called when something happened that planning has to do with."""
    desk = _Desk(installation, clock, wake)
    routes = APIRouter(prefix="/api", dependencies=_WAYS_IN)

    @routes.post("/events", openapi_extra=_described(bodies.events_schema()), responses=_ANSWERS, response_model=None)
    async def events(request: Request) -> Response:
        """What happened to people: journeys start, `exit_when` holds, and who died gets nothing any more."""
        return await desk.receive("events", request)

    @routes.post(
        "/outcomes", openapi_extra=_described(bodies.outcomes_schema()), responses=_ANSWERS, response_model=None
    )
    async def outcomes(request: Request) -> Response:
        """What people did: reminders end, and branches ask for it."""
        return await desk.receive("outcomes", request)

    return routes


class _Desk:
    """What both doors have in common."""

    def __init__(self, installation: Installation, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        self._installation = installation
        self._clock = clock
        self._secrets = signing.secrets_of(installation.settings.events_secret)
        self._wake = wake

    @cached_property
    def _receiver(self) -> Receiver:
        return Receiver(self._installation.database, self._wake)

    async def receive(self, door: Door, request: Request) -> Response:
        """The answer to a request."""
        try:
            body = await request.body()
            return await run_in_threadpool(self._receive, door, request, body)
        except Problem as problem:
            return problem.response()

    def _receive(self, door: Door, request: Request, body: bytes) -> Response:
        now = self._clock()
        source = self._let_in(door, request, body, now)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Problem(415, "not JSON", "Post it with the header content-type: application/json.")
        post = Post(door, signing.message_id(request.headers), sha256(body).hexdigest(), source)
        today = civil_day(now, self._installation.zone)
        accepted = self._read(post, body, today)
        if strangers := self._receiver.take(post, now).unknown:
            found = [(index, "person", "nobody in the roster has that number") for index in strangers]
            raise Problem(
                422, "a person is not in the roster", "Nothing of it was taken. Post it again without them.",
                bodies.pointed(found, single=bodies.is_single(body)),
            )  # fmt: skip
        return JSONResponse({"accepted": accepted})

    def _let_in(self, door: Door, request: Request, body: bytes, now: datetime) -> str:
        """The name under which it goes on record."""
        given = request.headers.get("authorization")
        if given is None:
            signing.verify(request.headers, body, self._secrets, now)
            return _SIGNED
        way, _, secret = given.partition(" ")
        with self._installation.database.reading() as connection:
            token = tokens.holder(connection, secret.strip(), door, now) if way.lower() == "bearer" else None
        if token is None:
            raise Problem(401, "no valid token", f"It is unknown, over, or has not the scope {door}.")
        # With a word in front that no source of a roster has: who died by an event is not alive again by a file.
        return f"{_SIGNED}:{token.name}"

    def _read(self, post: Post, body: bytes, today: date) -> int:
        if post.door == "events":
            post.told = bodies.events(body, today)
        else:
            post.done = bodies.outcomes(body, self._known(), today)
        return len(post.told) + len(post.done)

    def _known(self) -> Known:
        with self._installation.database.reading() as connection:
            current = release.current_release(connection)
        sessions = () if current is None else self._installation.definitions(current).sessions
        return Known(self._installation.in_force().outcomes, sessions)


# --- as OpenAPI describes it ------------------------------------------------------------------------------


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "parameters": [
            {
                "name": "webhook-id",
                "in": "header",
                "required": True,
                "description": "The sender's own name for this message, the same at each attempt.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-\\-/-~]+$"},
            },
            {
                "name": "webhook-timestamp",
                "in": "header",
                "description": "Seconds since 1970, where it is signed.",
                "schema": {"type": "string", "pattern": "^[0-9]{1,10}$"},
            },
        ],
    }


def _refused(why: str) -> dict[str, Any]:
    return {"description": why, "content": {problems.MEDIA_TYPE: {"schema": problems.SCHEMA}}}


_PLAIN: dict[str, Any] = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "On record; also where it came before.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["accepted"],
                    "properties": {"accepted": {"type": "integer", "description": "Elements of the body."}},
                }
            }
        },
    },
    400: _refused("It cannot be read."),
    401: _refused("Neither signed nor with a valid token."),
    409: _refused("Another message came under this id."),
    413: {"description": "The body is too large."} | _PLAIN,
    415: _refused("The body is not JSON."),
    422: _refused("An element is wrong; nothing was taken."),
    429: {"description": "Too many requests."} | _PLAIN,
    503: {"description": "Try again later."} | _PLAIN,
}
