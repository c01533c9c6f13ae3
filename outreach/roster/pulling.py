"""Pulling a source's people over HTTP, when it is due or when somebody asks, and bringing the roster in line.

What is not the whole is no pull: then nothing changes, nobody leaves, and it is tried again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from outreach.definitions.model import Pull, Workspace
from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError
from outreach.roster.importing import import_roster
from outreach.roster.report import ImportReport
from outreach.roster.sources.http.pages import Means, pull
from outreach.storage.database import Database
from outreach.storage.locks import held
from outreach.storage.marks import read_mark, write_mark

#: After a pull that failed, the next one waits so long.
_AGAIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a source from pull to pull."""

    #: When it was asked last, and when it was taken last: ISO 8601; empty: never.
    tried: str = ""
    done: str = ""
    etag: str = ""
    #: Of the definition with which `etag` was got: with another one it says nothing.
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One pull: of which source, for whom, and as of when."""

    source: str
    now: datetime
    zone: ZoneInfo
    #: Who goes on record for it.
    by: str
    accept_leavers: bool = False
    dry_run: bool = False


def named(workspace: Workspace, source: str) -> Pull:
    """The definition of a source.

    Raises:
        OutreachError: there is none of that name.
    """
    if source not in workspace.pulls:
        hint = advice(source, workspace.pulls, "sources")
        raise OutreachError(f"there is no source {shown(source)} to pull from", where="outreach.yaml",
                            remedy=f"They stand under roster.pulls. {hint}")  # fmt: skip
    return workspace.pulls[source]


def due(database: Database, workspace: Workspace, now: datetime, zone: ZoneInfo) -> list[str]:
    """The sources whose time has come since they were taken last."""
    with database.reading() as connection:
        memories = {source: _recall(read_mark(connection, _mark(source))) for source in workspace.pulls}
    return [source for source, wanted in workspace.pulls.items() if _is_due(wanted, memories[source], now, zone)]


def pull_now(database: Database, workspace: Workspace, order: Order, means: Means) -> ImportReport | None:
    """Ask a source for everybody, and import them; None: nothing has changed there, or another process is at it.

    Raises:
        OutreachError: it cannot be had as a whole, or the import refuses it. Nothing has changed then.
    """
    wanted = named(workspace, order.source)
    with held(database, f"pull-{order.source}") as free:
        return _pull(database, workspace, wanted, order, means) if free else None


def _pull(database: Database, workspace: Workspace, wanted: Pull, order: Order, means: Means) -> ImportReport | None:
    with database.reading() as connection:
        before = _recall(read_mark(connection, _mark(order.source)))
    _remember(database, order, Memory(order.now.isoformat(), before.done, before.etag, before.definition))
    definition = _definition(workspace, order.source)
    pulled = pull(wanted, means, before.etag if definition == before.definition and not order.dry_run else "")
    report = None if pulled.people is None else import_roster(
        database, pulled.people, workspace, source=order.source, now=order.now,
        today=order.now.astimezone(order.zone).date(), accept_leavers=order.accept_leavers, dry_run=order.dry_run,
        by=order.by,
    )  # fmt: skip
    _remember(database, order, Memory(order.now.isoformat(), order.now.isoformat(), pulled.etag, definition))
    return report


def _is_due(wanted: Pull, memory: Memory, now: datetime, zone: ZoneInfo) -> bool:
    slot = _slot(wanted, now, zone)
    if slot is None or (memory.done and datetime.fromisoformat(memory.done) >= slot):
        return False
    has_failed = memory.tried != memory.done
    return not has_failed or now - datetime.fromisoformat(memory.tried) >= _AGAIN


def _slot(wanted: Pull, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The last moment at which it was to be pulled."""
    today = now.astimezone(zone).date()
    moments = [
        datetime.combine(day, at, zone).astimezone(UTC)
        for day in (today, today - timedelta(days=1))
        for at in wanted.at
    ]
    return max((moment for moment in moments if moment <= now), default=None)


def _definition(workspace: Workspace, source: str) -> str:
    read_by = (workspace.pulls[source], workspace.mappings, workspace.fields)
    return sha256(repr(read_by).encode()).hexdigest()


def _mark(source: str) -> str:
    return f"pull-{sha256(source.encode()).hexdigest()[:32]}"


def _recall(text: str | None) -> Memory:
    return Memory(**json.loads(text)) if text else Memory()


def _remember(database: Database, order: Order, memory: Memory) -> None:
    if not order.dry_run:
        with database.writing() as connection:
            write_mark(connection, _mark(order.source), json.dumps(asdict(memory)))
