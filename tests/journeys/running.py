"""The running product beside the reference planner: HR, officers and people use the command line, and the planner is
told the same. Events that the product finds in HR's file are taken from its table; the rest the planner works out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from outreach import starter
from outreach.definitions.model import Definitions
from outreach.installation import Installation
from outreach.settings import Settings
from outreach.storage.tables import delivery, event, person
from tests.chaos.office import Office
from tests.properties.product import emptied
from tests.reference.bundles import Briefing
from tests.reference.planner import Event, World

BRUSSELS = ZoneInfo("Europe/Brussels")
#: Columns of HR's file; they are the names of the facts too.
COLUMNS = (
    "person_id", "status", "first_name", "email", "private_email", "language", "household", "contract", "children",
    "born_on", "hired_on", "retired_on", "contract_ends_on", "role",
)  # fmt: skip
_DATES = ("born_on", "hired_on", "retired_on", "contract_ends_on")
#: A journey that waits for a day and for what somebody does, and of which one message leaves a day.
PATIENT = """\
title: In uw nieuwe dienst
topic: onboarding
purpose: tell who moved what there is
owner: communicatie@sociale-dienst.example
audience: everyone
start: {event: moved, ignore_if_older_than: 60 days}
reentry: each event
at_most: 1 a day
steps:
  - id: hello
    send: welcome
  - {id: not-on-friday, day: 2, wait_until: monday}
  - {id: tips, day: 2, send: talk-first}
  - id: signed-up
    day: 3
    wait_until: [infosession-registered, theme-evening-registered]
    at_most: 3 weeks
    otherwise: end
  - {id: thanks, day: 4, send: talk-story}
"""
#: What the planner has an eye on, of a row of the ledger.
Row = tuple[Any, ...]


class Running:
    """One installation of the sample workspace, and what the reference planner makes of the same."""

    def __init__(self, folder: Path, database_url: str, first: date) -> None:
        starter.copy(folder)
        (folder / "campaigns" / "patient.yaml").write_text(PATIENT, encoding="utf-8")
        settings = {"OUTREACH_DATABASE_URL": database_url, "OUTREACH_SECRET": "s" * 40}
        self._office = Office(folder, settings)
        self._installation = Installation.open(folder, Settings(database_url=database_url, secret="s" * 40))
        with emptied(self._installation.database):
            pass
        self.now = datetime.combine(first, datetime.min.time(), BRUSSELS) + timedelta(hours=7)
        #: HR's rows by number.
        self.people: dict[str, dict[str, str]] = {}
        self.say("publish")
        self.definitions: Definitions = self._installation.current()[1]
        self.planner = Briefing(self.definitions, World())

    @property
    def today(self) -> date:
        return self.now.date()

    def say(self, *words: str) -> Any:
        """Call a verb, as if it were now."""
        at = ("--at", self.now.strftime("%Y-%m-%dT%H:%M"))
        code, answer = self._office.call_here(*words, *(() if words[0] == "opt-in" else at))
        assert code == 0, (words, answer)
        return answer

    def close(self) -> None:
        self._installation.close()

    # --- what happens ------------------------------------------------------------------------------------

    def export(self) -> None:
        """HR's file as it stands comes in."""
        file = self._office.workspace / "staff.csv"
        with file.open("w", newline="", encoding="utf-8") as sheet:
            writer = csv.DictWriter(sheet, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(self.people.values())
        self.say("roster", "import", str(file), "--accept-leavers")
        with self._installation.database.reading() as connection:
            self._learn(connection)
            self._hear(connection)

    def tell(self, what: str, number: str, kind: str, day: date) -> None:
        """HR records an event by hand, or takes one back."""
        self.say("event", what, number, kind, "--on", day.isoformat())
        who = self._id(number)
        if what == "withdraw":
            self.planner.did_not_happen(who, kind, day)
        else:
            self.planner.happens(who, kind, day, self.now)
        with self._installation.database.reading() as connection:
            self._hear(connection)

    def act(self, number: str, outcome: str) -> None:
        """Somebody does something."""
        self.say("outcome", "record", number, outcome, "--on", self.today.isoformat())
        self.planner.did(self._id(number), outcome, self.today, self.now)

    def refuse(self, number: str, topic: str) -> None:
        """Somebody does not want a topic."""
        self.say("opt-out", number, topic)
        self.planner.world.opt_outs.add((self._id(number), topic))

    def approve(self, campaign: str) -> None:
        self.say("approve", campaign, "--yes")
        self.planner.approve(campaign, self.now)

    def steer(self, verb: str, campaign: str) -> None:
        """Pause or resume what was approved."""
        self.say(verb, campaign)
        getattr(self.planner, verb)(campaign)

    def tick(self) -> None:
        """cron runs."""
        self.say("run")
        self.planner.tick(self.now)

    # --- what stands there -------------------------------------------------------------------------------

    def ledger(self) -> dict[Row, Row]:
        """The product's, by key."""
        row = delivery.c
        key = (row.campaign, row.step, row.occurrence, row.repetition, row.person)
        with self._installation.database.reading() as connection:
            found = connection.execute(select(*key, row.state, row.reason, row.due_at, row.expires_at, row.sent_at))
            return {tuple(one[:5]): tuple(one[5:]) for one in found}

    def expected(self) -> dict[Row, Row]:
        """The planner's."""
        return {
            key: (one.state, one.reason, one.due_at, one.expires_at, one.sent_at)
            for key, one in self.planner.deliveries.items()
        }

    def said(self, number: str) -> Iterable[dict[str, Any]]:
        """What `explain` answers."""
        code, answer = self._office.call_here("explain", number)
        assert code == 0, answer
        return answer

    def latest(self, number: str) -> dict[tuple[str, str], tuple[str, str | None]]:
        """State and reason of the last delivery of each step to somebody, as the planner has it."""
        who = self._id(number)
        mine = [one for one in self.planner.deliveries.values() if one.person == who]
        return {(one.campaign, one.step): (one.state, one.reason) for one in mine}

    def _id(self, number: str) -> int:
        return next(one["id"] for one in self.planner.world.people.values() if one["person_id"] == number)

    def _learn(self, connection: Connection) -> None:
        """The facts of HR's file, with the number and the lot that the product drew."""
        for row in connection.execute(select(person.c.id, person.c.person_id, person.c.lot)).all():
            facts = {name: _read(name, value) for name, value in self.people[row.person_id].items() if value}
            known = self.planner.world.people.get(row.id)
            if known and facts["status"] in ("died", "left") and known["status"] != facts["status"]:
                self.planner.stop(row.id, facts["status"])
            if known and known["status"] == "died" and self._is_told_dead(row.id):
                facts["status"] = "died"
            self.planner.world.people[row.id] = dict.fromkeys(COLUMNS) | facts | {"id": row.id, "lot": row.lot}

    def _is_told_dead(self, who: int) -> bool:
        """An event of a death outweighs a file that lags behind."""
        return any((one.person, one.kind) == (who, "died") for one in self.planner.world.events)

    def _hear(self, connection: Connection) -> None:
        """The events that the product holds for true."""
        found = connection.execute(select(event).order_by(event.c.id)).all()
        self.planner.world.events[:] = [
            Event(one.id, one.person, one.kind, one.effective_on, one.recorded_at) for one in found
        ]
        self.planner.world.last_event = max((one.id for one in found), default=0)


def _read(name: str, value: str) -> Any:
    if name in _DATES:
        return date.fromisoformat(value)
    return int(value) if name == "children" else value
