"""How a loop of the service is doing: its last round, what went wrong, and whether it still gives signs of life."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: Longest silence of a service that is well, when its own interval is added: a mail server may take ten minutes to
#: answer (RFC 5321, 4.5.3.2.6), and to restart a service that only waits would leave messages in doubt.
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Health:
    """The state at one moment."""

    started_at: datetime
    #: Rounds that ended well: ticks, or sendings.
    ticks: int = 0
    last_tick_at: datetime | None = None
    #: Rounds that failed.
    failed: int = 0
    #: Failures since the last round that ended well.
    failures: int = 0
    #: Kind of the last failure, without its words, which may hold personal data; empty when the last one ended well.
    last_error: str = ""
    #: How long rounds took, all together and the last one.
    seconds: float = 0.0
    last_seconds: float = 0.0
    #: Time since the last sign of life, and the longest that may pass between two.
    silence: timedelta = timedelta(0)
    patience: timedelta = PATIENCE

    @property
    def is_well(self) -> bool:
        """Whether the last round ended well."""
        return not self.failures

    @property
    def is_alive(self) -> bool:
        """Whether it moves on, be it slowly."""
        return self.silence <= self.patience


class Watch:
    """Keeps the health of a loop that works in another thread than the one that asks."""

    def __init__(
        self, started_at: datetime, *, every: timedelta = timedelta(0), monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`every` is the time between two rounds; silence is measured on a clock that nobody sets."""
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self._heard = monotonic()
        self._health = Health(started_at, patience=every + PATIENCE)

    @property
    def health(self) -> Health:
        """The state now."""
        with self._lock:
            return replace(self._health, silence=timedelta(seconds=self._monotonic() - self._heard))

    def beat(self) -> None:
        """It moves on: cheap enough to be called between any two messages."""
        self._heard = self._monotonic()

    def ticked(self, moment: datetime, seconds: float = 0.0) -> None:
        """A round ended well, after so long."""
        self.beat()
        with self._lock:
            now = self._health
            self._health = replace(
                now, ticks=now.ticks + 1, last_tick_at=moment, failures=0, last_error="",
                seconds=now.seconds + seconds, last_seconds=seconds,
            )  # fmt: skip

    def failed(self, kind: str, seconds: float = 0.0) -> None:
        """A round failed, after so long."""
        self.beat()
        with self._lock:
            now = self._health
            self._health = replace(
                now, failed=now.failed + 1, failures=now.failures + 1, last_error=kind,
                seconds=now.seconds + seconds, last_seconds=seconds,
            )  # fmt: skip
