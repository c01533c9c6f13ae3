"""Which sessions stand in which feed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time

import vobject

from outreach.definitions.model import Definitions, Session, Workspace
from outreach.rendering.feeds import as_json, feeds, files

NOW = datetime(2027, 1, 12, 11, 30, tzinfo=UTC)
WORKSPACE = Workspace(
    organisation={"nl": "Sociale Dienst", "fr": "Service social"},
    languages=("nl", "fr"),
    public_url="https://mail.dienst.example",
)
SESSION = Session(
    id="a",
    kind="infosession",
    titles={"nl": "Kennismaken", "fr": "Faire connaissance"},
    on=date(2027, 1, 12),
    starts=time(12, 15),
    ends=time(13, 15),
    place="Zaal 1",
    language="nl",
    seats=40,
)


def definitions(*sessions: Session) -> Definitions:
    return Definitions(WORKSPACE, {}, {}, {}, {}, {}, {one.id: one for one in sessions})


def ids(*sessions: Session, now: datetime = NOW) -> dict[tuple[str, str], list[str]]:
    return {
        (feed.entity, feed.language): [one.id for one in feed.sessions] for feed in feeds(definitions(*sessions), now)
    }


def test_a_session_stands_in_the_feed_of_its_language_and_one_without_in_all():
    free = replace(SESSION, id="b", language="")
    assert ids(SESSION, free) == {("", "nl"): ["a", "b"], ("", "fr"): ["b"]}


def test_an_entity_sees_its_own_beside_those_for_everybody_and_nobody_else_does():
    own = replace(SESSION, id="own", entity="Agentschap A")
    other = replace(SESSION, id="other", entity="Agentschap B")
    found = ids(SESSION, own, other)
    assert found["", "nl"] == ["a"]
    assert found["Agentschap A", "nl"] == ["a", "own"]
    assert found["Agentschap B", "nl"] == ["a", "other"]


def test_it_goes_when_it_is_over_and_not_before():
    ends = datetime(2027, 1, 12, 12, 15, tzinfo=UTC)
    assert ids(SESSION, now=ends.replace(minute=14))["", "nl"] == ["a"]
    assert ids(SESSION, now=ends)["", "nl"] == []


def test_sessions_stand_in_the_order_of_time():
    first = replace(SESSION, id="z", starts=time(9))
    last = replace(SESSION, id="0", on=date(2027, 2, 1))
    assert ids(last, SESSION, first, now=NOW.replace(hour=1))["", "nl"] == ["z", "a", "0"]


def test_a_screen_reads_day_and_time_in_words():
    _, french = feeds(definitions(replace(SESSION, language="", cancelled=True)), NOW)
    body = json.loads(as_json(french, WORKSPACE, NOW, {"a": 39}))
    assert (body["title"], body["language"], body["entity"]) == ("Service social", "fr", None)
    assert body["sessions"] == [
        {
            "id": "a",
            "kind": "infosession",
            "title": "Faire connaissance",
            "starts": "2027-01-12T12:15:00+01:00",
            "ends": "2027-01-12T13:15:00+01:00",
            "day": "mardi 12 janvier 2027",
            "time": "12:15–13:15",
            "place": "Zaal 1",
            "link": None,
            "seats": 40,
            "full": False,
            "cancelled": True,
        }
    ]


def test_a_screen_learns_that_a_session_is_full_and_not_how_many_come():
    made = files(definitions(SESSION, replace(SESSION, id="free", seats=None)), NOW, {"a": 40, "free": 1000}, {})
    found = json.loads(made["everyone/nl.json"])["sessions"]
    assert [(one["id"], one["full"]) for one in found] == [("a", True), ("free", False)]
    assert b"1000" not in made["everyone/nl.json"]


def test_names_of_files_hold_nothing_that_a_path_or_an_address_could_trip_over():
    strange = [replace(SESSION, id=f"s{n}", entity=name) for n, name in enumerate(("../..", "Ä/b", "ä b", "everyone"))]
    made = files(definitions(*strange), NOW, {}, {})
    folders = {name.partition("/")[0] for name in made}
    assert len(folders) == 1 + len(strange)
    assert all(set(folder) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for folder in folders)
    assert sum(name.endswith(".ics") for name in made) == sum(name.endswith(".json") for name in made) == 2 * 5


def test_a_feed_without_sessions_is_a_calendar_all_the_same():
    found = vobject.readOne(files(definitions(), NOW, {}, {})["everyone/nl.ics"].decode())
    assert (found.contents["x-wr-calname"][0].value, found.contents.get("vevent")) == ("Sociale Dienst", None)
