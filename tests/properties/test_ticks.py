"""A tick may be run again, broken off, or beside another one: the ledger is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from outreach.storage.database import Database
from outreach.storage.tables import delivery
from tests.properties.product import Product, emptied
from tests.properties.strategies import Story, stories
from tests.properties.trials import trials


class BrokenOffError(Exception):
    """The machine stops here."""


class Fragile(Database):
    """A database whose owner dies after so many transactions were begun."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine)
        self.left: int | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if self.left == 0:
            raise BrokenOffError
        with super().writing() as connection:
            yield connection
            if self.left == 1:
                # Before the commit: what this transaction wrote is lost.
                self.left = 0
                raise BrokenOffError
        if self.left:
            self.left -= 1


@trials(8)
@given(stories(ticks=6))
def test_a_tick_that_is_run_again_changes_nothing(database: Database, story: Story) -> None:
    with emptied(database):
        product = Product(database, story)
        for moment in story.moments:
            for change in moment.changes:
                product.apply(change, moment.at)
            product.tick(moment.at)
            before = product.rows()
            product.tick(moment.at)
            assert product.rows() == before


@trials(8)
@given(stories(ticks=6), st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_a_tick_that_was_broken_off_is_completed_by_the_next(
    database: Database, story: Story, breaks: list[int]
) -> None:
    with emptied(database):
        expected = _told(Product(database, story), story)
    fragile = Fragile(database)
    with emptied(database):
        product = Product(fragile, story)
        for moment in story.moments:
            for change in moment.changes:
                product.apply(change, moment.at)
            for left in breaks:
                fragile.left = left
                with pytest.raises(BrokenOffError) if left == 0 else _perhaps_broken_off():
                    product.tick(moment.at)
                fragile.left = None
            product.tick(moment.at)
        assert (product.ledger(), product.enrolments()) == expected


@contextmanager
def _perhaps_broken_off() -> Iterator[None]:
    try:
        yield
    except BrokenOffError:
        return


def _told(product: Product, story: Story) -> Any:
    for moment in story.moments:
        for change in moment.changes:
            product.apply(change, moment.at)
        product.tick(moment.at)
    return product.ledger(), product.enrolments()


@trials(8)
@given(stories(ticks=8))
def test_keys_are_unique_and_nothing_sent_is_sent_again(database: Database, story: Story) -> None:
    with emptied(database):
        product = Product(database, story)
        left: dict[Any, Any] = {}
        for moment in story.moments:
            for change in moment.changes:
                product.apply(change, moment.at)
            product.tick(moment.at)
            now = {key: row[6] for key, row in product.ledger().items() if row[0] == "sent"}
            assert {key: now.get(key) for key in left} == left
            left = now
            with database.reading() as connection:
                key = delivery.c["campaign", "step", "occurrence", "repetition", "person"]
                twice = select(*key).group_by(*key).having(func.count() > 1)
                assert connection.execute(twice).all() == []
