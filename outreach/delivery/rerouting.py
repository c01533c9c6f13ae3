"""Rerouting: who chooses another channel gets by it what is planned already, and what was let go and not begun.

What was let go waits for dispatch anew: the other channel has hours of its own. A sender that holds it finds it gone
when it writes its attempt down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, and_, case, func, literal, null, select, update

from outreach.definitions.by_choice import exchanged
from outreach.definitions.model import Definitions
from outreach.delivery.batches import kind
from outreach.planning.by_choice import way
from outreach.planning.gates import UNREACHABLE
from outreach.planning.openings import WAITS
from outreach.planning.scope import Scope
from outreach.roster import preferences
from outreach.storage.tables import PLANNED, choice, delivery, person

Releases = Callable[[int], Definitions]


def prefer(connection: Connection, releases: Releases, who: int, channel: str | None, now: datetime) -> bool:
    """Put on record by which kind of channel somebody (by surrogate id) would rather be reached; None: any.

    False when that was so before.
    """
    kept = preferences.read(connection, who)
    if kept.channel == channel:
        return False
    preferences.keep(connection, who, replace(kept, channel=channel), now)
    reroute(connection, releases, delivery.c.person == who, now)
    return True


def of_choosers() -> ColumnElement[bool]:
    """Deliveries to people who ever chose something."""
    return delivery.c.person.in_(select(choice.c.person))


def reroute(connection: Connection, releases: Releases, which: ColumnElement[bool], now: datetime) -> None:
    """Let the planned deliveries of a clause go by the channel that their people have chosen by now."""
    columns = delivery.c["campaign", "step", "release_id", "repetition"]
    mine = and_(which, delivery.c.state == PLANNED)
    for campaign, step, release_id, repetition in connection.execute(select(*columns).where(mine).distinct()).all():
        definitions = releases(release_id)
        scope = Scope(definitions, release_id, definitions.campaigns[campaign], now)
        if exchanged(scope.workspace, scope.campaign, scope.step(step), repetition):
            same = (delivery.c.step == step, delivery.c.release_id == release_id, delivery.c.repetition == repetition)
            # Not the bare column: SQLite would go by the index of keys through all that the campaign ever sent.
            group = and_(mine, delivery.c.campaign.concat("") == campaign, *same)
            _reroute(connection, scope, step, repetition, group)


def _reroute(connection: Connection, scope: Scope, name: str, repetition: int, group: ColumnElement[bool]) -> None:
    step = scope.step(name)
    chosen = select(way(scope, step, repetition)).where(person.c.id == delivery.c.person)
    # Whom mail turned out not to reach: their own address is what they lack, whatever they chose.
    wanted = case(
        (delivery.c.reason.in_(UNREACHABLE), literal(scope.campaign.way(step, repetition), String)),
        else_=chosen.correlate(delivery).scalar_subquery(),
    )
    waits = delivery.c.reason.in_(WAITS)
    connection.execute(
        update(delivery)
        .where(group, kind != wanted)
        .values(
            channel=func.nullif(wanted, "email"),
            dispatched_at=None,
            lease_owner=None,
            # It waited for the hours of the channel that it leaves.
            due_at=case((waits, literal(scope.now, delivery.c.due_at.type)), else_=delivery.c.due_at),
            reason=case((waits, null()), else_=delivery.c.reason),
        )
    )
