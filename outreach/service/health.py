"""How the service is doing: the last tick, and what went wrong with it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Health:
    """The state at one moment."""

    started_at: datetime
    #: Ticks that ended well.
    ticks: int = 0
    last_tick_at: datetime | None = None
    #: Failures since the last tick that ended well.
    failures: int = 0
    #: Kind of the last failure, without its words, which may hold personal data; empty when the last tick ended well.
    last_error: str = ""

    @property
    def is_well(self) -> bool:
        """Whether the last tick ended well."""
        return not self.failures


class Watch:
    """Keeps the health of a service that ticks in another thread than the one that asks."""

    def __init__(self, started_at: datetime) -> None:
        self._lock = threading.Lock()
        self._health = Health(started_at)

    @property
    def health(self) -> Health:
        """The state now."""
        with self._lock:
            return self._health

    def ticked(self, moment: datetime) -> None:
        """A tick ended well."""
        with self._lock:
            now = self._health
            self._health = replace(now, ticks=now.ticks + 1, last_tick_at=moment, failures=0, last_error="")

    def failed(self, kind: str) -> None:
        """A tick failed."""
        with self._lock:
            self._health = replace(self._health, failures=self._health.failures + 1, last_error=kind)
