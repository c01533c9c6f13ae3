"""Counting a simulated ledger: set by set in the scratch file, of which a few thousand sums are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    case,
    cast,
    distinct,
    func,
    insert,
    literal,
    select,
    union_all,
)

from outreach.definitions.model import CHANNEL_KINDS, Definitions
from outreach.planning.calendar import civil_day, zone
from outreach.planning.forecast import LEFT
from outreach.simulation.answering import SOURCE
from outreach.simulation.crowds import Crowds
from outreach.simulation.report import CampaignReach, Figures, Tally, Week
from outreach.simulation.tables import crowd, load, moment, passed_over, seat_taken
from outreach.storage.tables import delivery, outcome, seat

#: As what a message counts that says no channel.
_MAIL = CHANNEL_KINDS[0]
_KINDS = ("letters", "seats", "passed_over", "expired", "not_reachable")
_LEFT = delivery.c.state.in_(LEFT)
_EXPIRED = delivery.c.state == "expired"
#: When a row came to its end.
ended_at = case((_LEFT, delivery.c.sent_at), (_EXPIRED, delivery.c.expires_at), else_=delivery.c.planned_at)


@dataclass(frozen=True)
class Counting:
    """The ledger of a simulation that began at `start`, open on one connection."""

    connection: Connection
    definitions: Definitions
    crowds: Crowds
    start: datetime

    def prepare(self) -> None:
        """Note on which day each moment was, and what each person got in each week."""
        where = zone(self.definitions.workspace.time_zone)
        ended = select(ended_at).where(ended_at >= self.start).distinct()
        held = select(passed_over.c.at).distinct()
        rows = []
        for at in {*self.connection.scalars(ended), *self.connection.scalars(held)}:
            day = civil_day(at, where)
            rows.append({"at": at, "day": day.toordinal(), "monday": day.toordinal() - day.weekday()})
        if rows:
            self.connection.execute(insert(moment), rows)
        self._note_seats()
        self.connection.execute(insert(load).from_select([column.name for column in load.c], _loads()))

    def _note_seats(self) -> None:
        took = select(outcome.c.person, outcome.c.occurred_on).join(seat, seat.c.outcome == outcome.c.id)
        rows = [
            {"person": row.person, "monday": row.occurred_on.toordinal() - row.occurred_on.weekday()}
            for row in self.connection.execute(took.where(outcome.c.source == SOURCE))
        ]
        if rows:
            self.connection.execute(insert(seat_taken), rows)

    def total(self) -> tuple[Figures, dict[str, Figures]]:
        """What everybody gets in all, and what each segment gets."""
        sums = [func.sum(load.c[name]).label(name) for name in ("messages", *_KINDS)]
        everything = select(load.c.person, literal(0).label("monday"), *sums).group_by(load.c.person)
        found = self._figures(everything)
        return found.get(0) or self._folded(())

    def weeks(self) -> list[Week]:
        """The same week by week, up to the last one in which something happened."""
        sent: dict[int, dict[str, int]] = {}
        number = func.count()
        query = select(moment.c.monday, delivery.c.campaign, number).join(moment, moment.c.at == ended_at).where(_LEFT)
        by_campaign = query.group_by(moment.c.monday, delivery.c.campaign)
        for monday, campaign, messages in self.connection.execute(by_campaign.order_by(number.desc(), "campaign")):
            sent.setdefault(monday, {})[campaign] = messages
        found = self._figures(select(load))
        first = civil_day(self.start, zone(self.definitions.workspace.time_zone)).toordinal()
        return [
            Week(date.fromordinal(monday), *(found.get(monday) or self._folded(())), sent.get(monday, {}))
            for monday in range((first - 1) // 7 * 7 + 1, max(found, default=0) + 1, 7)
        ]

    def _figures(self, loads: Select[Any]) -> dict[int, tuple[Figures, dict[str, Figures]]]:
        """Monday -> what everybody gets, and what each segment gets."""
        each = loads.subquery()
        sums = [func.sum(each.c[name]).label(name) for name in _KINDS]
        alike = (each.c.monday, crowd.c.crowd, each.c.messages)
        rows = self.connection.execute(
            select(*alike, func.count().label("people"), *sums)
            .join(crowd, crowd.c.person == each.c.person)
            .group_by(*alike)
            .order_by(*alike)
        )
        weeks: dict[int, list[Any]] = {}
        for row in rows:
            weeks.setdefault(row.monday, []).append(row)
        return {monday: self._folded(rows) for monday, rows in weeks.items()}

    def _folded(self, rows: Iterable[Any]) -> tuple[Figures, dict[str, Figures]]:
        sizes, segments = self._sizes, self._segments
        total = Tally(sum(sizes.values()))
        told = {
            name: Tally(sum(size for number, size in sizes.items() if name in segments[number]))
            for name in self.crowds.names
            if name in self.crowds.told
        }
        for row in rows:
            total.add(row)
            for name in segments[row.crowd]:
                if name in told:
                    told[name].add(row)
        return total.figures(), {name: tally.figures() for name, tally in told.items()}

    @cached_property
    def _sizes(self) -> dict[int, int]:
        return dict(self.crowds.sizes(self.connection))

    @cached_property
    def _segments(self) -> dict[int, frozenset[str]]:
        return {number: frozenset(names) for number, names in self.crowds.segments().items()}

    def campaigns(self) -> list[CampaignReach]:
        """What each campaign of the portfolio comes to, in the order of their ids."""
        where = ended_at >= self.start
        reach = select(delivery.c.campaign, func.count().label("messages"), func.count(distinct(delivery.c.person)))
        found = {row[0]: row[1:] for row in self.connection.execute(reach.where(where, _LEFT).group_by("campaign"))}
        why = func.coalesce(delivery.c.reason, delivery.c.state)
        stopped: dict[str, dict[str, int]] = {}
        query = select(delivery.c.campaign, why, func.count()).where(
            where, delivery.c.state.in_(("skipped", "expired", "cancelled", "rejected"))
        )
        for campaign, reason, number in self.connection.execute(query.group_by(delivery.c.campaign, why)):
            stopped.setdefault(campaign, {})[reason] = number
        return [
            CampaignReach(name, campaign.title, people, messages, dict(sorted(stopped.get(name, {}).items())))
            for name, campaign in sorted(self.definitions.campaigns.items())
            for messages, people in [found.get(name, (0, 0))]
        ]

    def most(self, days: int) -> dict[int, int]:
        """The most that each person gets in so many days in a row, within the simulation; nobody who gets nothing."""
        daily = (
            select(delivery.c.person, moment.c.day, func.count().label("messages"))
            .join(moment, moment.c.at == ended_at)
            .where(_LEFT, delivery.c.person.in_(select(crowd.c.person)))
            .group_by(delivery.c.person, moment.c.day)
            .subquery()
        )
        lately = func.sum(daily.c.messages).over(
            partition_by=daily.c.person, order_by=daily.c.day, range_=(1 - days, 0)
        )
        each = select(daily.c.person, lately.label("messages")).subquery()
        most = select(each.c.person, func.max(each.c.messages)).group_by(each.c.person)
        return {row[0]: row[1] for row in self.connection.execute(most)}

    def channels(self) -> dict[str, int]:
        """Messages by what they leave by."""
        kind = func.coalesce(delivery.c.channel, _MAIL)
        query = select(kind, func.count()).where(_LEFT, ended_at >= self.start).group_by(kind).order_by(kind)
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def outcomes(self) -> dict[str, int]:
        """What people did because of messages."""
        query = select(outcome.c.outcome, func.count()).where(outcome.c.source == SOURCE)
        return {row[0]: row[1] for row in self.connection.execute(query.group_by("outcome").order_by("outcome"))}


def _loads() -> Select[Any]:
    """What each person got, and did not get, in each week."""
    unreachable = (delivery.c.state == "skipped") & (delivery.c.reason == "no_address")
    by_lists = _LEFT & (delivery.c.channel == "handover")
    flags = {
        "messages": _LEFT, "letters": case((by_lists, 1), else_=0), "seats": literal(0), "passed_over": literal(0),
        "expired": _EXPIRED, "not_reachable": unreachable,
    }  # fmt: skip
    ended = select(
        delivery.c.person, moment.c.monday, *(cast(flag, Integer).label(name) for name, flag in flags.items())
    ).join(moment, moment.c.at == ended_at)
    held = (
        select(delivery.c.person, moment.c.monday, *_one("passed_over", flags))
        .join(passed_over, passed_over.c.delivery == delivery.c.id)
        .join(moment, moment.c.at == passed_over.c.at)
    )
    seated = select(seat_taken.c.person, seat_taken.c.monday, *_one("seats", flags))
    both = union_all(ended, held, seated).subquery()
    sums = [func.sum(both.c[name]) for name in flags]
    return select(both.c.person, both.c.monday, *sums).group_by(both.c.person, both.c.monday)


def _one(kind: str, kinds: Iterable[str]) -> list[ColumnElement[int]]:
    """One of a kind, and none of the others."""
    return [literal(int(name == kind)) for name in kinds]
