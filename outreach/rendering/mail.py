"""A mail on its way: what it is made from (`Item`, `Invitation`) and what leaves (`Mail`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from outreach.definitions.model import Session
    from outreach.rendering.told import Bundle


#: How keys of mails begin that are of no campaign.
NOTE = "note/"


class Invitation(NamedTuple):
    """A session as somebody is told of it."""

    #: Another one whenever what is told is another; 0 for a sample.
    version: int
    session: Session
    #: By which calendars tell what was said later (RFC 5545, SEQUENCE).
    sequence: int
    #: From when on this was told.
    since: datetime


class Item(NamedTuple):
    """One delivery to be composed."""

    #: Its id in the ledger; 0 for a sample, which is in none.
    delivery: int
    #: `campaign/step/occurrence/repetition/person.id`; the last part is the surrogate id.
    key: str
    campaign: str
    step: str
    occurrence: str
    #: 0 for the message itself, then the number of the reminder.
    repetition: int
    #: Message id.
    message: str
    #: The person's; the workspace's first where the message is not written in it.
    language: str
    #: Where it goes, as the roster has it; None where it goes by no mail server.
    address: str | None
    #: Facts by field name: at least `Composer.facts` of the message. None is a fact that is missing.
    person: Mapping[str, Any]
    #: Offers picked, best first.
    picks: tuple[str, ...]
    #: The moment of sending, in UTC.
    date: datetime
    #: To which session; None where it invites to none.
    invitation: Invitation | None = None
    #: What an entity's contact is given; None where it is no bundle.
    bundle: Bundle | None = None
    #: Whether somebody works from a list of it: its text is then without its layout.
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What is the same in all mails of one message, language and campaign: encoded runs of bytes."""

    #: SHA-256 in hex of the chunks.
    digest: str
    chunks: tuple[bytes, ...]

    @staticmethod
    def of(chunks: tuple[bytes, ...]) -> Skeleton:
        """The skeleton of these chunks."""
        hashed = sha256()
        for chunk in chunks:
            hashed.update(b"%d:" % len(chunk))
            hashed.update(chunk)
        return Skeleton(hashed.hexdigest(), chunks)


class Line(NamedTuple):
    """What stands in a list about a delivery that somebody does by hand."""

    #: Civil day of the list.
    day: date
    #: Column and what stands in it, in order.
    cells: tuple[tuple[str, str], ...]


class Mail(NamedTuple):
    """One mail, ready to leave."""

    key: str
    #: With its angle brackets.
    message_id: str
    #: Of the envelope; without a recipient it can go by no mail server.
    sender: str
    recipient: str
    skeleton: Skeleton
    #: In order: the number of a chunk of the skeleton, or bytes of the person's own.
    fields: tuple[int | bytes, ...]
    #: The HR system's number of who gets it, for channels that know people by it; empty for the others.
    person: str = ""
    #: For people who do it by hand; None where nobody does.
    line: Line | None = None

    def to_bytes(self) -> bytes:
        """The whole message with CRLF line ends; no line begins with a dot, so there is none to stuff."""
        return joined(self.skeleton.chunks, self.fields)


def joined(chunks: tuple[bytes, ...], fields: tuple[int | bytes, ...]) -> bytes:
    """The bytes of a mail from its skeleton's chunks and its fields."""
    return b"".join([chunks[entry] if isinstance(entry, int) else entry for entry in fields])
