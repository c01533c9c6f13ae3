"""Bearer tokens: made, listed, revoked, and known again by their hash.

A token is 256 random bits, so that nobody finds it from a fast hash; a slow one, as passwords need, would make every
request slow. It is shown once, when it is made, and kept nowhere.
"""

from __future__ import annotations

import logging
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError
from outreach.storage import audit
from outreach.storage.tables import token as tokens

_log = logging.getLogger(__name__)

#: What a token can let in.
SCOPES = ("events", "outcomes", "scim")
#: By which a program that looks for leaked secrets knows one of ours.
PREFIX = "outreach_"
#: Random bytes of a token.
BYTES = 32

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it stands on record, without itself."""

    id: int
    #: Whose it is; what comes in by it has this name as its source.
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """`valid`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "valid"


def write(random: bytes) -> str:
    """The token that so many random bytes make."""
    return PREFIX + urlsafe_b64encode(random).decode().rstrip("=")


def make(
    connection: Connection,
    secret: str,
    name: str,
    scopes: tuple[str, ...],
    expires_at: datetime,
    now: datetime,
    who: str,
) -> Token:
    """Put a token on record.

    Raises:
        OutreachError: the name or a scope cannot be, or it is over before it begins.
    """
    _refuse(name, scopes, expires_at, now)
    row = {
        "digest": _digest(secret),
        "name": name,
        "scopes": " ".join(sorted(set(scopes))),
        "made_at": now,
        "made_by": who,
        "expires_at": expires_at,
    }
    made = _token(connection.execute(insert(tokens).values(row).returning(tokens)).one())
    after = {"name": name, "scopes": list(made.scopes), "expires_at": expires_at.isoformat()}
    audit.record(connection, audit.Entry(who, "made", f"token {made.id}", after=after), now)
    return made


def listed(connection: Connection) -> list[Token]:
    """Every token that ever was, in the order in which they were made."""
    return [_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.id))]


def revoke(connection: Connection, number: int, now: datetime, who: str) -> Token:
    """Let a token in no more, from this moment on; doing it again changes nothing.

    Raises:
        OutreachError: there is no token of that number.
    """
    mine = tokens.c.id == number
    changed = connection.execute(update(tokens).where(mine, tokens.c.revoked_at.is_(None)).values(revoked_at=now))
    if changed.rowcount:
        audit.record(connection, audit.Entry(who, "revoked", f"token {number}"), now)
    row = connection.execute(select(tokens).where(mine)).first()
    if row is None:
        raise OutreachError(f"there is no token {number}", remedy="`outreach token list` shows their numbers.")
    return _token(row)


def holder(connection: Connection, secret: str, scope: str, now: datetime) -> Token | None:
    """The token, if it lets in there and now; either goes into the log, by the token's name."""
    row = connection.execute(select(tokens).where(tokens.c.digest == _digest(secret))).first()
    found = None if row is None else _token(row)
    if reason := _refusal(found, scope, now):
        told = {"token": found.name} if found else {}
        _log.warning("a token was refused", extra={"scope": scope, "because": reason, **told})
        return None
    _log.info("a token let somebody in", extra={"scope": scope, "token": found.name if found else ""})
    return found


def _refusal(found: Token | None, scope: str, now: datetime) -> str:
    if found is None:
        return "unknown"
    state = found.state(now)
    return state if state != "valid" else "" if scope in found.scopes else "not of this scope"


def _refuse(name: str, scopes: tuple[str, ...], expires_at: datetime, now: datetime) -> None:
    if not _NAME.fullmatch(name):
        raise OutreachError(
            "the name of a token is not made of letters, digits and hyphens, 40 at most",
            remedy="Name the system that will hold it: `outreach token make payroll --scope events`.",
        )
    for scope in scopes:
        if scope not in SCOPES:
            raise OutreachError(f"there is no scope {shown(scope)}", remedy=advice(scope, SCOPES, "scopes"))
    if not scopes:
        raise OutreachError("a token without a scope lets in nowhere", remedy=f"Name one of {', '.join(SCOPES)}.")
    if expires_at <= now:
        raise OutreachError("the token would be over before it begins", remedy="Name a time to come.")


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _token(row: Row[Any]) -> Token:
    return Token(row.id, row.name, tuple(row.scopes.split()), row.made_at, row.made_by, row.expires_at, row.revoked_at)
