"""Who is in a segment, who is not, and who cannot be decided: SQL says what three-valued logic says by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from outreach.definitions.model import EVERYONE, Segment
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
