"""Who is sending: each sender says every few seconds that it lives, by the database's clock, which all machines share.

What a sender holds in the ledger is its own as long as it lives. Who is dead is told by silence, or at once where it
ran on this machine and its process is gone.
"""

from __future__ import annotations

import os
import zlib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_hex

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select

from outreach.delivery import pacing
from outreach.delivery.clocks import database_now
from outreach.storage.inserting import insert_into
from outreach.storage.tables import sender

#: A sender that has not been heard of for so long is dead.
LIFE = timedelta(seconds=30)
#: Seconds between two signs of life.
BEAT = 3.0
#: Where Linux lists its processes.
_PROC = Path("/proc")


def new_owner() -> str:
    """A name for a sender, never used again: its machine, its process, and a random rest."""
    return f"{_machine()}/{os.getpid()}/{token_hex(6)}"


@cache
def _machine() -> str:
    """This boot of this machine and its space of process numbers, which containers do not share."""
    boot, space = _PROC / "sys/kernel/random/boot_id", _PROC / "self/ns/pid"
    known = [boot.read_text(), str(space.readlink())] if boot.exists() and space.exists() else []
    return f"{zlib.crc32(''.join([os.uname().nodename, *known]).encode()):08x}"


def beat(connection: Connection, owner: str, kind: str, server: str, limit: int, siblings: int = 1) -> int:
    """Say that this sender lives. Returns its share of the `limit` connections that all senders have at that server.

    `siblings` is how many senders start together: the first of them leaves room for the others. Who waits to be woken
    has no server yet, and a limit of 0.
    """
    if limit:
        pacing.hold(connection, server)
    clock = database_now(connection)
    others = connection.scalars(
        select(sender.c.connections).where(sender.c.server == server, sender.c.owner != owner, _lives(clock))
    ).all()
    fair = max(1, limit // max(siblings, len(others) + 1))
    share: int = max(0, min(fair, limit - sum(others)))
    life = {"connections": share, "alive_until": clock + LIFE}
    # Also of a sender whose last sign of life may still be under way, on a connection that was lost.
    sign = insert_into(connection, sender).values(owner=owner, kind=kind, server=server[:300], started_at=clock, **life)
    connection.execute(sign.on_conflict_do_update(index_elements=["owner"], set_=life))
    return share


def leave(connection: Connection, owner: str) -> None:
    """This sender is gone, in peace."""
    connection.execute(delete(sender).where(sender.c.owner == owner))


def living(connection: Connection) -> Select[tuple[str]]:
    """The names of all senders that live."""
    return select(sender.c.owner).where(_lives(database_now(connection)))


def workers(connection: Connection) -> int:
    """How many workers are alive, waiting to be woken."""
    alive = select(func.count()).select_from(sender).where(sender.c.kind == "worker")
    return connection.scalar(alive.where(_lives(database_now(connection)))) or 0


def bury(connection: Connection) -> None:
    """Forget the senders that are dead."""
    gone = [owner for owner in connection.scalars(select(sender.c.owner)).all() if _is_gone(owner)]
    connection.execute(delete(sender).where(sender.c.owner.in_(gone) | ~_lives(database_now(connection))))


def _lives(clock: datetime) -> ColumnElement[bool]:
    """Heard of of late; an hour that lies far ahead was written before the clock was put back, and says nothing."""
    return sender.c.alive_until.between(clock, clock + 2 * LIFE)


def _is_gone(owner: str) -> bool:
    """Whether this was a process of this machine that is there no more."""
    machine, _, rest = owner.partition("/")
    process = rest.partition("/")[0]
    return machine == _machine() and (_PROC / "self").exists() and not (_PROC / process).exists()
