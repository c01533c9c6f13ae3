"""Holding back what goes over the frequency cap: the most important messages go, the others when a place is free.

Only people who are over their cap are ranked. Who must wait is asked again on the civil day on which the first of the
counted messages falls out of the period, and not before: nothing could have changed until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, case, func, literal, select, update

from outreach.definitions.civil import earlier, later
from outreach.definitions.model import Cap, Span, Workspace
from outreach.planning.arbitration import COUNTED, Plans, order, weights
from outreach.planning.calendar import civil_day, moment, zone
from outreach.storage.tables import delivery, person

#: Why a delivery waits.
REASON = "frequency_cap"
_had = delivery.alias("counted")


@dataclass(frozen=True)
class Holding:
    """The cap at one moment, over the campaigns that have something due."""

    cap: Cap
    workspace: Workspace
    plans: Plans
    now: datetime

    @cached_property
    def today(self) -> date:
        """The civil day of `now`."""
        return civil_day(self.now, zone(self.workspace.time_zone))

    def hold(self, connection: Connection, due: ColumnElement[bool]) -> None:
        """Keep back what is due and goes over the cap, the least important first."""
        losers = self._losers(due)
        today = _literal(self._morning(later(self.today, self.cap.per)))
        free = case((losers.c.oldest.is_(None), today), else_=self._falls_out(losers.c.oldest))
        again = case((delivery.c.expires_at < free, delivery.c.expires_at), else_=free)
        connection.execute(
            update(delivery)
            .where(delivery.c.id == losers.c.id)
            .values(reason=REASON, due_at=again, passed_over=delivery.c.passed_over + 1)
        )

    def _losers(self, due: ColumnElement[bool]) -> CTE:
        over = self._over(due)
        number = func.row_number().over(
            partition_by=delivery.c.person, order_by=order(weights(self.plans, self.now, self.today))
        )
        ranked = (
            select(delivery.c.id, (number + over.c.had).label("number"), over.c.oldest)
            .select_from(delivery.join(over, over.c.person == delivery.c.person).join(person))
            .where(due, delivery.c.rank > 0)
            .subquery()
        )
        return select(ranked.c.id, ranked.c.oldest).where(ranked.c.number > self.cap.messages).cte("loser")

    def _over(self, due: ColumnElement[bool]) -> CTE:
        """Who is over the cap: how many they had in the period, and the one that falls out of it first."""
        wanted = (
            select(delivery.c.person, func.count().label("number"))
            .where(due, delivery.c.rank > 0)
            .group_by(delivery.c.person)
            .cte("wanted")
            .prefix_with("MATERIALIZED")
        )
        had = select(wanted, self._had(wanted).label("had")).cte("had").prefix_with("MATERIALIZED")
        return (
            select(had.c.person, had.c.had, self._first_out(had).label("oldest"))
            .where(had.c.number + had.c.had > self.cap.messages)
            .cte("over")
            .prefix_with("MATERIALIZED")
        )

    def _had(self, whose: CTE) -> ColumnElement[int]:
        return self._counted(whose, func.count()).scalar_subquery()

    def _first_out(self, whose: CTE) -> ColumnElement[datetime | None]:
        """When the message was let go that makes a place by leaving the period: the oldest one, unless there are more
        than the cap allows now. None where all places were taken just now.
        """
        newest = self._counted(whose, _had.c.dispatched_at).order_by(_had.c.dispatched_at.desc())
        last_place = newest.offset(self.cap.messages - 1).limit(1).scalar_subquery()
        return func.coalesce(last_place, self._counted(whose, func.min(_had.c.dispatched_at)).scalar_subquery())

    def _counted(self, whose: CTE, what: ColumnElement[Any]) -> Select[Any]:
        """About the counted messages that a person was let have in the period."""
        since = self._midnight(later(earlier(self.today, self.cap.per), Span(days=1)))
        return (
            select(what)
            .select_from(_had)
            .where(
                _had.c.person == whose.c.person,
                _had.c.dispatched_at >= since,
                _had.c.rank > 0,
                _had.c.state.in_(COUNTED),
            )
            .correlate(whose)
        )

    def _falls_out(self, let_go: ColumnElement[Any]) -> ColumnElement[Any]:
        """The moment at which a message that was let go then is asked for no more, by the days of the period."""
        days = self._days
        return case(
            *((let_go >= midnight, again) for midnight, again in days), else_=_literal(self._morning(self.today))
        )

    @cached_property
    def _days(self) -> list[tuple[ColumnElement[datetime], ColumnElement[datetime]]]:
        """When each day of the period begins, the last one first, and when what was let go on it counts no more."""
        first = earlier(self.today, self.cap.per)
        days = [later(first, Span(days=count)) for count in range(self.cap.per.days, 0, -1)]
        return [(_literal(self._midnight(day)), _literal(self._morning(later(day, self.cap.per)))) for day in days]

    def _midnight(self, day: date) -> datetime:
        return moment(day, time(), zone(self.workspace.time_zone))

    def _morning(self, day: date) -> datetime:
        return moment(day, self.workspace.send_at, zone(self.workspace.time_zone))


def _literal(at: datetime) -> ColumnElement[datetime]:
    return literal(at, delivery.c.due_at.type)
