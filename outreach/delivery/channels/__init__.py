"""The ways out, in one table. A new one is a file, a line here, and the shared suite in tests/contracts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from outreach.delivery.channels.base import Channel


def _outbox(_url: str, folder: Path) -> Channel:
    from outreach.delivery.channels.outbox import Outbox

    return Outbox(folder)


def _smtp(url: str, _folder: Path) -> Channel:
    from outreach.delivery.channels.smtp import Smtp

    return Smtp.at(url)


#: Name in the ledger -> how it is made from the URL of the mail server and the folder of the outbox.
CHANNELS: dict[str, Callable[[str, Path], Channel]] = {"outbox": _outbox, "smtp": _smtp}


def choose(smtp_url: str, outbox: Path) -> Channel:
    """The mail server where its URL is set, else the outbox.

    Raises:
        OutreachError: the URL cannot be read.
    """
    return CHANNELS["smtp" if smtp_url else "outbox"](smtp_url, outbox)
