"""The envelope rule: what can be seen without opening a message never says a sensitive offer's words.

Subject, preheader, sender's name, List-Id and the address of every link are seen over a shoulder, in a mail
server's log and by link scanners.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from outreach.definitions.model import Campaign, Definitions, Offer, Step
from outreach.errors import Problem
from outreach.rendering import envelope, headers
from outreach.rendering.inspecting import links_of
from outreach.rendering.judging import Part
from outreach.rendering.trials import Rendered

_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def messages_of(step: Step) -> tuple[str, ...]:
    """The messages that a step sends, its reminders' too."""
    return (step.send, *(step.remind.send if step.remind else ()))


@lru_cache(4096)
def folded(text: str) -> str:
    """Without case and accents, so that `Schulden`, `SCHULD` and `dètte` are found."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))


@dataclass(frozen=True, slots=True)
class _Seen:
    """One thing that can be seen, and where it is written."""

    what: str
    texts: tuple[str, ...]
    part: Part


def judge(
    rendered: Sequence[Rendered], parts: Sequence[Part], campaigns: Sequence[Campaign], definitions: Definitions,
    language: str,
) -> list[Problem]:  # fmt: skip
    """The places of a message, sent by these campaigns, that say what they must not."""
    found: dict[str, Problem] = {}
    for campaign in campaigns:
        forbidden = list(sensitive_offers(campaign, definitions))
        if not forbidden:
            continue
        for seen in _seen(rendered, parts, campaign, definitions, language):
            for problem in _said(seen, forbidden, campaign):
                found.setdefault(problem.message, problem)
    return list(found.values())


def judge_offers(definitions: Definitions) -> Iterator[Problem]:
    """The links of offers that a campaign may show although they say a word of an offer it must be silent on."""
    for campaign in definitions.campaigns.values():
        forbidden = list(sensitive_offers(campaign, definitions))
        for offer_id in dict.fromkeys(offer for step in campaign.steps if step.pick for offer in step.pick.offers):
            offer = definitions.offers.get(offer_id)
            for language, text in offer.texts.items() if offer and forbidden else ():
                part = Part(f"campaigns/offers/{offer_id}.yaml", f"texts.{language}.link", "", 0, "text")
                yield from _said(_Seen(f"the link {text.link}", _readings(text.link), part), forbidden, campaign)


def judge_senders(definitions: Definitions) -> Iterator[Problem]:
    """Addresses of senders from which no mail can leave."""
    for sender in definitions.workspace.senders.values():
        for name, address in (("email", sender.email), ("reply_to", sender.reply_to)):
            try:
                headers.address(address or "nobody@example.org")
            except headers.UnmailableAddress:
                yield Problem(
                    "outreach.yaml", 0, 0, f"senders.{sender.id}.{name}", "no mail can leave from this address",
                    "Write an address with plain letters before the @.",
                )  # fmt: skip


def sensitive_offers(campaign: Campaign, definitions: Definitions) -> Iterator[Offer]:
    """The sensitive offers that a campaign is about, or may pick from."""
    picked = [offer for step in campaign.steps if step.pick for offer in step.pick.offers]
    for offer_id in dict.fromkeys([*campaign.about, *picked]):
        offer = definitions.offers.get(offer_id)
        if offer and offer.sensitive:
            yield offer


def _seen(
    rendered: Sequence[Rendered], parts: Sequence[Part], campaign: Campaign, definitions: Definitions, language: str
) -> Iterator[_Seen]:
    subject, preheader, body = parts[:3]
    workspace = definitions.workspace
    # Static text stands in for the branches that no made-up person took.
    yield _Seen("the subject", (_static(subject), *(one.subject for one in rendered)), subject)
    yield _Seen("the preheader", (_static(preheader), *(one.preheader for one in rendered)), preheader)
    if sender := workspace.senders.get(campaign.sender):
        name = envelope.in_language(sender.names, language, workspace)
        yield _Seen(f"the name of the sender {sender.id}", (name, sender.email), subject)
    topic = workspace.topics.get(campaign.topic)
    titles = (envelope.in_language(topic.titles, language, workspace),) if topic else ()
    yield _Seen(f"the topic {campaign.topic} (List-Id)", (campaign.topic, *titles), subject)
    for link in dict.fromkeys(link for one in rendered for link in links_of(one.html)):
        part = next((part for part in parts[2:] if link in part.source), body)
        yield _Seen(f"the link {link}", _readings(link), part)


def _readings(link: str) -> tuple[str, ...]:
    """A link as written, without escapes, and without anything between its letters."""
    plain = unquote(link)
    return link, plain, re.sub(r"[^a-z0-9]", "", folded(plain))


def _static(part: Part) -> str:
    return _TAGS.sub(" ", part.source)


def _said(seen: _Seen, forbidden: Sequence[Offer], campaign: Campaign) -> Iterator[Problem]:
    texts = [folded(text) for text in seen.texts]
    for offer in forbidden:
        for word in offer.never_say:
            if any(folded(word) in text for text in texts):
                link = seen.what.removeprefix("the link ")
                line = seen.part.line_with(link) if seen.part.name == "body" else 1
                yield seen.part.problem(
                    line, f"{seen.what} says “{word}”, which the offer {offer.id} must never say on the outside "
                    f"(campaign {campaign.id})",
                    "Say it inside the message only; outside, something neutral.", find=link,
                )  # fmt: skip
                return
