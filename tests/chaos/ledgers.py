"""A trial's database: copied from one in which everything was made ready, and read without the program's own code."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool


@dataclass(frozen=True)
class Ledger:
    """Where a database stands, and what it says."""

    url: URL

    @property
    def text(self) -> str:
        """The URL as OUTREACH_DATABASE_URL takes it."""
        return self.url.render_as_string(hide_password=False)

    @property
    def file(self) -> Path:
        """SQLite's file."""
        assert self.url.database
        return Path(self.url.database)

    @cached_property
    def _engine(self) -> Engine:
        driver = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}[self.url.get_backend_name()]
        return create_engine(self.url.set(drivername=driver), poolclass=NullPool)

    def rows(self, query: str, **values: Any) -> Sequence[Any]:
        """What a query finds."""
        with self._engine.connect() as connection:
            return connection.execute(text(query), values).all()

    def number(self, query: str) -> int:
        """The one number that a query finds."""
        return int(self.rows(query)[0][0])

    def change(self, *statements: str) -> None:
        """What only a trial may do to a database behind the program's back."""
        with self._engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def jump(self, by: timedelta) -> None:
        """Move the clock of a PostgreSQL database; SQLite's is that of each process."""
        if self.url.get_backend_name() == "postgresql":
            moved = {"seconds": by.total_seconds(), "name": self.url.database}
            self.change(*(statement.format(**moved) for statement in _JUMP))


_MOVED = """
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS $$ SELECT pg_catalog.clock_timestamp() + interval '{seconds} seconds' $$
"""
#: PostgreSQL looks for functions in `public` before its own.
_JUMP = (_MOVED, 'ALTER DATABASE "{name}" SET search_path = public, pg_catalog')


class Ledgers(Protocol):
    """Where databases of one kind come from."""

    def made(self, name: str, fill: Callable[[Ledger], None]) -> Ledger:
        """The database of that name, filled when it is first asked for."""

    def copy(self, original: Ledger, folder: Path) -> Ledger:
        """A new one with the same content."""

    def drop(self, ledger: Ledger) -> None:
        """Give a copy back."""

    def back_up(self, ledger: Ledger) -> Ledger:
        """A copy as it is now, of a database that may be in use where that is SQLite."""

    def restore(self, backup: Ledger, ledger: Ledger) -> None:
        """Put a backup in the place of the database, of which nothing is left."""


class SQLiteLedgers:
    """Files."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Ledger] = {}

    def made(self, name: str, fill: Callable[[Ledger], None]) -> Ledger:
        if name not in self._made:
            ledger = _sqlite(self._folder / f"{name}.db")
            fill(ledger)
            self._made[name] = ledger
        return self._made[name]

    def copy(self, original: Ledger, folder: Path) -> Ledger:
        ledger = _sqlite(folder / "outreach.db")
        shutil.copyfile(original.file, ledger.file)
        return ledger

    def drop(self, ledger: Ledger) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{ledger.file}{suffix}").unlink(missing_ok=True)

    def back_up(self, ledger: Ledger) -> Ledger:
        backup = _sqlite(ledger.file.with_suffix(".backup"))
        with closing(sqlite3.connect(ledger.file)) as source, closing(sqlite3.connect(backup.file)) as target:
            source.backup(target)
        return backup

    def restore(self, backup: Ledger, ledger: Ledger) -> None:
        self.drop(ledger)
        backup.file.rename(ledger.file)


class PostgreSQLLedgers:
    """Databases of one server, which copies them itself."""

    kind = "postgresql"

    def __init__(self, server: URL) -> None:
        self._server = Ledger(server)
        self._names = (f"chaos_{os.getpid()}_{number}" for number in count())
        self._made: dict[str, Ledger] = {}

    def made(self, name: str, fill: Callable[[Ledger], None]) -> Ledger:
        if name not in self._made:
            ledger = self._create(None)
            fill(ledger)
            self._made[name] = ledger
        return self._made[name]

    def copy(self, original: Ledger, folder: Path) -> Ledger:
        return self._create(original)

    def drop(self, ledger: Ledger) -> None:
        self._tell(f'DROP DATABASE "{ledger.url.database}" WITH (FORCE)')

    def back_up(self, ledger: Ledger) -> Ledger:
        return self._create(ledger)

    def restore(self, backup: Ledger, ledger: Ledger) -> None:
        self.drop(ledger)
        self._tell(f'ALTER DATABASE "{backup.url.database}" RENAME TO "{ledger.url.database}"')

    def close(self) -> None:
        """Leave nothing behind on the server."""
        for ledger in self._made.values():
            self.drop(ledger)

    def _create(self, original: Ledger | None) -> Ledger:
        name = next(self._names)
        self._tell(f'CREATE DATABASE "{name}" TEMPLATE "{original.url.database if original else "template1"}"')
        # Until the next checkpoint a copied sequence believes that its numbers ahead are in the log, where they are of
        # the original alone: a server that falls before it would give them out twice.
        self._tell("CHECKPOINT")
        return Ledger(self._server.url.set(database=name))

    def _tell(self, statement: str) -> None:
        with self._server._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))


def _sqlite(path: Path) -> Ledger:
    return Ledger(URL.create("sqlite", database=str(path)))
