"""One tick of an installation, as `run` does it once and `serve` again and again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from outreach import pipeline
from outreach.cli.dropping import take_dropped
from outreach.cli.pulling import pull_due
from outreach.delivery.counts import SendCounts
from outreach.delivery.engines.distributed import NOBODY, Workers, at_work
from outreach.delivery.sending import each
from outreach.errors import OutreachError
from outreach.service import crew

if TYPE_CHECKING:
    from outreach.definitions.model import ChannelKind
    from outreach.delivery.tally import Tally
    from outreach.installation import Installation
    from outreach.planning.plan import Current
    from outreach.storage.database import Database

#: Told how much more of a stage is done.
Progress = Callable[[str, int], None]
#: Told what went wrong without stopping anything.
Complaint = Callable[[OutreachError], None]


#: Channel -> what to say when it finds nobody who takes messages, and what to do.
_CLOSED = {
    "smtp": (
        "the mail server {server} cannot be reached, or takes no more from us now",
        "Is it up, and OUTREACH_SMTP_URL right? Ask `outreach doctor`; its answers stand in `deliveries` as reasons.",
    ),
    "webhook": (
        "the webhook at {server} takes no messages",
        "Is it up, and does it know OUTREACH_WEBHOOK_SECRET? Its answers stand in `outreach deliveries` as reasons.",
    ),
    "handover": (
        "a hand-over list cannot be written",
        "May this user write to the folder of OUTREACH_HANDOVER (`var/handover`), and is there room on the disk?",
    ),
}
_LATER = "Later runs try again, until a message is too old to be sent."


def held_up(installation: Installation, closed: Collection[str]) -> list[OutreachError]:
    """What to say of messages that wait: for channels that found nobody, and for those that nobody has set up."""
    from outreach.delivery.channels import configured

    kinds = {name: kind for kind, name in configured(installation.ways).items()}
    errors = [_closed(installation, name, kinds[name]) for name in sorted(closed)]
    if "webhook" not in kinds and (number := _waiting(installation, "webhook")):
        errors.append(
            OutreachError(
                f"{_counted(number)}, and nothing is lost: `channel: webhook` has no webhook here",
                remedy=f"Set OUTREACH_WEBHOOK_URL and OUTREACH_WEBHOOK_SECRET. {_LATER}",
            )
        )
    return errors


def _closed(installation: Installation, name: str, kind: ChannelKind) -> OutreachError:
    what, remedy = _CLOSED[name]
    said = what.format(server=installation.channel(kind).server)
    return OutreachError(
        f"{said}; {_counted(_waiting(installation, name))}, and nothing is lost", remedy=f"{remedy} {_LATER}"
    )


def _waiting(installation: Installation, channel: str) -> int:
    with installation.database.reading() as connection:
        return pipeline.waiting(connection, channel)


def _counted(number: int) -> str:
    return "1 message waits" if number == 1 else f"{number:,} messages wait"


def tick(
    installation: Installation,
    at: datetime | None,
    *,
    progress: Progress = lambda _stage, _more: None,
    stop: Callable[[], bool] = lambda: False,
    sends: bool = True,
    tally: Tally | None = None,
    complain: Complaint = lambda _error: None,
    collects: bool = True,
    pulls: bool = True,
) -> pipeline.Tick:
    """Do everything that is due now, or `at` a moment; `stop` is asked between messages.

    Where workers are alive, what is due now is theirs to send; they know no other moment.

    What came back is taken in first, so that nobody is written to at an address that is known to be dead. A mailbox
    that cannot be read keeps no message from leaving: `complain` is told of it. `collects=False` leaves this out, and
    `pulls=False` the sources whose time has come and the drop folders. What comes of it all is counted in `tally`, too.

    Raises:
        OutreachError: nothing is published yet, or the database is from a backup.
    """
    current = pipeline.current_of(installation.database, installation.definitions)
    if current is None:
        raise OutreachError("nothing is published yet", remedy="Run `outreach publish`.")

    now = datetime.now(UTC) if at is None else at
    _refuse_a_backup(installation, current, now)
    if pulls:
        pull_due(installation, now, complain, stop)
        take_dropped(installation, now, complain, stop)
    returned = _returned(installation, now, stop, complain) if collects else {}

    workers = workers_of(installation) if at is None else NOBODY

    def send(_database: Database, _now: datetime) -> SendCounts:
        return send_all(installation, at, workers, lambda more: progress("sending", more), stop, tally=tally)

    report = pipeline.tick(
        installation.database,
        current,
        now,
        send if sends else _later,
        lambda more: progress("planning", more),
        recover=installation.recover,
        tally=tally,
        workers=workers,
    )
    return replace(report, returned=returned, removed=_removed(installation, current, now, stop))


def _removed(installation: Installation, current: Current, now: datetime, stop: Callable[[], bool]) -> dict[str, int]:
    """What was kept for long enough, by kind; after the sending, which does not wait for it."""
    from outreach.cli.retaining import remove_daily

    return remove_daily(installation, current.definitions, now, stop)


def send_all(
    installation: Installation,
    at: datetime | None,
    workers: Workers,
    progress: Callable[[int], None],
    stop: Callable[[], bool],
    *,
    insists: bool = True,
    tally: Tally | None = None,
) -> SendCounts:
    """Send what was let go: the lists first, which take a moment, then what is not left to workers.

    What stops one stops no other.
    """

    def hand_over() -> SendCounts:
        database, clock = installation.database, crew.clock_of(at)
        return installation.send(database, clock, progress, stop, by_hand=True, insists=insists, tally=tally)

    def send() -> SendCounts:
        return crew.send(installation, at, progress=progress, stop=stop, insists=insists, tally=tally)

    ways = [hand_over] if workers.number else [hand_over, send]
    return each(ways, lambda way: way())


def workers_of(installation: Installation) -> Workers:
    """The worker processes that are there to send."""
    with installation.database.reading() as connection:
        return at_work(connection)


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
