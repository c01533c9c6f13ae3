"""One tick of an installation, as `run` does it once and `serve` again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from outreach import crew, pipeline
from outreach.delivery.counts import SendCounts
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.installation import Installation
    from outreach.planning.plan import Current
    from outreach.storage.database import Database

#: Told how much more of a stage is done.
Progress = Callable[[str, int], None]
#: Told what went wrong without stopping anything.
Complaint = Callable[[OutreachError], None]


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
    complain: Complaint = lambda _error: None,
) -> pipeline.Tick:
    """Do everything that is due now, or `at` a moment; `stop` is asked between messages.

    What came back is taken in first, so that nobody is written to at an address that is known to be dead. A mailbox
    that cannot be read keeps no message from leaving: `complain` is told of it.

    Raises:
        OutreachError: nothing is published yet, or the database is from a backup.
    """
    current = pipeline.current_of(installation.database, installation.definitions)
    if current is None:
        raise OutreachError("nothing is published yet", remedy="Run `outreach publish`.")

    now = datetime.now(UTC) if at is None else at
    _refuse_a_backup(installation, current, now)
    returned = _returned(installation, now, stop, complain)

    def send(_database: Database, _now: datetime) -> SendCounts:
        return crew.send(installation, at, progress=lambda more: progress("sending", more), stop=stop)

    report = pipeline.tick(
        installation.database,
        current,
        now,
        send if sends else _later,
        lambda more: progress("planning", more),
        recover=installation.recover,
    )
    return replace(report, returned=returned)


def _refuse_a_backup(installation: Installation, current: Current, now: datetime) -> None:
    """As the installation does, with what would have been sent."""
    try:
        installation.refuse_if_restored()
    except OutreachError as error:
        from outreach.restoring import would_send

        campaigns = would_send(installation.database, current, now)
        told = ", ".join(f"{campaign} {number:,}" for campaign, number in campaigns.items()) or "nothing"
        raise OutreachError(f"{error.what} (now it would be: {told})", remedy=error.remedy) from None


def _later(_database: Database, _now: datetime) -> SendCounts:
    """Somebody else sends what was let go."""
    return SendCounts()


def _returned(
    installation: Installation, now: datetime, stop: Callable[[], bool], complain: Complaint
) -> dict[str, int]:
    """What came back, by kind."""
    url = installation.settings.bounces_url
    if not url:
        return {}
    from outreach.cli.returning import collect

    try:
        collected = collect(installation, url, now, stop)
    except OutreachError as error:
        complain(error)
        return {}
    return dict(collected.kinds) if collected else {}
