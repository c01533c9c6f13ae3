"""`/scim/v2` as an application: who comes in by which token, and one transaction for each request."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from scim2_models import SCIMException, UnauthorizedException
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.applications.base import BaseApplication
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from outreach.installation import Installation
from outreach.planning.calendar import civil_day
from outreach.web import tokens
from outreach.web.scim.schema import POLICY, provider
from outreach.web.scim.storage import Desk, PeopleStorage

_log = logging.getLogger(__name__)

#: Methods that change nothing; a search by POST holds the lock of a writer for a moment, which does no harm.
_READS = frozenset({"GET", "HEAD"})


class _Refused(Exception):  # noqa: N818  not an error: the answer of a request whose changes are taken back
    def __init__(self, response: ScimResponse) -> None:
        super().__init__()
        self.response = response


class Doors(ASGIApplication):
    """The SCIM server over our roster."""

    def __init__(self, installation: Installation, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        """`wake` is called when somebody was changed."""
        # Not the parent's own, which wants a storage that lives as long as the application.
        BaseApplication.__init__(self, provider(), ScimService(provider()))
        self._installation = installation
        self._clock = clock
        self._wake = wake

    async def serve(self, request: ScimRequest) -> ScimResponse:
        """Answer a request, in a thread, as the database waits."""
        return await run_in_threadpool(self._serve, request)

    def handle_exception(self, request: ScimRequest, exception: Exception) -> ScimResponse:
        """An error as SCIM says it; the log gets its kind alone, as its words may hold anybody's name."""
        if not isinstance(exception, SCIMException):
            _log.exception("a SCIM request failed")
        return self.service.error_response(exception)

    def _serve(self, request: ScimRequest) -> ScimResponse:
        try:
            with POLICY:
                response = self._answer(request)
        except _Refused as refused:
            response = refused.response
        except Exception as error:  # noqa: BLE001  the client gets an answer, the log the kind of it
            response = self.handle_exception(request, error)
        return self.finalize_response(request, response)

    def _answer(self, request: ScimRequest) -> ScimResponse:
        now = self._clock()
        source = self._let_in(request, now) if self.needs_auth(request) else ""
        is_reading = request.method in _READS
        with self._transaction(is_reading=is_reading) as connection:
            response = ScimHandler(self.service, PeopleStorage(connection, self._desk(source, now))).handle(request)
            if int(response.status) >= 400:
                raise _Refused(response)
        if not is_reading:
            self._wake()
        return response

    def _transaction(self, *, is_reading: bool) -> AbstractContextManager[Connection]:
        database = self._installation.database
        return database.reading() if is_reading else database.writing()

    def _desk(self, source: str, now: datetime) -> Desk:
        installation = self._installation
        return Desk(installation.in_force(), source, now, civil_day(now, installation.zone), lambda: uuid.uuid4().hex)

    def _let_in(self, request: ScimRequest, now: datetime) -> str:
        """The name of the token, under which all of it goes on record."""
        way, _, secret = (request.header("authorization") or "").partition(" ")
        if way.lower() != "bearer":
            raise UnauthorizedException(detail="Send a token: `outreach token make NAME --scope scim`.")
        with self._installation.database.reading() as connection:
            token = tokens.holder(connection, secret.strip(), "scim", now)
        if token is None:
            raise UnauthorizedException(detail="The token is unknown, over, or has not the scope scim.")
        return token.name
