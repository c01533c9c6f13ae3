"""The database's own settings: do they keep the promise that what was recorded stays recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DatabaseError

from outreach.doctor import disks
from outreach.doctor.findings import Finding, Remark, together
from outreach.doctor.witnesses import Times
from outreach.storage.database import Database

#: Connections that a server keeps for its administrators, and as many that ours may need in a hurry.
_RESERVE = 10
#: Older versions get no corrections any more.
_SUPPORTED = 14
_MOUNTS = Path("/proc/mounts")


def look(database: Database, *, thorough: bool) -> Iterator[Finding]:
    """What is to be said of it; `thorough` reads every page of an SQLite database."""
    if database.dialect == "postgresql":
        with database.reading() as connection:
            yield from postgresql(_settings(connection))
        return
    with database.reading() as connection:
        yield sqlite(_pragma(connection, "journal_mode"), _pragma(connection, "synchronous"))
    yield from _disk(Path(str(database.engine.url.database)))
    if thorough:
        yield intact(_quick_check(database))


# --- SQLite ----------------------------------------------------------------------------------------------


def _disk(path: Path) -> Iterator[Finding]:
    mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace") if _MOUNTS.exists() else ""
    if kind := disks.remote(path.resolve(), mounts):
        remedy = (
            "Move it to a disk of this machine, or use PostgreSQL: SQLite loses data there when two machines write."
        )
        yield Finding("database: disk", "warn", f"{path} is on another machine's disk ({kind})", remedy)


def _pragma(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())


def _quick_check(database: Database) -> str:
    try:
        with database.reading() as connection:
            return _pragma(connection, "quick_check")
    except DatabaseError:
        return "it cannot even be asked"


def sqlite(journal: str, synchronous: str) -> Finding:
    """What is to be said of these settings."""
    remarks = [Remark("ok", f"journal_mode={journal}")]
    if journal.lower() != "wal":
        remarks = [Remark("fail", f"journal_mode={journal}", "Move the database to a disk on which WAL works.")]
    if synchronous != "2":
        remarks.append(
            Remark("fail", f"synchronous={synchronous}, not FULL", "A power cut would forget what was sent.")
        )
    else:
        remarks.append(Remark("ok", "synchronous=FULL"))
    return together("database: settings", remarks)


def intact(answer: str) -> Finding:
    """What is to be said of the answer to `PRAGMA quick_check`."""
    if answer == "ok":
        return Finding("database: pages", "ok", "every page is sound")
    remedy = "Stop everything that sends, and restore a backup: docs/how-to/run-by-cron.md says how to go on."
    return Finding("database: pages", "fail", "the file is damaged", remedy)


# --- PostgreSQL ------------------------------------------------------------------------------------------

_ASKED = """
SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('max_connections')::int AS connections,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
       has_database_privilege(current_database(), 'CREATE') AS may_make_schemas,
       pg_is_in_recovery() AS is_copy
"""


def _settings(connection: Connection) -> Mapping[str, Any]:
    return dict(connection.execute(text(_ASKED)).mappings().one())


def postgresql(found: Mapping[str, Any]) -> Iterator[Finding]:
    """What is to be said of these settings."""
    yield together("database: settings", [*_version(found), *_durability(found)])
    left = found["connections"] - found["used"]
    saw = f"{found['used']} of {found['connections']} connections are in use"
    if left < _RESERVE:
        yield Finding("database: connections", "warn", saw, "Raise max_connections, or run fewer workers.")
    else:
        yield Finding("database: connections", "ok", saw)
    if found["may_make_schemas"]:
        yield Finding("database: permissions", "ok", "schemas can be made, as `plan` does")
    else:
        remedy = "GRANT CREATE ON DATABASE … TO …, or do without `outreach plan`."
        yield Finding("database: permissions", "warn", "no schema can be made to try a plan in", remedy)


def _version(found: Mapping[str, Any]) -> Iterator[Remark]:
    major = found["version"] // 10_000
    old = major < _SUPPORTED
    yield Remark(
        "warn" if old else "ok", f"PostgreSQL {major}", "Use a version that still gets corrections." if old else ""
    )
    if found["is_copy"]:
        yield Remark(
            "fail", "it is a standby, which cannot be written to", "Name the primary in OUTREACH_DATABASE_URL."
        )


def _durability(found: Mapping[str, Any]) -> Iterator[Remark]:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if found[name] == "off":
            yield Remark(
                "fail", f"{name}=off", f"Set {name}=on: a power cut would forget what was sent, and repeat it."
            )
        else:
            yield Remark("ok", f"{name}={found[name]}")


def times(database: Database, now: Callable[[], datetime]) -> Times | None:
    """The database's clock and ours; None where it is the same one."""
    if database.dialect == "sqlite":
        return None
    with database.reading() as connection:
        theirs = connection.scalar(select(func.clock_timestamp()))
        return Times(theirs.astimezone(UTC), now()) if theirs else None
