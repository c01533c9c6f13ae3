"""A message made ready for one campaign, step, language and repetition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from outreach.definitions.model import Campaign, Message, Step, Workspace
from outreach.errors import OutreachError
from outreach.rendering import envelope, headers, invitations, names, quoting
from outreach.rendering.bundles import Teller
from outreach.rendering.linking import Links
from outreach.rendering.links import Purpose, Signer
from outreach.rendering.mail import Invitation, Item, Skeleton
from outreach.rendering.measuring import FragmentsOf
from outreach.rendering.names import Kind
from outreach.rendering.plain import Plain
from outreach.rendering.specialise import Chunks, Entry, Specialised, Unspecialisable, Values, specialise
from outreach.rendering.subject import Subject, field
from outreach.rendering.templates import bounds, environment, missing


@dataclass(frozen=True, slots=True)
class Kit:
    """What a message is prepared from."""

    workspace: Workspace
    campaign: Campaign
    step: Step
    message: Message
    #: In which it is sent; one of the message's.
    language: str
    repetition: int
    #: By purpose.
    signers: Mapping[Purpose, Signer]
    fragments: FragmentsOf
    #: To which session; None where it invites to none.
    invitation: Invitation | None = None
    #: The bundle that it brings; None where it brings none.
    teller: Teller | None = None

    def constants(self, kind: Kind) -> dict[str, str | int]:
        """What is the same in all mails, by its name in templates."""
        sender = self.workspace.senders[self.campaign.sender]
        signature = envelope.in_language(sender.signatures, self.language, self.workspace)
        return {
            "organisation": envelope.in_language(self.workspace.organisation, self.language, self.workspace),
            "sender.name": envelope.in_language(sender.names, self.language, self.workspace),
            "sender.email": sender.email,
            "sender.phone": sender.phone,
            "sender.signature": _lines(signature) if kind == "html" else signature,
            "campaign.title": self.campaign.title,
            "reminder.number": self.repetition,
            "language": self.language,
            **self._session(),
            **self._bundle(kind),
        }

    def _session(self) -> dict[str, str | int]:
        if self.invitation is None:
            return {}
        told = invitations.constants(self.invitation, self.language, self.workspace)
        return {f"session.{part}": text for part, text in told.items()}

    def _bundle(self, kind: Kind) -> dict[str, str | int]:
        told = self.teller.constants(kind) if self.teller else {}
        return {f"bundle.{part}": text for part, text in told.items()}


def _lines(text: str) -> str:
    """The lines of a text as lines in HTML too."""
    return Markup("<br>\n").join(text.strip().splitlines())


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is left to do for each mail."""

    #: Address of the envelope's sender.
    sender: str
    skeleton: Skeleton
    #: None where it is the same for all, and stands in the skeleton.
    subject: Subject | None
    text: Specialised | Plain
    html: Specialised | Plain
    facts: Facts
    offers: Offers
    links: Links
    base_url: str

    def fields(self, item: Item, person: int, recipient: str, message_id: str, day: date) -> tuple[Entry, ...]:
        """The fields of one mail, as `Mail` has them."""
        bounds.reset()
        values = self.facts.of(item.person)
        values[names.DATE] = day
        self.offers.add(values, item.picks)
        unsubscribe = self.links.add(values, item.delivery, person, day)
        subject = self.subject.line(values) if self.subject else ""
        head = (
            f"To: {recipient}\r\n{subject}Date: {headers.moment(item.date)}\r\nMessage-ID: {message_id}\r\n"
            f"List-Unsubscribe: <{self.base_url}/u/{unsubscribe}>\r\n"
        )
        shared = Values(values)
        return (0, head.encode(), 1, *_entries(self.text, shared), 2, *_entries(self.html, shared), 3)


def _entries(part: Specialised | Plain, values: Values) -> Iterable[Entry]:
    if isinstance(part, Specialised):
        values.eval_ctx = part.eval_ctx
        return part.root(values)
    return [_encoded(piece) if len(piece) < _SHORT else _encoded_long(piece) for piece in part.pieces(values.values)]


#: Characters of a piece from which on it is kept among the few: a whole body that a template captured is 30 kB.
_SHORT = 400
_encoded = lru_cache(16_384)(quoting.encoded)
_encoded_long = lru_cache(128)(quoting.encoded)


class Facts:
    """Turns a person's facts into what templates look up."""

    def __init__(self, fields: Iterable[str]) -> None:
        self._fields = [(field, names.FACT + field, missing(f"person.{field}")) for field in sorted(fields)]

    def of(self, person: Mapping[str, Any]) -> dict[str, Any]:
        """The facts by their names in bound templates.

        Raises:
            OutreachError: a fact was not handed over at all, which is not the same as missing.
        """
        try:
            return {
                name: stand_in if (value := person[field]) is None else value for field, name, stand_in in self._fields
            }
        except KeyError as error:
            raise OutreachError(f"the fact {error} was not read for this message") from None


