"""A service that was down sends what is within its latest time, and records the rest as expired."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from outreach.definitions.model import Offer, OfferText, Pick, Span, Start, Step
from outreach.definitions.recurrences import parse_recurrence
from outreach.storage.database import Database
from outreach.storage.tables import delivery
from tests.unit.planning.people import World, campaign, definitions

DAILY = Start("every", every=parse_recurrence("day"))
#: 09:00 in Brussels is 07:00.
MORNING = datetime(2026, 10, 6, 7, tzinfo=UTC)


def outcomes(world: World) -> Counter[tuple[str, str | None]]:
    with world.database.reading() as connection:
        return Counter(map(tuple, connection.execute(select(delivery.c.state, delivery.c.reason))))


@pytest.mark.parametrize(
    ("down", "sent", "expired"),
    [
        (timedelta(hours=3), 1, 0),
        (timedelta(days=3), 3, 0),
        # Five days are within the latest time; that of the first of them is just past.
        (timedelta(weeks=3), 5, 16),
    ],
)
def test_letters_that_were_missed_leave_or_expire(database: Database, down: timedelta, sent: int, expired: int) -> None:
    daily = campaign(start=DAILY, steps=(Step("first", 1, "first", expires_after=Span(days=5)),))
    world = World(database, definitions(daily), now=MORNING - timedelta(hours=1))
    world.add("ann")
    world.add("bob", email=None)
    done = world.tick(MORNING - timedelta(hours=1) + down)
    assert done.sent == sent
    assert done.skipped == {"no_address": sent + expired} | ({"latest_time": expired} if expired else {})
    assert outcomes(world)["expired", "latest_time"] == expired
    assert world.tick(world.now).planned == 0


def test_what_was_never_seen_is_not_taken_for_shown(database: Database) -> None:
    offer = Offer("loan", {"nl": OfferText("t", "w", "h", "w", "w")})
    step = Step(
        "first", 1, "first", pick=Pick(("loan",), 1, not_again_within=Span(days=90)), expires_after=Span(days=1)
    )
    world = World(
        database,
        definitions(campaign(start=DAILY, steps=(step,)), offers={"loan": offer}),
        MORNING - timedelta(hours=1),
    )
    world.add("ann")
    world.tick(MORNING + timedelta(days=2))
    assert outcomes(world) == {("expired", "latest_time"): 2, ("sent", None): 1}


def test_a_journey_is_not_begun_in_its_middle(database: Database) -> None:
    steps = (Step("a", 1, "a", expires_after=Span(days=1)), Step("b", 20, "b"))
    world = World(database, definitions(campaign(start=Start("once", on=date(2026, 10, 6)), steps=steps)))
    world.add("ann")
    world.tick(MORNING - timedelta(days=1))
    world.tick(MORNING + timedelta(days=21))
    assert (world.ledger(), world.enrolments()) == ([], [])
