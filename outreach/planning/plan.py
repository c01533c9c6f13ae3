"""Planning what is due: every running, approved campaign, up to one moment.

Nothing here reads a clock, and planning again at the same moment writes nothing: occurrences and entries are keyed, and
the ledger keeps what it has.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from outreach.definitions.civil import later
from outreach.definitions.model import Definitions, Span
from outreach.planning import enrolling
from outreach.planning.abroad import Clocks, Place, clocks, coming, places
from outreach.planning.audience import Progress, plan_occurrence
from outreach.planning.calendar import Occurrence, civil_day, zone
from outreach.planning.journeys import Releases, exit_gone, exit_journeys, plan_steps
from outreach.planning.looking_again import look_again
from outreach.planning.moving import look_for_moves
from outreach.planning.notices import plan_notices
from outreach.planning.records import recorded_for
from outreach.planning.reminding import plan_reminders
from outreach.planning.scope import Scope
from outreach.storage.database import Database
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.tables import campaign_state, event, outcome, roster_import

#: Before every occurrence that a campaign could have.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_EXITS = "exits_looked_at"
_GONE = "gone_looked_at"


@dataclass(frozen=True)
class Current:
    """The release in force, and what of it may start something new."""

    release_id: int
    definitions: Definitions
    #: Campaigns whose closure is approved as it stands.
    approved: Collection[str]
    #: Definitions of any release, for what is under way.
    releases: Releases


def nothing(_: int) -> None:
    """A progress that tells nobody."""


def plan_due(database: Database, current: Current, now: datetime, progress: Progress = nothing) -> int:
    """Plan everything that is due at `now`. Returns the rows written to the ledger."""
    today = civil_day(now, zone(current.definitions.workspace.time_zone))
    startable = _startable(database, current, now)
    moves = look_for_moves(database, [scope for scope, _ in startable])
    _look_for_exits(database, current, now, f"{today.isoformat()} {moves}")
    with database.reading() as connection:
        by = clocks(connection, current.definitions.workspace.time_zone, now)
        seen = _seen(connection)
    written = 0
    # Entries first: a newsletter that leaves out who is under way elsewhere must see who entered just now.
    for scope, state in startable:
        if scope.campaign.start.is_per_person:
            _look_for_entries(database, scope, state, seen)
    for scope, state in startable:
        if not scope.campaign.start.is_per_person:
            written += _start_occurrences(database, scope, state, by, progress)
    if startable:
        _planned_until(database, [scope.campaign.id for scope, _ in startable], now)
    written += plan_steps(database, current.releases, now, by, progress)
    written += plan_reminders(database, current.releases, now, by, progress)
    workspace = current.definitions.workspace
    written += plan_notices(database, [scope for scope, _ in startable], workspace, now, progress)
    with database.reading() as connection:
        version, _ = _seen(connection)
    look_again(database, current.releases, now, f"{today.isoformat()} {version}")
    return written


def _startable(database: Database, current: Current, now: datetime) -> list[tuple[Scope, Any]]:
    """The campaigns that may start something, with their rows of `campaign_state`."""
    with database.reading() as connection:
        states = connection.execute(select(campaign_state).where(campaign_state.c.state == "running")).all()
    campaigns = current.definitions.campaigns
    return [
        (Scope(current.definitions, current.release_id, campaigns[state.campaign], now), state)
        for state in sorted(states, key=lambda state: state.campaign)
        if state.campaign in campaigns and state.campaign in current.approved
    ]


def _look_for_entries(database: Database, scope: Scope, state: Any, seen: tuple[int, int]) -> None:
    """Let people in, if anything changed since the last look; `seen` is how things stand now."""
    if _is_as_it_was(database, scope, state, seen):
        return
    with database.writing() as connection:
        match scope.campaign.start.kind:
            case "event" | "outcome":
                enrolling.by_record(connection, scope, recorded_for(scope, state))
            case "enters":
                enrolling.by_segment(connection, scope, first_look=state.roster_version < 0)
            case _:
                enrolling.by_date(connection, scope)
        enrolling.note_look(connection, scope, *_seen(connection))


def _is_as_it_was(database: Database, scope: Scope, state: Any, seen: tuple[int, int]) -> bool:
    """Whether nothing changed since the last look that could let somebody in."""
    if scope.campaign.start.kind == "outcome":
        # They come all day long: to ask whether one is new costs less than to keep account of them.
        with database.reading() as connection:
            return not enrolling.unseen(connection, scope, recorded_for(scope, state))
    if (state.roster_version, state.seen_event) != seen:
        return False
    start = scope.campaign.start
    if start.kind == "enters" and scope.segments.hangs_on_the_roster_alone(start.name):
        # Nothing was heard of anybody, and the words are the same: so are those whom they name.
        return bool(state.looked_release == scope.release_id)
    return bool(state.looked_on == scope.today)


def _start_occurrences(database: Database, scope: Scope, state: Any, by: Clocks, progress: Progress) -> int:
    written = 0
    # Before the first look nothing could be missed, and no journey is begun in its middle.
    unrecorded = state.planned_until is None or scope.campaign.is_journey
    for place in places(by, scope.workspace.time_zone):
        for occurrence in coming(scope, place.where, state.planned_until or _EVER):
            if unrecorded and _latest(scope, occurrence, place) <= scope.now:
                continue
            if scope.campaign.is_journey:
                enrolling.at_occurrence(database, scope, occurrence, place, progress)
            else:
                written += plan_occurrence(database, scope, occurrence, place, progress)
    return written


def _latest(scope: Scope, occurrence: Occurrence, place: Place) -> datetime:
    """The latest time of the occurrence's first message."""
    step = scope.campaign.steps[0]
    first = scope.leaves(step, later(occurrence.day, Span(days=step.day - 1)), place.where)
    return scope.latest(step, first, place.where)


def _planned_until(database: Database, campaigns: list[str], now: datetime) -> None:
    """Remember that the occurrences up to now are planned; a clock that was set back moves nothing back."""
    with database.writing() as connection:
        connection.execute(
            update(campaign_state)
            .where(
                campaign_state.c.campaign.in_(campaigns),
                or_(campaign_state.c.planned_until.is_(None), campaign_state.c.planned_until < now),
            )
            .values(planned_until=now)
        )


def _seen(connection: Connection) -> tuple[int, int]:
    """The roster version and the last event."""
    version = select(func.max(roster_import.c.version)).scalar_subquery()
    last_event = select(func.max(event.c.id)).scalar_subquery()
    row = connection.execute(select(func.coalesce(version, 0), func.coalesce(last_event, 0))).one()
    return row[0], row[1]


def _look_for_exits(database: Database, current: Current, now: datetime, looked: str) -> None:
    with database.reading() as connection:
        last_outcome = connection.scalar(select(func.max(outcome.c.id))) or 0
        people = " ".join(map(str, _seen(connection)))
        state = f"{looked} {people} {last_outcome}"
        if read_mark(connection, _EXITS) == state:
            return
        nobody_went = read_mark(connection, _GONE) == people
    with database.writing() as connection:
        if not nobody_went:
            exit_gone(connection)
            write_mark(connection, _GONE, people)
        exit_journeys(connection, current.releases, now)
        write_mark(connection, _EXITS, state)
