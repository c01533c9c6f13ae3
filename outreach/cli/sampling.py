"""A campaign's messages as somebody would get them: a person of the roster, or one that is made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from outreach.definitions.by_choice import listed
from outreach.definitions.fields import FIELDS
from outreach.definitions.model import NOTICES, Campaign, Definitions, Field, Pick, Session, Step
from outreach.delivery.desk.lines import line
from outreach.errors import OutreachError
from outreach.planning.calendar import civil_day, zone
from outreach.rendering.bundles import sample
from outreach.rendering.mail import Invitation, Item, Line, Mail
from outreach.rendering.told import Bundle

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outreach.rendering.composer import Composer

#: Somebody who does not exist, of whom everything is known.
_MADE_UP: Mapping[str, object] = {
    "person_id": "000000", "status": "active", "role": None, "first_name": "An", "last_name": "Peeters",
    "email": "an.peeters@example.com", "private_email": "an@example.com", "street": "Dorpsstraat 1",
    "postal_code": "9000", "city": "Gent", "gender": "f", "born_on": date(1990, 5, 17),
    "hired_on": date(2026, 9, 1), "retired_on": date(2026, 9, 1), "contract": "fixed-term",
    "contract_ends_on": date(2027, 1, 31), "household": "single-with-children", "children": 2, "grade": "B",
    "entity": "Agentschap Voorbeeld", "domain": "Voorbeelddomein", "workplace": "Gent",
}  # fmt: skip
_BY_TYPE: Mapping[str, object] = {
    "text": "voorbeeld", "date": date(2026, 12, 1), "whole number": 3, "number": 2.5, "yes/no": True,
}  # fmt: skip


#: Step -> the offers it shows.
Picks = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is to see it."""

    facts: Mapping[str, Any]
    address: str
    #: Surrogate id; 0 for somebody made up.
    id: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One message as the reader would get it."""

    step: str
    message: str
    language: str
    reminder: int
    mail: Mail
    #: What a list says of it; None where it goes into none.
    line: Line | None = None


def samples(
    definitions: Definitions, composer: Composer, campaign: Campaign, reader: Reader, picks: Picks,
    *, steps: tuple[str, ...], language: str | None, reminder: int, label: str, now: datetime,
    bundle: Bundle | None = None,
) -> Iterator[Sample]:  # fmt: skip
    """The messages of those steps (all, if none is named); `picks` are the offers of each step that shows some.

    `bundle` is what a campaign of bundles brings; made up where it is not given.
    """
    spoken = language or _language(definitions, reader)
    for step in chosen(campaign, steps, reminder):
        message = step.message(reminder)
        session = _session(definitions, campaign, step, {**reader.facts, "language": spoken}, now)
        item = Item(
            delivery=0, key=f"{campaign.id}/{step.id}/{label}/{reminder}/{reader.id}", campaign=campaign.id,
            step=step.id, occurrence=label, repetition=reminder, message=message, language=spoken,
            address=reader.address, person={**reader.facts, "language": spoken}, picks=picks.get(step.id, ()), date=now,
            invitation=Invitation(0, session, 0, now) if session else None,
            bundle=bundle or _bundle(definitions, campaign, reader, now),
        )  # fmt: skip
        on_list = _line(definitions, composer, campaign, item) if campaign.way(step, reminder) == "handover" else None
        yield Sample(step.id, message, composer.language(message, spoken), reminder, composer.compose(item), on_list)


def chosen(campaign: Campaign, names: tuple[str, ...], reminder: int) -> list[Step]:
    """The steps of those names; all that have such a reminder, if none is named.

    Raises:
        OutreachError: there is no such step, or it has no such reminder.
    """
    known = [step.id for step in campaign.steps if step.send]
    notices = [step.notice(kind) for step in campaign.steps if step.invite for kind in NOTICES]
    known += [notice.id for notice in notices]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise OutreachError(
            f"the campaign {campaign.id} has no step {unknown[0]}",
            remedy=f"Its steps are: {', '.join(known)}.",
        )
    meant = [step for step in campaign.steps if step.send and (not names or step.id in names)]
    meant += [notice for notice in notices if notice.id in names]
    found = [step for step in meant if reminder <= (step.remind.max_reminders if step.remind else 0)]
    if not found:
        raise OutreachError(f"there is no reminder number {reminder}", remedy="0 is the message itself.")
    return found


def made_up(definitions: Definitions) -> Reader:
    """Somebody who does not exist."""
    own = {name: _value(field) for name, field in definitions.workspace.fields.items()}
    return Reader({**dict.fromkeys(FIELDS), **_MADE_UP, **own}, str(_MADE_UP["email"]))


def from_roster(connection: Connection, definitions: Definitions, number: str) -> Reader:
    """The person whom the HR system knows by that number.

    Raises:
        OutreachError: there is nobody, or nobody whom one could write to.
    """
    from sqlalchemy import select

    from outreach.planning.gates import address
    from outreach.storage.tables import person

    row = connection.execute(select(person, address.label("reach")).where(person.c.person_id == number)).first()
    if row is None:
        raise OutreachError("nobody in the roster has that number", remedy="Give the HR system's number of the person.")
    facts = {name: getattr(row, name) for name in FIELDS}
    facts |= {
        name: _typed(field, (row.attributes or {}).get(name)) for name, field in definitions.workspace.fields.items()
    }
    return Reader(facts, row.reach or "nobody@example.com", row.id)


def made_up_picks(definitions: Definitions, campaign: Campaign) -> dict[str, tuple[str, ...]]:
    """The first offers of each step that shows some."""
    return {step.id: _first(definitions, campaign, step.pick) for step in campaign.steps if step.pick}


def picks_of(
    connection: Connection, definitions: Definitions, campaign: Campaign, reader: Reader, now: datetime
) -> dict[str, tuple[str, ...]]:
    """The offers that the planner would choose for a person of the roster today."""
    from sqlalchemy import select

    from outreach.planning.picks import picked
    from outreach.planning.scope import Scope
    from outreach.storage.tables import person

    scope = Scope(definitions, 0, campaign, now)
    found: dict[str, tuple[str, ...]] = {}
    for step in campaign.steps:
        offers = picked(scope, step.pick, person.c.id == reader.id) if step.pick else None
        picks = None if offers is None else connection.scalar(select(offers.c.picks))
        found[step.id] = tuple(picks.split(",")) if picks else ()
    return found


def largest(definitions: Definitions, composer: Composer, now: datetime) -> int:
    """Bytes of the largest of all messages, as somebody made up would get them."""
    reader = made_up(definitions)
    made = [
        sample.mail.to_bytes()
        for campaign in definitions.campaigns.values()
        for language in definitions.workspace.languages
        for sample in samples(
            definitions, composer, campaign, reader, made_up_picks(definitions, campaign),
            steps=(), language=language, reminder=0, label="size", now=now,
        )
    ]  # fmt: skip
    return max(map(len, made), default=0)


def _first(definitions: Definitions, campaign: Campaign, pick: Pick) -> tuple[str, ...]:
    return tuple(name for name in pick.offers if name not in campaign.about and name in definitions.offers)[
        : pick.at_most
    ]


def _line(definitions: Definitions, composer: Composer, campaign: Campaign, item: Item) -> Line:
    """What the list of that day says of a message that is handed over."""
    workspace = definitions.workspace
    mail = composer.compose(item._replace(listed=True))
    day = civil_day(item.date, zone(workspace.time_zone))
    return line(mail, listed(workspace, campaign, "handover"), item.person, day, workspace.public_url)


def _session(
    definitions: Definitions, campaign: Campaign, step: Step, facts: Mapping[str, Any], now: datetime
) -> Session | None:
    """What a step invites to or tells of, as the files have it: the next for this person, else one of that kind.

    Where it tells that a session is called off, it is.
    """
    written, _, notice = step.id.partition(".")
    invites = campaign.step(written).invite

    def fits(one: Session) -> tuple[bool, ...]:
        for_them = one.language in ("", facts["language"]) and one.entity in ("", facts["entity"])
        return not one.cancelled, one.on > now.date(), for_them

    kind = [one for one in definitions.sessions.values() if one.kind == invites]
    found = max(sorted(kind, key=lambda one: (one.on, one.starts, one.id)), key=fits, default=None)
    return replace(found, cancelled=True) if found and notice == "cancelled" else found


def _bundle(definitions: Definitions, campaign: Campaign, reader: Reader, now: datetime) -> Bundle | None:
    if campaign.start.kind != "bundles":
        return None
    return sample(definitions, str(reader.facts["entity"] or _MADE_UP["entity"]), now)


def _language(definitions: Definitions, reader: Reader) -> str:
    spoken = reader.facts.get("language")
    return spoken if spoken in definitions.workspace.languages else definitions.workspace.languages[0]


def _value(field: Field) -> object:
    return field.choices[0] if field.choices else _BY_TYPE.get(field.type, "voorbeeld")


def _typed(field: Field, value: Any) -> Any:
    return date.fromisoformat(value) if value and field.type == "date" else value
