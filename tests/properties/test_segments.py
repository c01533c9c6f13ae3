"""Who is in a segment, who is not, and who cannot be decided: SQL says what three-valued logic says by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from outreach.definitions.model import EVERYONE, Day, Fact, InSegment, Not, Segment, Span
from outreach.roster.segments import Segments
from outreach.storage.database import Database
from outreach.storage.tables import person
from tests.properties.product import emptied, row_of
from tests.properties.strategies import BEGINNINGS, OWN_FIELDS, people, segment_maps
from tests.properties.trials import trials
from tests.reference import segments as reference


@st.composite
def _cases(draw: st.DrawFn) -> tuple[date, dict[str, Segment], list[dict[str, Any]]]:
    near = draw(st.sampled_from(BEGINNINGS))
    return near, draw(segment_maps(near, 8)), draw(people(near, 1, 20))


@trials(50)
@given(_cases())
def test_segments_are_three_valued(
    database: Database, case: tuple[date, dict[str, Segment], list[dict[str, Any]]]
) -> None:
    today, segments, roster = case
    with emptied(database):
        with database.writing() as connection:
            connection.execute(insert(person), [row_of(facts) for facts in roster])
        decided = Segments(segments, OWN_FIELDS, today)
        for name in (*segments, EVERYONE):
            with database.reading() as connection:
                query = select(person.c.id, decided.holds(name).label("holds"))
                found = {number: None if holds is None else bool(holds) for number, holds in connection.execute(query)}
            assert found == {one["id"]: reference.member(segments, name, one, today) for one in roster}, name


@trials(200)
@given(_cases(), st.integers(1, 400))
def test_a_segment_that_hangs_on_the_roster_alone_is_the_same_on_every_day(
    case: tuple[date, dict[str, Segment], list[dict[str, Any]]], later: int
) -> None:
    today, segments, roster = case
    decided = Segments(segments, OWN_FIELDS, today)
    for name in (*segments, EVERYONE):
        if decided.hangs_on_the_roster_alone(name):
            for one in roster:
                then = reference.member(segments, name, one, today + timedelta(days=later))
                assert reference.member(segments, name, one, today) == then, name


def test_ages_spans_days_counted_from_today_and_languages_hang_on_more_than_the_roster() -> None:
    facts = {
        "age": Fact("age", "under", (35,)),
        "last": Fact("hired_on", "in_last", (Span(days=90),)),
        "ahead": Fact("contract_ends_on", "after", (Day(span=Span(days=30)),)),
        "fixed": Fact("hired_on", "after", (Day(fixed=date(2026, 1, 1)),)),
        "spoken": Fact("language", "in", ("fr",)),
        "plain": Fact("children", "at_least", (1,)),
    }
    segments = {name: Segment(name, name, fact) for name, fact in facts.items()}
    segments["through"] = Segment("through", "through", Not(InSegment("age")))
    decided = Segments(segments, OWN_FIELDS, date(2026, 11, 28))
    assert [name for name in segments if decided.hangs_on_the_roster_alone(name)] == ["fixed", "plain"]
    assert decided.hangs_on_the_roster_alone(EVERYONE)
