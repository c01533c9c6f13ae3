"""What the database says of the work: is there a release, what waits for somebody, and does anybody send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from outreach.delivery.queues import Queues
from outreach.doctor.findings import Finding
from outreach.storage.schema import HEAD

#: What could have left for so long was overlooked: cron or `serve` look every few minutes.
_OVERLOOKED = timedelta(hours=1)


def tables(revision: str | None) -> Finding:
    """What is to be said of the revision of the tables."""
    if revision == HEAD:
        return Finding("database: tables", "ok", f"revision {revision}")
    if revision is None:
        return Finding("database: tables", "warn", "there are none yet", "They are made by `outreach publish`.")
    if revision < HEAD:
        saw = f"revision {revision}, ours is {HEAD}"
        return Finding("database: tables", "warn", saw, "The next verb brings them up to date: make a backup before.")
    saw = f"revision {revision} of a newer Outreach, ours is {HEAD}"
    return Finding("database: tables", "fail", saw, "Install that version or a later one.")


def release(number: int | None, waiting: Sequence[str]) -> Iterator[Finding]:
    """What is to be said of the current release and of the campaigns that wait for an approval."""
    if number is None:
        yield Finding("release", "fail", "nothing is published yet", "Run `outreach publish`.")
        return
    yield Finding("release", "ok", f"release {number}")
    if waiting:
        saw = f"{_number(len(waiting), 'campaign waits', 'campaigns wait')}: {', '.join(waiting)}"
        yield Finding("approvals", "warn", saw, "Look at each and let it go: `outreach approve CAMPAIGN`.")
    else:
        yield Finding("approvals", "ok", "no campaign waits for one")


def paused(campaigns: Sequence[str]) -> Finding:
    """What is to be said of campaigns that Outreach itself paused, as mail servers refused too much of them."""
    if not campaigns:
        return Finding("ledger: refusals", "ok", "no campaign was paused for them")
    saw = f"paused, as too many of their messages were refused for good: {', '.join(campaigns)}"
    remedy = "See why with `outreach deliveries --state rejected`, mend it, then `outreach resume CAMPAIGN`."
    return Finding("ledger: refusals", "warn", saw, remedy)


def queues(found: Queues) -> Iterator[Finding]:
    """What is to be said of what waits in the ledger."""
    yield _doubts(found.lengths["in_doubt"])
    yield _abandoned(found.lengths["abandoned"])
    yield _overlooked(found)
    for server, failures in found.failures.items():
        if failures:
            saw = f"{server}: nobody was reached {_number(failures, 'time', 'times')} in a row"
            yield Finding("ledger: way out", "warn", saw, "It is tried again by itself, ever more seldom.")


def _doubts(number: int) -> Finding:
    if not number:
        return Finding("ledger: doubts", "ok", "nothing is in doubt")
    saw = f"{_number(number, 'delivery', 'deliveries')} of which nobody knows whether they arrived"
    remedy = "`outreach deliveries --state in_doubt` names them; look for their message_id in the mail server's log."
    return Finding("ledger: doubts", "warn", saw, remedy)


def _abandoned(number: int) -> Finding:
    if not number:
        return Finding("ledger: senders", "ok", "no sender left anything behind")
    saw = f"{_number(number, 'delivery', 'deliveries')} of a sender that died"
    return Finding("ledger: senders", "warn", saw, "The next run takes them up: `outreach run`.")


def _overlooked(found: Queues) -> Finding:
    due = found.lengths["due"] + found.lengths["ready"]
    if found.age < _OVERLOOKED:
        return Finding("ledger: queue", "ok", f"{_number(due, 'delivery', 'deliveries')} could leave now")
    saw = f"{_number(due, 'delivery', 'deliveries')} could have left, the oldest {_hours(found.age)} ago"
    if found.senders:
        return Finding(
            "ledger: queue", "warn", saw, "Senders are at work, but too slow, or held up by the mail server."
        )
    return Finding("ledger: queue", "warn", saw, "Nobody sends: does cron call `outreach run`, or is `serve` up?")


def _hours(age: timedelta) -> str:
    hours = age // timedelta(hours=1)
    return _number(hours, "hour", "hours") if hours < 48 else f"{hours // 24:,} days"


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
