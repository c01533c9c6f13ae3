"""A simulation from beginning to end: stage the workspace on a scratch file, let the days go by, count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import select

from outreach import pipeline, release
from outreach.definitions.model import Cap, Definitions, Span, Workspace
from outreach.planning.calendar import civil_day, zone
from outreach.planning.plan import Current
from outreach.release import Checked
from outreach.roster.shares import PEOPLE
from outreach.simulation import tables
from outreach.simulation.answering import Answering
from outreach.simulation.counting import Counting
from outreach.simulation.crowds import Crowds
from outreach.simulation.days import Days, Progress
from outreach.simulation.report import Busiest, Report
from outreach.simulation.responses import Responses
from outreach.simulation.rosters import MadeRoster
from outreach.storage.database import Database
from outreach.storage.scratch import scratch_file
from outreach.storage.tables import person

#: Who publishes and approves on the scratch file.
_BY = "simulation"


#: Where the workspace says no limit of its own: "over four a month".
_LIMIT = Cap(4, Span(days=30))


def limit_of(workspace: Workspace) -> Cap:
    """How many messages in which period are many for one person: as the budget says, or else the frequency cap."""
    return workspace.budget.per_person or workspace.frequency_cap or _LIMIT


@dataclass(frozen=True)
class Setting:
    """What a simulation starts from, whatever the definitions are."""

    #: The installation's database, which is only read; None: there is none.
    origin: Database | None
    #: So many made people instead of those of the roster; None: only where there is no roster.
    people: int | None
    start: datetime
    days: int
    responses: Responses


@dataclass(frozen=True)
class Simulated:
    """A simulation that is over."""

    report: Report
    #: Who gets more messages than the limit says in its period, by surrogate id.
    over: frozenset[int]


def simulate(checked: Checked, setting: Setting, limit: Cap, progress: Progress) -> Simulated:
    """Run a workspace that was judged and has no problems. Nothing but a scratch file is written to.

    Raises:
        DefinitionsError: there are problems.
    """
    with _stage(setting) as database:
        _publish(database, checked, setting.start)
        return _Simulation(database, setting, limit).run(progress)


@contextmanager
def _stage(setting: Setting) -> Iterator[Database]:
    """The scratch file with the people in it."""
    is_made = setting.people is not None or setting.origin is None or not _has_people(setting.origin)
    with scratch_file(None if is_made else setting.origin) as database:
        tables.metadata.create_all(database.engine)
        yield database


def _has_people(database: Database) -> bool:
    with database.reading() as connection:
        return connection.execute(select(person.c.id).limit(1)).first() is not None


def _publish(database: Database, checked: Checked, now: datetime) -> None:
    """Make what was judged the release in force, with all of its campaigns approved; cancelled ones stay so."""
    published = release.publish(database, checked, now, _BY)
    with database.reading() as connection:
        waiting = release.waiting(connection, published.release_id)
    for name in waiting:
        release.approve(database, name, now, _BY)


class _Simulation:
    """One simulation under way."""

    def __init__(self, database: Database, setting: Setting, limit: Cap) -> None:
        self.database = database
        self.setting = setting
        self.limit = limit
        current = pipeline.current_of(database, cache(self._definitions))
        assert current is not None
        self.current: Current = current
        self.workspace = current.definitions.workspace
        self.first = civil_day(setting.start, zone(self.workspace.time_zone))
        self.crowds = Crowds(current.definitions)
        # Without people so far, they are made.
        empty = not _has_people(database)
        self.made = MadeRoster(setting.people or PEOPLE, setting.responses.seed, self.first) if empty else None

    def run(self, progress: Progress) -> Simulated:
        if self.made:
            self.made.bring(self.database, self.workspace, self.setting.start, self.first)
        self._place(self.first)
        answering = Answering(self.setting.responses, self.current.releases)
        days = Days(self.database, self.current, answering, self._dawn)
        days.run(self.setting.start, self.setting.days, progress)
        with self.database.writing() as connection:
            setting = self.setting
            counting = Counting(connection, self.current.definitions, self.crowds, setting.start, setting.days)
            counting.prepare()
            return self._count(counting)

    def _definitions(self, release_id: int) -> Definitions:
        with self.database.reading() as connection:
            return release.load(connection, release_id)

    def _dawn(self, now: datetime, today: date) -> None:
        if self.made and self.made.is_due(today):
            self.made.bring(self.database, self.workspace, now, today)
            self._place(today)

    def _place(self, today: date) -> None:
        with self.database.writing() as connection:
            self.crowds.place(connection, today)

    def _count(self, counting: Counting) -> Simulated:
        total, segments = counting.total()
        most = counting.most(self.limit.per.days)
        report = Report(
            first=self.first,
            days=self.setting.days,
            roster="made" if self.made else "imported",
            seed=self.setting.responses.seed,
            responses=self.setting.responses.file,
            total=total,
            weeks=counting.weeks(),
            segments=segments,
            hidden_segments=[name for name in self.crowds.names if name not in self.crowds.told],
            campaigns=counting.campaigns(),
            busiest=Busiest(self.limit.per.days, dict(sorted(Counter(most.values()).items()))),
            channels=counting.channels(),
            outcomes=counting.outcomes(),
        )
        return Simulated(report, frozenset(who for who, number in most.items() if number > self.limit.messages))
