"""Calendar files, read back by a library that did not write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.model import Sender, Session, Workspace
from outreach.rendering.calendars import calendar, uid

STAMP = datetime(2026, 11, 27, 8, 0, 0, 123, tzinfo=UTC)
WORKSPACE = Workspace(
    organisation={"nl": "Sociale Dienst", "fr": "Service social"},
    languages=("nl", "fr"),
    public_url="https://mail.dienst.example/x",
    senders={"default": Sender("default", {"nl": "Dienst; België", "fr": "Service"}, "info@dienst.example")},
)
SESSION = Session(
    id="january",
    kind="infosession",
    titles={"nl": "Kennismaken", "fr": "Faire connaissance"},
    on=date(2027, 1, 12),
    starts=time(12, 15),
    ends=time(13, 15),
    place="Zaal 1, Havenlaan 88; Brussel",
    link="https://dienst.example/s?a=1,2",
)


def read(body: bytes):
    """The calendar as the other library understands it."""
    return vobject.readOne(body.decode("utf-8"))


def test_a_session_is_read_back_as_it_was_meant():
    found = read(calendar([SESSION], WORKSPACE, "fr", stamp=STAMP, name="Sessions"))
    assert (found.version.value, found.method.value) == ("2.0", "PUBLISH")
    event = found.vevent
    assert event.uid.value == "january@mail.dienst.example"
    assert event.summary.value == "Faire connaissance"
    assert event.location.value == "Zaal 1, Havenlaan 88; Brussel"
    assert event.url.value == "https://dienst.example/s?a=1,2"
    assert event.dtstart.value == datetime(2027, 1, 12, 11, 15, tzinfo=UTC)
    assert event.dtend.value == datetime(2027, 1, 12, 12, 15, tzinfo=UTC)
    assert event.dtstamp.value == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert event.status.value == "CONFIRMED"
    assert event.organizer.value == "mailto:info@dienst.example"
    assert event.organizer.params["CN"] == ["Service"]


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2027, 3, 27), time(9), datetime(2027, 3, 27, 8, tzinfo=UTC)),
        (date(2027, 3, 28), time(9), datetime(2027, 3, 28, 7, tzinfo=UTC)),
        (date(2027, 10, 31), time(9), datetime(2027, 10, 31, 8, tzinfo=UTC)),
    ],
)
def test_times_are_those_on_the_wall_at_both_changes_of_the_clock(day, at, expected):
    moved = replace(SESSION, on=day, starts=at)
    assert read(calendar([moved], WORKSPACE, "nl", stamp=STAMP)).vevent.dtstart.value == expected


def test_what_is_off_says_so_under_the_same_name():
    off = replace(SESSION, cancelled=True, on=date(2027, 2, 1))
    event = read(calendar([off], WORKSPACE, "nl", stamp=STAMP)).vevent
    assert (event.status.value, event.uid.value) == ("CANCELLED", uid(SESSION, WORKSPACE))


def test_a_calendar_can_be_asked_to_take_it_out():
    found = read(calendar([SESSION], WORKSPACE, "nl", stamp=STAMP, method="CANCEL"))
    assert (found.method.value, found.vevent.status.value) == ("CANCEL", "CANCELLED")


_lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=200).filter(str.strip)


@given(title=_lines, place=_lines)
def test_any_words_come_back_and_no_line_is_longer_than_75_octets(title, place):
    body = calendar([replace(SESSION, titles={"nl": title}, place=place)], WORKSPACE, "nl", stamp=STAMP)
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    event = read(body).vevent
    assert (event.summary.value, event.location.value) == (title, place)
