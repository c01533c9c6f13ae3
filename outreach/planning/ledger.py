"""Writing planned deliveries into the ledger: one INSERT … SELECT for a step, gates, picks and all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    Executable,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    text,
)

from outreach.definitions.model import Campaign, Step
from outreach.planning.by_choice import way
from outreach.planning.gates import NO_REASON, UNREACHABLE, Gate, first_reason
from outreach.planning.invitations import next_session, without_session
from outreach.planning.picks import picked, showing
from outreach.planning.scope import Scope
from outreach.planning.waves import wave_of
from outreach.storage.inserting import insert_into, inserted
from outreach.storage.tables import delivery, enrolment, person

_FREQUENCY = {"normal": 1, "nice": 4}
_PRIORITY = {"high": 0, "normal": 1, "low": 2}


@dataclass(frozen=True)
class Batch:
    """Deliveries of one step that are planned together: alike but for the person."""

    step: Step
    occurrence: ColumnElement[str]
    #: 0 for the message itself, then the number of the reminder.
    repetition: int
    due_at: datetime
    expires_at: datetime
    #: Gates before the picks, in order.
    gates: Sequence[Gate]
    #: The people, as a clause on `person` (and on `enrolment` where they are enrolled).
    people: ColumnElement[bool]
    #: The people's enrolments; False for a campaign planned straight from the roster.
    enrolled: bool
    #: A reason that comes before all gates, such as `indeterminate`.
    beforehand: ColumnElement[str | None] = NO_REASON
    #: The session that all are told of; None: each is invited to their own, where the step invites.
    session: int | None = None


def rank(campaign: Campaign) -> int:
    """The campaign's place against the frequency cap (`delivery.rank`)."""
    if campaign.frequency == "must":
        return 0
    return _FREQUENCY[campaign.frequency] + _PRIORITY[campaign.priority]


def plan(connection: Connection, scope: Scope, batch: Batch) -> int:
    """Write the rows of a batch, planned or skipped with the first reason that holds; those there already stay.

    Returns the number of rows written.
    """
    return planned(connection, scope, batch).write(connection)


@dataclass(frozen=True)
class Planned:
    """A batch as statements, which are built once where it is written in parts."""

    deliveries: Executable
    #: Which offers they show; None where none is picked.
    shown: Executable | None

    def write(self, connection: Connection, values: Mapping[str, int] | None = None) -> int:
        """Write the part for which the parameters of the batch's clauses have those values. Returns its rows."""
        before = connection.scalar(select(func.max(delivery.c.id))) or 0
        written = inserted(connection, connection.execute(self.deliveries, values))
        if self.shown is not None:
            connection.execute(self.shown, {"before": before})
        return written


def planned(connection: Connection, scope: Scope, batch: Batch) -> Planned:
    """The statements that write a batch, by the sessions that have a seat now."""
    offers = _offers(scope, batch)
    session = next_session(connection, scope, batch.step) if batch.session is None else _number(batch.session)
    decided = _decided(scope, batch, offers, session).cte("decided").prefix_with("MATERIALIZED")
    source = select(
        *_constants(scope, batch),
        decided.c.person,
        decided.c.occurrence,
        decided.c.enrolment,
        case((decided.c.reason.is_(None), "planned"), else_="skipped"),
        decided.c.reason,
        decided.c.picks,
        decided.c.wave,
        decided.c.session,
        _goes_on(scope, batch, decided.c.reason),
        decided.c.channel,
    ).where(text("1 = 1"))  # SQLite would read ON CONFLICT as the join condition of a SELECT without WHERE.
    # Keys are unique: whoever has this delivery already keeps it, whatever state it is in.
    deliveries = insert_into(connection, delivery).from_select(_COLUMNS, source).on_conflict_do_nothing()
    newer = delivery.c.id > bindparam("before", type_=delivery.c.id.type)
    shows = showing(connection, scope, and_(newer, _of_batch(scope, batch))) if batch.step.pick else None
    return Planned(deliveries, shows)


