"""Picks: the most useful offers for each person, all at once, and the same at each asking.

An offer is a candidate for a person who is in its audience, does not use it yet (where that may be known) and was not
shown it lately; what the campaign itself is about is none. Candidates are ordered by: related to what it is about;
priority; never shown before; the offer's place in the definition, turned by the person's lot, so that not everybody
sees the same ones first.
"""

from __future__ import annotations

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    true,
    union_all,
)
from sqlalchemy.engine import Connection

from outreach.definitions.civil import earlier
from outreach.definitions.model import Offer, Pick
from outreach.planning.gates import happened
from outreach.planning.scope import Scope
from outreach.storage.tables import delivery, person, shown

_PRIORITY = {"high": 0, "normal": 1, "low": 2}
#: An offer counts as shown once its message is on its way, until it turns out that it never left.
_NEVER_LEFT = ("skipped", "expired", "cancelled", "rejected")


def picked(scope: Scope, pick: Pick, people: ColumnElement[bool]) -> CTE | None:
    """The offers of each person among `people`: columns `person`, `picks` (ids, best first, commas between), `found`.

    People without a candidate are not in it. None where no offer can be picked today.
    """
    offers = [
        (place, scope.definitions.offers[name])
        for place, name in enumerate(pick.offers)
        if name not in scope.campaign.about and _available(scope.definitions.offers[name], scope)
    ]
    if not offers:
        return None
    candidates = union_all(*(_candidates(scope, pick, place, offer, people) for place, offer in offers)).cte(
        "candidate"
    )
    ranked = select(
        candidates.c.person,
        candidates.c.offer,
        func.row_number()
        .over(
            partition_by=candidates.c.person,
            order_by=(candidates.c.rank, candidates.c.seen, candidates.c.turn, candidates.c.place),
        )
        .label("number"),
    ).cte("ranked")
    names = [func.max(case((ranked.c.number == number, ranked.c.offer))) for number in range(1, pick.at_most + 1)]
    joined: ColumnElement[str] = names[0]
    for name in names[1:]:
        joined = joined + func.coalesce(literal(",") + name, "")
    return (
        select(ranked.c.person, joined.label("picks"), func.count().label("found"))
        .where(ranked.c.number <= pick.at_most)
        .group_by(ranked.c.person)
        .cte("picked")
    )


def note_shown(connection: Connection, scope: Scope, pick: Pick, planned: ColumnElement[bool]) -> None:
    """Record which offers the planned deliveries that match `planned` show."""
    offers = union_all(*(select(literal(name).label("offer")) for name in pick.offers)).subquery("offers")
    source = (
        select(delivery.c.person, offers.c.offer, delivery.c.id, literal(scope.today))
        .select_from(delivery.join(offers, true()))
        .where(
            planned,
            delivery.c.state == "planned",
            delivery.c.picks.is_not(None),
            (literal(",") + delivery.c.picks + ",").contains(literal(",") + offers.c.offer + ","),
        )
    )
    connection.execute(insert(shown).from_select(["person", "offer", "delivery", "shown_on"], source))


def _available(offer: Offer, scope: Scope) -> bool:
    return (offer.available_from is None or offer.available_from <= scope.today) and (
        offer.available_until is None or scope.today <= offer.available_until
    )


def _related(scope: Scope, pick: Pick, offer: Offer) -> bool:
    """Relations hold in both directions, whichever of the two offers names the other."""
    return any(offer.id in scope.definitions.offers[name].related or name in offer.related for name in pick.related_to)


def _candidates(
    scope: Scope, pick: Pick, place: int, offer: Offer, people: ColumnElement[bool]
) -> Select[int, str, int, int, int, int]:
    """Who may be shown the offer, and what decides its place."""
    clauses = [people, scope.segments.holds(offer.audience).is_(True)]
    if offer.outcome:
        clauses.append(not_(happened(scope, (offer.outcome,))))
    if pick.not_again_within is not None:
        clauses.append(not_(_shown(offer, shown.c.shown_on > earlier(scope.today, pick.not_again_within))))
    rank = (0 if _related(scope, pick, offer) else 3) + _PRIORITY[offer.priority]
    # Reduced first: the largest lot is the largest number of its type, and PostgreSQL adds no more to it.
    turn = (person.c.lot % len(pick.offers) + place) % len(pick.offers)
    return select(
        person.c.id.label("person"),
        literal(offer.id).label("offer"),
        literal(rank).label("rank"),
        cast(_shown(offer, true()), Integer).label("seen"),
        turn.label("turn"),
        literal(place).label("place"),
    ).where(and_(*clauses))


def _shown(offer: Offer, when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(literal(1))
        .select_from(shown.join(delivery, delivery.c.id == shown.c.delivery))
        .where(
            shown.c.person == person.c.id,
            shown.c.offer == offer.id,
            delivery.c.state.not_in(_NEVER_LEFT),
            when,
        )
        .correlate(person)
    )
