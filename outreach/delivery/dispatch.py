"""Dispatch: letting due deliveries go, after a last look at everything that could have changed.

What waited is looked at again by the same gates that planned it; what is past its latest time expires; what is due
outside its hours waits for the next opening; and who would get more than the frequency cap allows gets the most
important ones now and the others later. Only people over their cap are ranked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, and_, bindparam, case, not_, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from outreach.definitions.model import Campaign, Step, Workspace
from outreach.delivery import holding, metering
from outreach.delivery.due import Group, Parts, Values, grouped, in_parts, metered, plans_of
from outreach.delivery.holding import Holding
from outreach.delivery.metering import Meter
from outreach.delivery.rerouting import of_choosers, reroute
from outreach.delivery.waiting import find_shut, keep_waiting
from outreach.planning.abroad import Clocks, clocks
from outreach.planning.audience import Progress
from outreach.planning.gates import UNREACHABLE, Gate, first_reason, leaving
from outreach.planning.invitations import NO_SESSION, choosing_again, next_session, without_session
from outreach.planning.journeys import Releases
from outreach.planning.notices import is_notice, stops
from outreach.planning.openings import WAITS
from outreach.planning.paused import PAUSED
from outreach.planning.scope import Scope
from outreach.roster import among
from outreach.storage.database import Database
from outreach.storage.tables import PLANNED, delivery, enrolment, person

#: A group: the campaign, the step, the release and the number of the reminder.
_Key = tuple[str, str, int, int]
#: What a delivery may have waited for until its latest time.
_HELD = (holding.REASON, metering.REASON, NO_SESSION, *WAITS)


@dataclass
class Dispatched:
    """What one round of dispatch did."""

    #: Deliveries that may leave now.
    let_go: int = 0
    #: Deliveries that never will, by reason.
    stopped: Counter[str] = field(default_factory=Counter)
    #: The same by campaign and state.
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Round:
    """What is done with each part of what is due: built once, as it is judged by all that is due."""

    #: Ends what is too late; None where nothing is.
    expire: ReturningUpdate[Any] | None
    #: Lists what is looked at again.
    look: Select[Any]
    #: Keep back what may not leave now, and what goes over the frequency cap.
    keep: Sequence[Update]
    let_go: Update
    #: How the groups are looked at that were there already.
    looks: dict[_Key, _Look] = field(default_factory=dict)


@dataclass(frozen=True)
class _Look:
    """The gates before the messages of one group, in a statement that is given their `ids`."""

    group: ColumnElement[bool]
    #: Who is stopped, and why.
    stopping: Select[Any]
    #: The day of the next reminder of who is stopped for want of an address; None where there is none.
    again: date | None
    #: The session that each is invited to now; None where the step invites nobody.
    chosen: ColumnElement[int | None] | None


@dataclass(frozen=True)
class Dispatch:
    """One round of dispatch, at one moment."""

    workspace: Workspace
    releases: Releases
    now: datetime
    #: The campaigns as they were published last.
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    #: Told how many are let go, in the transaction that lets them go.
    wake: Callable[[Connection, int], None] = lambda _connection, _let_go: None

    def run(self, database: Database, progress: Progress) -> Dispatched:
        """Look at everything that is due."""
        done = Dispatched()
        self._reroute(database)
        with database.reading() as connection:
            parts = in_parts(connection, self.waiting())
            if not parts.values:
                return done
            by = clocks(connection, self.workspace.time_zone, self.now)
            groups = grouped(connection, parts, by)
        limited = metered(groups, self.campaigns, self.releases)
        for campaign in limited:
            self._meter(database, campaign, by, done)
        if limited:
            # Who comes forward in the queue has waited unlooked at, and what is due is another now.
            self._reroute(database)
            with database.reading() as connection:
                parts = in_parts(connection, self.waiting())
                groups = grouped(connection, parts, by)
        a_round = self._judged(database.dialect, parts.due, groups, by)
        for values in parts.values:
            with database.writing() as connection:
                rows = self._dispatch(connection, a_round, values, done)
            progress(rows)
        return done

    def _judged(self, dialect: str, due: ColumnElement[bool], groups: Sequence[Group], by: Clocks) -> _Round:
        cap, plans = self.workspace.frequency_cap, plans_of(groups, self.releases)
        shut = find_shut(groups, by, self.workspace, self.releases, self.now)
        keep = [keep_waiting(_by_the_clock(due), one) for one in shut]
        if cap and plans:
            keep.append(Holding(cap, self.workspace, plans, self.now).holding(due))
        is_any_late = any(one.expires_at <= self.now for one in groups)
        return _Round(
            expire=self._expiring(due) if is_any_late else None,
            look=self._looking_again(dialect, due),
            keep=keep,
            let_go=update(delivery).where(due).values(dispatched_at=self.now, reason=None),
        )

    def _reroute(self, database: Database) -> None:
        """By the channel that people chose: hours, gates and counts go by it. What they need for it may have gone."""
        with database.reading() as connection:
            chosen = and_(self.waiting(), of_choosers())
            if connection.scalar(select(delivery.c.id).where(chosen).limit(1)) is None:
                return
        with database.writing() as connection:
            reroute(connection, self.releases, chosen, self.now)

    def _meter(self, database: Database, campaign: Campaign, by: Clocks, done: Dispatched) -> None:
        """Keep back what is over the campaign's limit; what could not leave now anyway takes up no place."""
        mine = and_(_by_the_clock(self.waiting()), delivery.c.campaign == campaign.id)
        with database.writing() as connection:
            groups = grouped(connection, Parts(mine, [{}]), by)
            shut = find_shut(groups, by, self.workspace, self.releases, self.now)
            _expire(connection, self._expiring(mine), {}, done)
            self._look_again(connection, self._looking_again(database.dialect, mine), {}, {}, done)
            for one in shut:
                connection.execute(keep_waiting(mine, one))
            Meter(campaign, self.workspace, self.now).hold(connection, mine)

    def waiting(self) -> ColumnElement[bool]:
        """Deliveries whose time has come, of campaigns that are not paused."""
        return and_(
            delivery.c.state == PLANNED,
            delivery.c.dispatched_at.is_(None),
            delivery.c.due_at <= self.now,
            delivery.c.campaign.not_in(PAUSED),
        )

    def _dispatch(self, connection: Connection, a_round: _Round, values: Values, done: Dispatched) -> int:
        if a_round.expire is not None:
            _expire(connection, a_round.expire, values, done)
        self._look_again(connection, a_round.look, a_round.looks, values, done)
        for keep in a_round.keep:
            connection.execute(keep, values)
        let_go = connection.execute(a_round.let_go, values).rowcount
        self.wake(connection, let_go)
        done.let_go += let_go
        return let_go

    def _expiring(self, due: ColumnElement[bool]) -> ReturningUpdate[Any]:
        """The statement that records what comes too late, with what it waited for."""
        late = and_(due, delivery.c.expires_at <= self.now)
        reason = case((delivery.c.reason.in_(_HELD), delivery.c.reason), else_="latest_time")
        expired = update(delivery).where(late).values(state="expired", reason=reason)
        return expired.returning(delivery.c.campaign, delivery.c.reason)

    def _looking_again(self, dialect: str, due: ColumnElement[bool]) -> Select[Any]:
        """The query for what passes the gates once more, in groups; what was planned at this very moment, and found a
        session, has just passed them.
        """
        earlier_planned = and_(due, or_(delivery.c.planned_at < self.now, delivery.c.reason == NO_SESSION))
        columns = (delivery.c.campaign, delivery.c.step, delivery.c.release_id, delivery.c.repetition)
        return select(*columns, among.listed(dialect, delivery.c.id)).where(earlier_planned).group_by(*columns)

    def _look_again(
        self, connection: Connection, query: Select[Any], looks: dict[_Key, _Look], values: Values, done: Dispatched
    ) -> None:
        for campaign, step, release_id, repetition, ids in connection.execute(query, values).all():
            key = (campaign, step, release_id, repetition)
            if key not in looks:
                definitions = self.releases(release_id)
                scope = Scope(definitions, release_id, definitions.campaigns[campaign], self.now)
                looks[key] = _looking(connection, scope, scope.step(step), repetition)
            stopped = _look(connection, looks[key], ids)
            done.stopped.update(stopped)
            if stopped:
                done.ended[campaign, "skipped"] += stopped.total()


