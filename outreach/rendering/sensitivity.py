"""The envelope rule: what can be seen without opening a message never says a sensitive offer's words.

Subject, preheader and the address of every link are seen over a shoulder, in a mail server's log and by link
scanners. Sender and topic, which outreach.yaml holds, and the links of offers are judged with the definitions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from outreach.definitions.model import Campaign, Definitions, Offer
from outreach.errors import Problem
from outreach.rendering.inspecting import links_of
from outreach.rendering.judging import Part
from outreach.rendering.trials import Rendered

_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


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
    rendered: Sequence[Rendered], parts: Sequence[Part], campaigns: Sequence[Campaign], definitions: Definitions
) -> list[Problem]:
    """The places of a message, sent by these campaigns, that say what they must not."""
    found: dict[str, Problem] = {}
    for campaign in campaigns:
        forbidden = list(sensitive_offers(campaign, definitions))
        if not forbidden:
            continue
        for seen in _seen(rendered, parts):
            for problem in _said(seen, forbidden, campaign):
                found.setdefault(problem.message, problem)
    return list(found.values())


def sensitive_offers(campaign: Campaign, definitions: Definitions) -> Iterator[Offer]:
    """The sensitive offers that a campaign is about, or may pick from."""
    picked = [offer for step in campaign.steps if step.pick for offer in step.pick.offers]
    for offer_id in dict.fromkeys([*campaign.about, *picked]):
        offer = definitions.offers.get(offer_id)
        if offer and offer.sensitive:
            yield offer


def _seen(rendered: Sequence[Rendered], parts: Sequence[Part]) -> Iterator[_Seen]:
    subject, preheader, body = parts[:3]
    # Static text stands in for the branches that no made-up person took.
    yield _Seen("the subject", (static(subject), *(one.subject for one in rendered)), subject)
    yield _Seen("the preheader", (static(preheader), *(one.preheader for one in rendered)), preheader)
    for link in dict.fromkeys(link for one in rendered for link in links_of(one.html)):
        part = next((part for part in parts[2:] if link in part.source), body)
        yield _Seen(f"the link {link}", _readings(link), part)


def _readings(link: str) -> tuple[str, ...]:
    """A link as written, without escapes, and without anything between its letters."""
    plain = unquote(link)
    return link, plain, re.sub(r"[^a-z0-9]", "", folded(plain))


def static(part: Part) -> str:
    """What a template says whatever its tags say."""
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
