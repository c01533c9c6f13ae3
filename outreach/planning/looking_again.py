"""Looking again: who found no session is invited after all, once there is one, until the message's latest time.

What they are stands in the ledger as skipped, and is asked anew only when something changed on which the answer hangs:
the sessions, the people, or the day. Dispatch decides about them as about everything that waited.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    delete,
    exists,
    literal,
    literal_column,
    select,
    update,
)

from outreach.definitions.model import Step
from outreach.planning.invitations import NO_SESSION, next_session
from outreach.planning.journeys import Releases
from outreach.planning.picks import showing
from outreach.planning.scope import Scope
from outreach.roster import among
from outreach.storage.database import Database
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.tables import campaign_state, delivery, enrolment, person, session, shown

_LOOKED = "sessions_looked_at"
#: As a literal: bound as a parameter it would keep SQLite from its partial index.
_FOUND_NONE = delivery.c.reason == literal_column(f"'{NO_SESSION}'", String)
#: What decides for whom a session is; the words that its visitors are told do not.
_DECIDES = session.c["id", "kind", "language", "entity", "seats", "starts_at", "cancelled"]


def look_again(database: Database, releases: Releases, now: datetime, looked: str) -> None:
    """Let wait for dispatch who finds a session now; `looked` tells this day and roster from others."""
    with database.reading() as connection:
        state = f"{looked} {_programme(connection)}"
        if (read_mark(connection, _LOOKED) or "") == state:
            return
        groups = connection.execute(_groups(now)).all()
    for campaign, step, release_id, repetition in groups:
        definitions = releases(release_id)
        scope = Scope(definitions, release_id, definitions.campaigns[campaign], now)
        with database.writing() as connection:
            _revive(connection, scope, scope.step(step), repetition)
    with database.writing() as connection:
        write_mark(connection, _LOOKED, state)


def may_find_one(now: datetime) -> ColumnElement[bool]:
    """Deliveries that lack nothing but a session, and have time left: a journey that ended needs none."""
    over = exists(
        select(literal(1))
        .where(enrolment.c.id == delivery.c.enrolment, enrolment.c.state != "active")
        .correlate(delivery)
    )
    cancelled = select(campaign_state.c.campaign).where(campaign_state.c.state == "cancelled")
    return and_(
        _FOUND_NONE,
        delivery.c.state == "skipped",
        delivery.c.expires_at > now,
        delivery.c.campaign.not_in(cancelled),
        ~over,
    )


def _programme(connection: Connection) -> str:
    """A word that is another whenever people may find another session."""
    rows = connection.execute(select(*_DECIDES).where(session.c.in_force.is_(True)).order_by(session.c.id)).all()
    return sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()[:16] if rows else ""


def _groups(now: datetime) -> Select[Any]:
    columns = delivery.c["campaign", "step", "release_id", "repetition"]
    return select(*columns).where(may_find_one(now)).distinct().order_by(*columns)


def _revive(connection: Connection, scope: Scope, step: Step, repetition: int) -> None:
    """They keep the reason until they leave, so that dispatch looks at them although they may be of this moment."""
    group = and_(
        may_find_one(scope.now),
        delivery.c.campaign == scope.campaign.id,
        delivery.c.step == step.id,
        delivery.c.release_id == scope.release_id,
        delivery.c.repetition == repetition,
    )
    found = select(person.c.id).where(next_session(connection, scope, step).is_not(None))
    rows = update(delivery).where(group, delivery.c.person.in_(found)).values(state="planned").returning(delivery.c.id)
    ids = connection.scalars(rows).all()
    if step.pick and ids:
        # What was not sent was not shown; the offers stay as they were picked.
        again = delivery.c.id.in_(among.numbers(connection, ids))
        connection.execute(delete(shown).where(shown.c.delivery.in_(among.numbers(connection, ids))))
        connection.execute(showing(connection, scope, again))
