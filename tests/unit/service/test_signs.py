from __future__ import annotations

from datetime import UTC, datetime

from outreach.delivery.tally import Tally
from outreach.service.signs import Round, Signs, hearing, new_watches

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def counted(number: int) -> Tally:
    tally = Tally()
    tally.add("smtp", "news", "sent", number)
    return tally


def test_what_each_process_tells_is_counted_together_and_kept_apart_in_its_health() -> None:
    watches, tally = new_watches(2, NOW), Tally()
    hear = hearing(watches, tally, lambda: NOW)
    hear(0, Signs(counted(3), (Round(2.0), Round(1.0, "OutreachError"))))
    hear(1, Signs(counted(4), (Round(5.0),)))
    assert tally.settled == {("smtp", "news", "sent"): 7}
    first, second = (watch.health for watch in watches.values())
    assert (first.ticks, first.failed, first.seconds, first.last_error) == (1, 1, 3.0, "OutreachError")
    assert (second.ticks, second.failed, second.is_well) == (1, 0, True)


def test_a_process_that_died_is_not_well_until_the_next_in_its_place_has_done_something() -> None:
    watches = new_watches(1, NOW)
    hear = hearing(watches, Tally(), lambda: NOW)
    hear(0, -9)
    assert (watches["sender-1"].health.is_well, watches["sender-1"].health.last_error) == (False, "ProcessDied")
    hear(0, Signs(counted(1), ()))
    assert not watches["sender-1"].health.is_well
    hear(0, Signs(counted(1), (Round(1.0),)))
    assert watches["sender-1"].health.is_well
