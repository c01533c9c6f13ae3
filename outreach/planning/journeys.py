"""Journeys under way: the next step, branch or wait of each enrolment when its day has come, and exits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, literal, select, update

from outreach.definitions.model import Condition, Definitions
from outreach.planning.abroad import Clocks, living_by, with_zones
from outreach.planning.audience import CHUNK, Progress
from outreach.planning.awaiting import release, wait_all
from outreach.planning.calendar import zone
from outreach.planning.gates import condition, leaving
from outreach.planning.ledger import Batch, plan
from outreach.planning.scope import Scope
from outreach.planning.turning import Turning, turn_all
from outreach.roster import among
from outreach.storage.database import Database
from outreach.storage.tables import ACTIVE, PLANNED, campaign_state, delivery, enrolment, person, release_campaign

#: The definitions of a release by its id.
Releases = Callable[[int], Definitions]


def plan_steps(database: Database, releases: Releases, now: datetime, by: Clocks, progress: Progress) -> int:
    """Plan every step whose day and time have come. Returns the rows written.

    Who is several steps behind, because the event came late or nothing ran for a while, catches up at once; what is
    past its latest time then is recorded as expired by dispatch.
    """
    written = 0
    while groups := _due_steps(database, releases, now, by):
        for group in groups:
            written += _plan_step(database, group, progress)
    return written


@dataclass(frozen=True)
class _Group:
    """People whose next step comes at one moment."""

    scope: Scope
    #: Place of the step among the campaign's.
    index: int
    day: date
    entered_at: datetime
    due_at: datetime
    where: ZoneInfo
    #: Their enrolments, as a clause.
    people: ColumnElement[bool]
    #: Whether the clause hangs on what an import may change meanwhile.
    moves: bool


def _due_steps(database: Database, releases: Releases, now: datetime, by: Clocks) -> list[_Group]:
    columns = (
        enrolment.c.campaign,
        enrolment.c.release_id,
        enrolment.c.next_step,
        enrolment.c.next_on,
        enrolment.c.entered_at,
    )
    query = (
        with_zones(enrolment, columns, by.zones)
        .where(
            enrolment.c.next_on.is_not(None),
            enrolment.c.next_on <= by.latest_day,
            running(enrolment.c.campaign),
        )
        .distinct()
        .order_by(enrolment.c.next_on, enrolment.c.campaign, enrolment.c.next_step, enrolment.c.entered_at)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    due = []
    for campaign, release_id, index, day, entered_at, lives_by in rows:
        definitions = releases(release_id)
        scope = Scope(definitions, release_id, definitions.campaigns[campaign], now)
        where = zone(lives_by) if lives_by else scope.zone
        if (due_at := scope.leaves(scope.campaign.steps[index], day, where)) <= now:
            people = and_(
                enrolment.c.campaign == campaign,
                enrolment.c.release_id == release_id,
                enrolment.c.next_step == index,
                enrolment.c.next_on == day,
                enrolment.c.entered_at == entered_at,
                living_by(lives_by, enrolment.c.person, by.zones),
            )
            due.append(_Group(scope, index, day, entered_at, due_at, where, people, moves=bool(by.zones)))
    return due


def _plan_step(database: Database, group: _Group, progress: Progress) -> int:
    scope, index = group.scope, group.index
    step, following = scope.campaign.steps[index], scope.campaign.following(index)
    days = None if following is None else scope.campaign.steps[following].day - step.day
    next_on = None if days is None else group.day + timedelta(days=days)
    written = 0
    while True:
        with database.writing() as connection:
            part = _chunk(connection, group)
            if part is None:
                return written
            if step.branch:
                turn_all(connection, scope, Turning(index, group.day, group.entered_at, part))
                continue
            if step.wait:
                wait_all(connection, scope, Turning(index, group.day, group.entered_at, part))
                continue
            batch = Batch(
                step=step,
                occurrence=enrolment.c.occurrence,
                repetition=0,
                due_at=group.due_at,
                expires_at=scope.latest(step, max(group.due_at, group.entered_at), group.where),
                gates=leaving(scope, step, repetition=0, since=enrolment.c.started_on),
                people=part,
                enrolled=True,
            )
            written += (rows := plan(connection, scope, batch))
            connection.execute(update(enrolment).where(part).values(next_step=following, next_on=next_on))
        progress(rows)


def _chunk(connection: Connection, group: _Group) -> ColumnElement[bool] | None:
    """The next of a group's people, the same for as long as the transaction lasts; None where all are done."""
    if not group.moves:
        last = connection.scalar(_nth(group.people))
        return None if last is None else and_(group.people, enrolment.c.id <= last)
    ids = connection.scalars(select(enrolment.c.id).where(group.people).order_by(enrolment.c.id).limit(CHUNK)).all()
    return enrolment.c.id.in_(among.numbers(connection, ids)) if ids else None


