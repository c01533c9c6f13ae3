"""How far this installation has come, kept outside of the database: it tells a backup from a long rest.

Each process that sends has a slot of its own: a file that it keeps locked, and a row of the table `progress`. Every
commit that lets something go, or says that it left, moves both on, the row within the commit and the file after it, so
that the file is never ahead of the database, but where the database went back. The file also says how far all slots
together were when it was last looked; so a machine that sent nothing itself knows a backup too. (DESIGN.md, "Keys,
states, promise".)
"""

from __future__ import annotations

import fcntl
import os
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Protocol

from sqlalchemy import Connection, func, select

from outreach.errors import OutreachError
from outreach.storage.inserting import insert_into
from outreach.storage.keeping import keep
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.tables import progress

#: Name of the mark (in the database) that counts how often a backup was gone on from.
_EPOCH = "epoch"
#: More octets than a file has.
_LONGEST = 100


class Mark(Protocol):
    """What a sender does to be found again."""

    #: Of its row in the table `progress`.
    name: str

    def advance(self, number: int) -> None:
        """Within a commit that records something sent: the row has come so far.

        It is the row's own number, so that a commit that failed, and is made again, counts once.
        """

    def keep(self) -> None:
        """After the commit: the file follows."""

    def look(self, connection: Connection) -> None:
        """See how far all have come; the file follows."""


class NoMark:
    """For scratch copies, which nobody restores."""

    #: No row has it.
    name = ""

    def advance(self, number: int) -> None:
        """Nothing."""

    def keep(self) -> None:
        """Nothing."""

    def look(self, connection: Connection) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a file says that things had come."""

    #: How often a backup was gone on from.
    epoch: int
    #: Steps of the file's own slot.
    number: int
    #: Steps of all slots together, when it was last looked.
    seen: int

    def __bytes__(self) -> bytes:
        return b"%010d %020d %020d\n" % (self.epoch, self.number, self.seen)

    @classmethod
    def of(cls, content: bytes) -> Place | None:
        """What the file says; None where it was not written whole, or never."""
        parts = content.split()
        if len(content) != len(bytes(cls(0, 0, 0))) or len(parts) != 3 or not all(map(bytes.isdigit, parts)):
            return None
        return cls(*map(int, parts))


class Slot:
    """A `Mark` in a folder; the first slot that no other process has. Its sender and its heart use it side by side."""

    def __init__(self, folder: Path) -> None:
        self._installation = _name(folder)
        self._file, number = _claim(folder)
        self.name = f"{self._installation}/{number}"
        #: As the file has it.
        self._place = Place.of(os.pread(self._file, _LONGEST, 0)) or Place(0, 0, 0)
        #: Steps of a commit that may still fail.
        self._ahead = 0
        self._lock = threading.Lock()

    def advance(self, number: int) -> None:
        self._ahead = number

    def keep(self) -> None:
        with self._lock:
            self._write(replace(self._place, number=self._ahead))

    def look(self, connection: Connection) -> None:
        statement = insert_into(connection, progress).values(slot=self.name, number=0)
        connection.execute(statement.on_conflict_do_nothing())
        number = connection.scalar(select(progress.c.number).where(progress.c.slot == self.name)) or 0
        found = Place(_epoch(connection), number, _steps(connection))
        with self._lock:
            self._write(found)

    def _write(self, found: Place) -> None:
        """On, never back: what was found may be old by now, or the database from a backup since it was looked at."""
        known = self._place
        if found.epoch == known.epoch:
            number = max(found.number, known.number)
            found = Place(found.epoch, number, max(number, found.seen, known.seen))
        if found.epoch >= known.epoch and found != known:
            os.pwrite(self._file, bytes(found), 0)
            self._place = found

    def close(self) -> None:
        """Leave the slot to others."""
        os.close(self._file)


def is_restored(connection: Connection, folder: Path) -> bool:
    """Whether this database is older than what was sent from here: somebody has restored a backup."""
    # Before the database is asked: who sends meanwhile moves the database on first and the file after it.
    places = {file.stem: Place.of(file.read_bytes()) for file in folder.glob("*.mark")}
    if not places:
        return False
    epoch, steps, name = _epoch(connection), _steps(connection), _name(folder)
    slots = {row.slot: row.number for row in connection.execute(select(progress)).all()}
    for slot, place in places.items():
        if place is None or place.epoch < epoch:
            continue
        if place.epoch > epoch or place.seen > steps or place.number > slots.get(f"{name}/{slot}", 0):
            return True
    return False


def go_on(connection: Connection, folder: Path) -> None:
    """From here on this database counts, although it is older than what was sent."""
    known = [place.epoch for file in folder.glob("*.mark") if (place := Place.of(file.read_bytes()))]
    write_mark(connection, _EPOCH, str(max([_epoch(connection), *known]) + 1))


def _epoch(connection: Connection) -> int:
    return int(read_mark(connection, _EPOCH) or 0)


def _steps(connection: Connection) -> int:
    return int(connection.scalar(select(func.sum(progress.c.number))) or 0)


def _name(folder: Path) -> str:
    """The installation's own name, made once."""
    try:
        return keep(folder / "name", lambda: token_hex(8))
    except OSError as error:
        raise _unwritable(folder, error) from None


def _claim(folder: Path) -> tuple[int, int]:
    """The first file that is free, open and locked, and its number."""
    for number in range(10_000):
        try:
            file = os.open(folder / f"{number}.mark", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(folder, error) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return file, number
    raise OutreachError("too many processes send at once", where=str(folder), remedy="End some of them.")


def _unwritable(folder: Path, error: OSError) -> OutreachError:
    return OutreachError(
        f"the marks of what was sent cannot be kept: {error.strerror}",
        where=str(folder),
        remedy="Let this user write there, and make room on the disk.",
    )
