"""Where mails that came back lie: a mailbox on a server, a maildir, standard input, or files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from outreach.delivery.returns.sources.base import Source
from outreach.errors import OutreachError

_REMEDY = (
    "Write OUTREACH_BOUNCES_URL as imaps://user:password@host/INBOX, with reserved characters of the password "
    "percent-encoded, or as maildir:///path/to/maildir."
)


def open_source(url: str, aside: Path) -> Source:
    """The source of a URL; what a maildir cannot keep aside itself goes to the folder `aside`.

    Raises:
        OutreachError: the URL cannot be read, or nothing is there.
    """
    scheme = url.partition(":")[0].lower()
    if scheme == "maildir":
        from outreach.delivery.returns.sources.maildir import Maildir

        return Maildir(Path(unquote(urlsplit(url).path)), aside)
    if scheme in ("imap", "imaps"):
        from outreach.delivery.returns.sources.mailbox import Mailbox, parse

        return Mailbox(parse(url))
    raise OutreachError("the URL of the mailbox of bounces cannot be read", remedy=_REMEDY)
