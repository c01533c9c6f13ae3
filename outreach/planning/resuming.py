"""Reminders that an outcome ended, when it turns out that it never came about: they go on from today.

Such a reminder stands in the ledger as skipped. It has never been on its way, so its row goes, and the message before
it calls for it anew: the next tick plans it with the gates, the offers and the session of that moment.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from outreach.planning.calendar import civil_day, zone
from outreach.planning.journeys import Releases
from outreach.planning.reminding import reminding
from outreach.storage.tables import delivery, enrolment, shown


def resume(connection: Connection, releases: Releases, who: int, outcome: str, now: datetime) -> int:
    """Let a person's reminders go on that this outcome ended and that are not too late; returns how many do."""
    ended = [row for row in _ended(connection, who, now) if _ends_by(releases, row, outcome)]
    for row in ended:
        day = civil_day(now, zone(releases(row.under).workspace.time_zone))
        _call_for(connection, row, day)
    return len(ended)


def _ended(connection: Connection, who: int, now: datetime) -> list[Row[Any]]:
    columns = delivery.c["id", "campaign", "step", "occurrence", "repetition", "person"]
    found = (
        select(*columns, enrolment.c.release_id.label("under"))
        .join_from(delivery, enrolment, enrolment.c.id == delivery.c.enrolment)
        .where(
            delivery.c.person == who,
            delivery.c.state == "skipped",
            delivery.c.reason == "until",
            # What was tried once has answers of a mail server on record.
            delivery.c.attempts == 0,
            delivery.c.expires_at > now,
            enrolment.c.state == "active",
        )
        .order_by(delivery.c.id)
    )
    return list(connection.execute(found))


def _ends_by(releases: Releases, row: Row[Any], outcome: str) -> bool:
    """Whether the journey's release, as it is now, ends these reminders by that outcome."""
    step = reminding(releases(row.under).campaigns[row.campaign], row.step, row.repetition - 1)
    return bool(step and step.remind and outcome in step.remind.until.outcomes)


def _call_for(connection: Connection, row: Row[Any], day: date) -> None:
    connection.execute(delete(shown).where(shown.c.delivery == row.id))
    connection.execute(delete(delivery).where(delivery.c.id == row.id))
    before = [delivery.c[name] == row._mapping[name] for name in ("campaign", "step", "occurrence", "person")]
    reminds = (*before, delivery.c.repetition == row.repetition - 1)
    connection.execute(update(delivery).where(*reminds).values(remind_on=day))
