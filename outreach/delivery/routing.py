"""Which deliveries leave by which kind of channel, and what waits because its kind has no way out."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from sqlalchemy import ColumnElement, Connection, func, select

from outreach.definitions.model import ChannelKind
from outreach.storage.tables import PLANNED, delivery

KINDS: tuple[ChannelKind, ...] = get_args(ChannelKind)


def of_kind(kind: ChannelKind) -> ColumnElement[bool]:
    """Deliveries of that kind.

    Planning writes the kind into the row, but for mail: that has no channel until it is tried, and then the name of
    what it was tried by, the mail server or the outbox.
    """
    if kind == "email":
        return delivery.c.channel.is_(None) | delivery.c.channel.not_in(KINDS)
    return delivery.c.channel == kind


def stranded(connection: Connection, served: Collection[ChannelKind]) -> dict[ChannelKind, int]:
    """How many deliveries were let go and wait because their kind has no way out, by kind."""
    unserved = [kind for kind in KINDS if kind not in served]
    # As the index of what is ready says it, so that nothing else is read.
    ready = (delivery.c.state == PLANNED, delivery.c.dispatched_at.is_not(None), delivery.c.lease_owner.is_(None))
    counts = {
        kind: connection.scalar(select(func.count()).select_from(delivery).where(*ready, of_kind(kind))) or 0
        for kind in unserved
    }
    return {kind: count for kind, count in counts.items() if count}
