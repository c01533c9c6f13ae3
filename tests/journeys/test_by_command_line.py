"""A campaign from nothing, by the command line alone: YAML and HR's files in, virtual days by `run --at`, mails out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from outreach.cli.app import outreach

BRUSSELS = ZoneInfo("Europe/Brussels")
START = date(2026, 10, 1)
HEADER = "person_id,status,first_name,last_name,email,private_email,language,hired_on"


@dataclass(frozen=True)
class Mail:
    to: str
    on: date
    subject: str
    language: str
    text: str


class World:
    """A workspace, the verbs, and a clock that tests move."""

    def __init__(self, root, folder):
        self.root = root
        self.folder = folder
        self.today = START
        self.staff = {}
        self.files = 0

    def call(self, *words, at=None, code=0):
        when = [] if at is None else ["--at", at]
        result = CliRunner().invoke(outreach, [*words, *when, "--json"])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def hr_sends_its_file(self):
        path = self.folder / f"staff-{self.files}.csv"
        self.files += 1
        path.write_text("\n".join([HEADER, *self.staff.values()]) + "\n", encoding="utf-8")
        return self.call("roster", "import", str(path), at=f"{self.today}T06:00")

    def pass_days(self, days):
        """Noon after noon, but for those before the day that `run` names as the next."""
        end = self.today + timedelta(days=days)
        while self.today < end:
            due = self.call("run", at=f"{self.today}T12:00")["next"]
            upcoming = datetime.fromisoformat(due).astimezone(BRUSSELS).date() if due else end
            self.today = min(end, max(upcoming, self.today + timedelta(days=1)))

    def publish(self, *approved):
        self.call("publish", at=f"{self.today}T07:00")
        for campaign in approved:
            self.call("approve", campaign, at=f"{self.today}T07:30")

    def mails(self):
        folder = self.folder / f"mails-{self.today}"
        CliRunner().invoke(outreach, ["outbox", "export", "--eml", str(folder)])
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.iterdir()]
        return sorted((_mail(one) for one in found), key=lambda mail: (mail.on, mail.to, mail.subject))

    def to(self, address):
        return [(mail.on, mail.subject) for mail in self.mails() if mail.to == address]


def _mail(one):
    assert one["To"].addresses, "one recipient"
    assert not one.defects
    return Mail(
        one["To"].addresses[0].addr_spec,
        parsedate_to_datetime(one["Date"]).astimezone(BRUSSELS).date(),
        one["Subject"],
        one["Content-Language"],
        one.get_body(("plain",)).get_content(),
    )


@pytest.fixture
def world(workspace, database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("OUTREACH_DATABASE_URL", database_url)
    monkeypatch.setenv("OUTREACH_WORKSPACE", str(workspace))
    world = World(workspace, tmp_path)
    for number, language in enumerate(["nl", "fr", "de"], 1):
        world.staff[f"old{number}"] = f"old{number},active,Jo,Maes,old{number}@staff.example,,{language},2015-01-01"
    world.hr_sends_its_file()
    world.publish("welcome", "news")
    return world


def hire(world, name, hired_on, language="nl", email=None):
    address = f"{name}@staff.example" if email is None else email
    world.staff[name] = f"{name},active,{name.title()},Peeters,{address},,{language},{hired_on}"


NEWS, NEWS_2 = "Nieuws van de sociale dienst", "Kom naar de infosessie"


def test_a_newcomer_is_welcomed_invited_and_reminded_until_they_act(world):
    world.pass_days(4)
    hire(world, "an", world.today)
    hire(world, "bo", world.today, language="fr")
    assert world.hr_sends_its_file()["events"] == {"hired": 2}
    world.pass_days(25)
    world.call("outcome", "record", "an", "infosession-registered", at=f"{world.today}T10:00")
    world.pass_days(40)

    hired = START + timedelta(days=4)
    invited, reminded = hired + timedelta(days=9), hired + timedelta(days=23)
    # Bo did not act, and is reminded twice; the invitation is not written in French.
    assert [m for m in world.to("bo@staff.example") if m[1] != NEWS] == [
        (hired, "Bienvenue"), (invited, NEWS_2), (reminded, NEWS_2), (reminded + timedelta(days=14), NEWS_2),
    ]  # fmt: skip
    assert [m for m in world.to("an@staff.example") if m[1] != NEWS] == [
        (hired, "Welkom"), (invited, NEWS_2), (reminded, NEWS_2),
    ]  # fmt: skip
    texts = [mail.text for mail in world.mails() if mail.to == "bo@staff.example"]
    assert "Bonjour Bo" in texts[0]


def test_nobody_who_was_there_before_is_welcomed(world):
    world.pass_days(30)
    assert {mail.subject for mail in world.mails()} == {NEWS}


def test_the_newsletter_goes_on_the_first_tuesday_in_a_language_there_is(world):
    world.pass_days(40)
    news = [(mail.on, mail.to, mail.language) for mail in world.mails()]
    assert news == [
        (day, f"old{number}@staff.example", "nl")
        for day in (date(2026, 10, 6), date(2026, 11, 3))
        for number in (1, 2, 3)
    ]


def test_who_said_no_died_or_left_gets_nothing(world):
    world.call("opt-out", "old1", "news", at=f"{world.today}T10:00")
    world.staff["old2"] = world.staff["old2"].replace(",active,", ",died,")
    world.hr_sends_its_file()
    world.pass_days(10)
    assert {mail.to for mail in world.mails()} == {"old3@staff.example"}
    reasons = {row["person"]: row["reason"] for row in world.call("deliveries")}
    assert reasons["old1"] == "opted_out"
    told = world.call("explain", "old2", "news", at=f"{world.today}T10:00")
    assert (told[0]["verdict"], told[0]["facts"]) == ("not_in_audience", {"status": "died"})


def test_who_dies_under_way_gets_nothing_more(world):
    hire(world, "an", world.today)
    world.hr_sends_its_file()
    world.pass_days(2)
    world.staff["an"] = world.staff["an"].replace(",active,", ",died,")
    world.hr_sends_its_file()
    world.pass_days(30)
    assert [subject for _, subject in world.to("an@staff.example")] == ["Welkom"]


def test_who_has_no_address_is_on_record_and_is_written_to_at_home_if_known(world):
    hire(world, "an", world.today, email="")
    hire(world, "bo", world.today, email="")
    world.staff["bo"] = world.staff["bo"].replace(",,,", ",,bo@home.example,")
    world.hr_sends_its_file()
    world.pass_days(2)
    assert [subject for _, subject in world.to("bo@home.example")] == ["Welkom"]
    rows = world.call("deliveries", "--campaign", "welcome", "--person", "an")
    assert [(row["state"], row["reason"]) for row in rows] == [("skipped", "no_address")]


def test_an_edit_waits_for_its_approval_and_mails_nobody_twice(world):
    world.pass_days(6)
    assert len(world.mails()) == 3
    text = world.root / "templates" / "news" / "nl.md"
    text.write_text(text.read_text().replace("subject: Nieuws", "subject: Groot nieuws"))
    world.publish()
    world.pass_days(40)
    assert len(world.mails()) == 3
    world.call("approve", "news", at=f"{world.today}T07:00")
    world.pass_days(25)
    assert {mail.subject for mail in world.mails() if mail.on > START + timedelta(days=46)} == {
        "Groot nieuws van de sociale dienst"
    }
    assert all(len(set(world.to(f"old{n}@staff.example"))) == len(world.to(f"old{n}@staff.example")) for n in (1, 2, 3))


def test_who_is_under_way_finishes_with_the_words_that_were_approved(world):
    hire(world, "an", world.today)
    world.hr_sends_its_file()
    world.pass_days(2)
    text = world.root / "templates" / "invitation" / "nl.md"
    text.write_text(text.read_text().replace("subject: Kom", "subject: Kom maar"))
    world.publish("welcome")
    hire(world, "bo", world.today)
    world.hr_sends_its_file()
    world.pass_days(12)
    assert {s for _, s in world.to("an@staff.example") if s != NEWS} == {"Welkom", "Kom naar de infosessie"}
    assert [s for _, s in world.to("bo@staff.example") if s != NEWS] == ["Welkom", "Kom maar naar de infosessie"]


def test_a_machine_that_was_off_catches_up_but_not_with_what_is_too_old(world):
    hire(world, "an", world.today)
    world.hr_sends_its_file()
    world.today += timedelta(days=12)
    world.pass_days(1)
    # The welcome was due on day 1 and expires after 14 days; the invitation was due on day 10. Both leave now.
    assert [s for _, s in world.to("an@staff.example") if s != NEWS] == ["Kom naar de infosessie", "Welkom"]
    before = len(world.mails())
    world.today += timedelta(days=60)
    world.pass_days(1)
    # December's newsletter is eleven days late; November's, and An's reminder, would be too old.
    assert {(mail.on, mail.subject) for mail in world.mails()[before:]} == {(date(2026, 12, 13), NEWS)}


def test_plan_foretells_what_run_then_does(world):
    hire(world, "an", world.today)
    world.hr_sends_its_file()
    sends = world.call("plan", "--days", "40", at=f"{world.today}T08:00")["sends"]
    foretold = sorted((s["local_time"][:10], s["campaign"], s["step"], s["send"]) for s in sends if s["send"])
    world.pass_days(40)
    counted = {}
    for row in world.call("deliveries", "--state", "sent"):
        on = datetime.fromisoformat(row["sent_at"]).astimezone(BRUSSELS).date().isoformat()
        counted[on, row["campaign"], row["step"]] = counted.get((on, row["campaign"], row["step"]), 0) + 1
    assert foretold == sorted((*key, count) for key, count in counted.items())


def test_what_is_on_record_agrees_with_what_left(world):
    hire(world, "an", world.today)
    world.hr_sends_its_file()
    world.pass_days(40)
    sent = world.call("deliveries", "--state", "sent")
    assert len(sent) == len(world.mails()) == len({row["key"] for row in sent})
    assert all(datetime.fromisoformat(row["sent_at"]).tzinfo == UTC for row in sent)
