"""What has been kept for long enough: found by the workspace's rules, and removed a little at a time.

The ledger itself stays, so that no cap, reminder or key of what was sent is changed by what is removed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, func, select

from outreach.definitions.looking_back import looks_back
from outreach.definitions.model import Campaign, Definitions
from outreach.planning.calendar import civil_day, zone
from outreach.roster import among
from outreach.storage import audit
from outreach.storage.database import Database
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.tables import delivery, enrolment, event, event_aside, receipt, soft_bounce

#: Rows removed in one transaction: some milliseconds, so that no sender waits.
CHUNK = 2_000
#: Name of the mark that tells the civil day of the last time.
_DONE = "retention"
#: States of a delivery of which something may still come.
_OPEN = ("planned", "attempting", "in_doubt")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is older than this goes."""

    today: date
    content: date
    receipts: datetime
    events: date
    #: Soft bounces that no longer count.
    bounces: datetime
    #: Kinds of events that a campaign may still act on, however old they are.
    kept_events: frozenset[str]

    @classmethod
    def of(cls, definitions: Definitions, now: datetime) -> Limits:
        """By the rules of these definitions."""
        kept, today = days_kept(definitions), civil_day(now, zone(definitions.workspace.time_zone))
        return cls(
            today,
            today - timedelta(days=kept["content"]),
            now - timedelta(days=kept["receipts"]),
            today - timedelta(days=kept["events"]),
            now - timedelta(days=definitions.workspace.bounces.forget_after.days),
            frozenset({"died"}.union(*map(_acted_on, definitions.campaigns.values()))),
        )


def is_due(database: Database, limits: Limits) -> bool:
    """Whether it was not done on this civil day yet."""
    with database.reading() as connection:
        return read_mark(connection, _DONE) != limits.today.isoformat()


def count(database: Database, limits: Limits) -> dict[str, int]:
    """Table -> how many of its rows would be removed."""
    with database.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table).where(*old)) or 0
            for table, old in _rules(limits)
        }


def remove(database: Database, limits: Limits, stop: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Remove the rows that are too old, in short transactions, until `stop` says so; table -> how many."""
    removed = {table.name: _remove(database, table, old, stop) for table, old in _rules(limits)}
    if not stop():
        with database.writing() as connection:
            write_mark(connection, _DONE, limits.today.isoformat())
    return removed


def note(database: Database, removed: dict[str, int], now: datetime, by: str = audit.OURSELVES) -> None:
    """Put on record what was removed; nothing where nothing was."""
    if any(removed.values()):
        with database.writing() as connection:
            audit.record(connection, audit.Entry(by, "removed", "retention", after=removed), now)


def _rules(limits: Limits) -> Iterator[tuple[Table, Sequence[ColumnElement[bool]]]]:
    still_open = exists().where(delivery.c.id == receipt.c.delivery, delivery.c.state.in_(_OPEN))
    yield receipt, (receipt.c.at < limits.receipts, receipt.c.kind != "confirmed", ~still_open)
    # Their journey may look back as far as its own start, by whatever release it goes.
    under_way = exists().where(enrolment.c.person == event.c.person, enrolment.c.state == "active")
    free = event.c.kind.not_in(limits.kept_events)
    yield event, (event.c.effective_on < limits.events, free, ~under_way)
    yield event_aside, (event_aside.c.effective_on < limits.events, event_aside.c.kind.not_in(limits.kept_events))
    yield soft_bounce, (soft_bounce.c.last_at < limits.bounces,)


def _remove(database: Database, table: Table, old: Sequence[Any], stop: Callable[[], bool]) -> int:
    (key,) = table.primary_key
    with database.reading() as connection:
        found = list(connection.scalars(select(key).where(*old).order_by(key)))
    removed = 0
    for start in range(0, len(found), CHUNK):
        if stop():
            break
        with database.writing() as connection:
            chunk = found[start : start + CHUNK]
            among_them = among.texts if table is soft_bounce else among.numbers
            mine = key.in_(among_them(connection, chunk))
            if table is event:
                begun = enrolment.c.event.in_(among.numbers(connection, chunk))
                connection.execute(enrolment.update().where(begun, enrolment.c.state != "active").values(event=None))
            # What has changed since it was found is asked again.
            removed += connection.execute(delete(table).where(mine, *old)).rowcount
    return removed


def days_kept(definitions: Definitions) -> dict[str, int]:
    """How many days each kind stays: as the workspace says, and never less than a campaign looks back."""
    workspace = definitions.workspace
    kept = {field.name: getattr(workspace.retention, field.name).days for field in fields(workspace.retention)}
    for campaign in definitions.campaigns.values():
        for name, days, _ in looks_back(campaign, workspace.expires_after):
            kept[name] = max(kept[name], days)
    return kept


def _acted_on(campaign: Campaign) -> set[str]:
    """Kinds of events that count for a campaign for ever: `unless` asks whether it ever happened."""
    kinds = {kind for step in campaign.steps if step.unless for kind in step.unless.events}
    if campaign.start.kind == "event" and campaign.start.ignore_if_older_than is None:
        kinds.add(campaign.start.name)
    return kinds
