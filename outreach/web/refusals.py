"""What was refused goes into the log: by which door and why, in words of ours alone, and nothing of who asked.

Tokens and signatures are told of where they are judged; here is what never comes so far, or has no key to show.
"""

from __future__ import annotations

import logging

from outreach.web.asgi import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

#: First part of a path -> the door, as the log names it; whatever else is asked for is `other`.
DOORS = {
    "api": "api", "scim": "scim", "u": "unsubscribe", "c": "choices", "a": "about", "r": "answers",
    "b": "messages", "l": "links",
}  # fmt: skip
_REASONS = {403: "a form of another site", 413: "too large", 429: "too often", 503: "too slow or too many"}
#: Doors that a link opens: an address there that leads nowhere was made up, or is of somebody who was erased.
_BY_LINK = frozenset(DOORS.values()) - {"api", "scim"}


class Refusals:
    """Logs what is refused on its way out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                _tell(scope["path"], message["status"])
            await send(message)

        return await self._app(scope, receive, sending)


def _tell(path: str, status: int) -> None:
    door = DOORS.get(path.split("/", 2)[1], "other") if path.startswith("/") else "other"
    reason = "no link of ours" if status == 404 and door in _BY_LINK else _REASONS.get(status)
    if reason:
        _log.warning("a request was refused", extra={"door": door, "because": reason})
