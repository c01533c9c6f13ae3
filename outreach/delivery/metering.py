"""Metering: of a campaign with `at_most` no more leave in a local day than its limit, and the others on the days after.

Who was planned first goes first, and of those who were planned together the lot decides. Each of the others is told the
day on which it would be their turn, by all who wait before them. It is decided before the frequency cap: what that
takes away of a day's places stays free.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)

from outreach.definitions.model import Campaign, Workspace
from outreach.planning.arbitration import COUNTED, PRIME, lot_of
from outreach.planning.calendar import civil_day, moment, zone
from outreach.planning.notices import is_notice
from outreach.planning.openings import hours_of
from outreach.storage.tables import PLANNED, delivery, person

#: Why a delivery waits.
REASON = "at_most"
_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Meter:
    """The limit of one campaign at one moment."""

    campaign: Campaign
    workspace: Workspace
    now: datetime

    def hold(self, connection: Connection, due: ColumnElement[bool]) -> None:
        """Keep back what is more than may leave today, and call those whose turn has come before their day."""
        mine = and_(due, delivery.c.campaign == self.campaign.id)
        if connection.scalar(select(delivery.c.id).where(mine).limit(1)) is None:
            return
        places = max((self.campaign.at_most or 0) - self._left_today(connection), 0)
        queue = or_(mine, self._held())
        last = connection.scalar(select(func.max(delivery.c.expires_at)).where(queue)) or self.now
        turns = self._numbered(queue)
        again = self._turn(turns.c.number, places, list(self._mornings(last)))
        waits = case((turns.c.number > places, literal(REASON)), else_=delivery.c.reason)
        connection.execute(
            update(delivery)
            .where(
                delivery.c.id == turns.c.id,
                or_(turns.c.number > places, delivery.c.due_at > self.now),
                delivery.c.due_at != again,
            )
            .values(reason=waits, due_at=again)
        )

    def _left_today(self, connection: Connection) -> int:
        where = zone(self.workspace.time_zone)
        midnight = moment(civil_day(self.now, where), time(), where)
        left = select(func.count()).where(
            delivery.c.campaign == self.campaign.id,
            delivery.c.dispatched_at >= midnight,
            delivery.c.state.in_(COUNTED),
            not_(is_notice(delivery.c.step)),
        )
        return connection.scalar(left) or 0

    def _held(self) -> ColumnElement[bool]:
        return and_(
            delivery.c.campaign == self.campaign.id,
            delivery.c.state == PLANNED,
            delivery.c.dispatched_at.is_(None),
            delivery.c.reason == REASON,
        )

    def _numbered(self, queue: ColumnElement[bool]) -> CTE:
        drawn = cast(person.c.lot, BigInteger) * lot_of(self.campaign.id) % PRIME
        what = (delivery.c.step, delivery.c.occurrence, delivery.c.repetition)
        number = func.row_number().over(order_by=(delivery.c.planned_at, drawn, person.c.id, *what))
        numbered = select(delivery.c.id, number.label("number")).join(person, person.c.id == delivery.c.person)
        return numbered.where(queue).cte("turns").prefix_with("MATERIALIZED")

    def _mornings(self, last: datetime) -> Iterator[datetime]:
        """When the campaign may leave again on each of the days after today, until nothing waits any more."""
        where = zone(self.workspace.time_zone)
        hours, opens = hours_of(self.workspace, self.campaign, self.campaign.channel), self.now
        while True:
            tomorrow = moment(civil_day(opens, where) + timedelta(days=1), time(), where)
            found = hours.opening(tomorrow - _A_MOMENT)
            if found is None or found >= last:
                return
            yield (opens := found)

    def _turn(self, number: ColumnElement[int], places: int, mornings: list[datetime]) -> ColumnElement[datetime]:
        """The day of the one of that number, or the latest time where that comes first."""
        column, limit = delivery.c.due_at, self.campaign.at_most or 0
        days: list[tuple[ColumnElement[bool], ColumnElement[datetime]]] = [
            (number <= places, literal(self.now, column.type))
        ]
        for count, at in enumerate(mornings, 1):
            early = case((delivery.c.expires_at < at, delivery.c.expires_at), else_=literal(at, column.type))
            days.append((number <= places + count * limit, early))
        return case(*days, else_=delivery.c.expires_at)
