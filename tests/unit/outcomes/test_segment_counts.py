from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import insert

from outreach.definitions.model import EVERYONE, Fact, Not, Segment
from outreach.outcomes.segment_counts import SegmentCount, count
from outreach.roster.segments import Segments
from outreach.storage.tables import person

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SINGLE = Fact("household", "in", ("single",))
DEFINED = {
    "singles": Segment("singles", "", SINGLE),
    "others": Segment("others", "", Not(SINGLE)),
    "women": Segment("women", "", Fact("gender", "in", ("f",))),
}


def fill(database, *groups):
    """Each group: how many, household, gender, status."""
    rows = []
    for many, household, gender, status in groups:
        for _ in range(many):
            number = len(rows) + 1
            rows.append({
                "person_id": f"P{number}", "source": "hr", "status": status, "household": household, "gender": gender,
                "lot": number, "version": 1, "imported_at": NOW, "attributes": {},
            })  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(person), rows)


def counted(database, names=("singles", "others", "women"), limit=10):
    with database.reading() as connection:
        found = count(connection, Segments(DEFINED, {}, date(2026, 11, 20)), [EVERYONE, *names], limit)
    return {one.segment: (one.people, one.indeterminate) for one in found}


def test_people_are_counted_and_those_left_open_apart(database):
    fill(
        database,
        (20, "single", "f", "active"),
        (30, "couple", "m", "active"),
        (12, None, "f", "retired"),
        (5, "single", "f", "left"),
    )
    assert counted(database) == {EVERYONE: (62, 0), "singles": (20, 12), "others": (30, 12), "women": (32, 0)}


def test_a_small_segment_is_hidden_and_so_is_what_gives_it_away(database):
    fill(database, (4, "single", "f", "active"), (40, "couple", "m", "active"))
    assert counted(database, ["singles", "others"]) == {EVERYONE: (44, 0), "singles": (None, 0), "others": (None, 0)}


def test_a_few_left_open_are_hidden_and_none_are_said(database):
    fill(database, (20, "single", "f", "active"), (30, "couple", "m", "active"), (3, None, "f", "active"))
    assert counted(database, ["singles"]) == {EVERYONE: (53, 0), "singles": (20, None)}
    with database.reading() as connection:
        found = count(connection, Segments(DEFINED, {}, date(2026, 11, 20)), ["singles"], 10)
    assert found == [SegmentCount("singles", 20, None, suppressed=True)]


def test_more_segments_than_a_mask_has_bits(database):
    fill(database, (15, "single", "f", "active"))
    many = {f"s{n}": Segment(f"s{n}", "", SINGLE) for n in range(70)}
    with database.reading() as connection:
        found = count(connection, Segments(many, {}, date(2026, 11, 20)), list(many), 10)
    assert {one.people for one in found} == {15}


def test_an_empty_roster_is_counted_too(database):
    assert counted(database, ["singles"]) == {EVERYONE: (None, 0), "singles": (None, 0)}
