"""Problem documents (RFC 9457): what is wrong with a request, and with which element of its body."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
#: Faults that a document lists; a wrong batch has as many as it has elements.
LISTED = 100


class Fault(NamedTuple):
    """What is wrong with an element."""

    #: JSON pointer (RFC 6901), as a fragment: `#/3/date`.
    pointer: str
    #: Without the person's number.
    detail: str


class Problem(Exception):  # noqa: N818  it is what RFC 9457 calls it
    """A request that is not taken, and why."""

    def __init__(self, status: int, title: str, detail: str = "", faults: Sequence[Fault] = ()) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.faults = tuple(faults)

    def document(self) -> dict[str, object]:
        """The body of the answer."""
        said: dict[str, object] = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.detail:
            said["detail"] = self.detail
        if self.faults:
            said["errors"] = [fault._asdict() for fault in self.faults[:LISTED]]
        return said

    def response(self) -> Response:
        """The answer."""
        headers = {"WWW-Authenticate": "Bearer"} if self.status == 401 else None
        return Response(json.dumps(self.document()), self.status, headers, MEDIA_TYPE)


#: Its JSON Schema, for the description of the doors.
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What is wrong, in a few words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do about it."},
        "errors": {
            "type": "array",
            "maxItems": LISTED,
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "Which element of the body, as a JSON pointer."},
                    "detail": {"type": "string", "description": "What is wrong with it."},
                },
            },
        },
    },
}
