"""Picks: the most useful offers for each person, all at once, and the same at each asking.

An offer is a candidate for a person who is in its audience, does not use it yet (where that may be known) and was not
shown it lately; what the campaign itself is about is none. Candidates are ordered by: related to what it is about;
priority; never shown before; the offer's place in the definition, turned by the person's lot, so that not everybody
sees the same ones first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import CTE, ColumnElement, Insert, and_, case, func, insert, literal, not_, or_, select
from sqlalchemy.engine import Connection

from outreach.definitions.civil import earlier
from outreach.definitions.model import Offer, Pick
from outreach.planning.gates import happened
from outreach.planning.scope import Scope
from outreach.planning.smallest import NONE, smallest
from outreach.roster import among
from outreach.storage.tables import delivery, person, shown

_PRIORITY = {"high": 0, "normal": 1, "low": 2}
#: An offer counts as shown once its message is on its way, until it turns out that it never left.
_NEVER_LEFT = ("skipped", "expired", "cancelled", "rejected")
#: Before every day on which something was shown.
_NEVER = date.min


def picked(scope: Scope, pick: Pick, people: ColumnElement[bool]) -> CTE | None:
    """The offers of each of `people`: columns `person`, `picks` (ids, best first, commas between; NULL: none), `found`.

    None where no offer can be picked today.
    """
    offers = [
        (place, scope.definitions.offers[name])
        for place, name in enumerate(pick.offers)
        if name not in scope.campaign.about and _available(scope.definitions.offers[name], scope)
    ]
    if not offers:
        return None
    places = _places(scope, pick, offers, people)
    best, numbers = smallest(places, [str(place) for place, _ in offers], pick.at_most)
    names = [_named(number, pick) for number in numbers]
    joined: ColumnElement[Any] = names[0]
    for name in names[1:]:
        joined = joined + func.coalesce(literal(",") + name, "")
    return select(best.c.person, joined.label("picks"), _found(numbers).label("found")).cte("picked")


def _found(numbers: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    """How many of the numbers there are."""
    found = [case((number < NONE, 1), else_=0) for number in numbers]
    return reduce(add, found)


def _named(number: ColumnElement[int], pick: Pick) -> ColumnElement[str | None]:
    """The offer of that place (`_place`)."""
    return case(dict(enumerate(pick.offers)), value=case((number < NONE, number % len(pick.offers))))


def showing(connection: Connection, scope: Scope, planned: ColumnElement[bool]) -> Insert:
    """The statement that records which offers the planned deliveries that match `planned` show."""
    offer = among.separated(connection, delivery.c.picks)
    source = select(delivery.c.person, offer, delivery.c.id, literal(scope.today)).where(
        planned, delivery.c.state == "planned", delivery.c.picks.is_not(None)
    )
    return insert(shown).from_select(["person", "offer", "delivery", "shown_on"], source)


def _available(offer: Offer, scope: Scope) -> bool:
    return (offer.available_from is None or offer.available_from <= scope.today) and (
        offer.available_until is None or scope.today <= offer.available_until
    )


def _related(scope: Scope, pick: Pick, offer: Offer) -> bool:
    """Relations hold in both directions, whichever of the two offers names the other."""
    return any(offer.id in scope.definitions.offers[name].related or name in offer.related for name in pick.related_to)


def _places(scope: Scope, pick: Pick, offers: Sequence[tuple[int, Offer]], people: ColumnElement[bool]) -> CTE:
    """For each person and offer its place in what they are shown, the smallest first; NONE where it is no candidate.

    A column for each offer, named by its place in the definition.
    """
    looked = (
        select(person.c.id.label("person"), person.c.lot, *(_lately(scope, *offer) for offer in offers))
        .where(people)
        .cte("looked")
        .prefix_with("MATERIALIZED")
    )
    places = (_place(scope, pick, looked, *offer) for offer in offers)
    return select(looked.c.person, *places).cte("places").prefix_with("MATERIALIZED")


def _lately(scope: Scope, place: int, offer: Offer) -> ColumnElement[date | None]:
    """When a person was shown the offer last, `_NEVER`, or NULL: they are not in its audience, or use it already."""
    may: ColumnElement[bool] = scope.segments.holds(offer.audience).is_(True)
    if offer.outcome:
        may = and_(may, not_(happened(scope, (offer.outcome,))))
    # Not the maximum: along the key the last one is nearly always the first that is looked at.
    last = (
        select(shown.c.shown_on)
        .select_from(shown.join(delivery, delivery.c.id == shown.c.delivery))
        .where(shown.c.person == person.c.id, shown.c.offer == offer.id, delivery.c.state.not_in(_NEVER_LEFT))
        .order_by(shown.c.shown_on.desc())
        .limit(1)
        .correlate(person)
        .scalar_subquery()
    )
    return case((may, func.coalesce(last, literal(_NEVER)))).label(str(place))


def _place(scope: Scope, pick: Pick, looked: CTE, place: int, offer: Offer) -> ColumnElement[int]:
    """One number of what decides, the weightiest first; the last digit, in a system of as many as there are offers,
    is the place in the definition.
    """
    last, size = looked.c[str(place)], len(pick.offers)
    rank = (0 if _related(scope, pick, offer) else 3) + _PRIORITY[offer.priority]
    # Reduced first: the largest lot is the largest number of its type, and PostgreSQL adds no more to it.
    turn = (looked.c.lot % size + place) % size
    new = (rank * 2 * size + turn) * size + place
    number = case((last == _NEVER, new), else_=new + size * size)
    no: ColumnElement[bool] = last.is_(None)
    if pick.not_again_within is not None:
        no = or_(no, last > earlier(scope.today, pick.not_again_within))
    return case((no, NONE), else_=number).label(str(place))
