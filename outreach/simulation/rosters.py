"""Whom a simulation writes to where no roster is imported: made people, as `outreach demo` makes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from outreach.definitions.model import Workspace
from outreach.roster.importing import import_roster
from outreach.roster.population import Population
from outreach.storage.database import Database

#: Name of the made HR system.
_SOURCE = "simulation"
#: From one file of HR to the next: what happens to people in between starts journeys then.
_EVERY = timedelta(weeks=4)


class MadeRoster:
    """Made people whose lives go on: every four weeks HR tells of who was hired, moved, retired, left or died."""

    def __init__(self, people: int, seed: int, first: date) -> None:
        self._population = Population(people, seed, first)

    def is_due(self, today: date) -> bool:
        """Whether HR's next file comes today."""
        return today >= self._population.today + _EVERY

    def bring(self, database: Database, workspace: Workspace, now: datetime, today: date) -> None:
        """Take HR's file of today in."""
        self._population.advance(today)
        import_roster(database, self._population.rows(), workspace, source=_SOURCE, now=now, today=today)
