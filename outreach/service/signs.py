"""What the processes of a worker tell the one that started them: that they live, and what they did since then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from outreach.delivery.tally import Tally
from outreach.service.health import Watch


@dataclass(frozen=True, slots=True)
class Round:
    """A sending that ended."""

    seconds: float
    #: The kind of its failure; empty where it ended well.
    error: str = ""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is told every few seconds, by who moves on."""

    tally: Tally
    rounds: tuple[Round, ...]


def new_watches(number: int, started_at: datetime) -> dict[str, Watch]:
    """What keeps the health of so many processes."""
    return {f"sender-{place}": Watch(started_at) for place in range(1, number + 1)}


def hearing(
    watches: Mapping[str, Watch], tally: Tally, clock: Callable[[], datetime]
) -> Callable[[int, Signs | int], None]:
    """What keeps watches and tally, told what came from a place (from 0): signs, or the code with which it died."""
    listed = list(watches.values())

    def hear(place: int, news: Signs | int) -> None:
        watch = listed[place]
        if isinstance(news, int):
            watch.failed("ProcessDied")
            return
        watch.beat()
        tally.merge(news.tally)
        for done in news.rounds:
            if done.error:
                watch.failed(done.error, done.seconds)
            else:
                watch.ticked(clock(), done.seconds)

    return hear
