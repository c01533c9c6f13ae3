"""Where each delivery's message stands in the outbox: made from the segments, and made anew whenever it is gone.

Writers do not touch it, so that it costs them nothing and a crash cannot part it from the truth: whoever reads first
adds what was written since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from outreach.delivery.channels.outbox import frames, segments

_TABLES = """
CREATE TABLE IF NOT EXISTS segment (name TEXT PRIMARY KEY, indexed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, segment TEXT NOT NULL, start INTEGER NOT NULL) WITHOUT ROWID;
"""


class Index:
    """The index of one outbox."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder

    def find(self, key: str) -> tuple[str, int] | None:
        """Segment and start of the frame that holds the latest message of this delivery."""
        with self._current() as connection:
            found = connection.execute("SELECT segment, start FROM entry WHERE key = ?", [key]).fetchone()
        return (found[0], found[1]) if found else None

    def known(self, keys: Collection[str]) -> frozenset[str]:
        """Which of these deliveries have a message here."""
        with self._current() as connection:
            rows = (connection.execute("SELECT key FROM entry WHERE key = ?", [key]).fetchone() for key in keys)
            return frozenset(row[0] for row in rows if row)

    def starting(self, prefix: str) -> list[str]:
        """The keys here that begin so, in their order."""
        with self._current() as connection:
            found = connection.execute("SELECT key FROM entry WHERE key GLOB ? || '*' ORDER BY key", [prefix])
            return [row[0] for row in found]

    @contextmanager
    def _current(self) -> Iterator[sqlite3.Connection]:
        """The index with everything in it that was written until now."""
        try:
            connection = self._opened()
        except sqlite3.DatabaseError:
            self._file.unlink()  # not an index: nothing is lost with it
            connection = self._opened()
        with closing(connection):
            connection.execute("BEGIN IMMEDIATE")
            for name in segments.names(self._folder):
                self._add(connection, name)
            connection.commit()
            yield connection

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=30, isolation_level=None)
        try:
            connection.executescript(_TABLES)
            connection.execute("PRAGMA synchronous=OFF")
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _add(self, connection: sqlite3.Connection, name: str) -> None:
        row = connection.execute("SELECT indexed FROM segment WHERE name = ?", [name]).fetchone()
        start = end = row[0] if row else 0
        for frame in segments.read(self._folder / name, start):
            rows = [(key, name, frame.start) for key in frames.keys(frame.payload)]
            connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", rows)
            end = frame.end
        if end > start:
            connection.execute("INSERT OR REPLACE INTO segment VALUES (?, ?)", [name, end])
