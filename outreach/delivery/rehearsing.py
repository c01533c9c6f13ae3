"""Rehearsing: what was dispatched counts as sent, and nothing leaves. For scratch copies alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, select, update

from outreach.delivery.counts import SendCounts
from outreach.planning.calendar import civil_day, zone
from outreach.storage.database import Database
from outreach.storage.tables import PLANNED, delivery

#: What is about to leave, in the words of the index that finds it.
READY = (delivery.c.state == PLANNED, delivery.c.dispatched_at.is_not(None), delivery.c.lease_owner.is_(None))
#: What a real sender held when the copy was made: nobody holds anything in the copy.
_HELD = and_(delivery.c.state == PLANNED, delivery.c.lease_owner.is_not(None))


def rehearse(database: Database, now: datetime, time_zone: str) -> SendCounts:
    """Record everything that was dispatched as sent at `now`, as the real senders would."""
    today = civil_day(now, zone(time_zone))
    with database.writing() as connection:
        connection.execute(update(delivery).where(_HELD).values(lease_owner=None))
        sent = 0
        for days in connection.scalars(select(delivery.c.remind_days).where(*READY).distinct()).all():
            remind_on = None if days is None else today + timedelta(days=days)
            same = delivery.c.remind_days.is_(None) if days is None else delivery.c.remind_days == days
            sent += connection.execute(
                update(delivery)
                .where(*READY, same)
                .values(state="sent", sent_at=now, attempts=delivery.c.attempts + 1, remind_on=remind_on)
            ).rowcount
    return SendCounts(sent=sent)
