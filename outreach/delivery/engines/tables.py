"""procrastinate's own tables, made by the first worker and brought up to date by the first one of a newer program.

They stand in the schema of ours: its triggers look for them on the search path of whoever enqueues, and that is `run`.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, text

from outreach.errors import OutreachError
from outreach.storage.database import Database
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.schema import making_tables

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

#: Name of the mark that keeps the last of procrastinate's migrations that these tables have.
_MARK = "procrastinate"
#: Any number that nobody else takes on the same server: held while tables change, so that one process does it.
_LOCK = 0x6F757473

# Not to_regclass, which remembers from before it waited for the lock that there were none.
_ARE_THERE = text(
    "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'procrastinate_jobs')"
)


def ensure_tables(database: Database) -> None:
    """Make the tables, or bring them up to date; when they are, one SELECT is all. Several may do it at once.

    Raises:
        OutreachError: this user may not make them, or they are not ours or of a newer program.
    """
    with database.reading() as connection:
        if _state(connection) == _migrations()[-1].name:
            return
    with making_tables(database) as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        _bring_up(connection)


def _bring_up(connection: Connection) -> None:
    known, state = _migrations(), _state(connection)
    if state is None:
        missing = [_sql() / "schema.sql"]
    elif state > known[-1].name:
        raise OutreachError(
            "the tables of jobs were made by a newer version of Outreach",
            remedy="Install that version on this machine, too. Until then the other workers send.",
        )
    else:
        missing = [migration for migration in known if migration.name > state]
    for script in missing:
        # Without parameters: a % in it is a %.
        connection.execution_options(no_parameters=True).exec_driver_sql(script.read_text(encoding="utf-8"))
    write_mark(connection, _MARK, known[-1].name)


def _state(connection: Connection) -> str | None:
    """The last migration that the tables have; None where there are none."""
    if not connection.scalar(_ARE_THERE):
        return None
    state = read_mark(connection, _MARK)
    if state is None:
        raise OutreachError(
            "another program keeps its jobs in this schema, in tables of the same names",
            remedy="Give Outreach a database of its own.",
        )
    return state


def _sql() -> Traversable:
    return resources.files("procrastinate") / "sql"


def _migrations() -> list[Traversable]:
    """The changes from one version to the next, oldest first; `schema.sql` is all of them together."""
    found = (file for file in (_sql() / "migrations").iterdir() if file.name.endswith(".sql"))
    return sorted(found, key=lambda file: file.name)
