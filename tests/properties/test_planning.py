"""The product writes the ledger that the slow, plain planner of `tests.reference` writes, on both databases."""

from __future__ import annotations

from hypothesis import given

from outreach.storage.database import Database
from tests.properties.briefings import briefings
from tests.properties.choosers import choosers
from tests.properties.product import Product, emptied
from tests.properties.reference import Reference
from tests.properties.regrets import regrets
from tests.properties.strategies import Story, gatherings, stories
from tests.properties.trials import STORIES, trials


@trials(STORIES)
@given(stories())
def test_the_ledger_is_the_reference_planners(database: Database, story: Story) -> None:
    _told_to_both(database, story)


@trials(STORIES // 2)
@given(gatherings())
def test_so_it_is_where_people_are_invited_to_sessions_that_change(database: Database, story: Story) -> None:
    _told_to_both(database, story)


@trials(STORIES // 8)
@given(briefings())
def test_so_it_is_where_contacts_are_given_bundles(database: Database, story: Story) -> None:
    _told_to_both(database, story)


@trials(STORIES // 4)
@given(regrets())
def test_so_it_is_where_people_take_back_what_they_said(database: Database, story: Story) -> None:
    _told_to_both(database, story)


@trials(STORIES // 4)
@given(choosers())
def test_so_it_is_where_people_choose_by_which_channel_they_are_reached(database: Database, story: Story) -> None:
    _told_to_both(database, story)


def _told_to_both(database: Database, story: Story) -> None:
    with emptied(database):
        product, reference = Product(database, story), Reference(story)
        for moment in story.moments:
            for change in moment.changes:
                product.apply(change, moment.at)
                reference.apply(change, moment.at)
            product.tick(moment.at)
            reference.tick(moment.at)
            assert product.enrolments() == reference.enrolments_as_rows(), moment.at
            assert product.turns() == reference.turns_as_rows(), moment.at
            assert product.moves() == reference.moves_as_rows(), moment.at
            assert product.ledger() == reference.ledger(), moment.at
            assert product.brought() == reference.brought_as_nouns(), moment.at
