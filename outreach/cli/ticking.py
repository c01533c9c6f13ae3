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


def unreachable(installation: Installation, report: pipeline.Tick) -> OutreachError | None:
    """What to say of a tick that found nobody at the mail server; None if it did, or needed none."""
    if not report.unreachable:
        return None
    from outreach.delivery.channels.smtp.server import parse

    server = parse(installation.settings.smtp_url).where
    waiting = "1 message waits" if report.deferred == 1 else f"{report.deferred:,} messages wait"
    return OutreachError(
        f"the mail server {server} cannot be reached; {waiting}, and nothing is lost",
        remedy="Is it up, are host and port in OUTREACH_SMTP_URL right, and may this machine reach it? Later runs "
        "try again, until a message is too old to be sent.",
    )


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
