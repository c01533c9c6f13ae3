"""What a campaign draws on, and its digest: what an approval binds.

In it is all that decides what is sent, to whom and when; nothing of other campaigns, and not the frequency cap, which
is the workspace's.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from outreach.definitions import codec
from outreach.definitions.by_choice import alternatives
from outreach.definitions.model import (
    EVERYONE,
    All,
    AnyOf,
    Campaign,
    Condition,
    Definitions,
    Fact,
    InSegment,
    Not,
    Predicate,
    Segment,
)

_FACT = re.compile(r"\bperson\s*(?:\.\s*|\[\s*['\"])(\w+)")


def digest(text: str) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(body: Any) -> str:
    """JSON of plain data in which the same data always gives the same text."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def closure(definitions: Definitions, campaign: Campaign) -> dict[str, Any]:
    """All that the campaign draws on, as plain data."""
    workspace = definitions.workspace
    offers = shown_offers(campaign)
    segments = _drawn_on(definitions, campaign)
    messages = _texts(definitions, campaign)
    fields = facts_used(definitions, campaign)
    invited = {step.invite for step in campaign.steps if step.invite}
    # Days, places and seats may change in one week in which nobody wants to approve again; words are sent as approved.
    titles = {"sessions": _titles(definitions, invited)} if invited else {}
    if campaign.start.kind == "bundles":
        titles["bundles"] = codec.plain(workspace.bundles)
    if others := alternatives(workspace.channels, campaign):
        # What the page calls them is none of what is sent.
        titles["channels"] = {kind: list(workspace.channels[kind].columns) for kind in others}
    return titles | {
        "campaign": codec.plain(replace(campaign, file="")),
        "segments": {segment.id: codec.plain(segment.where) for segment in segments},
        "messages": messages,
        "offers": {offer: codec.plain(definitions.offers[offer]) for offer in offers},
        "fragments": {offer: codec.plain(definitions.fragments.get(offer, {})) for offer in offers},
        "related": {offer: definitions.offers[offer].related for offer in _leads(campaign)},
        "topic": codec.plain(workspace.topics.get(campaign.topic)),
        "sender": codec.plain(workspace.senders.get(campaign.sender)),
        "theme_day": codec.plain(workspace.theme_days.get(campaign.start.name))
        if campaign.start.kind == "theme_day"
        else None,
        "fields": {name: codec.plain(workspace.fields[name]) for name in fields if name in workspace.fields},
        "workspace": {
            "time_zone": workspace.time_zone,
            "send_at": workspace.send_at.isoformat(),
            "expires_after": codec.plain(workspace.expires_after),
            "organisation": workspace.organisation,
            "public_url": workspace.public_url,
            "languages": workspace.languages,
        },
    }


def facts_used(definitions: Definitions, campaign: Campaign) -> set[str]:
    """The facts of a person that decide whether they get it, or stand in what they get."""
    return {*_facts(_drawn_on(definitions, campaign)), *_FACT.findall(canonical(_texts(definitions, campaign)))}


def _drawn_on(definitions: Definitions, campaign: Campaign) -> list[Segment]:
    audiences = (definitions.offers[offer].audience for offer in shown_offers(campaign))
    return _segments(definitions, [*_named(campaign), *audiences])


def _texts(definitions: Definitions, campaign: Campaign) -> list[Any]:
    return [codec.plain(definitions.messages[message]) for message in sent_messages(definitions, campaign)]


def closure_digest(definitions: Definitions, campaign: Campaign) -> str:
    """The digest of the campaign's closure."""
    return digest(canonical(closure(definitions, campaign)))


def sent_messages(definitions: Definitions, campaign: Campaign) -> list[str]:
    """Messages that the campaign sends, in order and once each: reminders, and what is told of sessions later."""
    told = (message for step in campaign.steps for message in step.told if message in definitions.messages)
    return list(dict.fromkeys((*(message for step in campaign.steps for message in step.messages), *told)))


def shown_offers(campaign: Campaign) -> list[str]:
    """Offers that its messages may show, once each."""
    return list(dict.fromkeys(offer for step in campaign.steps if step.pick for offer in step.pick.offers))


def _titles(definitions: Definitions, kinds: Collection[str]) -> dict[str, list[str]]:
    """What sessions of these kinds are called, by kind, each title once."""
    sessions = definitions.sessions.values()
    return {kind: sorted({canonical(one.titles) for one in sessions if one.kind == kind}) for kind in sorted(kinds)}


def _leads(campaign: Campaign) -> list[str]:
    """Offers whose related ones are picked first."""
    picked = (offer for step in campaign.steps if step.pick for offer in step.pick.related_to)
    return list(dict.fromkeys((*campaign.about, *picked)))


def _named(campaign: Campaign) -> Iterator[str]:
    """Segments that the campaign itself names."""
    yield campaign.audience
    yield from campaign.except_.segments
    if campaign.start.kind == "enters":
        yield campaign.start.name
    for condition in _conditions(campaign):
        yield from condition.segments


def _conditions(campaign: Campaign) -> Iterator[Condition]:
    if campaign.exit_when:
        yield campaign.exit_when
    for step in campaign.steps:
        if step.unless:
            yield step.unless
        if step.remind:
            yield step.remind.until
        if step.wait and step.wait.until:
            yield step.wait.until
        for way in step.branch.ways if step.branch else ():
            yield from filter(None, (way.when, way.unless))


def _segments(definitions: Definitions, names: Iterable[str]) -> list[Segment]:
    """These segments and those they are made of, by id."""
    found: dict[str, Segment] = {}
    queue = list(names)
    while queue:
        name = queue.pop()
        # `everyone` is the same in every release, and stands in definitions read from files only.
        if name not in found and (name in definitions.segments or name != EVERYONE):
            found[name] = definitions.segments[name]
            queue += [part.segment for part in _leaves(found[name].where) if isinstance(part, InSegment)]
    return [found[name] for name in sorted(found)]


def _facts(segments: list[Segment]) -> Iterator[str]:
    for segment in segments:
        yield from (part.field for part in _leaves(segment.where) if isinstance(part, Fact))


def _leaves(predicate: Predicate) -> Iterator[Fact | InSegment]:
    match predicate:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Not(part):
            yield from _leaves(part)
        case Fact() | InSegment():
            yield predicate
