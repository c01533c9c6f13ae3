"""Addresses that must not be written to, and those that soon may be such, known only by a keyed hash."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from outreach.definitions.model import Bounces
from outreach.roster.choices import address_hash
from outreach.storage.inserting import insert_into
from outreach.storage.tables import soft_bounce, suppression


def suppressed(connection: Connection, secret: bytes, addresses: Collection[str]) -> frozenset[str]:
    """Those of the addresses that must not be written to."""
    if connection.scalar(select(suppression.c.address_hash).limit(1)) is None:
        return frozenset()  # nearly always; hashing would cost as much as a third of composing
    hashes = {address_hash(secret, address): address for address in addresses}
    found = connection.scalars(select(suppression.c.address_hash).where(suppression.c.address_hash.in_(hashes)))
    return frozenset(hashes[value] for value in found)


def count_soft(connection: Connection, secret: bytes, address: str, bounces: Bounces, now: datetime) -> bool:
    """Count a soft bounce of an address; whether there have been too many in a row by now.

    Who reached the limit begins anew should somebody write to them again.
    """
    hashed = address_hash(secret, address)
    before = connection.execute(select(soft_bounce).where(soft_bounce.c.address_hash == hashed)).one_or_none()
    lately = before is not None and now - before.last_at < timedelta(days=bounces.forget_after.days)
    number = before.number + 1 if before is not None and lately else 1
    if number >= bounces.soft_limit:
        connection.execute(delete(soft_bounce).where(soft_bounce.c.address_hash == hashed))
        return True
    values = {"number": number, "last_at": now}
    counted = insert_into(connection, soft_bounce).values(address_hash=hashed, **values)
    connection.execute(counted.on_conflict_do_update(index_elements=["address_hash"], set_=values))
    return False


__all__ = ["address_hash", "count_soft", "suppressed"]
