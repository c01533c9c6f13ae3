"""What `explain` says of a person is what the ledger has, and what the next tick does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import given

from outreach.planning.explain import explain
from outreach.planning.explanation import Explanation
from outreach.storage.database import Database
from tests.properties.product import Product, emptied
from tests.properties.reference import Reference
from tests.properties.strategies import Story, stories
from tests.properties.trials import trials
from tests.reference import segments

#: Place of the offers picked in a row of `Product.ledger`.
_PICKS = 2
#: Verdicts on a step of which nothing speaks against it.
_CLEAR = ("planned", "not_started")


@trials(8)
@given(stories(ticks=6))
def test_what_is_explained_before_a_tick_is_what_the_tick_does(database: Database, story: Story) -> None:
    with emptied(database):
        product = Product(database, story)
        for moment in story.moments:
            for change in moment.changes:
                product.apply(change, moment.at)
            told = _explained(product, moment.at)
            before = product.ledger()
            product.tick(moment.at)
            after = product.ledger()
            new = after.keys() - before.keys()
            for key in new:
                campaign, step, occurrence, repetition, who = key
                state, reason, *_ = after[key]
                if repetition or reason == "under_way" or any(_same_step(key, other) for other in before):
                    # A reminder, somebody who entered another journey just now, or a step that comes back.
                    continue
                if reason == "nothing_new" and any(one[4] == who and after[one][_PICKS] for one in new):
                    # What it would have shown, another message of this very tick shows.
                    continue
                said = told[who, campaign, step]
                if said.facts.get("entry", occurrence) != occurrence:
                    # Told of an entry that has ended; another one began in this very tick.
                    continue
                if state == "skipped":
                    assert (said.reason, said.verdict in _CLEAR) == (reason, False), (moment.at, key, said)
                else:
                    assert said.verdict in _CLEAR, (moment.at, key, said)


@trials(8)
@given(stories(ticks=6))
def test_what_is_in_the_ledger_is_told_as_it_stands(database: Database, story: Story) -> None:
    with emptied(database):
        product, reference = Product(database, story), Reference(story)
        for moment in story.moments:
            for change in moment.changes:
                product.apply(change, moment.at)
                reference.apply(change, moment.at)
            product.tick(moment.at)
            reference.tick(moment.at)
        now = story.moments[-1].at
        latest = product.latest_rows()
        for (who, campaign, step), said in _explained(product, now).items():
            if (who, campaign, step) in latest:
                state, reason = latest[who, campaign, step]
                verdict = "indeterminate" if reason == "indeterminate" else state
                assert (said.verdict, said.reason or None) == (verdict, reason)
            elif not any(one.person == who and one.campaign == campaign for one in reference.enrolments):
                nouns, person = reference.definitions, reference.world.people[who]
                inside = segments.member(nouns.segments, nouns.campaigns[campaign].audience, person, reference.today)
                assert (said.verdict == "not_in_audience") == (inside is False)
                assert (said.verdict == "indeterminate") == (inside is None)


def _same_step(key: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return (key[0], key[1], key[4]) == (other[0], other[1], other[4])


def _explained(product: Product, now: datetime) -> dict[tuple[int, str, str], Explanation]:
    """What is said of each person, campaign and step."""
    found = {}
    with product.database.reading() as connection:
        for who in product.people:
            for said in explain(connection, product.current, f"P{who}", now) or ():
                found[who, said.campaign, said.step] = said
    return found
