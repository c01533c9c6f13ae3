"""The database's clock, which all senders share: leases and rates live on it, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select


def database_now(connection: Connection) -> datetime:
    """The moment by the database's clock."""
    if connection.dialect.name == "sqlite":
        text: str = connection.execute(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"))).scalar_one()
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)
