"""The main job on a made population, over virtual weeks: HR sends its roster, people read and act.

The same tick as `run`, with another clock. The organisation, the people and what they do are made up; the campaigns are
the sample workspace's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from outreach import pipeline, release, starter
from outreach.definitions.fields import ENTITLED
from outreach.definitions.model import Campaign
from outreach.errors import DefinitionsError
from outreach.installation import Installation
from outreach.planning.calendar import civil_day, moment, zone
from outreach.planning.upcoming import next_midnight
from outreach.roster.importing import import_roster
from outreach.roster.population import Population
from outreach.roster.shares import PEOPLE
from outreach.settings import Settings
from outreach.storage.tables import delivery, outcome, person

#: The first virtual day, a Thursday.
FIRST_DAY = date(2026, 10, 1)
#: Name of the made HR system.
SOURCE = "demo"
#: Of a hundred people who were asked to do something, so many do it within a week of each message.
_ACT = 12


@dataclass(frozen=True)
class DemoReport:
    """What the demo came to."""

    #: Entitled people in the first roster.
    people: int
    #: Deliveries planned, sent, and not sent by reason.
    planned: int
    sent: int
    skipped: dict[str, int]
    #: Messages sent, by campaign.
    by_campaign: dict[str, int]
    #: Folder of the outbox.
    outbox: str
    #: The workspace that was made.
    workspace: str
    weeks: int
    #: The virtual moment at which it ended.
    ended_at: datetime
    #: What HR announced, by kind of event.
    events: dict[str, int] = field(default_factory=dict)
    #: What people did, by outcome.
    outcomes: dict[str, int] = field(default_factory=dict)


#: Told about each stage: what is done, and how much more of it.
Progress = Callable[[str, int], None]


def silent(_stage: str, _count: int) -> None:
    """A progress that tells nobody."""


def demo(
    directory: Path, *, people: int = PEOPLE, seed: int = 1, weeks: int = 8, progress: Progress = silent
) -> DemoReport:
    """Run the sample workspace in a new folder for so many virtual weeks.

    Raises:
        OutreachError: the folder holds a workspace already.
    """
    starter.copy(directory)
    # Its own SQLite and outbox, whatever the environment names: a demo never touches a real installation.
    installation = Installation.open(directory, Settings())
    try:
        return _Demo(installation, Population(people, seed, FIRST_DAY), progress).run(weeks)
    finally:
        installation.close()


class _Demo:
    """A demo under way."""

    def __init__(self, installation: Installation, population: Population, progress: Progress) -> None:
        self.installation = installation
        self.database = installation.database
        self.population = population
        self.progress = progress
        self.events: Counter[str] = Counter()
        self.people = 0

    def run(self, weeks: int) -> DemoReport:
        start = datetime.combine(FIRST_DAY, time(5), UTC)
        self._publish(start)
        self.definitions = self.installation.current()[1]
        self.zone = zone(self.definitions.workspace.time_zone)
        skipped: Counter[str] = Counter()
        planned = sent = 0
        for week in range(weeks):
            first = FIRST_DAY + timedelta(weeks=week)
            self._import(first)
            if week == 0:
                self.people = self._entitled()
            for tick in self._week(first):
                planned += tick.planned
                sent += tick.sent
                skipped.update(tick.skipped)
            self._act(first)
        return self._report(weeks, planned, sent, skipped)

    def _publish(self, now: datetime) -> None:
        checked = release.check(self.installation.root, self.database)
        if checked.problems:
            raise DefinitionsError(checked.problems)
        release.publish(self.database, checked, now, "demo")
        for name in self.installation.current()[1].campaigns:
            release.approve(self.database, name, now, "demo")

    def _import(self, day: date) -> None:
        """What HR's system exports at night: the first time everybody, then the same people a week later."""
        self.population.advance(day)
        report = import_roster(
            self.database,
            self.population.rows(),
            self.definitions.workspace,
            source=SOURCE,
            now=moment(day, time(5), self.zone),
            today=day,
            progress=lambda count: self.progress("importing the roster", count),
        )
        self.events.update(report.events)

    def _week(self, first: date) -> Iterator[pipeline.Tick]:
        """Tick whenever something is due, and at every midnight, as `run` by cron would find it."""
        now, end = moment(first, time(6), self.zone), moment(first + timedelta(weeks=1), time(4), self.zone)
        while now < end:
            current = pipeline.current_of(self.database, self.installation.definitions)
            assert current is not None
            tick = pipeline.tick(
                self.database,
                current,
                now,
                lambda database, at: self.installation.send(database, lambda: at, self._sending),
                lambda count: self.progress("planning", count),
                recover=self.installation.recover,
            )
            yield tick
            now = min(filter(None, (tick.next, next_midnight(current, now))))

    def _sending(self, count: int) -> None:
        self.progress("sending", count)

    def _act(self, first: date) -> None:
        """Some of those who were asked for something in the past week have done it."""
        for campaign in self.definitions.campaigns.values():
            for step, wanted in _asked(campaign):
                with self.database.writing() as connection:
                    self._record(connection, campaign.id, step, wanted, first)

    def _record(self, connection: Connection, campaign: str, step: str, wanted: str, first: date) -> None:
        since, until = (moment(day, time(), self.zone) for day in (first, first + timedelta(weeks=1)))
        asked = connection.execute(
            select(delivery.c.person, delivery.c.sent_at)
            .where(
                delivery.c.campaign == campaign,
                delivery.c.step == step,
                delivery.c.state == "sent",
                delivery.c.sent_at >= since,
                delivery.c.sent_at < until,
            )
            .order_by(delivery.c.id)
        ).all()
        rows = [
            {
                "person": row.person,
                "outcome": wanted,
                "occurred_on": civil_day(row.sent_at, self.zone),
                "recorded_at": until,
                "source": SOURCE,
            }
            for row in asked
            if _acts(row.person, wanted, first)
        ]
        if rows:
            connection.execute(insert(outcome).on_conflict_do_nothing(), rows)

    def _entitled(self) -> int:
        with self.database.reading() as connection:
            return connection.scalar(select(func.count()).where(person.c.status.in_(ENTITLED))) or 0

    def _report(self, weeks: int, planned: int, sent: int, skipped: Counter[str]) -> DemoReport:
        with self.database.reading() as connection:
            by_campaign = connection.execute(
                select(delivery.c.campaign, func.count())
                .where(delivery.c.state == "sent")
                .group_by(delivery.c.campaign)
                .order_by(delivery.c.campaign)
            ).all()
            outcomes = connection.execute(
                select(outcome.c.outcome, func.count()).group_by(outcome.c.outcome).order_by(outcome.c.outcome)
            ).all()
        return DemoReport(
            people=self.people,
            planned=planned,
            sent=sent,
            skipped=dict(sorted(skipped.items())),
            by_campaign=dict(by_campaign),
            outbox=str(self.installation.outbox),
            workspace=str(self.installation.root),
            weeks=weeks,
            ended_at=moment(FIRST_DAY + timedelta(weeks=weeks), time(4), self.zone),
            events=dict(sorted(self.events.items())),
            outcomes=dict(outcomes),
        )


def _asked(campaign: Campaign) -> list[tuple[str, str]]:
    """The steps that ask for something, with the outcome that says it was done."""
    asked = [(step.id, name) for step in campaign.steps if step.remind for name in step.remind.until.outcomes]
    if campaign.goal and not asked:
        asked = [(step.id, campaign.goal.outcome) for step in campaign.steps]
    return asked


def _acts(who: int, wanted: str, week: date) -> bool:
    """Drawn by lot, the same at each run."""
    drawn = blake2b(f"{who}/{wanted}/{week}".encode(), digest_size=4).digest()
    return int.from_bytes(drawn) % 100 < _ACT
