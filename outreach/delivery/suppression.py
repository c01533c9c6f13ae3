"""Addresses that must not be written to, known only by a keyed hash."""

from __future__ import annotations

import hmac
from collections.abc import Collection

from sqlalchemy import Connection, select

from outreach.storage.tables import suppression


def address_hash(secret: bytes, address: str) -> str:
    """What stands in `suppression.address_hash` for this address, however its letters are cased."""
    return hmac.new(secret, f"suppression:{address.strip().casefold()}".encode(), "sha256").hexdigest()


def suppressed(connection: Connection, secret: bytes, addresses: Collection[str]) -> frozenset[str]:
    """Those of the addresses that must not be written to."""
    if connection.scalar(select(suppression.c.address_hash).limit(1)) is None:
        return frozenset()  # nearly always; hashing would cost as much as a third of composing
    hashes = {address_hash(secret, address): address for address in addresses}
    found = connection.scalars(select(suppression.c.address_hash).where(suppression.c.address_hash.in_(hashes)))
    return frozenset(hashes[value] for value in found)
