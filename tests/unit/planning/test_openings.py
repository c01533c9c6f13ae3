"""What is due outside its hours waits for the next opening, and no longer than its latest time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from outreach.definitions.model import Blackout, Cap, Closed, Condition, Last, Remind, Span, Start, Step
from outreach.definitions.recurrences import parse_recurrence
from outreach.definitions.windows import parse_window
from outreach.planning.explain import explain
from outreach.planning.openings import hours_of
from outreach.planning.upcoming import next_due
from outreach.storage.database import Database
from outreach.storage.tables import delivery
from tests.unit.planning.people import World, campaign, definitions

OFFICE = (parse_window("mon-fri 08:00-18:00"),)
ELECTIONS = (Blackout(date(2026, 10, 5), date(2026, 10, 8), "elections"),)


def at(day: int, hour: int = 12, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def rows(world: World) -> list[tuple[Any, ...]]:
    columns = (delivery.c.campaign, delivery.c.state, delivery.c.reason, delivery.c.due_at)
    with world.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(delivery.c.id))]


def words(world: World, name: str | None = None) -> str:
    with world.database.reading() as connection:
        found = explain(connection, world.current, "ann", world.now, name)
    assert found
    return found[0].words


def evening(**changes: Any) -> Any:
    """A letter that is due on Friday 2 October at 20:00 in Brussels."""
    return campaign(start=Start("once", time(20), on=date(2026, 10, 2)), **changes)


def test_what_is_due_on_friday_evening_leaves_on_monday_morning(database: Database) -> None:
    world = World(database, definitions(evening(), workspace={"windows": OFFICE}))
    world.add("ann")
    assert world.tick(at(2, 18)).sent == 0
    assert rows(world) == [("letter", "planned", "outside_window", at(5, 6))]
    assert words(world) == "outside its hours, mon-fri 08:00-18:00; it leaves on Monday 2026-10-05 at 08:00"
    with database.reading() as connection:
        assert next_due(connection, world.current, at(2, 18)) == at(5, 6)
    assert world.tick(at(5, 5, 59)).sent == 0
    assert world.tick(at(5, 6)).sent == 1


def test_where_it_does_not_open_in_time_it_expires_in_time_and_says_why(database: Database) -> None:
    brief = evening(steps=(Step("first", 1, "first", expires_after=Span(days=2)),))
    world = World(database, definitions(brief, workspace={"windows": OFFICE}))
    world.add("ann")
    world.tick(at(2, 18))
    expected = "outside its hours, mon-fri 08:00-18:00; it does not open before the latest time, 2026-10-04 20:00"
    assert words(world) == expected
    assert world.tick(at(4, 18)).skipped == {"outside_window": 1}
    assert rows(world) == [("letter", "expired", "outside_window", at(4, 18))]


def test_a_campaigns_own_windows_go_before_its_channels_and_these_before_none(database: Database) -> None:
    night = (parse_window("mon-sun 19:00-24:00"),)
    campaigns = (evening(), evening(id="own", windows=night), evening(id="posted", channel="webhook"))
    world = World(database, definitions(*campaigns, workspace={"channel_windows": {"email": OFFICE}}))
    world.add("ann")
    world.tick(at(2, 18))
    assert [row[:3] for row in rows(world)] == [
        ("letter", "planned", "outside_window"), ("own", "sent", None), ("posted", "sent", None),
    ]  # fmt: skip


def test_a_last_reminder_that_goes_another_way_keeps_that_ways_windows(database: Database) -> None:
    climbing = Remind(every=Span(days=7), max_reminders=1, until=Condition(), last=Last("handover", "call"))
    brief = evening(steps=(Step("first", 1, "first", remind=climbing),))
    world = World(database, definitions(brief, workspace={"channel_windows": {"handover": OFFICE}}))
    world.add("ann")
    assert world.tick(at(2, 18)).sent == 1
    assert world.tick(at(9, 18)).sent == 0
    assert rows(world)[1] == ("letter", "planned", "outside_window", at(12, 6))
    assert words(world) == "outside its hours, mon-fri 08:00-18:00; it leaves on Monday 2026-10-12 at 08:00"
    assert world.tick(at(12, 6)).sent == 1


def test_a_blackout_holds_back_all_but_who_goes_through(database: Database) -> None:
    through = campaign("through", frequency="must", through_blackouts=True)
    world = World(database, definitions(campaign(), through, workspace={"blackouts": ELECTIONS}))
    world.add("ann")
    world.tick(at(6))
    assert [row[:3] for row in rows(world)] == [("letter", "planned", "blackout"), ("through", "sent", None)]
    assert words(world, "letter") == (
        "held back in a blackout (from 2026-10-05 until 2026-10-08: elections); it leaves on Friday 2026-10-09 at 09:00"
    )
    assert world.tick(at(9, 6, 59)).sent == 0
    assert world.tick(at(9, 7)).sent == 1


def test_what_is_caught_up_with_on_a_closed_day_waits_for_an_open_one(database: Database) -> None:
    closed = Closed(rules=(parse_recurrence("saturday and sunday"),))
    world = World(database, definitions(evening(), evening(id="sent", on_closed="send"), workspace={"closed": closed}))
    world.add("ann")
    world.tick(at(3))
    assert rows(world)[0] == ("letter", "planned", "closed_day", at(5, 7))
    assert words(world, "letter") == "on a closed day nothing leaves; it leaves on Monday 2026-10-05 at 09:00"
    assert rows(world)[1][:3] == ("sent", "sent", None)


def test_what_the_cap_moves_to_a_weekend_waits_for_monday(database: Database) -> None:
    cap = Cap(1, Span(days=1))
    both = (
        campaign(start=Start("once", on=date(2026, 10, 2))),
        campaign("more", start=Start("once", on=date(2026, 10, 2)), priority="low"),
    )
    world = World(database, definitions(*both, workspace={"windows": OFFICE, "frequency_cap": cap}))
    world.add("ann")
    world.tick(at(2))
    assert rows(world)[1][1:] == ("planned", "frequency_cap", at(3, 7))
    world.tick(at(3))
    assert rows(world)[1][1:] == ("planned", "outside_window", at(5, 6))
    assert world.tick(at(5, 6)).sent == 1


def test_a_message_that_waits_takes_no_place_under_the_cap(database: Database) -> None:
    first = campaign("first", priority="high", windows=(parse_window("sat 09:00-10:00"),))
    world = World(database, definitions(first, campaign(), workspace={"frequency_cap": Cap(1, Span(days=1))}))
    world.add("ann")
    world.tick(at(6))
    assert [row[:3] for row in rows(world)] == [("first", "planned", "outside_window"), ("letter", "sent", None)]


@pytest.mark.parametrize(
    ("window", "now", "opens"),
    [
        # 29 March 2026, 02:00 becomes 03:00.
        ("sun 02:30-05:00", at(28, 12, month=3), at(29, 1, month=3)),
        ("sun 02:15-02:45", at(28, 12, month=3), at(5, 0, 15, month=4)),
        # 25 October 2026, 03:00 becomes 02:00.
        ("sun 02:15-02:45", at(24, 12), at(25, 0, 15)),
        ("sun 02:15-02:45", at(25, 0, 45), at(25, 1, 15)),
        ("sun 01:30-02:15", at(25, 0, 30), at(25, 1)),
    ],
)
def test_windows_go_by_the_clock_on_the_wall(window: str, now: datetime, opens: datetime) -> None:
    nouns = definitions(campaign(windows=(parse_window(window),)))
    hours = hours_of(nouns.workspace, nouns.campaigns["letter"], "email")
    assert hours.shut(now) == "outside_window"
    assert hours.opening(now) == opens


def test_where_nothing_ever_opens_it_waits_until_its_latest_time(database: Database) -> None:
    forever = (Blackout(date(2026, 1, 1), date(2199, 12, 31), "closed for good"),)
    world = World(database, definitions(campaign(), workspace={"blackouts": forever}))
    world.add("ann")
    world.tick(at(6))
    assert rows(world) == [("letter", "planned", "blackout", at(20, 7))]
    assert world.tick(at(20, 7)).skipped == {"blackout": 1}
