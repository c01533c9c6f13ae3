"""Channels that people chose: by which one a message goes to each of them, and why not by the one they chose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, String, and_, case, func, literal, select, true

from outreach.definitions.by_choice import exchanged, listed
from outreach.definitions.model import ChannelKind, Step
from outreach.planning.scope import Scope
from outreach.roster.preferences import chose_channel
from outreach.storage.tables import choice, person

#: Fields without which nothing is posted to somebody, where a list says them.
_POSTAL = ("street", "postal_code", "city")
_LACKING = {"email": "no e-mail address is on file", "handover": "no postal address is on file"}


def way(scope: Scope, step: Step, repetition: int) -> ColumnElement[str]:
    """The kind of channel by which a step's message of that number goes to the person of a query."""
    own = scope.campaign.way(step, repetition)
    others = exchanged(scope.workspace, scope.campaign, step, repetition)
    cases = [(and_(chose_channel(kind), _reaches(scope, kind, own)), literal(kind, String)) for kind in others]
    return case(*cases, else_=literal(own, String)) if cases else literal(own, String)


def told(
    connection: Connection, scope: Scope, step: Step, repetition: int, who: Row[Any]
) -> tuple[str, dict[str, Any]]:
    """What became of the choice of somebody who chose another channel than a message's own, in words and as facts."""
    own = scope.campaign.way(step, repetition)
    wanted = connection.scalar(select(choice.c.channel).where(choice.c.person == who.id))
    if wanted in (None, own):
        return "", {}
    goes = connection.scalar(select(way(scope, step, repetition)).where(person.c.id == who.id))
    facts = {"channel": goes, "chosen_channel": wanted}
    if goes == wanted:
        return f"; by {goes}, as the person chose", facts
    can = wanted in exchanged(scope.workspace, scope.campaign, step, repetition)
    why = _LACKING[wanted] if can else "this message does not go that way"
    return f"; by {goes}, although the person chose {wanted}: {why}", facts


def _reaches(scope: Scope, kind: ChannelKind, own: ChannelKind) -> ColumnElement[bool]:
    """Whether the person has what the channel needs; a webhook's receiver knows people by their number."""
    if kind == "email":
        return func.coalesce(person.c.email, person.c.private_email).is_not(None)
    needed = _POSTAL if kind == "handover" else ()
    columns = listed(scope.workspace, scope.campaign, own)
    return and_(true(), *(person.c[name].is_not(None) for name in needed if name in columns))
