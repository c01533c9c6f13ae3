"""What the layers around the application share: types of ASGI, reading headers, and a short answer."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ASGIApp", "Message", "Receive", "Scope", "Send", "answer", "header"]


def header(scope: Scope, name: bytes) -> str | None:
    """A header of the request, by its name in small letters; the first where it comes several times."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


async def answer(send: Send, status: int, text: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """A refusal in a line of plain text: whoever gets it is hardly a reader."""
    body = text.encode() + b"\n"
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *headers]})
    await send({"type": "http.response.body", "body": body})
