"""From a delivery and a person's facts to a mail; the hot path, some tens of microseconds each.

Whatever is the same for a whole campaign is prepared at its first mail and kept. Nothing here, nor in what it
imports, reads Markdown or MJML: a release holds templates that are compiled already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from outreach.definitions.model import Campaign, Definitions, Fragment, Message, Step
from outreach.errors import OutreachError
from outreach.rendering import envelope, headers
from outreach.rendering.bundles import Teller
from outreach.rendering.links import PURPOSES, Signer
from outreach.rendering.mail import Item, Mail, Skeleton
from outreach.rendering.measuring import FragmentsOf, Measure
from outreach.rendering.prepared import Kit, Prepared, message_facts, prepare
from outreach.rendering.verp import Verp

__all__ = ["Composer", "Item", "Mail", "Skeleton"]

#: What is prepared once: campaign, step, message, language, repetition, the versions of the session invited to and of
#: the bundle, and whether it is for a list.
Kind = tuple[str, str, str, str, int, int | None, int | None, bool]
#: Prepared messages kept: each is some 100 kB.
_KEPT = 256


class Composer:
    """Makes the mails of one release.

    `content_loader` gives a message by its id, `fragments_loader` an offer's fragments (layout -> language ->
    fragment) by the offer's id; each is asked once for what is used.
    """

    def __init__(
        self,
        definitions: Definitions,
        content_loader: Callable[[str], Message],
        fragments_loader: Callable[[str], Mapping[str, Mapping[str, Fragment]]],
        secret: bytes,
    ) -> None:
        self._definitions = definitions
        self._message = lru_cache(None)(content_loader)
        self._fragments: FragmentsOf = lru_cache(None)(fragments_loader)
        self._message_id = envelope.message_ids(secret)
        self._signers = {purpose: Signer(secret, purpose) for purpose in PURPOSES}
        bounces = definitions.workspace.bounces.address
        self._return_to = Verp(secret).senders(headers.address(bounces)) if bounces else None
        self._prepared: dict[Kind, Prepared] = {}
        self._facts = lru_cache(None)(lambda message_id: message_facts(self._message(message_id)))
        self._day = lru_cache(16)(lambda moment: moment.astimezone(self._zone).date())

    def facts(self, message_id: str) -> frozenset[str]:
        """The fields of the person that a message uses, in any language."""
        return self._facts(message_id)

    def language(self, message_id: str, wanted: str) -> str:
        """The language in which a message is sent to who wants this one."""
        texts = self._message(message_id).texts
        return wanted if wanted in texts else self._definitions.workspace.languages[0]

    def compose(self, item: Item) -> Mail:
        """The mail of a delivery; the same item always gives the same bytes.

        Raises:
            OutreachError: the address cannot be mailed, or an offer picked is not in the release.
            jinja2.TemplateError: the template fails on this person's facts.
        """
        invitation = item.invitation
        version = invitation.version if invitation else None
        brought = item.bundle.version if item.bundle else None
        kind = (item.campaign, item.step, item.message, item.language, item.repetition, version, brought, item.listed)
        prepared = self._prepared.get(kind) or self._prepare(kind, item)
        recipient = "" if item.address is None else headers.address(item.address)
        person = int(item.key.rpartition("/")[2])
        message_id = self._message_id(item.key, prepared.sender)
        addressed = recipient or envelope.NOBODY
        fields = prepared.fields(item, person, addressed, message_id, self._day(item.date))
        sender = prepared.sender
        if self._return_to and item.delivery and item.address:
            sender = self._return_to(item.delivery, item.address)
        return Mail(item.key, message_id, sender, recipient, prepared.skeleton, fields)

    def _prepare(self, kind: Kind, item: Item) -> Prepared:
        campaign_id, step_id, message_id, wanted, repetition, *_ = kind
        campaign = self._definitions.campaigns[campaign_id]
        language = self.language(message_id, wanted)
        message, fragments = self._content(campaign, message_id, language)
        if item.listed:
            message = _bare(message, language)
        kit = Kit(
            workspace=self._definitions.workspace, campaign=campaign, step=_step(campaign, step_id),
            message=message, language=language, repetition=repetition,
            signers=self._signers, fragments=fragments, invitation=item.invitation,
            teller=Teller(item.bundle, self._definitions, language, self._message) if item.bundle else None,
        )  # fmt: skip
        if len(self._prepared) >= _KEPT:
            self._prepared.clear()
        self._prepared[kind] = prepare(kit)
        return self._prepared[kind]

    def _content(self, campaign: Campaign, message_id: str, language: str) -> tuple[Message, FragmentsOf]:
        """The message and the offers, their links measured where the campaign asks for it."""
        message = self._message(message_id)
        if not campaign.measure_links:
            return message, self._fragments
        measure = Measure.of(self._definitions, campaign.id, message_id, language)
        return measure.message(message), measure.fragments(self._fragments)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._definitions.workspace.time_zone)


def _bare(message: Message, language: str) -> Message:
    """The message with a text that says nothing of its layout's, such as how mails are stopped."""
    text = message.texts[language]
    return replace(message, texts={**message.texts, language: replace(text, text=text.bare or text.text)})


def _step(campaign: Campaign, step_id: str) -> Step:
    try:
        return campaign.step(step_id)
    except KeyError:
        remedy = "Publish a release that still has it."
        raise OutreachError(f"the release has no step {step_id}", remedy=remedy) from None
