"""A plain mail of no campaign: to who runs Outreach, or to somebody who asked for it a moment ago."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from outreach.definitions.model import Workspace
from outreach.rendering import headers
from outreach.rendering.mail import NOTE, Mail, Skeleton


def note(
    workspace: Workspace, to: str, subject: str, lines: list[str], now: datetime, *, name: str = "", person: int = 0
) -> Mail:
    """The mail that tells these lines, from the workspace's own sender, maybe under a name.

    `person`: whose it is, by surrogate id, so that it is found when they are erased; 0: of nobody in the roster.

    Raises:
        OutreachError: the address cannot be mailed.
    """
    mailbox, recipient = headers.address(workspace.sender.email), headers.address(to)
    label = f"{now:%Y%m%dT%H%M%S%f}"
    named = sha256("\n".join([to, label, subject, *lines]).encode()).hexdigest()[:16]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(headers.one_line(name), addr_spec=mailbox)
    message["To"], message["Subject"] = recipient, subject
    if workspace.sender.reply_to:
        message["Reply-To"] = headers.address(workspace.sender.reply_to)
    message["Date"], message["Message-ID"] = format_datetime(now), f"<note-{named}@{mailbox.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    # In base64 no line begins with a dot, which is what a mail promises.
    message.set_content("\n".join(lines) + "\n", cte="base64")
    # All of it is theirs alone: nothing may stay when messages have been kept for long enough.
    fields = (bytes(message),)
    return Mail(f"{NOTE}{named}/{label}/0/{person}", message["Message-ID"], mailbox, recipient, Skeleton.of(()), fields)
