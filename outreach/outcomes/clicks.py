"""How often the links of measured campaigns were followed: by day, and by nobody's name.

There is no row for a person, an address or a moment, so that nobody can be asked for what is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, select

from outreach.definitions.model import Definitions
from outreach.outcomes.small_numbers import tell
from outreach.storage.inserting import insert_into
from outreach.storage.tables import click, delivery, link

#: LinkClicks on which day: a token and a civil day.
Click = tuple[str, date]
#: States of a delivery that somebody may have read.
_ARRIVED = ("sent", "complained")
#: All months together; none is called so.
ALL = "all"


@dataclass(frozen=True, slots=True)
class LinkClicks:
    """A link, and how often it was followed, as it may be told."""

    campaign: str
    message: str
    language: str
    address: str
    #: How many messages arrived in this language; None where they went to few people.
    sent: int | None
    #: None where they are few, or the messages went to few people.
    clicks: int | None
    #: `2026-12` -> the same of that month; None also where a small number would follow from it.
    months: dict[str, int | None]


class _Reached(NamedTuple):
    """What of a message arrived."""

    sent: int
    #: At least so many different ones.
    people: int


_NOBODY = _Reached(0, 0)


def leads_to(connection: Connection, token: str) -> str | None:
    """The address that a token stands for; None where no message that was published has such a link."""
    return connection.scalar(select(link.c.address).where(link.c.token == token))


def add(connection: Connection, clicks: Mapping[Click, int]) -> None:
    """Count these clicks in; each day of a link has one row."""
    rows = [{"link": token, "day": day, "clicks": number} for (token, day), number in sorted(clicks.items())]
    statement = insert_into(connection, click)
    more = {"clicks": click.c.clicks + statement.excluded.clicks}
    connection.execute(statement.on_conflict_do_update(index_elements=[click.c.link, click.c.day], set_=more), rows)


def measuring(connection: Connection) -> set[str]:
    """Campaigns of which a release was published whose links are measured."""
    return set(connection.scalars(select(link.c.campaign).distinct()))


def followed(
    connection: Connection, definitions: Callable[[int], Definitions], limit: int, campaign: str | None = None
) -> list[LinkClicks]:
    """Every measured link, of a campaign or of all; those followed most often first in each message.

    `definitions` are those of a release. Numbers below `limit` are not told, nor what was made of a message that went
    to fewer people.
    """
    wanted = link.c.campaign == campaign if campaign else link.c.campaign.is_not(None)
    with_clicks = _months(connection, wanted)
    months = sorted({month for clicks in with_clicks.values() for month in clicks})
    rows = connection.execute(select(link).where(wanted)).all()
    reached = _reached(connection, definitions, {row.campaign for row in rows})
    found = [
        _told(
            row,
            reached.get((row.campaign, row.message, row.language), _NOBODY),
            by_month(with_clicks.get(row.token, {}), months, limit),
            limit,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.campaign, one.message, one.language, -(one.clicks or 0), one.address))


def by_month(clicks: Mapping[str, int], months: Sequence[str], limit: int) -> dict[str, int | None]:
    """The clicks of each of these months, and of `ALL`, as they may be told together.

    A month without a click is as little told as one with a few.
    """
    told = tell([ALL, *months], {frozenset((ALL, month)): number for month, number in clicks.items()}, limit)
    return {month: one.people for month, one in told.items()}


def _told(row: Row[Any], reached: _Reached, clicks: dict[str, int | None], limit: int) -> LinkClicks:
    many = reached.people >= limit
    shown = clicks if many else dict.fromkeys(clicks)
    total, sent = shown.pop(ALL), reached.sent if many else None
    return LinkClicks(row.campaign, row.message, row.language, row.address, sent, total, shown)


def _reached(
    connection: Connection, definitions: Callable[[int], Definitions], campaigns: Collection[str]
) -> dict[tuple[str, str, str], _Reached]:
    """Campaign, message and language -> how many of it arrived."""
    kind = (delivery.c.release_id, delivery.c.campaign, delivery.c.step, delivery.c.repetition, delivery.c.language)
    numbers = func.count().label("sent"), func.count(delivery.c.person.distinct()).label("people")
    theirs = delivery.c.campaign.in_(campaigns), delivery.c.state.in_(_ARRIVED)
    found: dict[tuple[str, str, str], _Reached] = {}
    for row in connection.execute(select(*kind, *numbers).where(*theirs).group_by(*kind)):
        step = definitions(row.release_id).campaigns[row.campaign].step(row.step)
        key = row.campaign, step.message(row.repetition), row.language
        before = found.get(key, _NOBODY)
        found[key] = _Reached(before.sent + row.sent, max(before.people, row.people))
    return found


def _months(connection: Connection, wanted: ColumnElement[bool]) -> dict[str, Counter[str]]:
    """Token -> month -> how often it was followed, of these links."""
    found: dict[str, Counter[str]] = {}
    rows = select(click.c.link, click.c.day, click.c.clicks).join(link).where(wanted)
    for token, day, clicks in connection.execute(rows):
        found.setdefault(token, Counter())[f"{day:%Y-%m}"] += clicks
    return found
