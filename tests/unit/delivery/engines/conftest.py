"""Workers know PostgreSQL alone."""

from __future__ import annotations

import pytest

from tests.databases import Place, PostgreSQL


@pytest.fixture
def place(postgresql_server: PostgreSQL) -> Place:
    return postgresql_server.place()
