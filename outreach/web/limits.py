"""How large a request may be and how long it may take, whatever is behind it."""

from __future__ import annotations

import asyncio
import logging

from outreach.web.asgi import ASGIApp, Message, Receive, Scope, Send, answer, header

_log = logging.getLogger(__name__)


class _TooLargeError(Exception):
    """More came than was allowed."""


class Limits:
    """Answers 413 to what is too large, 503 to what takes too long, and 500 where a fault is ours."""

    def __init__(self, app: ASGIApp, *, body: int, seconds: float) -> None:
        """`body` is in bytes."""
        self._app = app
        self._body = body
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = _Begun(send)
        try:
            async with asyncio.timeout(self._seconds):
                self._refuse_announced(scope)
                await self._app(scope, self._counted(receive), begun)
        except _TooLargeError:
            await begun.refuse(413, f"A request may carry {self._body // 1000} kB.")
        except TimeoutError:
            await begun.refuse(503, "This takes too long; try again later.")
        except Exception:  # noqa: BLE001  whatever it was, the client gets an answer and the log its place, not its words
            _log.exception("a request failed", extra={"method": scope["method"]})
            await begun.refuse(500, "Something went wrong here; try again later.")

    def _refuse_announced(self, scope: Scope) -> None:
        length = header(scope, b"content-length")
        if length is not None and int(length) > self._body:
            raise _TooLargeError

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._body:
                raise _TooLargeError
            return message

        return receiving


class _Begun:
    """Sends on, and knows whether an answer has begun: then there is no other to give."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._has_begun = False

    async def __call__(self, message: Message) -> None:
        self._has_begun = True
        await self._send(message)

    async def refuse(self, status: int, text: str) -> None:
        """Give that answer, unless another one has begun. What is left of the request is not read."""
        if not self._has_begun:
            await answer(self._send, status, text, [(b"connection", b"close")])
