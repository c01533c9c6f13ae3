"""What trials start from: a world made ready once for each kind of database, and copied for each trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.chaos.ledgers import PostgreSQLLedgers, SQLiteLedgers
from tests.chaos.world import Ready, make_ready
from tests.databases import PostgreSQL

#: People in a trial: enough that every connection has something to do for a while.
PEOPLE = 40


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory, postgresql_server: PostgreSQL) -> Iterator[Callable[..., Ready]]:
    """Makes a world ready: `ready("sqlite")`, `ready("postgresql", people=200)`."""
    postgresql: list[PostgreSQLLedgers] = []

    @cache
    def ledgers(kind: str) -> SQLiteLedgers | PostgreSQLLedgers:
        if kind == "sqlite":
            return SQLiteLedgers(tmp_path_factory.mktemp("ledgers"))
        postgresql.append(PostgreSQLLedgers(postgresql_server.place().url.set(database="postgres")))
        return postgresql[0]

    @cache
    def make(kind: str, people: int = PEOPLE) -> Ready:
        return make_ready(tmp_path_factory.mktemp("ready"), ledgers(kind), people)

    yield make
    for made in postgresql:
        made.close()
