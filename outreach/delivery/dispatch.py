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

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, not_, or_, select, update

from outreach.definitions.model import Campaign, Step, Workspace
from outreach.delivery import holding, metering
from outreach.delivery.due import Group, grouped, grouped_in_parts, metered, plans_of
from outreach.delivery.holding import Holding
from outreach.delivery.metering import Meter
from outreach.delivery.rerouting import of_choosers, reroute
from outreach.delivery.waiting import Shut, find_shut, keep_waiting
from outreach.planning.abroad import Clocks, clocks
from outreach.planning.audience import CHUNK, Progress
from outreach.planning.gates import UNREACHABLE, first_reason, leaving
from outreach.planning.invitations import NO_SESSION, choose_again, next_session, without_session
from outreach.planning.journeys import Releases
from outreach.planning.naming import named
from outreach.planning.notices import is_notice, stops
from outreach.planning.openings import WAITS
from outreach.planning.paused import PAUSED
from outreach.planning.scope import Scope
from outreach.roster import among
from outreach.storage.database import Database
from outreach.storage.tables import PLANNED, delivery, enrolment, person

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
class _Known:
    """What is known of all that is due before its parts are looked at."""

    shut: Sequence[Shut]
    #: The frequency cap; None where there is none, or nothing due that it counts.
    capped: Holding | None
    #: Whether the latest time of any is past.
    is_any_late: bool


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
            chunks = _chunks(connection, self.waiting())
            if not chunks:
                return done
            by = clocks(connection, self.workspace.time_zone, self.now)
            groups = grouped_in_parts(connection, chunks, by)
        limited = metered(groups, self.campaigns, self.releases)
        for campaign in limited:
            self._meter(database, campaign, by, done)
        if limited:
            # Who comes forward in the queue has waited unlooked at, and what is due is another now.
            self._reroute(database)
            with database.reading() as connection:
                chunks = _chunks(connection, self.waiting())
                groups = grouped_in_parts(connection, chunks, by)
        known = self._judged(groups, by)
        for chunk in chunks:
            with database.writing() as connection:
                rows = self._dispatch(connection, chunk, known, done)
            progress(rows)
        return done

    def _judged(self, groups: Sequence[Group], by: Clocks) -> _Known:
        cap, plans = self.workspace.frequency_cap, plans_of(groups, self.releases)
        return _Known(
            shut=find_shut(groups, by, self.workspace, self.releases, self.now),
            capped=Holding(cap, self.workspace, plans, self.now) if cap and plans else None,
            is_any_late=any(one.expires_at <= self.now for one in groups),
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
            shut = find_shut(grouped(connection, mine, by), by, self.workspace, self.releases, self.now)
            self._expire(connection, mine, done)
            self._look_again(connection, mine, done)
            for one in shut:
                keep_waiting(connection, mine, one)
            Meter(campaign, self.workspace, self.now).hold(connection, mine)

    def waiting(self) -> ColumnElement[bool]:
        """Deliveries whose time has come, of campaigns that are not paused."""
        return and_(
            delivery.c.state == PLANNED,
            delivery.c.dispatched_at.is_(None),
            delivery.c.due_at <= self.now,
            delivery.c.campaign.not_in(PAUSED),
        )

    def _dispatch(self, connection: Connection, chunk: ColumnElement[bool], known: _Known, done: Dispatched) -> int:
        if known.is_any_late:
            self._expire(connection, chunk, done)
        self._look_again(connection, chunk, done)
        for one in known.shut:
            keep_waiting(connection, _by_the_clock(chunk), one)
        if known.capped:
            known.capped.hold(connection, chunk)
        let_go = connection.execute(update(delivery).where(chunk).values(dispatched_at=self.now, reason=None)).rowcount
        self.wake(connection, let_go)
        done.let_go += let_go
        return let_go

    def _expire(self, connection: Connection, chunk: ColumnElement[bool], done: Dispatched) -> None:
        """What comes too late is recorded with what it waited for."""
        late = and_(chunk, delivery.c.expires_at <= self.now)
        reason = case((delivery.c.reason.in_(_HELD), delivery.c.reason), else_="latest_time")
        expired = update(delivery).where(late).values(state="expired", reason=reason)
        for row in connection.execute(expired.returning(delivery.c.campaign, delivery.c.reason)):
            done.stopped[row.reason] += 1
            done.ended[row.campaign, "expired"] += 1

    def _look_again(self, connection: Connection, chunk: ColumnElement[bool], done: Dispatched) -> None:
        """The gates once more; what was planned at this very moment, and found a session, has just passed them."""
        earlier_planned = and_(chunk, or_(delivery.c.planned_at < self.now, delivery.c.reason == NO_SESSION))
        columns = (delivery.c.campaign, delivery.c.step, delivery.c.release_id, delivery.c.repetition)
        ids = among.listed(connection, delivery.c.id)
        for campaign, step, release_id, repetition, which in connection.execute(
            select(*columns, ids).where(earlier_planned).group_by(*columns)
        ).all():
            definitions = self.releases(release_id)
            scope = Scope(definitions, release_id, definitions.campaigns[campaign], self.now)
            # Named by their ids: each group would go through all that is due.
            named_ids = among.numbers(connection, among.numbers_of(which))
            group = and_(delivery.c.state == PLANNED, delivery.c.id.in_(named_ids))
            stopped = _look(connection, scope, scope.step(step), repetition, group)
            done.stopped.update(stopped)
            if stopped:
                done.ended[campaign, "skipped"] += stopped.total()


def _chunks(connection: Connection, due: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """What is due, in parts of which each has all that is due of its people; none where nothing is.

    Few are named by their ids: the statements that follow need not go through everything that waits for another day.
    """
    few = named(connection, delivery.c.id, due)
    if few:
        number, clause = few
        return [and_(due, clause)] if number else []
    first, last = connection.execute(select(func.min(delivery.c.person), func.max(delivery.c.person)).where(due)).one()
    starts = range(first, last + 1, CHUNK)
    return [and_(due, delivery.c.person.between(start, start + CHUNK - 1)) for start in starts]


def _by_the_clock(due: ColumnElement[bool]) -> ColumnElement[bool]:
    """Without what waits for no window and no turn: nobody is to travel to a session that was called off."""
    return and_(due, not_(is_notice(delivery.c.step)))


def _look(
    connection: Connection, scope: Scope, step: Step, repetition: int, group: ColumnElement[bool]
) -> Counter[str]:
    """Skip those of a group who do not get it any more; the others are invited to what is next now."""
    if "." in step.id:
        return _stop(connection, group, first_reason(stops(scope, step.id)), None)
    gates = leaving(scope, step, repetition=repetition, since=enrolment.c.started_on)
    chosen = next_session(connection, scope, step)
    if step.invite:
        gates.append(without_session(chosen))
    stopped = _stop(connection, group, first_reason(gates), _again(scope, step, repetition))
    if step.invite:
        choose_again(connection, group, chosen)
    return stopped


def _again(scope: Scope, step: Step, repetition: int) -> date | None:
    """The day of the next reminder of who has no address for this one, where a later one goes another way."""
    if step.remind is None or not step.climbs(repetition):
        return None
    return scope.today + timedelta(days=step.remind.every.days)


def _stop(
    connection: Connection, group: ColumnElement[bool], reason: ColumnElement[str | None], again: date | None
) -> Counter[str]:
    """Skip those of the group whom a gate stops now. Returns how many, by reason."""
    rows = connection.execute(
        select(delivery.c.id.label("stopped"), reason.label("why"))
        .select_from(
            delivery.join(person, person.c.id == delivery.c.person).outerjoin(
                enrolment, enrolment.c.id == delivery.c.enrolment
            )
        )
        .where(group, reason.is_not(None))
    ).all()
    if rows:
        connection.execute(
            update(delivery)
            .where(delivery.c.id == bindparam("stopped"))
            .values(state="skipped", reason=bindparam("why"), remind_on=bindparam("again")),
            [{**row._asdict(), "again": again if row.why in UNREACHABLE else None} for row in rows],
        )
    return Counter(row.why for row in rows)
