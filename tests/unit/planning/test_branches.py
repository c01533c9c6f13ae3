"""Different next steps for who came, who did not, and who cannot be told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select, update

from outreach.definitions.model import Branch, Campaign, Condition, Fact, Segment, Start, Step, Way
from outreach.planning.explain import explain
from outreach.planning.explanation import Explanation
from outreach.planning.lengths import last_day
from outreach.storage.database import Database
from outreach.storage.tables import enrolment, person
from tests.unit.planning.people import World, campaign, definitions

CAME, SINGLES = Condition(outcomes=("came",)), Condition(segments=("singles",))
SINGLE = Segment("singles", "Singles", Fact("household", "in", ("single",)))


def funnel(*ways: Way, otherwise: int = 3, unknown: int = 3) -> Campaign:
    """An invitation, then a workshop or another invitation, then a letter to all."""
    steps = (
        Step("session", 1, "session"),
        Step("after", 3, "", branch=Branch(ways, otherwise, unknown)),
        Step("workshop", 4, "workshop", then=4),
        Step("once-more", 5, "once-more"),
        Step("closing", 8, "closing"),
    )
    return campaign("funnel", start=Start("event", name="hired"), steps=steps)


def at(day: int) -> datetime:
    return datetime(2026, 10, day, 12, tzinfo=UTC)


def hired(database: Database, nouns: Campaign, *people: str, **facts: Any) -> tuple[World, list[int]]:
    world = World(database, definitions(nouns, segments=[SINGLE]))
    ids = [world.add(name, **facts) for name in people]
    for who in ids:
        world.event(who, "hired", date(2026, 10, 2))
    return world, ids


def sent(world: World, who: str) -> list[str]:
    return [row[2] for row in world.ledger() if row[0] == who and row[5] == "sent"]


def told(world: World, who: str) -> dict[str, Explanation]:
    with world.database.reading() as connection:
        found = explain(connection, world.current, who, world.now)
    return {one.step: one for one in found or ()}


def test_who_came_goes_one_way_and_all_others_another_and_both_end_alike(database: Database) -> None:
    world, (ann, _) = hired(database, funnel(Way(CAME, None, 2)), "ann", "bob")
    world.tick(at(2))
    world.outcome(ann, "came", date(2026, 10, 3))
    for day in range(3, 12):
        world.tick(at(day))
    assert sent(world, "ann") == ["closing", "session", "workshop"]
    assert sent(world, "bob") == ["closing", "once-more", "session"]


def test_what_is_decided_stays_so(database: Database) -> None:
    world, (ann,) = hired(database, funnel(Way(CAME, None, 2)), "ann")
    for day in (2, 4):
        world.tick(at(day))
    world.outcome(ann, "came", date(2026, 10, 4))
    for day in range(5, 12):
        world.tick(at(day))
    assert sent(world, "ann") == ["closing", "once-more", "session"]


def test_what_was_done_before_the_journey_does_not_count(database: Database) -> None:
    world, (ann,) = hired(database, funnel(Way(CAME, None, 2)), "ann")
    world.outcome(ann, "came", date(2026, 10, 1))
    for day in range(2, 12):
        world.tick(at(day))
    assert "workshop" not in sent(world, "ann")


def test_unknown_is_neither_yes_nor_no(database: Database) -> None:
    unless = funnel(Way(SINGLES, None, 2), Way(None, SINGLES, 2), otherwise=2, unknown=3)
    world, _ = hired(database, unless, "ann", household=None)
    world.tick(at(2))
    assert told(world, "ann")["after"].words == (
        "not decided yet; today the journey would go to once-more, because facts are missing and no way is known to "
        "hold (no household on file)"
    )
    for day in range(3, 12):
        world.tick(at(day))
    assert sent(world, "ann") == ["closing", "once-more", "session"]
    assert told(world, "ann")["after"].reason == "unknown"


def test_a_way_with_if_and_unless_is_for_who_meets_one_and_not_the_other(database: Database) -> None:
    world, (ann, bob) = hired(database, funnel(Way(CAME, SINGLES, 2)), "ann", "bob", household="single")
    with database.writing() as connection:
        connection.execute(update(person).where(person.c.id == bob).values(household="couple"))
    world.tick(at(2))
    for who in (ann, bob):
        world.outcome(who, "came", date(2026, 10, 3))
    for day in range(3, 12):
        world.tick(at(day))
    assert ("workshop" in sent(world, "ann"), "workshop" in sent(world, "bob")) == (False, True)


def test_explain_says_which_way_somebody_went_and_what_they_miss(database: Database) -> None:
    world, _ = hired(database, funnel(Way(CAME, None, 2)), "ann")
    assert told(world, "ann")["after"].verdict == "not_started"
    world.tick(at(2))
    assert told(world, "ann")["after"].words == "not decided yet; today the journey would go to once-more (otherwise)"
    assert told(world, "ann")["workshop"].verdict == "planned"
    world.tick(at(4))
    found = told(world, "ann")
    assert (found["after"].verdict, found["after"].reason) == ("decided", "otherwise")
    assert found["after"].words == "on 2026-10-04 the journey went to once-more (otherwise)"
    assert (found["workshop"].verdict, found["workshop"].reason) == ("skipped", "other_way")
    assert found["workshop"].words == (
        "the journey does not come to it: at `after` it went to once-more (otherwise) on 2026-10-04"
    )
    assert found["closing"].verdict == "planned"


def test_a_way_may_lead_to_the_end_and_then_nobody_is_under_way(database: Database) -> None:
    nouns = funnel(Way(CAME, None, 2), otherwise=5, unknown=5)
    assert last_day(nouns, 0, date(2026, 10, 2)) == date(2026, 10, 9)
    world, _ = hired(database, nouns, "ann")
    for day in (2, 4):
        world.tick(at(day))
    with database.reading() as connection:
        row = connection.execute(select(enrolment)).one()
    assert (row.next_step, row.next_on, row.ends_on) == (None, None, date(2026, 10, 4))
    assert world.tick(at(12)).sent == 0


def test_who_comes_late_is_decided_at_once_and_only_once(database: Database) -> None:
    world, _ = hired(database, funnel(Way(CAME, None, 2)), "ann", "bob")
    assert world.tick(at(9)).planned == 6
    assert world.tick(at(9)).planned == 0
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(enrolment)) == 2
