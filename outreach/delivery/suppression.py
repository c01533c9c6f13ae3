"""Addresses that must not be written to, known only by a keyed hash."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from outreach.roster.choices import address_hash
from outreach.storage.tables import suppression


def suppressed(connection: Connection, secret: bytes, addresses: Collection[str]) -> frozenset[str]:
    """Those of the addresses that must not be written to."""
    if connection.scalar(select(suppression.c.address_hash).limit(1)) is None:
        return frozenset()  # nearly always; hashing would cost as much as a third of composing
    hashes = {address_hash(secret, address): address for address in addresses}
    found = connection.scalars(select(suppression.c.address_hash).where(suppression.c.address_hash.in_(hashes)))
    return frozenset(hashes[value] for value in found)


__all__ = ["address_hash", "suppressed"]
