"""Notices: who was invited to a session hears when it moves or is called off, and who comes hears of it the day before.

A notice is a derived step of the campaign that invited last (`invitation.moved`), keyed by the session and how often it
changed, so that each person hears of each change once, whichever campaigns invited them. Somebody must get it: it
stands outside the frequency cap and waits for no window. What changed is told once it is approved, as campaigns are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, and_, exists, func, literal, not_, or_, select

from outreach.definitions.model import NOTICES, Campaign, NoticeKind, Workspace
from outreach.planning.audience import Progress
from outreach.planning.calendar import civil_day, moment, zone
from outreach.planning.forecast import LEFT as GONE_OUT
from outreach.planning.gates import DIED, LEFT, OTHER_REASONS, Gate, choices, unaddressed
from outreach.planning.ledger import Batch, plan
from outreach.planning.scope import Scope
from outreach.storage.database import Database
from outreach.storage.tables import approval, delivery, outcome, person, seat, session

#: Reason of a notice that is not true any more.
SUPERSEDED = "superseded"
#: Characters of `delivery.occurrence`.
_LONGEST = 40


@dataclass(frozen=True)
class Notice:
    """What is to be told of a session, as one of its versions has it."""

    kind: NoticeKind
    #: Its row in `session`.
    number: int
    #: The session's id, and its kind.
    session: str
    of: str
    sequence: int
    #: Since when this is so; from when on it may leave, and until when it is of use.
    since: datetime
    due_at: datetime
    expires_at: datetime
    #: Names what is told, for who approves it.
    digest: str

    @property
    def occurrence(self) -> str:
        """In the key of its deliveries; a long name is shortened, and told from others by its hash."""
        whole = f"{self.session}.{self.sequence}"
        if len(whole) <= _LONGEST:
            return whole
        return f"{self.session[:24]}~{sha256(self.session.encode()).hexdigest()[:8]}.{self.sequence}"


def plan_notices(
    database: Database, scopes: Sequence[Scope], workspace: Workspace, now: datetime, progress: Progress
) -> int:
    """Plan what is due of the campaigns that may start something. Returns the rows written."""
    inviting = {scope.campaign.id: scope for scope in scopes if invites(scope.campaign)}
    if not inviting:
        return 0
    with database.reading() as connection:
        coming = _coming(connection, now)
        due = [*_changes(coming, now), *_eves(coming, workspace, now)]
        groups = [found for one in due for found in _groups(connection, one, inviting)]
    written = 0
    for notice, scope, step, people in groups:
        with database.writing() as connection:
            written += (rows := plan(connection, _outside_the_cap(scope), _batch(notice, scope, step, people)))
        progress(rows)
    return written


def changes(connection: Connection, now: datetime) -> list[Notice]:
    """What changed of the sessions to come since people were first invited to them."""
    return _changes(_coming(connection, now), now)


def invites(campaign: Campaign) -> set[str]:
    """The kinds of sessions that it invites to."""
    return {step.invite for step in campaign.steps if step.invite}


def concerned(notice: Notice, campaigns: Collection[str]) -> Subquery:
    """Who is to be told, with the campaign and the step that invited them last; not who was told already."""
    invitation, such = delivery.alias("invitation"), session.alias("such")
    alike = select(session.c.id).where(session.c.name.in_(select(such.c.name).where(such.c.kind == notice.of)))
    last = (
        select(func.max(invitation.c.id).label("id"))
        .where(
            invitation.c.campaign.in_(sorted(campaigns)),
            invitation.c.session.in_(alike),
            invitation.c.state.in_(GONE_OUT),
            not_(is_notice(invitation.c.step)),
            _is_concerned(notice, invitation.c.person),
            not_(_was_told(notice, invitation.c.person)),
        )
        .group_by(invitation.c.person)
    )
    columns = (delivery.c.person, delivery.c.campaign, delivery.c.step)
    return select(*columns).where(delivery.c.id.in_(last)).subquery("concerned")


def is_notice(step: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a delivery's step is one of ours."""
    return or_(*(step.endswith(f".{kind}", autoescape=True) for kind in NOTICES))


def owed() -> ColumnElement[bool]:
    """Whether a delivery is a notice to somebody who has a seat: no choice of theirs stops it."""
    return and_(is_notice(delivery.c.step), _has_seat(_session_of_delivery(), delivery.c.person, delivery))


def stops(scope: Scope, step: str) -> list[Gate]:
    """The gates of a notice that waited."""
    name = _session_of_delivery()
    old = exists(
        select(literal(1)).where(session.c.id == delivery.c.session, session.c.in_force.is_(False)).correlate(delivery)
    )
    return [Gate(SUPERSEDED, OTHER_REASONS[SUPERSEDED], old), *_gates(scope, step, name)]


def _session_of_delivery() -> ColumnElement[Any]:
    return select(session.c.name).where(session.c.id == delivery.c.session).correlate(delivery).scalar_subquery()


def eve_moment(row: Any, workspace: Workspace) -> datetime:
    """When who comes is reminded: the day before, at the workspace's hour."""
    where = zone(workspace.time_zone)
    return moment(civil_day(row.starts_at, where) - timedelta(days=1), workspace.send_at, where)


