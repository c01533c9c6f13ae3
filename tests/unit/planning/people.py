"""Small rosters and campaigns for the tests of planning, made of nouns, without files."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from outreach.definitions.model import (
    Campaign,
    Definitions,
    Fact,
    Segment,
    Span,
    Start,
    Step,
    Topic,
    Workspace,
)
from outreach.delivery.rehearsing import rehearse
from outreach.delivery.sending import SendCounts
from outreach.pipeline import Tick, tick
from outreach.planning.plan import Current
from outreach.storage.database import Database
from outreach.storage.tables import (
    campaign_state,
    delivery,
    enrolment,
    event,
    outcome,
    person,
    release,
    release_campaign,
    roster_import,
)

NOW = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
WORKSPACE = Workspace(
    {"nl": "Dienst"}, ("nl",), "https://dienst.example", topics={"news": Topic("news", {"nl": "Nieuws"})}
)


def campaign(name: str = "letter", **changes: Any) -> Campaign:
    """A one-step campaign to everybody, once, on 6 October 2026 at 09:00."""
    plain = Campaign(
        id=name,
        title=name,
        topic="news",
        purpose="inform",
        owner="a@dienst.example",
        audience="everyone",
        start=Start("once", on=date(2026, 10, 6)),
        steps=(Step("first", 1, "first"),),
    )
    return replace(plain, **changes)


def definitions(*campaigns: Campaign, segments: Iterable[Segment] = (), **more: Any) -> Definitions:
    """Definitions of these campaigns."""
    workspace = replace(WORKSPACE, **more.pop("workspace", {}))
    return Definitions(
        workspace,
        {segment.id: segment for segment in segments},
        {campaign.id: campaign for campaign in campaigns},
        more.pop("offers", {}),
        {},
        {},
    )


def newcomers() -> Segment:
    """Active and hired in the last 90 days."""
    from outreach.definitions.model import All

    return Segment(
        "newcomers", "New", All((Fact("status", "in", ("active",)), Fact("hired_on", "in_last", (Span(days=90),))))
    )


class World:
    """A database with people and published campaigns, and a clock that one turns."""

    def __init__(self, database: Database, nouns: Definitions, now: datetime = NOW) -> None:
        self.database = database
        self.now = now
        self.releases: dict[int, Definitions] = {}
        self.publish(nouns)
        with database.writing() as connection:
            for name, one in nouns.campaigns.items():
                since = None if one.start.kind == "once" else now
                connection.execute(
                    insert(campaign_state).values(campaign=name, first_approved_at=now, planned_until=since)
                )

    def publish(self, nouns: Definitions) -> None:
        """Another release, approved at once."""
        number = len(self.releases) + 1
        self.releases[number] = nouns
        row = {"id": number, "digest": str(number), "published_at": self.now, "published_by": "x", "manifest": "{}"}
        with self.database.writing() as connection:
            connection.execute(insert(release).values(row))
            for name, one in nouns.campaigns.items():
                digest = str(zlib.crc32(repr(one).encode()))
                connection.execute(insert(release_campaign).values(release_id=number, campaign=name, digest=digest))

    def import_again(self) -> None:
        """The roster changed: the planner looks at it again."""
        with self.database.writing() as connection:
            version = (connection.scalar(select(func.max(roster_import.c.version))) or 0) + 1
            counts = dict.fromkeys(("added", "changed", "left", "unchanged", "rejected"), 0)
            connection.execute(
                insert(roster_import).values(
                    version=version, source="hr", imported_at=self.now, digest=str(version), **counts
                )
            )

    @property
    def nouns(self) -> Definitions:
        """What the newest release says."""
        return self.releases[max(self.releases)]

    @nouns.setter
    def nouns(self, nouns: Definitions) -> None:
        self.releases[max(self.releases)] = nouns

    @property
    def current(self) -> Current:
        """Everything is approved."""
        return Current(max(self.releases), self.nouns, set(self.nouns.campaigns), self.releases.__getitem__)

    def add(self, name: str, **facts: Any) -> int:
        """A person with an address; returns the surrogate id."""
        row = {
            "person_id": name,
            "source": "hr",
            "status": "active",
            "email": f"{name}@work.example",
            "attributes": {},
            "lot": zlib.crc32(name.encode()) % 2**31,
            "version": 1,
            "imported_at": self.now,
        }
        with self.database.writing() as connection:
            return int(connection.execute(insert(person).values(row | facts).returning(person.c.id)).scalar_one())

    def change(self, who: int, **facts: Any) -> None:
        """HR corrects somebody's facts."""
        with self.database.writing() as connection:
            connection.execute(update(person).where(person.c.id == who).values(**facts))
        self.import_again()

    def event(self, who: int, kind: str, on: date) -> None:
        """Something happened."""
        with self.database.writing() as connection:
            connection.execute(
                insert(event).values(person=who, kind=kind, effective_on=on, recorded_at=self.now, source="hr")
            )

    def outcome(self, who: int, name: str, on: date) -> None:
        """Somebody did something."""
        with self.database.writing() as connection:
            connection.execute(
                insert(outcome).values(person=who, outcome=name, occurred_on=on, recorded_at=self.now, source="web")
            )

    def tick(self, now: datetime | None = None) -> Tick:
        """One tick, now or at another moment, after which that is now."""
        self.now = now or self.now
        return tick(self.database, self.current, self.now, _send)

    def ledger(self) -> list[tuple[Any, ...]]:
        """(person, campaign, step, occurrence, repetition, state, reason) of every delivery, sorted."""
        columns = (
            person.c.person_id,
            delivery.c.campaign,
            delivery.c.step,
            delivery.c.occurrence,
            delivery.c.repetition,
            delivery.c.state,
            delivery.c.reason,
        )
        with self.database.reading() as connection:
            rows = connection.execute(select(*columns).join(person, person.c.id == delivery.c.person)).all()
        return sorted((tuple(row) for row in rows), key=str)

    def enrolments(self) -> list[tuple[Any, ...]]:
        """(person, campaign, occurrence, state, reason) of every enrolment, sorted."""
        columns = (
            person.c.person_id,
            enrolment.c.campaign,
            enrolment.c.occurrence,
            enrolment.c.state,
            enrolment.c.reason,
        )
        with self.database.reading() as connection:
            rows = connection.execute(select(*columns).join(person, person.c.id == enrolment.c.person)).all()
        return sorted((tuple(row) for row in rows), key=str)


def _send(database: Database, at: datetime) -> SendCounts:
    return rehearse(database, at, "Europe/Brussels")
