"""Who starts again, when, and under which key."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from outreach.definitions.model import Fact, Reentry, Segment, Span, Start, Step
from outreach.planning.explain import explain
from outreach.planning.explanation import Explanation
from outreach.storage.database import Database
from outreach.storage.tables import person
from tests.unit.planning.people import World, campaign, definitions

STEPS = (Step("first", 1, "first"), Step("second", 3, "second"))


def at(day: int) -> datetime:
    return datetime(2026, 10, day, 12, tzinfo=UTC)


def moving(database: Database, reentry: Reentry, *days: int) -> World:
    """Somebody who moves on these days of October."""
    nouns = campaign("moved", start=Start("event", name="moved"), steps=STEPS, reentry=reentry)
    world = World(database, definitions(nouns))
    ann = world.add("ann")
    for day in range(2, 26):
        if day in days:
            world.event(ann, "moved", date(2026, 10, day))
        world.tick(at(day))
    return world


def entries(world: World) -> list[tuple[str, str | None]]:
    return [(row[3], row[4]) for row in world.enrolments()]


@pytest.mark.parametrize(
    ("reentry", "expected"),
    [
        (Reentry(), ["entered_before", "entered_before"]),
        (Reentry("each event"), ["still_in", None]),
        (Reentry("after", Span(days=8)), ["still_in", None]),
        (Reentry("after", Span(days=9)), ["still_in", "too_soon"]),
    ],
)
def test_who_was_in_it_starts_again_as_it_says(
    database: Database, reentry: Reentry, expected: list[str | None]
) -> None:
    world = moving(database, reentry, 2, 4, 10)
    assert entries(world) == [("active", None), *(("refused", why) if why else ("active", None) for why in expected)]


def test_each_entry_has_keys_of_its_own(database: Database) -> None:
    world = moving(database, Reentry("each event"), 2, 10)
    assert [(row[2], row[3], row[5]) for row in world.ledger()] == [
        ("first", "entry-1", "sent"), ("first", "entry-2", "sent"),
        ("second", "entry-1", "sent"), ("second", "entry-2", "sent"),
    ]  # fmt: skip


def test_a_date_that_comes_again_starts_again(database: Database) -> None:
    nouns = campaign(
        "ends", start=Start("date", name="contract_ends_on", by=Span(days=2)), steps=STEPS,
        reentry=Reentry("after", Span(days=10)),
    )  # fmt: skip
    world = World(database, definitions(nouns))
    world.add("ann", contract_ends_on=date(2026, 10, 4))
    for day in range(2, 8):
        world.tick(at(day))
    with database.writing() as connection:
        connection.execute(update(person).values(contract_ends_on=date(2026, 10, 16)))
    world.import_again()
    for day in range(8, 20):
        world.tick(at(day))
    assert [row[2] for row in world.enrolments()] == ["entry-1", "entry-2"]


def test_who_comes_into_a_segment_again_starts_again(database: Database) -> None:
    singles = Segment("singles", "Singles", Fact("household", "in", ("single",)))
    nouns = campaign(
        "alone", start=Start("enters", name="singles"), steps=STEPS[:1], reentry=Reentry("after", Span(days=5))
    )
    world = World(database, definitions(nouns, segments=[singles]))
    world.add("ann", household="couple")
    for day, household in enumerate(
        ("couple", "single", "couple", "single", "couple", "couple", "couple", "single"), 1
    ):
        with database.writing() as connection:
            connection.execute(update(person).values(household=household))
        world.import_again()
        world.tick(at(day))
    assert entries(world) == [("active", None), ("refused", "too_soon"), ("active", None)]


def test_of_several_entries_the_present_one_is_explained(database: Database) -> None:
    world = moving(database, Reentry("each event"), 2, 24)
    told = explained(world, at(25))
    assert {step: (one.verdict, one.facts.get("occurrence") or one.facts["entry"]) for step, one in told.items()} == {
        "first": ("sent", "entry-2"),
        "second": ("planned", "entry-2"),
    }


def test_a_refused_entry_hides_no_journey_and_is_told_beside_it(database: Database) -> None:
    world = moving(database, Reentry("each event"), 24, 25)
    told = explained(world, at(25))
    assert told["first"].verdict == "sent"
    assert told["second"].verdict == "planned"
    assert told["second"].words.endswith(
        "entry-2 was refused: the person is still under way in this campaign, and is in it once at a time"
    )
    assert told["second"].facts["refused"] == "still_in"


def explained(world: World, now: datetime) -> dict[str, Explanation]:
    with world.database.reading() as connection:
        return {one.step: one for one in explain(connection, world.current, "ann", now) or ()}
