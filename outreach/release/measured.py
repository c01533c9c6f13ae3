"""The links of a release that are measured, on record from its publication on: nothing else is ever led to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from outreach.definitions.model import Campaign, Definitions
from outreach.release.closure import sent_messages, shown_offers
from outreach.rendering.measuring import Measure
from outreach.storage.inserting import insert_into
from outreach.storage.tables import link


def put_links(connection: Connection, definitions: Definitions) -> None:
    """Put on record what is not yet. Nothing is taken off it: an old message leads where it always did."""
    if rows := list(links(definitions)):
        connection.execute(insert_into(connection, link).on_conflict_do_nothing(), rows)


def links(definitions: Definitions) -> Iterator[dict[str, str]]:
    """Every measured link, as rows of `link`; what stands in two places comes twice."""
    for campaign in definitions.campaigns.values():
        for name in sent_messages(definitions, campaign) if campaign.measure_links else ():
            for language in definitions.messages[name].texts:
                yield from _links(definitions, campaign, Measure.of(definitions, campaign.id, name, language))


def _links(definitions: Definitions, campaign: Campaign, measure: Measure) -> Iterator[dict[str, str]]:
    named = {"campaign": campaign.id, "message": measure.message_id, "language": measure.language}
    for html in _shown(definitions, campaign, measure):
        for address in measure.addresses(html):
            yield {"token": measure.token(address), **named, "address": address}


def _shown(definitions: Definitions, campaign: Campaign, measure: Measure) -> Iterator[str]:
    """The HTML of a message in one language, and of each offer as it may stand in it."""
    message = definitions.messages[measure.message_id]
    yield message.texts[measure.language].html
    for offer in sorted(set(shown_offers(campaign)) - measure.discreet):
        texts = definitions.fragments.get(offer, {}).get(message.layout, {})
        fragment = texts.get(measure.language) or texts.get(definitions.workspace.languages[0])
        if fragment:
            yield fragment.html
