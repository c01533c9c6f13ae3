"""Taking back what somebody said of themselves by mistake: it is no longer on record, and reminders go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, select

from outreach.planning.journeys import Releases
from outreach.planning.resuming import resume
from outreach.storage.tables import outcome, seat


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of themselves."""

    #: Surrogate id.
    person: int
    outcome: str
    #: By what they said it, as outcomes name it.
    source: str
    #: On which civil day; None: on whichever.
    on: date | None = None


def take_back(connection: Connection, releases: Releases, said: Said, now: datetime) -> bool:
    """Take it from the record; False where it does not stand there.

    What has a seat stays: somebody who keeps a list of seats has put the same on record.
    """
    seated = select(seat.c.outcome).where(seat.c.outcome == outcome.c.id).exists()
    theirs = [outcome.c.person == said.person, outcome.c.outcome == said.outcome, outcome.c.source == said.source]
    if said.on:
        theirs.append(outcome.c.occurred_on == said.on)
    if not connection.execute(delete(outcome).where(*theirs, ~seated)).rowcount:
        return False
    resume(connection, releases, said.person, said.outcome, now)
    return True
