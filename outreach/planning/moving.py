"""Moving: people under way go on in the new release of their campaign, where its `edited` says so, once it is approved.

They go on at the step that it names; who had that one, or one that stands behind it, goes on after the last of those
that they had. So nothing is repeated, and what is skipped over never comes. What the ledger has stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from outreach.definitions.model import Campaign
from outreach.planning.audience import CHUNK
from outreach.planning.awaiting import WAITING
from outreach.planning.lengths import last_day, reachable
from outreach.planning.scope import Scope
from outreach.planning.turning import places
from outreach.storage.database import Database
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.tables import delivery, enrolment, move, release_campaign, turn

_MOVES = "moves_looked_at"


@dataclass(frozen=True)
class Place:
    """Where somebody goes on."""

    #: Place among the campaign's steps, and the civil day on which they come to it; None: nothing more comes.
    step: int | None
    on: date | None
    #: Last civil day on which they are under way.
    ends_on: date


def look_for_moves(database: Database, scopes: Sequence[Scope]) -> str:
    """Move who is to move, in campaigns that may start something. Returns what tells this look from an earlier one."""
    moving = [scope for scope in scopes if scope.campaign.edited.under_way == "move"]
    looked = " ".join(f"{scope.campaign.id}@{scope.release_id}" for scope in moving)
    with database.reading() as connection:
        if (read_mark(connection, _MOVES) or "") == looked:
            return looked
    for scope in moving:
        _move_all(database, scope)
    with database.writing() as connection:
        write_mark(connection, _MOVES, looked)
    return looked


def under_another(scope: Scope) -> ColumnElement[bool]:
    """Enrolments that are under way under a release in which the campaign was another."""
    one = release_campaign.alias("one")
    now = select(one.c.digest).where(one.c.campaign == scope.campaign.id, one.c.release_id == scope.release_id)
    same = select(release_campaign.c.release_id).where(
        release_campaign.c.campaign == scope.campaign.id, release_campaign.c.digest == now.scalar_subquery()
    )
    return and_(
        enrolment.c.campaign == scope.campaign.id,
        enrolment.c.state == "active",
        or_(enrolment.c.next_step.is_not(None), enrolment.c.ends_on >= scope.today),
        enrolment.c.release_id != scope.release_id,
        enrolment.c.release_id.not_in(same),
    )


def standing(scope: Scope) -> Select[Any]:
    """Who is under way under another release, with the place in this one of the last step of theirs that counts."""
    campaign = scope.campaign
    first = place_of(campaign)
    counts = {step.id: place for place, step in enumerate(campaign.steps) if place >= first and step.send}
    had: Any = select(func.max(case(counts, value=delivery.c.step))).where(
        delivery.c.person == enrolment.c.person, delivery.c.enrolment == enrolment.c.id
    )
    last = had.correlate(enrolment).scalar_subquery() if counts else cast(null(), Integer)
    return select(
        enrolment.c.id, enrolment.c.release_id, enrolment.c.started_on, enrolment.c.ends_on, last.label("last")
    ).where(under_another(scope))


def place_of(campaign: Campaign) -> int:
    """Place of the step at which people go on."""
    return next(place for place, step in enumerate(campaign.steps) if step.id == campaign.edited.to)


def goes_on(campaign: Campaign, last: int | None) -> int | None:
    """Where somebody goes on whose last step of those that count stands there; None where nothing more comes."""
    return place_of(campaign) if last is None else campaign.following(last)


def _move_all(database: Database, scope: Scope) -> None:
    while True:
        with database.writing() as connection:
            rows = connection.execute(standing(scope).order_by(enrolment.c.id).limit(CHUNK)).all()
            if not rows:
                return
            _move(connection, scope, rows)


def _move(connection: Connection, scope: Scope, rows: Sequence[Row[Any]]) -> None:
    steps = scope.campaign.steps
    found = [(row, _place(scope, row)) for row in rows]
    connection.execute(
        insert(move),
        [
            {
                "enrolment": row.id,
                "moved_at": scope.now,
                "step": "" if place.step is None else steps[place.step].id,
                "from_release": row.release_id,
                "to_release": scope.release_id,
            }
            for row, place in found
        ],
    )
    connection.execute(
        update(enrolment)
        .where(enrolment.c.id == bindparam("moved"))
        .values(
            release_id=scope.release_id,
            next_step=bindparam("place"),
            next_on=bindparam("day"),
            ends_on=bindparam("end"),
        ),
        [{"moved": row.id, "place": place.step, "day": place.on, "end": place.ends_on} for row, place in found],
    )
    for place in {place.step for _, place in found}:
        _forget_turns(connection, scope, place)


def _place(scope: Scope, row: Row[Any]) -> Place:
    """A day that is past is today: who goes on further behind does not get everything at once."""
    campaign = scope.campaign
    place = goes_on(campaign, row.last)
    if place is None:
        return Place(None, None, row.ends_on)
    day = max(row.started_on + timedelta(days=campaign.steps[place].day - 1), scope.today)
    return Place(place, day, max(row.ends_on, last_day(campaign, place, day)))


def _forget_turns(connection: Connection, scope: Scope, place: int | None) -> None:
    """What is still to come is decided anew; of what lies behind stays what was decided, where there is such a way."""
    steps = scope.campaign.steps
    coming = reachable(scope.campaign, place)
    name = "" if place is None else steps[place].id
    mine = select(move.c.enrolment).where(
        move.c.moved_at == scope.now, move.c.to_release == scope.release_id, move.c.step == name
    )
    left = [
        and_(turn.c.step == step.id, turn.c.way.in_(places(step.branch)) if step.branch else turn.c.way != WAITING)
        for index, step in enumerate(steps)
        if (step.branch or step.wait) and index not in coming
    ]
    connection.execute(delete(turn).where(turn.c.enrolment.in_(mine), ~or_(*left) if left else turn.c.step != ""))
