"""The headers that every answer carries: nothing runs, nothing comes from elsewhere, nothing is kept or told on."""

from __future__ import annotations

from outreach.web.asgi import ASGIApp, Message, Receive, Scope, Send

#: No script at all, styles and pictures from here alone, forms lead here alone, and nobody frames a page.
POLICY = (
    "default-src 'none'; object-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_ALWAYS = {
    b"content-security-policy": POLICY.encode(),
    # The address of a page is the key to it.
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"cache-control": b"no-store",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-robots-tag": b"noindex, nofollow",
}
_STRICT = {b"strict-transport-security": b"max-age=31536000; includeSubDomains"}


class SecurityHeaders:
    """Adds what an answer does not say itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        wanted = _ALWAYS | (_STRICT if scope["scheme"] == "https" else {})

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                added = [(name, value) for name, value in wanted.items() if name not in said]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return await self._app(scope, receive, sending)
