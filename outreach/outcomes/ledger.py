"""Reading the ledger: which deliveries there are, one row for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, select, true

from outreach.definitions.refusal import advice, shown
from outreach.delivery.keys import format_key
from outreach.errors import OutreachError
from outreach.storage.tables import delivery, person, receipt

#: States that a delivery can be in, in the order of its life (DESIGN.md, "Keys, states, promise").
STATES = (
    "planned",
    "attempting",
    "sent",
    "rejected",
    "in_doubt",
    "skipped",
    "expired",
    "cancelled",
    "bounced",
    "complained",
)
#: Rows fetched at a time, so that a whole ledger is read in little memory.
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries are meant; None and empty mean all."""

    states: tuple[str, ...] = ()
    campaign: str | None = None
    #: The HR system's number.
    person: str | None = None
    #: Due, or sent, from this moment on.
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery of the ledger."""

    key: str
    campaign: str
    step: str
    occurrence: str
    repetition: int
    #: The HR system's number.
    person: str
    channel: str | None
    language: str | None
    state: str
    reason: str | None
    attempts: int
    message_id: str | None
    due_at: datetime
    sent_at: datetime | None
    #: When it came back, as a bounce or a complaint, and with which code of a mail server.
    returned_at: datetime | None = None
    code: str | None = None
    #: When somebody said that what was handed over to them was done.
    confirmed_at: datetime | None = None
    #: How often others went before it under the frequency cap.
    passed_over: int = 0
    #: In which wave of the campaign's rollout it is.
    wave: int | None = None
    #: Ids of the offers that it shows.
    picks: tuple[str, ...] = ()


def require(connection: Connection, wanted: Wanted, campaigns: Collection[str]) -> None:
    """Refuse what names a state, campaign or person that there is none of: an empty list would look like an answer.

    `campaigns` are those of the release; of others the ledger may still know.

    Raises:
        OutreachError: with the nearest neighbour.
    """
    for state in wanted.states:
        if state not in STATES:
            raise OutreachError(f"there is no state {shown(state)}", remedy=advice(state, STATES, "states"))
    name = wanted.campaign
    if name is not None and name not in campaigns and not _is_there(connection, delivery.c.campaign == name):
        known = {*campaigns, *connection.scalars(select(delivery.c.campaign).distinct())}
        raise OutreachError(
            f"there is no campaign {shown(name)} in the release or in the ledger",
            remedy=advice(name, known, "campaigns"),
        )
    if wanted.person is not None and not _is_there(connection, person.c.person_id == wanted.person):
        raise OutreachError("nobody in the roster has that number", remedy="Give the HR system's number of the person.")


def _is_there(connection: Connection, clause: ColumnElement[bool]) -> bool:
    return bool(connection.scalar(select(exists().where(clause))))


def count(connection: Connection, wanted: Wanted) -> int:
    """How many deliveries are meant."""
    found = connection.scalar(select(func.count()).select_from(delivery.join(person)).where(_meant(wanted)))
    return int(found or 0)


def read(connection: Connection, wanted: Wanted, limit: int | None = None) -> Iterator[Entry]:
    """The deliveries meant, those due last first."""
    query = (
        select(delivery, person.c.person_id.label("number"), _back("at"), _back("code"), _CONFIRMED)
        .select_from(delivery.join(person))
        .where(_meant(wanted))
        .order_by(delivery.c.due_at.desc(), delivery.c.id.desc())
        .limit(limit)
    )
    for row in connection.execution_options(yield_per=_CHUNK).execute(query):
        yield _entry(row)


def _back(name: str) -> ColumnElement[Any]:
    """What the last receipt says of a delivery that came back; NULL of all others, for which none is looked up."""
    last = _last(receipt.c[name], delivery.c.state)
    return case((delivery.c.state.in_(("bounced", "complained")), last)).label(f"back_{name}")


def _last(column: ColumnElement[Any], kind: ColumnElement[str] | str) -> ColumnElement[Any]:
    noted = select(column).where(receipt.c.delivery == delivery.c.id, receipt.c.kind == kind)
    return noted.order_by(receipt.c.id.desc()).limit(1).correlate(delivery).scalar_subquery()


#: When what was handed over was last said to be done, where nothing else was said since.
_CONFIRMED: ColumnElement[Any] = case(
    ((delivery.c.state == "sent") & (delivery.c.channel == "handover"), _last(receipt.c.at, "confirmed"))
).label("confirmed_at")


def _meant(wanted: Wanted) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.states:
        clauses.append(delivery.c.state.in_(wanted.states))
    if wanted.campaign is not None:
        clauses.append(delivery.c.campaign == wanted.campaign)
    if wanted.person is not None:
        clauses.append(person.c.person_id == wanted.person)
    if wanted.since:
        clauses.append(func.coalesce(delivery.c.sent_at, delivery.c.due_at) >= wanted.since)
    return and_(true(), *clauses)


def _entry(row: Any) -> Entry:
    return Entry(
        key=format_key(row.campaign, row.step, row.occurrence, row.repetition, row.person),
        campaign=row.campaign,
        step=row.step,
        occurrence=row.occurrence,
        repetition=row.repetition,
        person=row.number,
        channel=row.channel,
        language=row.language,
        state=row.state,
        reason=row.reason,
        passed_over=row.passed_over,
        wave=row.wave,
        attempts=row.attempts,
        message_id=row.message_id,
        due_at=row.due_at,
        sent_at=row.sent_at,
        returned_at=row.back_at,
        code=row.back_code,
        confirmed_at=row.confirmed_at,
        picks=tuple(row.picks.split(",")) if row.picks else (),
    )