def _nth(group: ColumnElement[bool]) -> Select[int]:
    """The id at the end of the next chunk of a group."""
    chunk = select(enrolment.c.id).where(group).order_by(enrolment.c.id).limit(CHUNK).subquery()
    return select(chunk.c.id).order_by(chunk.c.id.desc()).limit(1)


def running(campaign: ColumnElement[str]) -> ColumnElement[bool]:
    """Campaigns that are not stopped."""
    return campaign.not_in(select(campaign_state.c.campaign).where(campaign_state.c.state != "running"))


def exit_gone(connection: Connection) -> None:
    """End the enrolments of who died or left, and what is planned for them."""
    # For all campaigns at once: each would go through everybody who is under way in it, for the few who are gone.
    gone = select(person.c.id).where(person.c.status.in_(("died", "left")))
    _end(connection, person.c.status, enrolment.c.person.in_(gone))


def exit_journeys(connection: Connection, releases: Releases, now: datetime) -> None:
    """End the enrolments of which the campaign's `exit_when` holds, and what is planned for them.

    And let go who waits for what has happened.
    """
    # Asked of each campaign of each release, which are few: who is under way are many.
    one = release_campaign.c
    mine = (enrolment.c.campaign == one.campaign, enrolment.c.release_id == one.release_id, enrolment.c.state == ACTIVE)
    found = select(one.campaign, one.release_id).where(exists(select(literal(1)).where(*mine)))
    groups = connection.execute(found.order_by(one.campaign, one.release_id)).all()
    for campaign, release_id in groups:
        definitions = releases(release_id)
        scope = Scope(definitions, release_id, definitions.campaigns[campaign], now)
        if scope.campaign.exit_when:
            _exit(connection, scope, scope.campaign.exit_when)
        release(connection, scope)


def exit_newcomers(connection: Connection, scope: Scope, newer_than: int) -> None:
    """End at once what ends already: who enters late may have done before what the journey is for.

    `newer_than` is the last id of an enrolment before they entered; it happens in the same transaction.
    """
    if scope.campaign.exit_when:
        _exit(connection, scope, scope.campaign.exit_when, newer_than=newer_than)


def _exit(connection: Connection, scope: Scope, wanted: Condition, *, newer_than: int = 0) -> None:
    _end(
        connection,
        literal("exited"),
        enrolment.c.campaign == scope.campaign.id,
        enrolment.c.release_id == scope.release_id,
        enrolment.c.id > newer_than,
        condition(scope, wanted, since=enrolment.c.started_on),
    )


def _end(connection: Connection, why: ColumnElement[str], *whose: ColumnElement[bool]) -> None:
    """End what is under way of these enrolments, and what is planned for them, for that reason."""
    ending = connection.execute(
        select(enrolment.c.id.label("ending"), enrolment.c.person.label("whose"), why.label("why"))
        .select_from(enrolment.join(person, person.c.id == enrolment.c.person))
        .where(enrolment.c.state == ACTIVE, *whose)
    ).all()
    if not ending:
        return
    rows = [row._asdict() for row in ending]
    connection.execute(
        update(delivery)
        .where(
            delivery.c.person == bindparam("whose"),
            delivery.c.enrolment == bindparam("ending"),
            delivery.c.state == PLANNED,
        )
        .values(state="cancelled", reason=bindparam("why"), lease_owner=None),
        rows,
    )
    connection.execute(
        update(enrolment)
        .where(enrolment.c.id == bindparam("ending"), enrolment.c.person == bindparam("whose"))
        .values(state="exited", reason=bindparam("why"), next_step=None, next_on=None),
        rows,
    )
