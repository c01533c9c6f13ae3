"""The ways out, in one table. A new one is a file, a line here, and the shared suite in tests/contracts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from outreach.definitions.model import ChannelKind
from outreach.delivery.channels.base import Channel


@dataclass(frozen=True, slots=True)
class Ways:
    """What the operator set up for messages to leave by."""

    #: Of the mail server; empty: none.
    smtp_url: str
    #: Folder of the outbox, which keeps the mails where there is no mail server.
    outbox: Path
    #: Of the webhook, with the secret that signs; empty: none.
    webhook_url: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    #: Folder of the lists for people who do it by hand.
    handover: Path = Path("handover")


#: Shows the real time, whatever time is played (`--at`, a demo): others compare it with their own.
Clock = Callable[[], datetime]


def _outbox(ways: Ways, _clock: Clock) -> Channel:
    from outreach.delivery.channels.outbox import Outbox

    return Outbox(ways.outbox)


def _smtp(ways: Ways, _clock: Clock) -> Channel:
    from outreach.delivery.channels.smtp import Smtp

    return Smtp.at(ways.smtp_url)


def _webhook(ways: Ways, clock: Clock) -> Channel:
    from outreach.delivery.channels.webhook import Webhook, parse

    return Webhook(parse(ways.webhook_url, ways.webhook_secret), clock)


def _handover(ways: Ways, _clock: Clock) -> Channel:
    from outreach.delivery.channels.handover import Handover

    return Handover(ways.handover)


#: Name in the ledger -> how it is made.
CHANNELS: dict[str, Callable[[Ways, Clock], Channel]] = {
    "outbox": _outbox,
    "smtp": _smtp,
    "webhook": _webhook,
    "handover": _handover,
}
#: Kinds that end in a folder: served where the tick is, by one process, and by no worker on another machine.
AT_HOME: frozenset[ChannelKind] = frozenset({"handover"})


def configured(ways: Ways) -> dict[ChannelKind, str]:
    """The kinds of channel that have a way out, each with the name of the channel that serves it.

    What is planned for a kind that is not here waits, and expires at its latest time.
    """
    names: dict[ChannelKind, str] = {"email": "smtp" if ways.smtp_url else "outbox", "handover": "handover"}
    return names | ({"webhook": "webhook"} if ways.webhook_url else {})


def choose(kind: ChannelKind, ways: Ways, clock: Clock) -> Channel:
    """The channel that serves a kind.

    Raises:
        KeyError: it has no way out (`configured`).
        OutreachError: what was set up cannot be read.
    """
    return CHANNELS[configured(ways)[kind]](ways, clock)
