"""The header fields of a mail: those of a whole campaign once, those of a person each time."""

from __future__ import annotations

from collections.abc import Callable

from outreach.definitions.model import Campaign, Sender, Topic, Workspace
from outreach.rendering import headers
from outreach.rendering.keyed import keyed

#: Never part of quoted-printable text, where `=` is followed by two hexadecimal digits or a line end (RFC 2045).
BOUNDARY = "=_letter"
#: In the place of a recipient where there is none (RFC 5322, 3.4: a group without members).
NOBODY = "undisclosed-recipients:;"
TEXT_PART = (
    f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n--{BOUNDARY}\r\n'
    'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
).encode()
HTML_PART = (
    f'\r\n--{BOUNDARY}\r\nContent-Type: text/html; charset="utf-8"\r\n'
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
).encode()
END = f"\r\n--{BOUNDARY}--\r\n".encode()


def in_language(texts: dict[str, str], language: str, workspace: Workspace) -> str:
    """The text in this language, else in the workspace's first, else in any, else nothing."""
    for choice in (language, workspace.languages[0]):
        if choice in texts:
            return texts[choice]
    return next(iter(texts.values()), "")


def constant_fields(campaign: Campaign, sender: Sender, language: str, workspace: Workspace) -> bytes:
    """The fields that all mails of a campaign share, each ended by CRLF."""
    mailbox = headers.address(sender.email)
    lines = [
        f"From: {headers.phrase(in_language(sender.names, language, workspace))}\r\n <{mailbox}>",
        f"Reply-To: {headers.address(sender.reply_to)}" if sender.reply_to else "",
        f"List-Id: {_list_id(campaign, mailbox, language, workspace)}",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
    ]
    return "".join(f"{line}\r\n" for line in lines if line).encode("ascii")


def _list_id(campaign: Campaign, mailbox: str, language: str, workspace: Workspace) -> str:
    """The topic, which is all that a list's name may say (RFC 2919)."""
    topic = workspace.topics.get(campaign.topic, Topic(campaign.topic, {}))
    title = in_language(topic.titles, language, workspace)
    identifier = f"<{campaign.topic}.{mailbox.rpartition('@')[2]}>"
    return f"{headers.phrase(title)}\r\n {identifier}" if title else identifier


def message_ids(secret: bytes) -> Callable[[str, str], str]:
    """The function that gives the Message-ID of a delivery's key, sent from an address.

    It is the same whenever the delivery is composed, and says nothing of its key.
    """
    digest = keyed(secret)
    return lambda key, mailbox: f"<{digest(key.encode()).hex()[:32]}@{mailbox.rpartition('@')[2]}>"
