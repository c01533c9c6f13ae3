"""The database's clock, which all senders share: leases, rates and signatures live on it, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from time import monotonic

from sqlalchemy import Connection, func, select

from outreach.storage.database import Database


def database_now(connection: Connection) -> datetime:
    """The moment by the database's clock."""
    if connection.dialect.name == "sqlite":
        text: str = connection.execute(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"))).scalar_one()
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def real_time(database: Callable[[], Database]) -> Callable[[], datetime]:
    """A clock for what others compare with their own, whatever time is played (`--at`, a demo).

    The database is asked once; this machine's monotonic clock carries on.
    """

    @cache
    def start() -> tuple[datetime, float]:
        with database().reading() as connection:
            return database_now(connection), monotonic()

    def now() -> datetime:
        moment, at = start()
        return moment + timedelta(seconds=monotonic() - at)

    return now
