"""What changed of sessions that people were invited to: shown before it is told, and approved like a campaign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, or_, select

from outreach.definitions.model import Definitions, NoticeKind
from outreach.planning.forecast import LEFT as GONE_OUT
from outreach.planning.notices import Notice, changes, concerned, invites
from outreach.release.states import note_approval
from outreach.storage.tables import approval, campaign_state, delivery, session


@dataclass(frozen=True, slots=True)
class Telling:
    """People who will be told by a campaign what changed of a session."""

    campaign: str
    session: str
    #: `moved` or `cancelled`.
    becomes: NoticeKind
    people: int
    #: Whether they are told without another approval.
    approved: bool


@dataclass(frozen=True, slots=True)
class GoneSession:
    """A session whose file is gone, of which nobody tells those who were invited."""

    session: str
    #: How many were invited to it.
    people: int


def approve_changes(
    connection: Connection, definitions: Definitions, campaign: str, release_id: int, now: datetime, by: str
) -> None:
    """Let a campaign tell what changed of the sessions that it invites to, up to now."""
    for notice in _of(connection, definitions, campaign, now):
        note_approval(connection, campaign, notice.digest, release_id, now, by)


def tellings(connection: Connection, definitions: Definitions, now: datetime) -> list[Telling]:
    """Who is still to be told of changes, by the campaigns that are not stopped, in the order of their ids."""
    running = select(campaign_state.c.campaign).where(campaign_state.c.state == "running")
    names = sorted({name for name in connection.scalars(running) if name in definitions.campaigns})
    inviting = [name for name in names if invites(definitions.campaigns[name])]
    if not inviting:
        return []
    found = [one for notice in changes(connection, now) for one in _told(connection, definitions, notice, inviting)]
    return sorted(found, key=lambda one: (one.campaign, one.session))


def gone_sessions(connection: Connection, now: datetime) -> list[GoneSession]:
    """Sessions to come that people were invited to and the current release has no more, in the order of their ids."""
    alike = session.alias("alike")
    found = (
        select(session.c.name, func.count(func.distinct(delivery.c.person)).label("people"))
        .join(delivery, delivery.c.session == session.c.id)
        .where(
            session.c.starts_at > now,
            delivery.c.state.in_(GONE_OUT),
            ~exists().where(alike.c.name == session.c.name, or_(alike.c.in_force, alike.c.cancelled)),
        )
        .group_by(session.c.name)
        .order_by(session.c.name)
    )
    return [GoneSession(*row) for row in connection.execute(found).all()]


def _of(connection: Connection, definitions: Definitions, campaign: str, now: datetime) -> Iterator[Notice]:
    kinds = invites(definitions.campaigns[campaign])
    return (notice for notice in changes(connection, now) if notice.of in kinds)


def _told(
    connection: Connection, definitions: Definitions, notice: Notice, inviting: Iterable[str]
) -> Iterator[Telling]:
    people = concerned(notice, list(inviting))
    given = set(connection.scalars(select(approval.c.campaign).where(approval.c.digest == notice.digest)))
    for campaign, number in connection.execute(select(people.c.campaign, func.count()).group_by(people.c.campaign)):
        approved = campaign in given or definitions.campaigns[campaign].approval == "none"
        yield Telling(campaign, notice.session, notice.kind, number, approved)
