"""The register of processing activities (GDPR, article 30), made from the definitions and so never behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from outreach.definitions.by_choice import alternatives, listed
from outreach.definitions.fields import DERIVED, FIELDS
from outreach.definitions.model import EVERYONE, Campaign, Definitions
from outreach.privacy.headings import DEFAULT, MEASURES, word
from outreach.privacy.retention import days_kept

#: Facts that every message needs: to whom it goes and in which language.
_ALWAYS = frozenset({"person_id", "status", "email", "private_email", "language"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What one campaign does with whose data."""

    campaign: str
    title: str
    #: Empty: nobody said.
    purpose: str
    owner: str
    #: Title of the segment.
    people: str
    #: Fields of the roster.
    data: tuple[str, ...]
    #: Kinds of channels.
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """What article 30 asks for, as far as definitions know it."""

    language: str
    controller: str
    purposes: tuple[Purpose, ...]
    #: Fields of the roster that no campaign uses: there is no reason to import them.
    unused: tuple[str, ...]
    #: Kind -> days.
    retention: Mapping[str, int]
    measures: tuple[str, ...]


def make(definitions: Definitions, used: Mapping[str, Iterable[str]], language: str) -> Register:
    """The register; `used` are the facts that each campaign's segments and messages draw on."""
    organisation = definitions.workspace.organisation
    purposes = tuple(
        _purpose(definitions, campaign, frozenset(used[name]), language)
        for name, campaign in sorted(definitions.campaigns.items())
    )
    known = {*FIELDS, *definitions.workspace.fields}
    return Register(
        language,
        organisation.get(language) or next(iter(organisation.values())),
        purposes,
        tuple(sorted(known - _ALWAYS.union(*(one.data for one in purposes)))),
        days_kept(definitions),
        (*MEASURES.get(language, MEASURES[DEFAULT]), *_measured(definitions, language)),
    )


def _measured(definitions: Definitions, language: str) -> Iterator[str]:
    """That links are counted, where a campaign does so."""
    titles = [campaign.title for _, campaign in sorted(definitions.campaigns.items()) if campaign.measure_links]
    if titles:
        yield f"{word('measured', language)} {', '.join(titles)}."


def _purpose(definitions: Definitions, campaign: Campaign, facts: frozenset[str], language: str) -> Purpose:
    known = {*FIELDS, *definitions.workspace.fields}
    channels = _channels(definitions, campaign)
    data = {DERIVED.get(fact, fact) for fact in facts | _on_lists(definitions, campaign, channels) | _ALWAYS} & known
    segment = definitions.segments.get(campaign.audience)
    everyone = campaign.audience == EVERYONE or segment is None
    people = word("everyone", language) if everyone or segment is None else segment.title or segment.id
    return Purpose(campaign.id, campaign.title, campaign.purpose, campaign.owner, people, tuple(sorted(data)), channels)


def _channels(definitions: Definitions, campaign: Campaign) -> tuple[str, ...]:
    lasts = (step.remind.last.channel for step in campaign.steps if step.remind and step.remind.last)
    chosen = alternatives(definitions.workspace.channels, campaign)
    return tuple(dict.fromkeys((campaign.channel, *lasts, *chosen)))


def _on_lists(definitions: Definitions, campaign: Campaign, channels: Collection[str]) -> set[str]:
    """What the lists of a campaign say of people: of who chose them, it may be something else."""
    if "handover" not in channels:
        return set()
    workspace = definitions.workspace
    is_chosen = "handover" in alternatives(workspace.channels, campaign)
    return {*campaign.handover.columns, *(listed(workspace, campaign, campaign.channel) if is_chosen else ())}


def to_markdown(register: Register) -> str:
    """The register as a page."""

    def say(key: str) -> str:
        return word(key, register.language)

    columns = [say(key) for key in ("campaign", "purpose", "people", "data", "recipients", "owner")]
    rows = [
        [
            one.title, one.purpose or say("unsaid"), one.people, ", ".join(one.data),
            ", ".join(map(say, one.recipients)), one.owner,
        ]
        for one in register.purposes
    ]  # fmt: skip
    kept = [f"{say(kind)}: {days} {say('days')}" for kind, days in register.retention.items()]
    return "\n".join(
        [
            f"# {say('title')}", "", f"## {say('controller')}", "", _plain(register.controller), "",
            f"## {say('purposes')}", "", _line(columns), _line(["---"] * len(columns)), *map(_line, rows), "",
            f"## {say('kept')}", "", ", ".join(register.unused) or say("none"), "",
            f"## {say('retention')}", "", *(f"* {one}" for one in (*kept, say("ledger"))), "",
            f"## {say('measures')}", "", *(f"* {one}" for one in register.measures), "",
        ]
    )  # fmt: skip


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_plain(cell) for cell in cells)} |"


def _plain(text: str) -> str:
    """A text as one that no table and no page takes for marks of its own."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
