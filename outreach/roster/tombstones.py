"""Numbers that were erased: no file and no event brings them back, until somebody lets them in again.

They are known by a hash whose key lies in the database, so that everything that takes people in can ask. The hash hides
a number from who has neither; whoever has the database and a list of all numbers can tell which of them were erased,
and nothing else of them.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection

from sqlalchemy import Connection, delete, select

from outreach.roster import among
from outreach.storage.inserting import insert_into
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.tables import suppression, tombstone

#: Name of the mark that holds the key.
_KEY = "tombstones"
#: Why an address is suppressed with the number.
ERASED = "erased"


def put(connection: Connection, number: str, addresses: Collection[str]) -> None:
    """Let this number in no more; `addresses` are the hashes of those that were suppressed with it."""
    key = read_mark(connection, _KEY) or secrets.token_hex(32)
    write_mark(connection, _KEY, key)
    row = {"number_hash": _hash(key, number), "addresses": sorted(addresses)}
    connection.execute(insert_into(connection, tombstone).values(row).on_conflict_do_nothing())


def erased(connection: Connection, numbers: Collection[str]) -> frozenset[str]:
    """Those of the numbers that were erased."""
    key = read_mark(connection, _KEY)
    if key is None:
        return frozenset()
    hashes = {_hash(key, number): number for number in numbers}
    mine = tombstone.c.number_hash.in_(among.texts(connection, hashes))
    return frozenset(hashes[found] for found in connection.scalars(select(tombstone.c.number_hash).where(mine)))


def lift(connection: Connection, number: str) -> bool:
    """Let a number in again, and its addresses be written to; False where it was not erased."""
    key = read_mark(connection, _KEY) or ""
    mine = tombstone.c.number_hash == _hash(key, number)
    addresses = connection.scalar(select(tombstone.c.addresses).where(mine))
    if addresses is None:
        return False
    barred = suppression.c.address_hash.in_(addresses), suppression.c.reason == ERASED
    connection.execute(delete(suppression).where(*barred))
    connection.execute(delete(tombstone).where(mine))
    return True


def _hash(key: str, number: str) -> str:
    return hmac.digest(key.encode(), number.encode("utf-8", "surrogatepass"), "sha256").hex()
