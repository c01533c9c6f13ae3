"""The product, driven like the reference planner: the same changes, the same ticks, the ledger read back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, text, update

from outreach.definitions import codec
from outreach.definitions.model import Campaign, Definitions, Session
from outreach.delivery.rehearsing import rehearse
from outreach.delivery.rerouting import prefer
from outreach.outcomes.withdrawing import Said, take_back
from outreach.pipeline import tick
from outreach.planning.calendar import moment, zone
from outreach.planning.plan import Current
from outreach.release.changes import approve_changes
from outreach.release.programme import put_in_force
from outreach.rendering.told import Told
from outreach.roster.happenings import Happening, record, withdraw
from outreach.roster.preferences import keep, read
from outreach.roster.stopping import stop_people
from outreach.storage import tables
from outreach.storage.database import Database
from outreach.storage.tables import (
    approval,
    bundle,
    campaign_state,
    delivery,
    enrolment,
    event,
    move,
    opt_out,
    outcome,
    person,
    release,
    release_campaign,
    seat,
    session,
    turn,
)
from outreach.storage.tables import roster_import as imports
from tests.properties.strategies import Change, Story

#: When the roster of a story was first imported.
_BEFORE = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
_COLUMNS = {column.name for column in person.columns}


@contextmanager
def emptied(database: Database) -> Iterator[Database]:
    """The database without a row but those of the audit log, which stay; for one example of many on the same tables."""
    emptiable = [table for table in tables.metadata.sorted_tables if table is not tables.audit]
    with database.writing() as connection:
        if database.dialect == "postgresql":
            names = ", ".join(table.name for table in emptiable)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        else:
            for table in reversed(emptiable):
                connection.execute(delete(table))
    yield database


class Product:
    """One installation without templates: planned and dispatched by the product, sent by pretending."""

    def __init__(self, database: Database, story: Story) -> None:
        self.database = database
        self.releases: dict[int, Definitions] = {}
        self.approved: set[str] = set()
        self._edits: Counter[str] = Counter()
        self.people = [facts["id"] for facts in story.people]
        self._version = 0
        self.publish(story.definitions, ())
        with database.writing() as connection:
            for facts in story.people:
                connection.execute(insert(person).values(**row_of(facts)))
            self._note_import(connection)

    def publish(self, definitions: Definitions, changed: Collection[str], now: datetime = _BEFORE) -> None:
        number = len(self.releases) + 1
        self.releases[number] = definitions
        self.approved -= set(changed)
        self._edits.update(changed)
        with self.database.writing() as connection:
            connection.execute(
                insert(release).values(
                    id=number, digest=str(number), published_at=_BEFORE, published_by="test", manifest="{}"
                )
            )
            for name in definitions.campaigns:
                row = {"release_id": number, "campaign": name, "digest": f"{name}-{self._edits[name]}"}
                connection.execute(insert(release_campaign).values(row))
            put_in_force(connection, definitions, now)

    @property
    def current(self) -> Current:
        number = max(self.releases)
        return Current(number, self.releases[number], frozenset(self.approved), self.releases.__getitem__)

    def apply(self, change: Change, now: datetime) -> None:
        """Let something happen, as `roster import`, `outcome record` or `approve` would write it."""
        if change.what == "edit":
            campaign, edit = change.arguments
            self.publish(edited(self.current.definitions, campaign, edit), [campaign], now)
            return
        if change.what == "session":
            self.publish(with_session(self.current.definitions, *change.arguments), (), now)
            return
        with self.database.writing() as connection:
            getattr(self, f"_{change.what}")(connection, now, *change.arguments)

    def tick(self, now: datetime) -> None:
        tick(self.database, self.current, now, lambda where, at: rehearse(where, at, "Europe/Brussels"))

    def ledger(self) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """Key to what the ledger says of it."""
        columns = delivery.c
        query = select(
            columns.campaign, columns.step, columns.occurrence, columns.repetition, columns.person,
            columns.state, columns.reason, columns.picks, columns.due_at, columns.expires_at, columns.sent_at,
            columns.channel, columns.passed_over, columns.wave, columns.state != "skipped", session.c.name,
        ).join_from(delivery, session, session.c.id == columns.session, isouter=True)  # fmt: skip
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return {tuple(row[:5]): (*row[5:7], _picks(row), *row[8:14], row.name if row[14] else None) for row in rows}

    def brought(self) -> dict[tuple[Any, ...], Told]:
        """Key to the bundle that it brings."""
        columns = delivery.c
        key = (columns.campaign, columns.step, columns.occurrence, columns.repetition, columns.person)
        query = select(*key, bundle.c.told).join_from(delivery, bundle, bundle.c.id == columns.bundle)
        with self.database.reading() as connection:
            return {tuple(row[:5]): codec.loads(Told, row.told) for row in connection.execute(query)}

    def latest_rows(self) -> dict[tuple[int, str, str], tuple[str, str | None]]:
        """State and reason of the last delivery of each step to each person, of their present entry."""
        row, newer = delivery.c, enrolment.alias("newer")
        another = exists(select(newer.c.id).where(
            newer.c.person == row.person, newer.c.campaign == row.campaign, newer.c.state != "refused",
            newer.c.id > row.enrolment,
        ))  # fmt: skip
        query = select(row.person, row.campaign, row.step, row.state, row.reason).where(~another).order_by(row.id)
        with self.database.reading() as connection:
            return {tuple(found[:3]): tuple(found[3:]) for found in connection.execute(query)}

    def rows(self) -> list[Any]:
        """Every row of the ledger and of the enrolments as it stands, ids included."""
        with self.database.reading() as connection:
            return [connection.execute(select(table).order_by(table.c.id)).all() for table in (delivery, enrolment)]

    def enrolments(self) -> list[tuple[Any, ...]]:
        columns = enrolment.c
        query = select(
            columns.campaign, columns.person, columns.occurrence, columns.state, columns.reason, columns.started_on
        )
        with self.database.reading() as connection:
            return sorted(map(tuple, connection.execute(query)), key=str)

    def turns(self) -> dict[tuple[str, int, str, str], str]:
        """Which way each journey went at each branch."""
        columns = (enrolment.c.campaign, enrolment.c.person, enrolment.c.occurrence, turn.c.step, turn.c.way)
        query = select(*columns).join(enrolment, enrolment.c.id == turn.c.enrolment)
        with self.database.reading() as connection:
            return {tuple(row[:4]): row.way for row in connection.execute(query)}

    def moves(self) -> dict[tuple[str, int, str], list[str]]:
        """The steps at which each journey went on under another release."""
        columns = (enrolment.c.campaign, enrolment.c.person, enrolment.c.occurrence, move.c.step)
        query = select(*columns).join(enrolment, enrolment.c.id == move.c.enrolment).order_by(move.c.moved_at)
        found: dict[tuple[str, int, str], list[str]] = {}
        with self.database.reading() as connection:
            for row in connection.execute(query):
                found.setdefault(tuple(row[:3]), []).append(row.step)
        return found

    # --- changes -----------------------------------------------------------------------------------------

    def _approve(self, connection: Any, now: datetime, campaign: str) -> None:
        self.approved.add(campaign)
        given = {"campaign": campaign, "digest": f"{campaign}-{self._edits[campaign]}"}
        if connection.scalar(select(approval.c.campaign).filter_by(**given)) is None:
            row = {"release_id": max(self.releases), "approved_at": now, "approved_by": "test"}
            connection.execute(insert(approval).values(**given, **row))
        approve_changes(connection, self.current.definitions, campaign, max(self.releases), now, "test")
        if connection.scalar(select(campaign_state.c.campaign).where(campaign_state.c.campaign == campaign)):
            return
        definitions = self.current.definitions
        where = zone(definitions.workspace.time_zone)
        once = definitions.campaigns[campaign].start.kind == "once"
        connection.execute(
            insert(campaign_state).values(
                campaign=campaign,
                first_approved_at=now,
                planned_until=None if once else moment(now.astimezone(where).date(), time(0), where),
                last_event=connection.scalar(select(func.max(event.c.id))) or 0,
            )
        )

    def _pause(self, connection: Any, now: datetime, campaign: str) -> None:
        self._set_state(connection, campaign, "paused")

    def _resume(self, connection: Any, now: datetime, campaign: str) -> None:
        self._set_state(connection, campaign, "running")

    def _set_state(self, connection: Any, campaign: str, state: str) -> None:
        connection.execute(update(campaign_state).where(campaign_state.c.campaign == campaign).values(state=state))

    def _event(self, connection: Any, now: datetime, who: int, kind: str, day: date) -> None:
        record(connection, [Happening(f"P{who}", kind, day)], now, "hr")

    def _withdraw(self, connection: Any, now: datetime, who: int, kind: str, day: date) -> None:
        withdraw(connection, [Happening(f"P{who}", kind, day)], now, "hr")

    def _outcome(self, connection: Any, now: datetime, who: int, name: str, day: date) -> None:
        same = (outcome.c.person == who, outcome.c.outcome == name, outcome.c.occurred_on == day)
        if connection.scalar(select(outcome.c.id).where(*same)) is None:
            connection.execute(
                insert(outcome).values(person=who, outcome=name, occurred_on=day, recorded_at=now, source="form")
            )

    def _unsay(self, connection: Any, now: datetime, who: int, name: str) -> None:
        take_back(connection, self.current.releases, Said(who, name, "form"), now)

    def _seat(self, connection: Any, now: datetime, who: int, name: str, day: date, session: str) -> None:
        self._outcome(connection, now, who, name, day)
        same = (outcome.c.person == who, outcome.c.outcome == name, outcome.c.occurred_on == day)
        number = connection.scalar(select(outcome.c.id).where(*same))
        taken = (seat.c.outcome == number, seat.c.session == session)
        if connection.scalar(select(seat.c.outcome).where(*taken)) is None:
            connection.execute(insert(seat).values(outcome=number, session=session))

    def _opt_out(self, connection: Any, now: datetime, who: int, topic: str) -> None:
        same = (opt_out.c.person == who, opt_out.c.topic == topic)
        if connection.scalar(select(opt_out.c.person).where(*same)) is None:
            connection.execute(insert(opt_out).values(person=who, topic=topic, since=now))

    def _break(self, connection: Any, now: datetime, who: int, until: date) -> None:
        keep(connection, who, replace(read(connection, who), paused_until=until), now)

    def _channel(self, connection: Any, now: datetime, who: int, kind: str | None) -> None:
        prefer(connection, self.current.releases, who, kind, now)

    def _fact(self, connection: Any, now: datetime, who: int, name: str, value: Any) -> None:
        if name in _COLUMNS:
            changed = {name: value}
        else:
            own = dict(connection.scalar(select(person.c.attributes).where(person.c.id == who)))
            changed = {"attributes": _own(own | {name: value})}
        connection.execute(update(person).where(person.c.id == who).values(**changed))
        if value in ("died", "left"):
            stop_people(connection, [who], value)
        self._note_import(connection)

    def _note_import(self, connection: Any) -> None:
        self._version += 1
        counts = dict.fromkeys(("added", "changed", "left", "unchanged", "rejected"), 0)
        connection.execute(
            insert(imports).values(
                version=self._version, source="hr", imported_at=_BEFORE, digest=str(self._version), **counts
            )
        )


def edited(definitions: Definitions, campaign: str, edit: Callable[[Campaign], Campaign]) -> Definitions:
    """The definitions with one campaign changed."""
    changed = {campaign: edit(definitions.campaigns[campaign])}
    return replace(definitions, campaigns=definitions.campaigns | changed)


def with_session(definitions: Definitions, session: Session) -> Definitions:
    """The definitions with one session put in, or another one of that name in its place."""
    return replace(definitions, sessions=definitions.sessions | {session.id: session})


def _picks(row: Any) -> tuple[str, ...]:
    """What a message shows; what a skipped one would have shown says nothing."""
    return tuple(row.picks.split(",")) if row.picks and row.state != "skipped" else ()


def row_of(facts: dict[str, Any]) -> dict[str, Any]:
    """A row of `person`, every column named."""
    own = {name: value for name, value in facts.items() if name not in _COLUMNS}
    known = {name: value for name, value in facts.items() if name in _COLUMNS}
    return (
        dict.fromkeys(_COLUMNS)
        | known
        | {
            "person_id": f"P{facts['id']}",
            "source": "hr",
            "attributes": _own(own),
            "version": 1,
            "imported_at": _BEFORE,
        }
    )


def _own(facts: dict[str, Any]) -> dict[str, Any]:
    """The organisation's own fields as the import keeps them: dates as ISO texts, what is empty left out."""
    return json.loads(
        json.dumps({name: value for name, value in facts.items() if value is not None}, default=date.isoformat)
    )
