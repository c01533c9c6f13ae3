"""Reminders of what was sent: as the release says under which the journey is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, exists, literal, select, update

from outreach.definitions.model import Campaign, Step
from outreach.planning.abroad import Clocks, living_by, with_zones
from outreach.planning.audience import Progress
from outreach.planning.calendar import zone
from outreach.planning.gates import leaving
from outreach.planning.journeys import Releases, running
from outreach.planning.ledger import Batch, plan
from outreach.planning.scope import Scope
from outreach.roster import among
from outreach.storage.database import Database
from outreach.storage.tables import delivery, enrolment


@dataclass(frozen=True)
class Reminded:
    """Messages after which a reminder comes on the same day, of people who live by one clock."""

    scope: Scope
    #: The step's id, and the messages' number.
    step: str
    repetition: int
    day: date
    #: The zone on file of these people, and all of which one is.
    lives_by: str | None
    zones: tuple[str, ...]

    @property
    def where(self) -> ZoneInfo:
        """The zone by whose clock the reminder leaves."""
        return zone(self.lives_by) if self.lives_by else self.scope.zone

    @property
    def reminds(self) -> Step | None:
        """The step, where the release reminds of it once more; None: an edit has taken that away."""
        return reminding(self.scope.campaign, self.step, self.repetition)

    @property
    def rows(self) -> ColumnElement[bool]:
        """They themselves, as a clause on `delivery`."""
        journey = enrolment.alias("journey")
        under = exists(
            select(literal(1))
            .where(journey.c.id == delivery.c.enrolment, journey.c.release_id == self.scope.release_id)
            .correlate(delivery)
        )
        return and_(
            delivery.c.campaign == self.scope.campaign.id,
            delivery.c.step == self.step,
            delivery.c.repetition == self.repetition,
            delivery.c.remind_on == self.day,
            under,
            living_by(self.lives_by, delivery.c.person, self.zones),
        )


def plan_reminders(database: Database, releases: Releases, now: datetime, by: Clocks, progress: Progress) -> int:
    """Plan the reminders whose day and time have come. Returns the rows written."""
    with database.reading() as connection:
        due = and_(delivery.c.remind_on <= by.latest_day, running(delivery.c.campaign))
        groups = list(reminded(connection, releases, now, by, due))
    written = 0
    for group in groups:
        step = group.reminds
        if step is None or group.scope.leaves(step, group.day, group.where) <= now:
            with database.writing() as connection:
                written += (rows := _plan(connection, group, step))
            progress(rows)
    return written


def reminded(
    connection: Connection, releases: Releases, now: datetime, by: Clocks, which: ColumnElement[bool]
) -> Iterator[Reminded]:
    """The messages of a clause on `delivery` after which a reminder is to come, in the order of its day."""
    columns = (
        delivery.c.campaign,
        delivery.c.step,
        enrolment.c.release_id,
        delivery.c.repetition,
        delivery.c.remind_on,
    )
    query: Any = (
        with_zones(delivery, columns, by.zones)
        .join_from(delivery, enrolment, enrolment.c.id == delivery.c.enrolment)
        .where(delivery.c.remind_on.is_not(None), which)
        .distinct()
        .order_by(delivery.c.remind_on, delivery.c.campaign, delivery.c.step, delivery.c.repetition)
    )
    for campaign, step, release_id, repetition, day, lives_by in connection.execute(query):
        definitions = releases(release_id)
        scope = Scope(definitions, release_id, definitions.campaigns[campaign], now)
        yield Reminded(scope, step, repetition, day, lives_by, by.zones)


def reminding(campaign: Campaign, step: str, repetition: int) -> Step | None:
    """The step of that id, where another reminder follows on the message of that number."""
    found = next((one for one in campaign.steps if one.id == step), None)
    return found if found and found.remind and repetition < found.remind.max_reminders else None


def _plan(connection: Connection, group: Reminded, step: Step | None) -> int:
    rows = group.rows
    if group.zones:
        # An import may change somebody's zone between two statements of this transaction.
        ids = connection.scalars(select(delivery.c.id).where(rows)).all()
        rows = delivery.c.id.in_(among.numbers(connection, ids))
    written = plan(connection, group.scope, _batch(group, step, rows)) if step else 0
    connection.execute(update(delivery).where(rows).values(remind_on=None))
    return written


def _batch(group: Reminded, step: Step, rows: ColumnElement[bool]) -> Batch:
    scope, number = group.scope, group.repetition + 1
    due_at = scope.leaves(step, group.day, group.where)
    return Batch(
        step=step,
        occurrence=enrolment.c.occurrence,
        repetition=number,
        due_at=due_at,
        expires_at=scope.latest(step, due_at, group.where),
        gates=leaving(scope, step, repetition=number, since=enrolment.c.started_on),
        people=and_(enrolment.c.id.in_(select(delivery.c.enrolment).where(rows)), enrolment.c.state == "active"),
        enrolled=True,
    )
