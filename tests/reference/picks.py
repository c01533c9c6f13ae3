"""Which offers somebody is shown, chosen one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from outreach.definitions.model import Definitions, Pick
from tests.reference import civil, segments
from tests.reference.segments import Facts

_PRIORITY = {"high": 0, "normal": 1, "low": 2}


def chosen(
    definitions: Definitions,
    pick: Pick,
    about: Collection[str],
    person: Facts,
    today: date,
    *,
    done: Collection[str],
    shown: Mapping[str, date],
) -> list[str]:
    """Offers for this person, best first.

    `about` is what the message tells of anyway, `done` are outcomes on record, `shown` the last day an offer was shown.
    """
    related = {
        name
        for name, offer in definitions.offers.items()
        for other in pick.related_to
        if name in definitions.offers[other].related or other in offer.related
    }
    places = []
    for place, name in enumerate(pick.offers):
        offer = definitions.offers[name]
        if offer.available_from and today < offer.available_from:
            continue
        if offer.available_until and today > offer.available_until:
            continue
        if segments.member(definitions.segments, offer.audience, person, today) is not True:
            continue
        if offer.outcome and offer.outcome in done:
            continue
        if name in about:
            continue
        if pick.not_again_within and name in shown and shown[name] > civil.minus(today, pick.not_again_within):
            continue
        turned = (place + person["lot"]) % len(pick.offers)
        places.append((name not in related, _PRIORITY[offer.priority], name in shown, turned, place, name))
    return [name for *_, name in sorted(places)[: pick.at_most]]
