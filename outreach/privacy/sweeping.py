"""What of a person lies outside of the tables: messages, lists, copies to look at, and bytes of what was deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from outreach.delivery.channels.handover import removing as lines
from outreach.delivery.channels.outbox import removing as messages
from outreach.errors import OutreachError
from outreach.privacy.erasing import Erased
from outreach.privacy.expiring import ASIDE, DROPPED, PREVIEWS
from outreach.privacy.exporting import Folders
from outreach.storage.database import LOCK_WAIT, Database

#: Of these files the database takes care, or they hold nobody's address by their nature.
_KEPT = (".db", ".db-wal", ".db-shm", ".lock", ".mails")


@dataclass(frozen=True, slots=True)
class Swept:
    """What was removed outside of the database."""

    messages: int
    lines: int
    copies: int
    #: Files that hold one of the addresses and are not Outreach's to change.
    left: tuple[Path, ...]


def sweep(database: Database, folders: Folders, erased: Erased) -> Swept:
    """Remove a person's messages, lines in lists and copies, and overwrite what the database had deleted.

    Of previews and of files that HR dropped all go that there are: such a file names everybody, and in a workbook or
    another encoding no search would find them.

    Raises:
        OutreachError: a list cannot be read, or somebody reads the database without end.
    """
    found = Swept(
        messages.remove(folders.outbox, erased.person, erased.addresses),
        lines.remove(folders.handover, erased.person),
        _remove_copies(folders.var, erased.addresses),
        tuple(_left(folders.var, erased.addresses)),
    )
    scrub(database)
    return found


def scrub(database: Database) -> None:
    """Let no byte of what was deleted stay in the files of SQLite: what is there is written anew, the log emptied.

    PostgreSQL does the like by itself, table by table (`VACUUM`).

    Raises:
        OutreachError: somebody read the database all the time.
    """
    path = database.engine.url.database
    if database.dialect != "sqlite" or database.in_memory or path is None:
        return
    with database.turn(), closing(sqlite3.connect(path, timeout=LOCK_WAIT, isolation_level=None)) as connection:
        # Not in memory, as the program's own connections have it: the database may be larger.
        connection.execute("PRAGMA temp_store=FILE")
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise OutreachError(
            "the database's log could not be emptied, as somebody was reading all the time",
            where=f"{path}-wal",
            remedy="`outreach person scrub` tries again; until then what was erased can be found in that file.",
        )


def _remove_copies(var: Path, addresses: Sequence[str]) -> int:
    previews = (path for path in (var / PREVIEWS).rglob("*") if path.is_file())
    dropped = (path for path in (var / DROPPED).rglob("*") if path.is_file())
    copies = [*previews, *dropped, *_holding(var / ASIDE, addresses)]
    for path in copies:
        path.unlink(missing_ok=True)
    return len(copies)


def _left(var: Path, addresses: Sequence[str]) -> Iterator[Path]:
    yield from (path for path in _holding(var, addresses) if not path.name.endswith(_KEPT))


def _holding(folder: Path, addresses: Sequence[str]) -> Iterator[Path]:
    """The files that hold one of the addresses, however its letters are cased."""
    wanted = [address.casefold().encode() for address in addresses]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and any(address in path.read_bytes().lower() for address in wanted):
            yield path
