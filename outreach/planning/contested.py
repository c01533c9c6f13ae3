"""Who went before: why a message waits under the frequency cap, behind which others, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.definitions.model import Cap
from outreach.planning.arbitration import COUNTED, Weight, weights
from outreach.planning.calendar import civil_day
from outreach.planning.journeys import Releases
from outreach.planning.scope import Scope
from outreach.storage.tables import delivery, person


@dataclass(frozen=True)
class Winner:
    """A message that takes a place under the cap."""

    campaign: str
    step: str
    #: When it was let go.
    at: datetime
    #: What decided for it, where the other one was waiting then: a weight's name and words.
    weight: Weight | None = None


def winners(connection: Connection, scope: Scope, releases: Releases, loser: Row[Any]) -> list[Winner]:
    """The messages that fill the person's places, the newest first."""
    cap = scope.workspace.frequency_cap
    return list(_winners(connection, scope, releases, loser, cap)) if cap else []


def _winners(connection: Connection, scope: Scope, releases: Releases, loser: Row[Any], cap: Cap) -> Iterator[Winner]:
    taken = (
        select(delivery)
        .where(
            delivery.c.person == loser.person,
            delivery.c.dispatched_at.is_not(None),
            delivery.c.rank > 0,
            delivery.c.state.in_(COUNTED),
        )
        .order_by(delivery.c.dispatched_at.desc(), delivery.c.id)
        .limit(cap.messages)
    )
    rows = connection.execute(taken).all()
    for row in rows:
        # Only the last time is told: what weighed before, such as how often it had been passed over, has changed since.
        rival = loser.planned_at <= row.dispatched_at == rows[0].dispatched_at
        decided = _decided(connection, scope, releases, row, loser) if rival else None
        yield Winner(row.campaign, row.step, row.dispatched_at, decided)


def _decided(
    connection: Connection, scope: Scope, releases: Releases, winner: Row[Any], loser: Row[Any]
) -> Weight | None:
    """The weightiest thing that speaks for the winner, by what is on record now."""
    plans = {
        (row.campaign, row.release_id): (definitions.campaigns[row.campaign], definitions)
        for row in (winner, loser)
        for definitions in [releases(row.release_id)]
    }
    at = winner.dispatched_at
    found = weights(plans, at, civil_day(at, scope.zone))
    columns = (weight.value.label(weight.name) for weight in found)
    query = select(delivery.c.id, *columns).join(person).where(delivery.c.id.in_((winner.id, loser.id)))
    values = {row.id: row for row in connection.execute(query)}
    ours, theirs = values[winner.id], values[loser.id]._asdict()
    # Not counting the time at which it lost to this one.
    theirs["waiting"] += 1
    return next((weight for weight in found if getattr(ours, weight.name) < theirs[weight.name]), None)


def in_words(scope: Scope, found: list[Winner], loser: Row[Any]) -> str:
    """Who went before, how often it was passed over, and what becomes of it."""
    told = ", ".join(_winner(scope, winner) for winner in found)
    times = "once" if loser.passed_over == 1 else f"{loser.passed_over} times"
    local = loser.due_at.astimezone(scope.zone)
    if loser.due_at >= loser.expires_at:
        then = f"no place is free before its latest time, {local:%Y-%m-%d %H:%M}"
    else:
        then = f"it is looked at again on {local:%A %Y-%m-%d at %H:%M}"
    return f"the places of `frequency_cap` are taken by {told}; passed over {times}; {then}"


def _winner(scope: Scope, winner: Winner) -> str:
    day = civil_day(winner.at, scope.zone).isoformat()
    why = f": {winner.weight.words}" if winner.weight else ""
    return f"`{winner.campaign}` on {day}{why}"