def _number(session: int) -> ColumnElement[int | None]:
    return literal(session)


_COLUMNS = [
    "campaign",
    "step",
    "repetition",
    "release_id",
    "rank",
    "due_at",
    "expires_at",
    "remind_days",
    "planned_at",
    "person",
    "occurrence",
    "enrolment",
    "state",
    "reason",
    "picks",
    "wave",
    "session",
    "remind_on",
    "channel",
]


def _constants(scope: Scope, batch: Batch) -> list[ColumnElement[Any]]:
    remind = batch.step.remind
    further = remind.every.days if remind and batch.repetition < remind.max_reminders else None
    values = {
        "campaign": scope.campaign.id,
        "step": batch.step.id,
        "repetition": batch.repetition,
        "release_id": scope.release_id,
        "rank": rank(scope.campaign),
        "due_at": batch.due_at,
        "expires_at": batch.expires_at,
        "remind_days": further,
        "planned_at": scope.now,
    }
    return [literal(value, delivery.c[name].type) for name, value in values.items()]


def _goes_on(scope: Scope, batch: Batch, reason: ColumnElement[str | None]) -> ColumnElement[Any]:
    """The day of the next reminder of who has no address for this one, where a later one goes another way."""
    nothing = cast(null(), Date)
    remind = batch.step.remind
    if remind is None or not batch.step.climbs(batch.repetition):
        return nothing
    day = literal(scope.today + timedelta(days=remind.every.days), Date)
    return case((reason.in_(UNREACHABLE), day), else_=nothing)


def _decided(scope: Scope, batch: Batch, offers: CTE | None, session: ColumnElement[int | None]) -> Select[Any]:
    """Each person with the reason against writing to them, or none."""
    gates = list(batch.gates)
    tables: Any = person
    picks: ColumnElement[Any] = cast(null(), String)
    pick = batch.step.pick
    if offers is not None:
        # In this order: as an outer join behind `person`, SQLite would go through all of it for each person.
        tables, picks = offers.join(person, person.c.id == offers.c.person), offers.c.picks
    if batch.enrolled:
        tables = tables.join(enrolment, enrolment.c.person == person.c.id)
    if pick:
        found = literal(0) if offers is None else offers.c.found
        gates.append(Gate("nothing_new", "too few new offers", found < pick.at_least))
    if batch.step.invite:
        gates.append(without_session(session))
    reason = func.coalesce(batch.beforehand, first_reason(gates))
    return (
        select(
            person.c.id.label("person"),
            batch.occurrence.label("occurrence"),
            (enrolment.c.id if batch.enrolled else cast(null(), Integer)).label("enrolment"),
            cast(reason, String).label("reason"),
            picks.label("picks"),
            wave_of(scope.campaign).label("wave"),
            session.label("session"),
            # Mail has none until it is tried: by the mail server or the outbox, whichever there is then.
            func.nullif(way(scope, batch.step, batch.repetition), "email").label("channel"),
        )
        .select_from(tables)
        .where(batch.people)
    )


def _offers(scope: Scope, batch: Batch) -> CTE | None:
    if batch.step.pick is None:
        return None
    people = batch.people
    if batch.enrolled:
        # Candidates are sought among people alone.
        people = person.c.id.in_(
            select(enrolment.c.person).where(enrolment.c.person == person.c.id, batch.people).correlate(person)
        )
    return picked(scope, batch.step.pick, people)


def _of_batch(scope: Scope, batch: Batch) -> ColumnElement[bool]:
    return and_(
        # Not the bare column: SQLite would go by the index of keys through all that the campaign ever sent.
        delivery.c.campaign.concat("") == scope.campaign.id,
        delivery.c.step == batch.step.id,
        delivery.c.repetition == batch.repetition,
        delivery.c.planned_at == scope.now,
    )
