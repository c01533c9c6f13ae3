"""The days of a simulation: real ticks of the real planner, at every moment at which something is due.

It is what `pipeline.tick` does, with a clock of its own and nobody behind it: what would leave counts as sent, and
those whom it reaches answer as the response model says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, insert

from outreach import pipeline
from outreach.delivery.counts import SendCounts
from outreach.delivery.rehearsing import rehearse
from outreach.planning.calendar import civil_day, moment, zone
from outreach.planning.plan import Current
from outreach.simulation import answering
from outreach.simulation.answering import Answering
from outreach.simulation.tables import clock
from outreach.storage.database import Database

#: Told after each day: how many are done, and of how many.
Progress = Callable[[int, int], None]
#: Done at the beginning of each day after the first: what HR announces.
Dawn = Callable[[datetime, date], None]


class Days:
    """So many civil days on a scratch database, the one of `start` being the first."""

    def __init__(self, database: Database, current: Current, drawing: Answering, dawn: Dawn) -> None:
        self.database = database
        self.current = current
        self.drawing = drawing
        self.dawn = dawn
        self.time_zone = current.definitions.workspace.time_zone
        self.zone = zone(self.time_zone)

    def run(self, start: datetime, days: int, progress: Progress) -> None:
        """Let them go by."""
        first = civil_day(start, self.zone)
        end, now, today = moment(first + timedelta(days=days), time(), self.zone), start, first
        while now < end:
            if (day := civil_day(now, self.zone)) != today:
                progress((day - first).days, days)
                today = day
                self._begin(now, today)
            now = self._tick(now)
        progress(days, days)

    def _begin(self, now: datetime, today: date) -> None:
        self.dawn(now, today)
        with self.database.writing() as connection:
            answering.record(connection, now, today)

    def _tick(self, now: datetime) -> datetime:
        """Do what is due; returns when the next tick is."""
        with self.database.writing() as connection:
            connection.execute(delete(clock))
            connection.execute(insert(clock).values(at=now))
        return pipeline.rehearsed(self.database, self.current, now, self._send)[1]

    def _send(self, database: Database, now: datetime) -> SendCounts:
        with database.writing() as connection:
            self.drawing.draw(connection, civil_day(now, self.zone))
        return rehearse(database, now, self.time_zone)
