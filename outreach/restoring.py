"""Going on from a backup: what the database would send that may have been sent already, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select, update

from outreach import pipeline
from outreach.delivery.mark import go_on
from outreach.delivery.rehearsing import rehearse
from outreach.planning.plan import Current, plan_due
from outreach.storage.database import Database
from outreach.storage.locks import held
from outreach.storage.scratch import scratch_copy
from outreach.storage.tables import PLANNED, delivery, receipt

#: Why a delivery is in doubt that became due between the backup and now.
REASON = "restored"


def would_send(database: Database, current: Current, now: datetime) -> dict[str, int]:
    """How many messages of each campaign would leave now. The database is not changed."""
    time_zone = current.definitions.workspace.time_zone
    with scratch_copy(database) as copy:
        with copy.reading() as connection:
            before = set(connection.scalars(select(delivery.c.id).where(delivery.c.state == "sent")))
        pipeline.tick(copy, current, now, lambda where, then: rehearse(where, then, time_zone))
        with copy.reading() as connection:
            sent = select(delivery.c.id, delivery.c.campaign).where(delivery.c.state == "sent")
            campaigns = Counter(campaign for row, campaign in connection.execute(sent) if row not in before)
    return dict(sorted(campaigns.items()))


def send_again(database: Database, marks: Path) -> None:
    """Go on as the database has it: what was sent since the backup is sent again."""
    with database.writing() as connection:
        go_on(connection, marks)


def hold(database: Database, current: Current, now: datetime, marks: Path) -> int:
    """Go on with what becomes due from now on: what is due already may have been sent, and is in doubt.

    Whether it would be let go now, or is held by a pause or a cap, or is too late by now, says nothing of what was
    done since the backup. Returns how many deliveries that are.
    """
    with held(database):
        plan_due(database, current, now)
    due = (delivery.c.state == PLANNED, delivery.c.due_at <= now)
    with database.writing() as connection:
        doubtful = connection.scalars(select(delivery.c.id).where(*due)).all()
        for row in doubtful:
            note = {"delivery": row, "at": now, "kind": "in_doubt", "code": REASON, "permanent": True}
            connection.execute(insert(receipt).values(note))
        connection.execute(update(delivery).where(*due).values(state="in_doubt", reason=REASON, lease_owner=None))
        go_on(connection, marks)
    return len(doubtful)
