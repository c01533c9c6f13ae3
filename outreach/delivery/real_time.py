"""The real time, for what others compare with their own clocks, whatever time is played (`--at`, a demo)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from time import monotonic

from outreach.delivery.leases import database_now
from outreach.storage.database import Database


def real_time(database: Callable[[], Database]) -> Callable[[], datetime]:
    """A clock: the database's, which all machines share, asked once and carried on by this machine's monotonic one."""

    @cache
    def start() -> tuple[datetime, float]:
        with database().reading() as connection:
            return database_now(connection), monotonic()

    def now() -> datetime:
        moment, at = start()
        return moment + timedelta(seconds=monotonic() - at)

    return now
