"""The story on one page: plan, dispatch, send, record.

`run` (cron), `serve`, `plan --days`, `demo` are this code with different clocks and different ways out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, false, func, or_, select

from outreach import release
from outreach.bundling.making import make_bundles
from outreach.definitions.model import Definitions, Workspace
from outreach.delivery import batches
from outreach.delivery.counts import SendCounts
from outreach.delivery.dispatch import Dispatch, Dispatched
from outreach.delivery.engines.distributed import NOBODY, Workers
from outreach.delivery.recovery import Recovered
from outreach.delivery.rehearsing import rehearse
from outreach.delivery.tally import Tally
from outreach.planning.forecast import Send, note_open, sends_after
from outreach.planning.plan import Current, nothing, plan_due
from outreach.planning.upcoming import next_due, next_midnight
from outreach.storage.database import Database
from outreach.storage.locks import held
from outreach.storage.statistics import look_at
from outreach.storage.tables import PLANNED, delivery

Progress = Callable[[int], None]

#: Rows written at once, from which on the database looks at the table anew before it is asked more.
_MANY = 2_000

#: Sends what was dispatched, at a moment.
Sender = Callable[[Database, datetime], SendCounts]
#: Takes up what a sender that died left behind.
Recovery = Callable[[Database, datetime], Recovered]


def nothing_to_recover(_database: Database, _now: datetime) -> Recovered:
    """On a scratch copy no sender can have died."""
    return Recovered()


@dataclass(frozen=True)
class Tick:
    """What one tick did, what it found of senders that died included."""

    planned: int = 0
    sent: int = 0
    rejected: int = 0
    in_doubt: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    #: Let go and not taken by the mail server: they are tried again by a later tick.
    deferred: int = 0
    #: Mails that came back, by kind (`delivery.returns.nouns`).
    returned: dict[str, int] = field(default_factory=dict)
    #: Channels that found nobody to hand messages to.
    unreachable: tuple[str, ...] = ()
    #: Campaigns that were paused because too many of their messages were refused for good.
    paused: tuple[str, ...] = ()
    #: Let go and left to workers, and how many of these there are.
    handed_over: int = 0
    workers: int = 0
    #: Messages that wait under the frequency cap and were passed over `passed_over_limit` times or more.
    passed_over: int = 0
    #: Removed because it was kept for long enough, by kind; once a day.
    removed: dict[str, int] = field(default_factory=dict)
    #: When something is due next.
    next: datetime | None = None


def tick(
    database: Database,
    current: Current,
    now: datetime,
    send: Sender,
    progress: Progress = nothing,
    *,
    recover: Recovery = nothing_to_recover,
    tally: Tally | None = None,
    workers: Workers = NOBODY,
) -> Tick:
    """Everything that is due at `now`: planned, let go, sent and recorded. Doing it again does nothing.

    While another tick plans on this database, this one only helps to send. Where there are workers, these are woken,
    and `send` leaves to them what is theirs. What is planned, and stopped before it is
    sent, is counted in `tally`, too; what is sent, `send` counts.
    """
    decided, recovered = _Decided(), Recovered()
    with held(database) as free:
        if free:
            recovered = recover(database, now)
            decided = _decide(database, current, now, progress, tally or Tally(), workers)
    counts = send(database, now)
    with database.reading() as connection:
        upcoming = next_due(connection, current, now)
        passed_over = _passed_over(connection, current.definitions.workspace)
        deferred = waiting(connection, *counts.down) if counts.down else counts.deferred
    return Tick(
        planned=decided.planned,
        sent=counts.sent + recovered.sent,
        rejected=counts.rejected,
        in_doubt=counts.in_doubt + recovered.in_doubt,
        skipped=dict(sorted((decided.skipped + counts.skipped).items())),
        deferred=deferred,
        unreachable=tuple(sorted(counts.down)),
        paused=tuple(sorted(counts.paused)),
        handed_over=decided.let_go if workers.number else 0,
        workers=workers.number,
        passed_over=passed_over,
        next=upcoming,
    )


def rehearsed(
    database: Database, current: Current, now: datetime, send: Sender, progress: Progress = nothing
) -> tuple[int, datetime]:
    """A tick on a scratch copy, for who ticks at every midnight: how many were sent, and when the next one is to be.

    Nobody watches it, so that nothing is asked but what is due by the next midnight.
    """
    _plan_and_dispatch(database, current, now, progress, NOBODY)
    sent = send(database, now).sent
    midnight = next_midnight(current, now)
    with database.reading() as connection:
        return sent, next_due(connection, current, now, midnight) or midnight


@dataclass(frozen=True)
class _Decided:
    """How many deliveries were planned, stopped (by reason) and let go."""

    planned: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    let_go: int = 0


def _decide(
    database: Database, current: Current, now: datetime, progress: Progress, tally: Tally, workers: Workers
) -> _Decided:
    """Plan and dispatch, and tell what came of it."""
    before = _last_delivery(database)
    written, dispatched = _plan_and_dispatch(database, current, now, progress, workers)
    planned, skipped = 0, Counter[str]()
    for state, reason, campaign, count in _made(database, before) if written else []:
        if state == "skipped":
            skipped[str(reason)] += count
        else:
            planned += count
        tally.add("", campaign, "skipped" if state == "skipped" else "planned", count)
    for (campaign, state), count in dispatched.ended.items():
        tally.add("", campaign, state, count)
    return _Decided(planned, skipped + dispatched.stopped, dispatched.let_go)


def _plan_and_dispatch(
    database: Database, current: Current, now: datetime, progress: Progress, workers: Workers
) -> tuple[int, Dispatched]:
    """Returns how many rows were planned, and what was dispatched."""
    written = plan_due(database, current, now, progress)
    if written >= _MANY:
        look_at(database, delivery)
    make_bundles(database, current, now)
    nouns = current.definitions
    dispatch = Dispatch(nouns.workspace, current.releases, now, nouns.campaigns, workers.wake)
    return written, dispatch.run(database, progress)


def _made(database: Database, before: int) -> list[tuple[str, str | None, str, int]]:
    """How many deliveries are newer than that one, by state, reason and campaign.

    In this order: by the campaign first, SQLite would walk through the whole ledger along the index of its key.
    """
    what = (delivery.c.state, delivery.c.reason, delivery.c.campaign)
    with database.reading() as connection:
        rows = connection.execute(select(*what, func.count()).where(delivery.c.id > before).group_by(*what))
        return [tuple(row) for row in rows]


def current_of(database: Database, releases: Callable[[int], Definitions]) -> Current | None:
    """The release in force; None if nothing is published yet."""
    with database.reading() as connection:
        release_id = release.current_release(connection)
        if release_id is None:
            return None
        approved = release.approved(connection, release_id)
    return Current(release_id, releases(release_id), approved, releases)


def plan_ahead(
    database: Database, current: Current, start: datetime, days: int, progress: Progress = nothing
) -> list[Send]:
    """What would leave from `start` for so many days. `database` is a scratch copy: it is written to.

    Ticks at every moment at which something is due, and at every midnight.
    """
    with database.writing() as connection:
        before = note_open(connection, start)
    time_zone = current.definitions.workspace.time_zone

    def send(where: Database, at: datetime) -> SendCounts:
        return rehearse(where, at, time_zone)

    end, now = start + timedelta(days=days), start
    while now < end:
        sent, now = rehearsed(database, current, now, send)
        progress(sent)
    with database.reading() as connection:
        return sends_after(connection, before, time_zone, current.releases)


def waiting(connection: Connection, *channels: str) -> int:
    """How many deliveries were let go for these channels and have not left; what was tried waits for its next time."""
    let_go = delivery.c.dispatched_at.is_not(None) | (delivery.c.attempts > 0)
    meant = or_(false(), *map(batches.meant_for, channels))
    rows = select(func.count()).select_from(delivery).where(delivery.c.state == "planned", let_go, meant)
    return connection.scalar(rows) or 0


def _passed_over(connection: Connection, workspace: Workspace) -> int:
    """How many messages wait before which others went so often; without a cap none does."""
    if not workspace.frequency_cap:
        return 0
    often = delivery.c.passed_over >= workspace.passed_over_limit
    waits = (delivery.c.state == PLANNED, delivery.c.dispatched_at.is_(None), often)
    return connection.scalar(select(func.count()).where(*waits)) or 0


def _last_delivery(database: Database) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.max(delivery.c.id))) or 0
