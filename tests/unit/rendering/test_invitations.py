"""The mail that invites: what it says of its session, and the file that it carries for calendars."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
import vobject

from outreach.definitions.model import Session
from outreach.rendering.mail import Invitation
from outreach.rendering.previewing import read
from tests.unit.rendering import samples
from tests.unit.rendering.test_compiling import compiled

SESSION = Session(
    id="january", kind="infosession", titles={"nl": "Kennis & zo", "fr": "Faire connaissance"}, on=date(2027, 1, 12),
    starts=time(12, 15), ends=time(13, 15), place="Zaal <1>, Gent",
)  # fmt: skip
SINCE = datetime(2026, 11, 1, 8, tzinfo=UTC)
INVITATION = Invitation(4, SESSION, 2, SINCE)
WORDS = "{{ session.title }}, {{ session.day }}, {{ session.time }}, {{ session.place }}{{ session.link }}"


def composer():
    return samples.composer("Op {{ session.day }}", f"<p>{WORDS}</p>", f"{WORDS}\n")


def test_a_mail_says_when_and_where_in_its_subject_and_both_parts():
    mail = read(composer().compose(samples.item(invitation=INVITATION)).to_bytes())
    assert mail.subject == "Op dinsdag 12 januari 2027"
    assert mail.text.strip() == "Kennis & zo, dinsdag 12 januari 2027, 12:15–13:15, Zaal <1>, Gent"
    assert "Kennis &amp; zo, dinsdag 12 januari 2027, 12:15–13:15, Zaal &lt;1&gt;, Gent" in mail.html


def test_the_calendar_is_an_attachment_beside_the_letter():
    raw = composer().compose(samples.item(invitation=INVITATION)).to_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_param("method")) == ("calendar.ics", "PUBLISH")
    assert not any(part.defects for part in mail.walk())
    event = vobject.readOne(file.get_content()).vevent
    assert event.uid.value == "january@mail.example.org"
    assert event.sequence.value == "2"
    assert event.dtstart.value == datetime(2027, 1, 12, 11, 15, tzinfo=UTC)
    assert event.dtstamp.value == SINCE
    assert event.summary.value == "Kennis & zo"
    assert event.location.value == "Zaal <1>, Gent"


def test_all_who_are_invited_to_one_session_share_their_skeleton_and_no_others():
    made = composer()

    def digest(version: int) -> str:
        return made.compose(samples.item(invitation=INVITATION._replace(version=version))).skeleton.digest

    moved = Invitation(5, replace(SESSION, on=date(2027, 1, 13)), 3, SINCE)
    assert digest(4) == digest(4)
    assert made.compose(samples.item(invitation=moved)).skeleton.digest != digest(4)


def test_a_letter_that_invites_to_nothing_has_no_attachment():
    raw = samples.composer("Dag", "<p>Dag</p>", "Dag\n").compose(samples.item()).to_bytes()
    assert email.message_from_bytes(raw).get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    ("body", "invite", "said"),
    [
        ("Kom langs", "infosession", "the step newsletter/first invites to a session, and this text does not say when"),
        ("Op {{ session.day }}", "", "this text speaks of a session, and the step newsletter/first invites to none"),
    ],
)
def test_a_text_speaks_of_a_session_where_its_step_invites_to_one(body: str, invite: str, said: str):
    steps = (replace(samples.CAMPAIGN.steps[0], pick=None, invite=invite),)
    given = {"campaigns": {"newsletter": replace(samples.CAMPAIGN, steps=steps)}}
    (problem,) = compiled(samples.source(body), **given).problems
    assert (problem.line, problem.message[: len(said)]) == (5, said)
    assert problem.remedy


def test_a_session_that_is_called_off_takes_itself_out_of_calendars():
    off = INVITATION._replace(session=replace(SESSION, cancelled=True), sequence=3)
    raw = composer().compose(samples.item(invitation=off)).to_bytes()
    (file,) = email.message_from_bytes(raw, policy=email.policy.default).iter_attachments()
    made = vobject.readOne(file.get_content())
    assert (file.get_param("method"), made.method.value) == ("CANCEL", "CANCEL")
    event = made.vevent
    assert (event.uid.value, event.sequence.value, event.status.value) == ("january@mail.example.org", "3", "CANCELLED")
    # RFC 5546, 3.2.5: who calls it off is who announced it.
    assert event.organizer.value.startswith("mailto:")
