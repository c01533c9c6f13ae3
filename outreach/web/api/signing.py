"""Whether a request was signed by somebody who has one of our secrets, as Standard Webhooks say, and not long ago.

The library signs. It is not asked to verify: its `verify` reads the clock itself and raises whatever it meets.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from outreach.delivery.channels.webhook import SECRET
from outreach.errors import OutreachError
from outreach.web.api.problems import Problem

_log = logging.getLogger(__name__)

#: How far the sender's clock may be from ours, and so for how long a copy of a request is good.
TOLERANCE = timedelta(minutes=5)
#: What may name a message; no full stop, as one divides what is signed.
MESSAGE_ID = re.compile(r"[!-\-/-~]{1,200}")
_TIMESTAMP = re.compile(r"[0-9]{1,10}", re.ASCII)
#: Signatures that are looked at: a sender has one for each secret, and changes one at a time.
_MOST = 8


def secrets_of(text: str) -> tuple[Webhook, ...]:
    """What checks signatures, one for each secret; none where there is no text.

    Raises:
        OutreachError: one of them is no secret; it is not repeated.
    """
    found = text.split()
    if not all(map(SECRET.fullmatch, found)):
        raise OutreachError(
            "OUTREACH_EVENTS_SECRET holds something that is no secret for signatures",
            remedy="Write whsec_ and the base64 of 24 to 64 random bytes; while one replaces another, both with a "
            "space between.",
        )
    return tuple(map(Webhook, found))


def message_id(headers: Mapping[str, str]) -> str:
    """The sender's own name for what it posts.

    Raises:
        Problem: there is none, or it cannot be one.
    """
    name = headers.get("webhook-id", "")
    if not MESSAGE_ID.fullmatch(name):
        raise Problem(
            400,
            "no webhook-id",
            "Name each message in the header webhook-id: 1 to 200 visible characters, no full stop.",
        )
    return name


def verify(headers: Mapping[str, str], body: bytes, secrets: tuple[Webhook, ...], now: datetime) -> None:
    """Let only what was signed pass; either goes into the log.

    Raises:
        Problem: it was not signed by whom we know, or too long ago.
    """
    try:
        _verify(headers, body, secrets, now)
    except Problem as problem:
        _log.warning("a signature was refused", extra={"because": problem.title})
        raise
    _log.info("a signature let somebody in")


def _verify(headers: Mapping[str, str], body: bytes, secrets: tuple[Webhook, ...], now: datetime) -> None:
    at, text = headers.get("webhook-timestamp", ""), _text(body)
    if not _TIMESTAMP.fullmatch(at) or text is None:
        raise _unsigned()
    signed_at = datetime.fromtimestamp(int(at), UTC)
    if abs(signed_at - now) > TOLERANCE:
        raise Problem(401, "signed too long ago", "Sign it anew at each attempt, and let your clock be right.")
    given = headers.get("webhook-signature", "").encode("latin-1", "replace").split()[:_MOST]
    name = message_id(headers)
    # All are compared, so that the time tells nothing.
    right = [
        hmac.compare_digest(secret.sign(name, signed_at, text).encode(), one) for secret in secrets for one in given
    ]
    if not any(right):
        raise _unsigned()


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _unsigned() -> Problem:
    return Problem(
        401, "not signed", "Sign it as Standard Webhooks say with the secret you were given, or send a token with it."
    )