def next_eve(connection: Connection, workspace: Workspace, now: datetime) -> datetime | None:
    """When the next reminder of the day before is due."""
    moments = (eve_moment(row, workspace) for row in _coming(connection, now) if not row.cancelled)
    return min((at for at in moments if at > now), default=None)


def _coming(connection: Connection, now: datetime) -> list[Any]:
    """The sessions in force that have not begun, in the order in which they were told of."""
    query = select(session).where(session.c.in_force.is_(True), session.c.starts_at > now).order_by(session.c.id)
    return list(connection.execute(query).all())


def _changes(coming: Sequence[Any], now: datetime) -> list[Notice]:
    return [_notice("cancelled" if row.cancelled else "moved", row, now) for row in coming if row.sequence > 0]


def _eves(coming: Sequence[Any], workspace: Workspace, now: datetime) -> Iterator[Notice]:
    for row in coming:
        if not row.cancelled and (due_at := eve_moment(row, workspace)) <= now:
            yield _notice("eve", row, due_at)


def _notice(kind: NoticeKind, row: Any, due_at: datetime) -> Notice:
    digest = sha256(f"{row.name}.{row.sequence} {row.told}".encode()).hexdigest()
    return Notice(kind, row.id, row.name, row.kind, row.sequence, row.since, due_at, row.starts_at, digest)


def _groups(
    connection: Connection, notice: Notice, inviting: Mapping[str, Scope]
) -> Iterator[tuple[Notice, Scope, str, Subquery]]:
    """The steps that invited those who are to be told, of campaigns that may tell them."""
    may = [name for name, scope in inviting.items() if _is_approved(connection, notice, scope.campaign)]
    if not may:
        return
    people = concerned(notice, may)
    for campaign, step in sorted(connection.execute(select(people.c.campaign, people.c.step).distinct()).all()):
        scope = inviting[campaign]
        if any(one.id == step and one.invite for one in scope.campaign.steps):
            yield notice, scope, step, people


def _is_approved(connection: Connection, notice: Notice, campaign: Campaign) -> bool:
    """The day before needs no approval of its own: nothing is told that was not told before."""
    if notice.kind == "eve" or campaign.approval == "none":
        return True
    given = (approval.c.campaign == campaign.id, approval.c.digest == notice.digest)
    return connection.scalar(select(approval.c.digest).where(*given)) is not None


def _outside_the_cap(scope: Scope) -> Scope:
    return replace(scope, campaign=replace(scope.campaign, frequency="must"))


def _batch(notice: Notice, scope: Scope, invitation: str, people: Subquery) -> Batch:
    step = scope.campaign.step(f"{invitation}.{notice.kind}")
    mine = select(people.c.person).where(people.c.campaign == scope.campaign.id, people.c.step == invitation)
    return Batch(
        step=step,
        occurrence=literal(notice.occurrence),
        repetition=0,
        due_at=notice.due_at,
        expires_at=notice.expires_at,
        gates=_gates(scope, step.id, literal(notice.session)),
        people=person.c.id.in_(mine),
        enrolled=False,
        session=notice.number,
    )


def _gates(scope: Scope, step: str, name: ColumnElement[str]) -> list[Gate]:
    """Who has a seat hears of it whatever else they do not want: it is about what they asked for."""
    comes = _has_seat(name, person.c.id, person)
    gates = [DIED, LEFT, *(replace(gate, stops=and_(gate.stops, not_(comes))) for gate in choices(scope))]
    return [*gates, *unaddressed(scope, scope.campaign.step(step), 0)]


def _has_seat(name: ColumnElement[str], who: ColumnElement[int], within: Any, *how: Any) -> ColumnElement[bool]:
    return exists(
        select(literal(1))
        .select_from(seat.join(outcome, outcome.c.id == seat.c.outcome))
        .where(outcome.c.person == who, seat.c.session == name, *how)
        .correlate(within, delivery)
    )


def _is_concerned(notice: Notice, who: ColumnElement[int]) -> ColumnElement[bool]:
    """Who comes; of a change also who was invited before it, while who signed up after it knows of it."""
    name = literal(notice.session)
    if notice.kind == "eve":
        return _has_seat(name, who, who.table)
    before = delivery.alias("before")
    older = select(session.c.id).where(session.c.name == notice.session, session.c.sequence < notice.sequence)
    invited = exists(
        select(literal(1))
        .where(before.c.person == who, before.c.session.in_(older), before.c.state.in_(GONE_OUT))
        .correlate(who.table)
    )
    return or_(invited, _has_seat(name, who, who.table, outcome.c.recorded_at < notice.since))


def _was_told(notice: Notice, who: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether this notice is in the ledger; of a change also whether an invitation said it already."""
    told = delivery.alias("told")
    said = told.c.step.endswith(f".{notice.kind}", autoescape=True)
    if notice.kind != "eve":
        said = or_(said, and_(not_(is_notice(told.c.step)), told.c.state.in_(GONE_OUT)))
    mine = (told.c.person == who, told.c.session == notice.number)
    return exists(select(literal(1)).where(*mine, said).correlate(who.table))
