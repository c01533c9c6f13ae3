"""One tick of an installation, as `run` does it once and `serve` again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from outreach import pipeline
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.delivery.sending import SendCounts
    from outreach.installation import Installation
    from outreach.storage.database import Database

#: Told how much more of a stage is done.
Progress = Callable[[str, int], None]


def tick(
    installation: Installation,
    clock: Callable[[], datetime],
    *,
    progress: Progress = lambda _stage, _more: None,
    stop: Callable[[], bool] = lambda: False,
) -> pipeline.Tick:
    """Do everything that is due at the moment the clock shows; `stop` is asked between groups of messages.

    Raises:
        OutreachError: nothing is published yet.
    """
    current = pipeline.current_of(installation.database, installation.definitions)
    if current is None:
        raise OutreachError("nothing is published yet", remedy="Run `outreach publish`.")

    def send(database: Database, _now: datetime) -> SendCounts:
        return installation.send(database, clock, lambda more: progress("sending", more), stop)

    return pipeline.tick(
        installation.database,
        current,
        clock(),
        send,
        lambda more: progress("planning", more),
        recover=installation.recover,
    )
