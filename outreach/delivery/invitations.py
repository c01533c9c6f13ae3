"""Sessions as the ledger's invitations were told of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from outreach.definitions import codec
from outreach.definitions.model import Session
from outreach.rendering.mail import Invitation
from outreach.storage.tables import session

#: Invitations by their number in the ledger.
Invitations = Mapping[int, Invitation]


def invitations(connection: Connection, numbers: Collection[int]) -> Invitations:
    """What these numbers (`delivery.session`) stand for."""
    if not numbers:
        return {}
    rows = connection.execute(select(session).where(session.c.id.in_(sorted(numbers)))).all()
    return {row.id: Invitation(row.id, codec.loads(Session, row.told), row.sequence, row.since) for row in rows}
