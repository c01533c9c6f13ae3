"""The tables are there and are this program's: made, or brought up to date, when they are not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from outreach.errors import OutreachError
from outreach.storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision in `migrations/versions`: kept here so that a run that finds it needs no alembic (0.3 s).
HEAD = "0024"

#: Any number that nobody else takes on the same server: held while tables change, so that one process does it.
_LOCK = 0x6F757472
#: SQLSTATE of `insufficient_privilege`.
_FORBIDDEN = "42501"


def ensure_schema(database: Database) -> None:
    """Make the tables, or bring them up to date; when they are this program's already, one SELECT is all.

    Safe when several processes do it at once: the others wait, and then find it done.

    Raises:
        OutreachError: the database cannot be opened, or was made by a newer version of the program.
    """
    if revision(database) != HEAD:
        _upgrade(database)


def revision(database: Database) -> str | None:
    """The revision of the database's tables; None when it has none yet.

    Raises:
        OutreachError: the database cannot be opened.
    """
    try:
        with database.reading() as connection:
            return _stored(connection)
    except OperationalError as problem:
        raise OutreachError(
            f"the database cannot be opened ({type(problem.orig).__name__})",
            where=database.engine.url.render_as_string(hide_password=True),
            remedy="Does the file's folder exist and may it be written, or does the server run and let you in?",
        ) from None


def _stored(connection: Connection) -> str | None:
    try:
        with connection.begin_nested():
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (OperationalError, ProgrammingError) as problem:
        if "alembic_version" in str(problem.orig):
            return None
        raise
    return None if found is None else str(found)


def _upgrade(database: Database) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    with making_tables(database) as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        stored = _stored(connection)
        if stored == HEAD:
            return
        config = configuration(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if stored is not None and stored not in known:
            raise OutreachError(
                f"the database was made by a newer version of Outreach (its revision is {stored}, ours is {HEAD})",
                remedy="Install that version or a later one; this one would not understand what it finds.",
            )
        command.upgrade(config, HEAD)


@contextmanager
def making_tables(database: Database) -> Iterator[Connection]:
    """A transaction that makes tables.

    Raises:
        OutreachError: this PostgreSQL user may not.
    """
    try:
        with database.writing() as connection:
            yield connection
    except ProgrammingError as problem:
        if getattr(problem.orig, "sqlstate", None) != _FORBIDDEN:
            raise
        raise _forbidden(database) from None


def _forbidden(database: Database) -> OutreachError:
    with database.reading() as connection:
        user, schema = connection.execute(select(func.current_user(), func.current_schema())).one()
    return OutreachError(
        "this PostgreSQL user may not make tables",
        where=database.engine.url.render_as_string(hide_password=True),
        remedy=f'As the owner of the database: GRANT CREATE ON SCHEMA "{schema}" TO "{user}";',
    )


def configuration(connection: Connection) -> Config:
    """What alembic needs to work on this connection, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
