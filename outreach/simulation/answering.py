"""People who answer: what a message brings about is drawn when it leaves, and goes on record when its day has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, literal, select

from outreach.delivery.rehearsing import READY
from outreach.planning.journeys import Releases
from outreach.simulation.responses import Ask, Responses, answers, asks, drawn
from outreach.simulation.tables import answer
from outreach.storage.inserting import insert_into
from outreach.storage.tables import delivery, outcome, person

#: What stands as the source of an outcome that was drawn.
SOURCE = "simulation"


class Answering:
    """The draws of one simulation."""

    def __init__(self, responses: Responses, releases: Releases) -> None:
        self.responses = responses
        self.releases = releases

    def draw(self, connection: Connection, today: date) -> None:
        """Decide who will answer the messages that leave now."""
        columns = delivery.c["campaign", "step", "occurrence", "repetition", "release_id"]
        for group in connection.execute(select(*columns).where(*READY).distinct().order_by(*columns)).all():
            for ask in self._asks(group):
                connection.execute(self._drawing(group, ask, today))

    def _asks(self, group: Any) -> Iterator[Ask]:
        definitions = self.releases(group.release_id)
        campaign = definitions.campaigns[group.campaign]
        steps = [step for step in campaign.steps if step.id == group.step]
        for step in steps:
            yield from asks(definitions, campaign, step, self.responses)

    def _drawing(self, group: Any, ask: Ask, today: date) -> Any:
        seed, key = self.responses.seed, (*group[:4], ask.outcome, ask.offer)
        clauses = [delivery.c[name] == value for name, value in group._mapping.items()]
        if ask.offer:
            clauses.append((literal(",") + delivery.c.picks + ",").contains(f",{ask.offer},", autoescape=True))
        day = literal(today.toordinal() + 1) + drawn(seed, *key, "day") % ask.within
        return insert(answer).from_select(
            ["person", "outcome", "acts_on"],
            select(person.c.id, literal(ask.outcome), day)
            .select_from(delivery.join(person, person.c.id == delivery.c.person))
            .where(*READY, *clauses, answers(ask.share, seed, *key)),
        )


def record(connection: Connection, now: datetime, today: date) -> None:
    """Put on record what people have done by the end of yesterday."""
    due = answer.c.acts_on < today.toordinal()
    for day in connection.scalars(select(answer.c.acts_on).where(due).distinct().order_by(answer.c.acts_on)).all():
        rows = _recorded(answer.c.acts_on == day, date.fromordinal(day), now)
        names = ["person", "outcome", "occurred_on", "recorded_at", "source"]
        connection.execute(insert_into(connection, outcome).from_select(names, rows).on_conflict_do_nothing())
    connection.execute(delete(answer).where(due))


def _recorded(which: ColumnElement[bool], day: date, now: datetime) -> Any:
    constants = (
        literal(day, outcome.c.occurred_on.type),
        literal(now, outcome.c.recorded_at.type),
        literal(SOURCE),
    )
    people = (answer.c.person, answer.c.outcome)
    return select(*people, *constants).where(which).distinct().order_by(*people)
