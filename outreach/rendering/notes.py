"""A plain mail to who runs Outreach: of no campaign, about nobody."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from outreach.definitions.model import Workspace
from outreach.rendering import headers
from outreach.rendering.mail import Mail, Skeleton


def note(workspace: Workspace, to: str, subject: str, lines: list[str], now: datetime) -> Mail:
    """The mail that tells these lines, from the workspace's own sender.

    Raises:
        OutreachError: the address cannot be mailed.
    """
    mailbox, recipient = headers.address(workspace.sender.email), headers.address(to)
    label = f"{now:%Y%m%dT%H%M%S%f}"
    named = sha256("\n".join([to, label, subject, *lines]).encode()).hexdigest()[:16]
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = mailbox, recipient, subject
    message["Date"], message["Message-ID"] = format_datetime(now), f"<note-{named}@{mailbox.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    # In base64 no line begins with a dot, which is what a mail promises.
    message.set_content("\n".join(lines) + "\n", cte="base64")
    skeleton = Skeleton.of((bytes(message),))
    return Mail(f"note/{named}/{label}/0/0", message["Message-ID"], mailbox, recipient, skeleton, (0,))
