"""The smallest few numbers of a row are those that sorting finds."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import literal, select, union_all

from outreach.planning.smallest import NONE, smallest
from outreach.storage.database import Database


@pytest.mark.parametrize(("width", "count"), [(1, 2), (7, 3), (230, 4)])
def test_the_smallest_come_first_and_nothing_stands_in_for_what_is_not_there(
    database: Database, width: int, count: int
) -> None:
    drawn = random.Random(width)
    rows = [drawn.sample(range(1000), width) for _ in range(20)]
    rows = [[NONE if drawn.random() < 0.4 else number for number in row] for row in rows]
    names = [f"n{place}" for place in range(width)]
    values = union_all(
        *(
            select(literal(i).label("row"), *(literal(n).label(name) for name, n in zip(names, row, strict=True)))
            for i, row in enumerate(rows)
        )
    )
    found, columns = smallest(values.cte("given"), names, count)
    with database.reading() as connection:
        told = connection.execute(select(found.c.row, *columns).order_by(found.c.row)).all()
    assert [list(row[1:]) for row in told] == [(sorted(row) + [NONE] * count)[:count] for row in rows]