def _expire(connection: Connection, expiring: ReturningUpdate[Any], values: Values, done: Dispatched) -> None:
    for row in connection.execute(expiring, values):
        done.stopped[row.reason] += 1
        done.ended[row.campaign, "expired"] += 1


def _by_the_clock(due: ColumnElement[bool]) -> ColumnElement[bool]:
    """Without what waits for no window and no turn: nobody is to travel to a session that was called off."""
    return and_(due, not_(is_notice(delivery.c.step)))


def _looking(connection: Connection, scope: Scope, step: Step, repetition: int) -> _Look:
    """How a group is looked at. Named by their ids: each group would go through all that is due."""
    given = among.numbers_given(connection.dialect.name, "ids")
    group = and_(delivery.c.state == PLANNED, delivery.c.id.in_(given))
    if "." in step.id:
        return _Look(group, _stopping(group, stops(scope, step.id)), None, None)
    gates = leaving(scope, step, repetition=repetition, since=enrolment.c.started_on)
    chosen = next_session(connection, scope, step) if step.invite else None
    if chosen is not None:
        gates.append(without_session(chosen))
    return _Look(group, _stopping(group, gates), _again(scope, step, repetition), chosen)


def _again(scope: Scope, step: Step, repetition: int) -> date | None:
    """The day of the next reminder of who has no address for this one, where a later one goes another way."""
    if step.remind is None or not step.climbs(repetition):
        return None
    return scope.today + timedelta(days=step.remind.every.days)


def _stopping(group: ColumnElement[bool], gates: Sequence[Gate]) -> Select[Any]:
    reason = first_reason(gates)
    return (
        select(delivery.c.id.label("stopped"), reason.label("why"))
        .select_from(
            delivery.join(person, person.c.id == delivery.c.person).outerjoin(
                enrolment, enrolment.c.id == delivery.c.enrolment
            )
        )
        .where(group, reason.is_not(None))
    )


def _look(connection: Connection, look: _Look, ids: Any) -> Counter[str]:
    """Skip those of a group whom a gate stops now; the others are invited to what is next now.

    Returns how many are skipped, by reason.
    """
    rows = connection.execute(look.stopping, {"ids": ids}).all()
    if rows:
        connection.execute(
            update(delivery)
            .where(delivery.c.id == bindparam("stopped"))
            .values(state="skipped", reason=bindparam("why"), remind_on=bindparam("again")),
            [{**row._asdict(), "again": look.again if row.why in UNREACHABLE else None} for row in rows],
        )
    if look.chosen is not None:
        connection.execute(choosing_again(look.group, look.chosen), {"ids": ids})
    return Counter(row.why for row in rows)
