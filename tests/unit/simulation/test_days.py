"""A simulation is the real planner with another clock: what it foresees is what then happens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from outreach import pipeline, release
from outreach.installation import Installation
from outreach.outcomes.recording import Known, Sighting, record
from outreach.planning import naming
from outreach.planning.calendar import civil_day, moment, zone
from outreach.planning.plan import Current
from outreach.roster.importing import import_roster
from outreach.settings import Settings
from outreach.simulation import tables
from outreach.simulation.answering import Answering
from outreach.simulation.days import Days
from outreach.simulation.responses import Response, Responses
from outreach.storage.database import Database
from outreach.storage.scratch import scratch_file
from outreach.storage.tables import delivery, metadata, outcome, person

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
BRUSSELS = zone("Europe/Brussels")
#: A whole year where OUTREACH_TRIALS asks for more.
DAYS = 365 if "OUTREACH_TRIALS" in os.environ else 90
BIRTHDAY = """\
title: Verjaardag
topic: news
purpose: remind of the check-up
owner: communicatie@sociale-dienst.example
audience: everyone
start: {enters: thirty-something}
priority: low
steps:
  - id: news
    remind: {every: 3 weeks, max_reminders: 2, until: infosession-registered}
"""


@pytest.fixture
def office(workspace: Path, database_url: str) -> Iterator[Installation]:
    """An installation that sends into its outbox, with ten people, two of them new and some of them near thirty."""
    path = workspace / "outreach.yaml"
    path.write_text(path.read_text() + "frequency_cap: {messages: 1, per: 10 days}\nexpires_after: 8 days\n")
    segments = workspace / "campaigns/segments.yaml"
    segments.write_text(segments.read_text() + "thirty-something: {where: {age: {between: [30, 39]}}}\n")
    (workspace / "campaigns/birthday.yaml").write_text(BIRTHDAY)
    installation = Installation.open(workspace, Settings(database_url=database_url))
    checked = release.check(workspace, installation.database)
    assert not checked.problems
    release.publish(installation.database, checked, START, "test")
    bring(installation, range(8))
    for name in installation.current()[1].campaigns:
        release.approve(installation.database, name, START, "test")
    bring(installation, range(10))
    yield installation
    installation.close()


def bring(installation: Installation, numbers: range) -> None:
    """HR's file, as it was on the first day."""
    rows = [
        {
            "person_id": f"P{n}",
            "status": "active",
            "email": f"p{n}@work.example" if n % 5 else "",
            "hired_on": str(date(2026, 10, 30) if n >= 8 else date(2020, 1, 1)),
            "born_on": str(date(1996, 11, 20) + timedelta(days=25 * n)),
        }
        for n in numbers
    ]
    workspace = installation.current()[1].workspace
    import_roster(installation.database, rows, workspace, source="hr", now=START, today=START.date())


def current(installation: Installation) -> Current:
    found = pipeline.current_of(installation.database, installation.definitions)
    assert found is not None
    return found


def simulated(office: Installation, scratch: Database, days: int = DAYS) -> None:
    """Let the days go by on a scratch file; half of those who are asked to register do."""
    tables.metadata.create_all(scratch.engine)
    drawing = Answering(Responses(Response(registers=0.5, within=20)), office.definitions)
    Days(scratch, current(office), drawing, lambda _now, _today: None).run(START, days, lambda _done, _all: None)


def ledger(database: Database) -> list[tuple[object, ...]]:
    """Every row with its end, and the local day on which it left."""
    columns = delivery.c["campaign", "step", "occurrence", "repetition", "state", "reason", "sent_at"]
    with database.reading() as connection:
        rows = connection.execute(select(person.c.person_id, *columns).join(person)).all()
    return sorted((*row[:-1], row.sent_at and civil_day(row.sent_at, BRUSSELS)) for row in rows)


def answers(database: Database) -> list[tuple[str, str, date, datetime]]:
    """Who did what on which day, and when it was on record."""
    columns = outcome.c["outcome", "occurred_on", "recorded_at"]
    with database.reading() as connection:
        return sorted(tuple(row) for row in connection.execute(select(person.c.person_id, *columns).join(person)))


def test_a_simulated_year_and_the_same_year_really_ticked_give_the_same_ledger(office: Installation) -> None:
    with scratch_file(office.database) as scratch:
        simulated(office, scratch)
        foreseen, acted = ledger(scratch), answers(scratch)
    assert {row[5] for row in foreseen} >= {"sent", "skipped", "expired"}
    assert {row[6] for row in foreseen} >= {"no_address", "until", "frequency_cap"}
    assert acted
    for day in range(DAYS):
        today = START.date() + timedelta(days=day)
        for at in (time(), time(9)):
            if (now := moment(today, at, BRUSSELS)) >= START or day:
                happens(office, acted, now, today)
        if not day:
            happens(office, acted, START, today)
    assert ledger(office.database) == foreseen


def happens(office: Installation, acted: list[tuple[str, str, date, datetime]], now: datetime, today: date) -> None:
    """What people did by now goes on record, and a real tick sends into the outbox."""
    with office.database.writing() as connection:
        for who, what, on, recorded_at in acted:
            if recorded_at == now:
                assert record(connection, Sighting(who, what, on), Known([what]), now, today)
    pipeline.tick(office.database, current(office), now, lambda database, at: office.send(database, lambda: at))


def test_the_real_database_is_only_read(office: Installation) -> None:
    def everything() -> list[list[tuple[object, ...]]]:
        with office.database.reading() as connection:
            return [
                sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            ]

    before = everything()
    with scratch_file(office.database) as scratch:
        simulated(office, scratch, 40)
        assert ledger(scratch)
    assert everything() == before
    assert not list((office.root / "var").glob("outbox/*"))


def test_who_answers_depends_on_nobody_else(office: Installation) -> None:
    with scratch_file(office.database) as scratch:
        simulated(office, scratch, 60)
        together = answers(scratch)
    alone = []
    for who in sorted({name for name, *_ in together})[:3]:
        with scratch_file(office.database) as scratch:
            with scratch.writing() as connection:
                connection.execute(person.update().where(person.c.person_id != who).values(status="left"))
            simulated(office, scratch, 60)
            alone += answers(scratch)
    assert sorted(alone) == [answer for answer in together if answer[0] in {name for name, *_ in alone}] != []


def test_it_is_the_same_whether_few_are_named_by_their_ids_or_nobody_is(
    office: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for few in (naming.FEW, 0):
        monkeypatch.setattr(naming, "FEW", few)
        with scratch_file(office.database) as scratch:
            simulated(office, scratch, 45)
            found.append(ledger(scratch))
    assert found[0] == found[1] != []
