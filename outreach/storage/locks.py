"""One at a time on one database: the lock that keeps two ticks from planning at once.

Held by whoever lives, given back by the system when it dies: an advisory lock of the PostgreSQL session, or of a file
beside the SQLite database. Nothing to expire, nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from outreach.errors import OutreachError
from outreach.storage.database import Database

#: Locks on databases in memory, which no other process can see.
_in_memory: dict[tuple[int, str], threading.Lock] = {}


@contextmanager
def held(database: Database, name: str = "tick") -> Iterator[bool]:
    """Hold a named lock of this database for the length of the block.

    Yields True when it was free, and False, without waiting, when another process or thread holds it.

    Raises:
        OutreachError: the lock file cannot be made.
    """
    if database.dialect == "postgresql":
        taken = _advisory(database, name)
    elif database.engine.url.database in (None, "", ":memory:"):
        taken = _threads(database, name)
    else:
        taken = _file(f"{database.engine.url.database}.{name}.lock")
    with taken as free:
        yield free


@contextmanager
def _advisory(database: Database, name: str) -> Iterator[bool]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Scratch copies live in schemas of the same database, and PostgreSQL's locks know no schema.
        schema = connection.scalar(select(func.current_schema()))
        number = zlib.crc32(f"outreach/{schema}/{name}".encode())
        free = bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
        try:
            yield free
        finally:
            if free:
                connection.execute(select(func.pg_advisory_unlock(number)))


@contextmanager
def _file(path: str) -> Iterator[bool]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutreachError(
            f"the lock file cannot be made: {error.strerror}",
            where=path,
            remedy="Let this user write to the folder of the database.",
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextmanager
def _threads(database: Database, name: str) -> Iterator[bool]:
    lock = _in_memory.setdefault((id(database.engine), name), threading.Lock())
    free = lock.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            lock.release()
