"""Sending what dispatch let go, by one sender over one channel, until nothing is left or nobody is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from outreach.definitions.model import Definitions
from outreach.delivery import batches, pacing
from outreach.delivery.assembling import Assembler
from outreach.delivery.channels.base import Channel, Progress
from outreach.delivery.counts import SendCounts
from outreach.delivery.journal import LedgerJournal, Tools
from outreach.delivery.mark import Mark, NoMark
from outreach.delivery.receipts import Rules
from outreach.delivery.refusals import Refusals
from outreach.delivery.tally import Tally
from outreach.errors import OutreachError
from outreach.storage.database import Database

if TYPE_CHECKING:
    from outreach.rendering.composer import Composer

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a sender is at work."""

    #: Asked between messages: whether to come to an end.
    stop: Callable[[], bool] = lambda: False
    #: Told how many deliveries something came of since it was told last.
    progress: Progress = lambda _done: None
    #: `run` sends what is there and goes; a `worker` stays.
    kind: str = "run"
    #: How many senders are started together, this one counted: the first leaves room for the others.
    siblings: int = 1
    #: Whether to try a server that did not answer of late; else somebody else's knocking is waited for.
    insists: bool = True
    mark: Mark = field(default_factory=NoMark)
    tally: Tally = field(default_factory=Tally)


def send_dispatched(
    database: Database,
    composers: Callable[[int], Composer],
    channel: Channel,
    definitions: Callable[[int], Definitions],
    clock: Callable[[], datetime],
    secret: bytes,
    at_work: Circumstances | None = None,
) -> SendCounts:
    """Send all that dispatch let go for this channel, until nothing is left, the channel is down, or it is stopped.

    Several may do this at once on one database. `composers` and `definitions` go by release id.

    Raises:
        OutreachError: the channel cannot work until somebody changes something, or the ledger cannot be written to.
            What was claimed and not attempted is given back.
    """
    at_work = at_work or Circumstances()
    counts = SendCounts()
    with database.reading() as connection:
        if not batches.ready(connection, channel.name):
            return counts
    if not _may_try(database, channel, at_work):
        return counts
    tools = Tools(
        database=database,
        channel=channel,
        assembler=Assembler(composers, definitions, secret),
        rules=Rules.of(definitions),
        secret=secret,
        clock=clock,
        stop=at_work.stop,
        counts=counts,
        progress=at_work.progress,
        tally=at_work.tally,
        refusals=Refusals(lambda release: definitions(release).workspace.pause_when_rejected, counts.paused),
        mark=at_work.mark,
        kind=at_work.kind,
        siblings=at_work.siblings,
    )
    _send(tools)
    return counts


def each(ways: Iterable[_T], send: Callable[[_T], SendCounts]) -> SendCounts:
    """Send over each way, one after the other; what stops one stops no other.

    Raises:
        OutreachError: the first that came up, when all have sent.
    """
    counts, errors = SendCounts(), list[OutreachError]()
    for way in ways:
        try:
            counts.merge(send(way))
        except OutreachError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return counts


def _may_try(database: Database, channel: Channel, at_work: Circumstances) -> bool:
    if at_work.insists:
        return True
    with database.writing() as connection:
        return pacing.may_knock(connection, channel.server)


def _send(tools: Tools) -> None:
    channel, journal = tools.channel, LedgerJournal(tools)
    try:
        journal.begin()
        channel.open()
        if not channel.down:
            channel.send(journal)
    finally:
        try:
            channel.close()
        finally:
            journal.finish()
    if channel.down:
        tools.counts.down.add(channel.name)
    with tools.database.writing() as connection:
        if channel.down:
            pacing.shut(connection, channel.server)
        else:
            pacing.opened(connection, channel.server)


__all__ = ["Circumstances", "SendCounts", "each", "send_dispatched"]
