"""People who answer: what a message brings about is drawn when it leaves, and goes on record when its day has come.

Who answers an invitation takes a seat at its session, on the day of the session at the latest, as long as one is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, delete, func, insert, literal, select

from outreach.delivery.rehearsing import READY
from outreach.planning.calendar import civil_day, zone
from outreach.planning.journeys import Releases
from outreach.planning.seats import taken
from outreach.simulation.responses import Ask, Responses, answers, asks, drawn
from outreach.simulation.tables import answer
from outreach.storage.inserting import insert_into
from outreach.storage.tables import delivery, outcome, person, seat, session

#: What stands as the source of an outcome that was drawn.
SOURCE = "simulation"


class Answering:
    """The draws of one simulation."""

    def __init__(self, responses: Responses, releases: Releases) -> None:
        self.responses = responses
        self.releases = releases

    def draw(self, connection: Connection, today: date) -> None:
        """Decide who will answer the messages that leave now."""
        columns = delivery.c["campaign", "step", "occurrence", "repetition", "release_id", "session"]
        for group in connection.execute(select(*columns).where(*READY).distinct().order_by(*columns)).all():
            for ask in self._asks(group):
                invited = self._session(connection, group) if ask.seat else None
                connection.execute(self._drawing(group, ask, today, invited))

    def _asks(self, group: Any) -> Iterator[Ask]:
        definitions = self.releases(group.release_id)
        campaign = definitions.campaigns[group.campaign]
        steps = [step for step in campaign.steps if step.id == group.step]
        for step in steps:
            yield from asks(definitions, campaign, step, self.responses)

    def _session(self, connection: Connection, group: Any) -> tuple[str, date] | None:
        """The session to which a group is invited, and its day."""
        row = connection.execute(select(session).where(session.c.id == group.session)).one_or_none()
        where = zone(self.releases(group.release_id).workspace.time_zone)
        return (row.name, civil_day(row.starts_at, where)) if row else None

    def _drawing(self, group: Any, ask: Ask, today: date, invited: tuple[str, date] | None) -> Any:
        seed, key = self.responses.seed, (*group[:4], ask.outcome, ask.offer)
        same = dict(group._mapping)
        # Not the bare column: SQLite would go by the index of keys through all that the campaign ever sent.
        clauses = [delivery.c.campaign.concat("") == same.pop("campaign")]
        clauses += [delivery.c[name] == value for name, value in same.items()]
        if ask.offer:
            clauses.append((literal(",") + delivery.c.picks + ",").contains(f",{ask.offer},", autoescape=True))
        name, latest = invited or (None, date.max)
        # Nobody registers for what is over.
        day = func.min(literal(today.toordinal() + 1) + drawn(seed, *key, "day") % ask.within, latest.toordinal())
        return insert(answer).from_select(
            ["person", "outcome", "acts_on", "session"],
            select(person.c.id, literal(ask.outcome), day, literal(name, String))
            .select_from(delivery.join(person, person.c.id == delivery.c.person))
            .where(*READY, *clauses, answers(ask.share, seed, *key)),
        )


def record(connection: Connection, now: datetime, today: date) -> None:
    """Put on record what people have done by the end of yesterday."""
    due = answer.c.acts_on < today.toordinal()
    for day in connection.scalars(select(answer.c.acts_on).where(due).distinct().order_by(answer.c.acts_on)).all():
        _turn_away(connection, answer.c.acts_on == day)
        rows = _recorded(answer.c.acts_on == day, date.fromordinal(day), now)
        names = ["person", "outcome", "occurred_on", "recorded_at", "source"]
        connection.execute(insert_into(connection, outcome).from_select(names, rows).on_conflict_do_nothing())
        _take_seats(connection, answer.c.acts_on == day, date.fromordinal(day))
    connection.execute(delete(answer).where(due))


def _turn_away(connection: Connection, which: ColumnElement[bool]) -> None:
    """Where more want a seat than are free, who goes without is drawn by lot, and registers for nothing."""
    wanted = connection.scalars(select(answer.c.session).where(which, answer.c.session.is_not(None)).distinct()).all()
    seats = select(session.c.name, session.c.seats).where(
        session.c.in_force.is_(True), session.c.name.in_(wanted), session.c.seats.is_not(None)
    )
    for name, limit in connection.execute(seats).all():
        free = max(limit - taken(connection, [name]).get(name, 0), 0)
        mine = select(answer.c.person).where(which, answer.c.session == name).distinct().subquery()
        lots = select(person.c.id).join(mine, mine.c.person == person.c.id).order_by(person.c.lot, person.c.id)
        late = lots.offset(free)
        connection.execute(delete(answer).where(which, answer.c.session == name, answer.c.person.in_(late)))


def _take_seats(connection: Connection, which: ColumnElement[bool], day: date) -> None:
    who = and_(outcome.c.person == answer.c.person, outcome.c.outcome == answer.c.outcome)
    rows = select(outcome.c.id, answer.c.session).join(answer, who)
    rows = rows.where(which, outcome.c.occurred_on == day, answer.c.session.is_not(None))
    connection.execute(insert_into(connection, seat).from_select(["outcome", "session"], rows).on_conflict_do_nothing())


def _recorded(which: ColumnElement[bool], day: date, now: datetime) -> Any:
    constants = (
        literal(day, outcome.c.occurred_on.type),
        literal(now, outcome.c.recorded_at.type),
        literal(SOURCE),
    )
    people = (answer.c.person, answer.c.outcome)
    return select(*people, *constants).where(which).distinct().order_by(*people)
