"""The sample workspace in virtual time: files from HR come in, the clock goes on, and the mails are read back."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from outreach import pipeline, release, starter
from outreach.delivery.channels.outbox import Outbox
from outreach.installation import Installation
from outreach.outcomes.recording import Known, Sighting, record
from outreach.planning.upcoming import next_midnight
from outreach.roster.choices import opt_out
from outreach.roster.importing import import_roster
from outreach.settings import Settings
from outreach.storage.tables import delivery, person
from tests.journeys.people import Row, write

BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True)
class Letter:
    """One mail, as the standard library reads it."""

    campaign: str
    step: str
    repetition: int
    #: HR's number of the reader.
    reader: str
    raw: bytes

    @cached_property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def on(self) -> date:
        """Civil day of sending."""
        return parsedate_to_datetime(self.mail["Date"]).astimezone(BRUSSELS).date()

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    def body(self, kind: str) -> str:
        """`plain` or `html`, with the line ends of Python."""
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass(frozen=True)
class Line:
    """A row of the ledger."""

    campaign: str
    step: str
    reader: str
    state: str
    reason: str | None


class World:
    """An installation of the sample workspace whose clock is ours."""

    def __init__(self, folder: Path, database_url: str) -> None:
        starter.copy(folder)
        self.folder = folder
        self.installation = Installation.open(folder, Settings(database_url=database_url, secret="s" * 40))
        self.database = self.installation.database

    def publish(self, now: datetime) -> None:
        """Check, publish, and let every campaign go."""
        checked = release.check(self.folder, self.database)
        assert not checked.problems, "\n".join(map(str, checked.problems))
        release.publish(self.database, checked, now, "tests")
        for campaign in self.installation.current()[1].campaigns:
            release.approve(self.database, campaign, now, "tests")

    def hr_sends(self, day: date, rows: tuple[Row, ...]) -> dict[str, int]:
        """The nightly file comes in at five; the events it shows."""
        report = import_roster(
            self.database,
            write(self.folder / f"payroll-{day}.csv", rows),
            self.installation.workspace(),
            source="payroll",
            now=at(day, time(5)),
            today=day,
        )
        assert not report.rejected, report.rejected
        return dict(report.events)

    def did(self, reader: str, outcome: str, on: date) -> None:
        """Somebody did what a message asked."""
        with self.database.writing() as connection:
            record(connection, Sighting(reader, outcome, on), Known([outcome]), at(on, time(20)), on)

    def refuses(self, reader: str, topic: str, now: datetime) -> None:
        """Somebody does not want a topic."""
        with self.database.writing() as connection:
            assert opt_out(connection, reader, topic, now)

    def lives(self, first: date, last: date) -> None:
        """Tick when something is due and at midnight, from six on the first morning to the end of the last day."""
        now, end = at(first, time(6)), at(last + timedelta(days=1), time())
        while now < end:
            now = self._tick(now)

    def _tick(self, now: datetime) -> datetime:
        """One tick; the moment of the next."""
        current = pipeline.current_of(self.database, self.installation.definitions)
        assert current is not None
        done = pipeline.tick(
            self.database, current, now, lambda database, then: self.installation.send(database, lambda: then)
        )
        return min(filter(None, (done.next, next_midnight(current, now))))

    def letters(self) -> list[Letter]:
        """Everything that left, in the order of sending."""
        readers = dict(self._rows(select(person.c.id, person.c.person_id)))
        made = []
        for key, _, raw in Outbox(self.installation.outbox).messages():
            campaign, step, _, repetition, who = key.split("/")
            made.append(Letter(campaign, step, int(repetition), readers[int(who)], raw))
        return made

    def ledger(self) -> list[Line]:
        """Every row: what left, and what did not, with the reason."""
        columns = (delivery.c.campaign, delivery.c.step, person.c.person_id, delivery.c.state, delivery.c.reason)
        return [Line(*row) for row in self._rows(select(*columns).join(person, person.c.id == delivery.c.person))]

    def _rows(self, query) -> Iterable:
        with self.database.reading() as connection:
            return connection.execute(query).all()


def at(day: date, hour: time) -> datetime:
    """A moment in Brussels."""
    return datetime.combine(day, hour, BRUSSELS)