class Offers:
    """The picked offers as each part of the mail takes them."""

    def __init__(self, kit: Kit, parts: Mapping[Kind, Specialised | Plain], chunks: Chunks) -> None:
        self._kit = kit
        self._parts = parts
        self._used = frozenset(name for part in parts.values() for name in part.names)
        self._entries: dict[tuple[str, Kind], Entry] = {}
        for offer in kit.step.pick.offers if kit.step.pick and self._prints() else ():
            for kind in parts:
                self._entries[offer, kind] = chunks.number(quoting.encoded(self._source(offer, kind)))

    def add(self, values: dict[str, Any], picks: tuple[str, ...]) -> None:
        """Put what the parts use of these offers into the values."""
        values[names.OFFER_COUNT] = len(picks)
        for kind, part in self._parts.items():
            if names.OFFERS[kind] in self._used:
                printed = isinstance(part, Specialised)
                values[names.OFFERS[kind]] = (
                    [self._entry(offer, kind) for offer in picks] if printed else self._whole(picks, kind)
                )
            if names.OFFERS_VALUE[kind] in self._used:
                values[names.OFFERS_VALUE[kind]] = self._whole(picks, kind)

    def _prints(self) -> bool:
        return any(name in self._used for name in names.OFFERS.values())

    def _entry(self, offer: str, kind: Kind) -> Entry:
        known = self._entries.get((offer, kind))
        return quoting.encoded(self._source(offer, kind)) if known is None else known

    def _whole(self, picks: tuple[str, ...], kind: Kind) -> str:
        whole = "".join(self._source(offer, kind) for offer in picks)
        return Markup(whole) if kind == "html" else whole  # noqa: S704  # made by us from escaped texts

    def _source(self, offer: str, kind: Kind) -> str:
        languages = self._kit.fragments(offer).get(self._kit.message.layout, {})
        fragment = languages.get(self._kit.language) or languages.get(self._kit.workspace.languages[0])
        if fragment is None:
            raise OutreachError(
                f"the release has no text of the offer {offer} for the layout {self._kit.message.layout}",
                remedy="Run `outreach check`, then `outreach publish`.",
            )
        return fragment.html if kind == "html" else fragment.text


def prepare(kit: Kit) -> Prepared:
    """Do what is the same for all mails of this kind.

    Raises:
        jinja2.TemplateSyntaxError: a template is none; `check` says so before.
        OutreachError: the sender's address cannot be mailed, or an offer has no text.
    """
    source = kit.message.texts[kit.language]
    chunks = Chunks()
    subject = Plain(source.subject, kit.language, "subject", kit.constants("subject"))
    first = _first_run(kit, subject)
    opening, closing = _around(kit)
    for run in (first, opening, envelope.HTML_PART, closing):
        chunks.number(run)
    parts: dict[Kind, Specialised | Plain] = {
        "text": _part(source.text, kit, "text", chunks),
        "html": _part(source.html, kit, "html", chunks),
    }
    used = frozenset().union(subject.names, *(part.names for part in parts.values()))
    # Before the skeleton is closed: the offers' runs stand in it, too.
    offers = Offers(kit, parts, chunks)
    return Prepared(
        sender=headers.address(kit.workspace.senders[kit.campaign.sender].email),
        skeleton=Skeleton.of(tuple(chunks.runs)), subject=Subject(subject) if subject.names else None, **parts,
        facts=Facts(names.facts(used)), offers=offers,
        links=Links(kit.signers, used, kit.campaign.topic, kit.workspace.public_url),
        base_url=kit.workspace.public_url,
    )  # fmt: skip


def _around(kit: Kit) -> tuple[bytes, bytes]:
    if kit.teller and (file := kit.teller.calendar()):
        return invitations.enclosing(file, "PUBLISH")
    return invitations.around(kit.invitation, kit.language, kit.workspace)


def _first_run(kit: Kit, subject: Plain) -> bytes:
    sender = kit.workspace.senders[kit.campaign.sender]
    fields = envelope.constant_fields(kit.campaign, sender, kit.language, kit.workspace)
    if subject.names:
        return fields
    return fields + field(subject.render({})).encode()


def _part(source: str, kit: Kit, kind: Kind, chunks: Chunks) -> Specialised | Plain:
    constants = kit.constants(kind)
    try:
        return specialise(source, kit.language, kind, constants, kit.workspace.public_url, chunks)
    except Unspecialisable:
        return Plain(source, kit.language, kind, constants)


def message_facts(message: Message) -> frozenset[str]:
    """The fields of the person that a message uses, in any of its languages."""
    found: set[str] = set()
    for language, text in message.texts.items():
        for kind, source in (("subject", text.subject), ("html", text.html), ("text", text.text)):
            tree = environment(language, "html" if kind == "html" else "text").parse(source)
            found.update(use.part for use in names.uses(tree) if use.name == "person" and use.part)
    return frozenset(found)
