"""What to do while the database is away: wait a little and try again, or say what is wrong."""

from __future__ import annotations

import logging
import time

from sqlalchemy.exc import DBAPIError, OperationalError

from outreach.errors import OutreachError

_log = logging.getLogger(__name__)

#: Seconds for which a database that restarts is waited for. What the mail server has said meanwhile is kept.
PATIENCE = 90.0
_FIRST, _LONGEST = 0.05, 2.0
#: What SQLite says when waiting helps nobody -> what to do.
_HOPELESS = {
    "full": "Make room on the disk, and run again: what was not recorded is settled then.",
    "readonly": "Let this user write to the database's file and its folder, and run again.",
    "disk I/O error": "Look after the disk or the network drive that the database is on, and run again.",
    "unable to open": "Let this user write to the database's folder, and run again.",
}


def _is_away(error: Exception) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError) or _is_of_a_driver(error)


def _is_of_a_driver(error: Exception) -> bool:
    """Said by SQLite's or PostgreSQL's driver itself (`storage.driver`), and about the outside."""
    return type(error).__module__.startswith(("sqlite3", "psycopg")) and any(
        kind.__name__ in ("OperationalError", "InterfaceError") for kind in type(error).__mro__
    )


class Patience:
    """How long one piece of work on the database has been tried."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._wait = _FIRST

    def wait(self, error: Exception) -> None:
        """Wait before the work is tried again.

        Raises:
            OutreachError: waiting would be vain, or has been.
            Exception: `error` itself, where it is not the database's absence.
        """
        if not isinstance(error, DBAPIError) and not _is_of_a_driver(error):
            raise error
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause)
        remedy = next((remedy for word, remedy in _HOPELESS.items() if word in said), "")
        if remedy:
            raise OutreachError(f"the database cannot be written to: {said}", remedy=remedy) from None
        if not _is_away(error):
            raise error
        if time.monotonic() - self._began > PATIENCE:
            raise OutreachError(
                "the database is away", remedy="Start it, and run again: nothing is lost, and nothing is sent twice."
            ) from None
        _log.warning("the database is away; waiting", extra={"error": type(cause).__name__})
        time.sleep(self._wait)
        self._wait = min(2 * self._wait, _LONGEST)
