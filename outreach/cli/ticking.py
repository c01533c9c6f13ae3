"""One tick of an installation, as `run` does it once and `serve` again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from outreach import crew, pipeline
from outreach.delivery.counts import SendCounts
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.installation import Installation
    from outreach.storage.database import Database

#: Told how much more of a stage is done.
Progress = Callable[[str, int], None]


def unreachable(installation: Installation) -> OutreachError:
    """What to say when nobody at the mail server takes messages."""
    server = installation.channel().server
    with installation.database.reading() as connection:
        number = pipeline.waiting(connection)
    waiting = "1 message waits" if number == 1 else f"{number:,} messages wait"
    return OutreachError(
        f"the mail server {server} cannot be reached; {waiting}, and nothing is lost",
        remedy="Is it up, are host and port in OUTREACH_SMTP_URL right, and may this machine reach it? Later runs "
        "try again, until a message is too old to be sent.",
    )


def tick(
    installation: Installation,
    at: datetime | None,
    *,
    progress: Progress = lambda _stage, _more: None,
    stop: Callable[[], bool] = lambda: False,
    sends: bool = True,
) -> pipeline.Tick:
    """Do everything that is due now, or `at` a moment; `stop` is asked between messages.

    Raises:
        OutreachError: nothing is published yet, or the database is from a backup.
    """
    current = pipeline.current_of(installation.database, installation.definitions)
    if current is None:
        raise OutreachError("nothing is published yet", remedy="Run `outreach publish`.")

    installation.refuse_if_restored()

    def send(_database: Database, _now: datetime) -> SendCounts:
        return crew.send(installation, at, progress=lambda more: progress("sending", more), stop=stop)

    now = datetime.now(UTC) if at is None else at
    return pipeline.tick(
        installation.database,
        current,
        now,
        send if sends else _later,
        lambda more: progress("planning", more),
        recover=installation.recover,
    )


def _later(_database: Database, _now: datetime) -> SendCounts:
    """Somebody else sends what was let go."""
    return SendCounts()
