"""What a process has handed over, counted as it happens: for metrics, for progress, and for pausing what goes wrong."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

#: Upper bounds, in seconds, of the classes in which the time from a message's content to its answer is counted.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 600.0)


@dataclass(slots=True)
class Tally:
    """Counts since the process began; one sender writes, others may read."""

    #: (channel, campaign, state) -> deliveries; state as in the ledger, or `deferred`.
    settled: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    #: Channel -> how many took no longer than each of `SECONDS`, and in the last place how many took longer than all.
    answered: dict[str, list[int]] = field(default_factory=dict)
    #: Channel -> seconds of them all together.
    waited: dict[str, float] = field(default_factory=dict)

    def add(self, channel: str, campaign: str, state: str, number: int = 1) -> None:
        """Something came of deliveries."""
        self.settled[channel, campaign, state] += number

    def took(self, channel: str, seconds: float) -> None:
        """A server answered a message's content after so long."""
        classes = self.answered.get(channel) or self.answered.setdefault(channel, [0] * (len(SECONDS) + 1))
        classes[bisect_left(SECONDS, seconds)] += 1
        self.waited[channel] = self.waited.get(channel, 0.0) + seconds

    def take(self) -> Tally:
        """What was counted since it was taken last."""
        taken = Tally(self.settled, self.answered, self.waited)
        self.settled, self.answered, self.waited = Counter(), {}, {}
        return taken

    def merge(self, other: Tally) -> None:
        """Add what another process counted."""
        self.settled.update(other.settled)
        for channel, seconds in other.waited.items():
            self.waited[channel] = self.waited.get(channel, 0.0) + seconds
        for channel, classes in other.answered.items():
            mine = self.answered.setdefault(channel, [0] * len(classes))
            self.answered[channel] = [a + b for a, b in zip(mine, classes, strict=True)]
