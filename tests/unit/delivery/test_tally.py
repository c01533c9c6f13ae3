from __future__ import annotations

from outreach.delivery.tally import SECONDS, Tally


def counted(*seconds: float, sent: int = 0) -> Tally:
    tally = Tally()
    for one in seconds:
        tally.took("smtp", one)
    tally.add("smtp", "news", "sent", sent)
    return tally


def test_what_was_taken_is_not_taken_again() -> None:
    tally = counted(0.02, sent=3)
    first = tally.take()
    tally.add("smtp", "news", "sent")
    second = tally.take()
    assert (first.settled["smtp", "news", "sent"], second.settled["smtp", "news", "sent"]) == (3, 1)
    assert (first.waited, second.waited) == ({"smtp": 0.02}, {})
    assert not tally.take().settled


def test_parts_put_together_are_the_whole() -> None:
    whole, parts = counted(0.25, 0.5, 1024.0, sent=5), Tally()
    for part in (counted(0.25, sent=2), counted(0.5, 1024.0, sent=3)):
        parts.merge(part)
    assert parts == whole
    assert sum(parts.answered["smtp"]) == 3
    assert len(parts.answered["smtp"]) == len(SECONDS) + 1
