"""A mail to look at before anybody gets it: read back from its bytes by the standard library's parser."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage

from outreach.rendering.composer import Composer
from outreach.rendering.mail import Item


@dataclass(frozen=True, slots=True)
class Preview:
    """What a mail program would show."""

    subject: str
    #: Display name and address of the sender.
    sender: str
    #: Empty where it is not said.
    language: str
    html: str
    text: str
    #: The whole mail, to open in a mail program.
    eml: bytes


def preview(composer: Composer, item: Item) -> Preview:
    """The mail of an item, as it would leave.

    Raises:
        OutreachError: see `Composer.compose`.
    """
    return read(composer.compose(item).to_bytes())


def read(eml: bytes) -> Preview:
    """What a mail program would show of the bytes of a mail of ours."""
    message = email.message_from_bytes(eml, policy=email.policy.default)
    return Preview(
        subject=str(message["Subject"]), sender=str(message["From"]), language=str(message["Content-Language"] or ""),
        html=_body(message, "html"), text=_body(message, "plain"), eml=eml,
    )  # fmt: skip


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    # The parser leaves CRLF in; readers and files want line feeds.
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
