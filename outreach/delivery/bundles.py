"""Bundles as they were made, for the contacts who are given them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from outreach.definitions import codec
from outreach.rendering.told import Bundle, Told
from outreach.storage.tables import bundle

#: Bundles by their number in the ledger.
Bundles = Mapping[int, Bundle]


def bundles(connection: Connection, numbers: Collection[int]) -> Bundles:
    """What these numbers (`delivery.bundle`) stand for."""
    if not numbers:
        return {}
    rows = connection.execute(select(bundle).where(bundle.c.id.in_(sorted(numbers)))).all()
    return {row.id: Bundle(row.id, row.entity, codec.loads(Told, row.told), row.made_at) for row in rows}
