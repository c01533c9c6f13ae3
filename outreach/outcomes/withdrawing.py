"""Taking back what somebody said of themselves by mistake: what it started ends, and reminders go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, select

from outreach.planning.journeys import Releases
from outreach.planning.resuming import resume
from outreach.roster.stopping import stop_begun_by
from outreach.storage.tables import enrolment, outcome, seat


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
    numbers = connection.scalars(select(outcome.c.id).where(*theirs, ~seated)).all()
    if not numbers:
        return False
    stop_begun_by(connection, numbers, enrolment.c.outcome)
    connection.execute(delete(outcome).where(outcome.c.id.in_(numbers)))
    resume(connection, releases, said.person, said.outcome, now)
    return True
