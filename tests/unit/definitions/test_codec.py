"""Nouns to JSON and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions import codec, model
from outreach.definitions.model import (
    All,
    AnyOf,
    Branch,
    Campaign,
    Condition,
    Day,
    Definitions,
    Edited,
    Exclusion,
    Fact,
    Fragment,
    Goal,
    InSegment,
    Last,
    Message,
    MessageText,
    Not,
    Offer,
    OfferText,
    Pick,
    Predicate,
    Recurrence,
    Reentry,
    Remind,
    Rollout,
    Segment,
    Span,
    Start,
    Step,
    Way,
)
from tests.unit.definitions.conftest import Judge

texts = st.text(max_size=12)
ids = st.from_regex(r"[a-z]{1,6}(-[a-z]{1,4})?", fullmatch=True)
spans = st.builds(Span, months=st.integers(0, 1200), days=st.integers(0, 36525))
days = st.builds(Day, fixed=st.none() | st.dates(), span=spans, sign=st.sampled_from([-1, 1]))
values = st.one_of(texts, st.integers(-(10**15), 10**15), st.floats(allow_nan=False), st.booleans(), spans, days)
facts = st.builds(Fact, field=ids, op=st.sampled_from(["in", "under", "between", "missing"]),
                  values=st.lists(values, min_size=1, max_size=3).map(tuple))  # fmt: skip
predicates: st.SearchStrategy[Predicate] = st.recursive(
    facts | st.builds(InSegment, ids),
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
names = st.lists(ids, max_size=3).map(tuple)
conditions = st.builds(Condition, names, names, names)
recurrences = st.builds(Recurrence, texts, texts, st.none() | st.integers(-80, 250))
times = st.times().map(lambda moment: moment.replace(tzinfo=None))
starts = st.builds(
    Start, kind=st.sampled_from(["once", "every", "theme_day", "date", "event", "enters"]), at=st.none() | times,
    on=st.none() | st.dates(), every=st.none() | recurrences, first=st.none() | st.dates(), last=st.none() | st.dates(),
    name=ids, by=spans, ignore_if_older_than=st.none() | spans, include_present=st.booleans(),
)  # fmt: skip
ways = st.builds(Way, st.none() | conditions, st.none() | conditions, st.integers(1, 9))
branches = st.builds(Branch, st.lists(ways, max_size=2).map(tuple), st.integers(1, 9), st.integers(1, 9))
reentries = st.builds(Reentry, st.sampled_from(["never", "after", "each event"]), spans)
steps = st.builds(
    Step, id=ids, day=st.integers(1, 3660), send=ids, at=st.none() | times, unless=st.none() | conditions,
    remind=st.none() | st.builds(Remind, spans, st.integers(1, 20), conditions, names,
                                  st.none() | st.builds(Last, st.sampled_from(["email", "handover"]), texts)),
    pick=st.none() | st.builds(Pick, names, st.integers(1, 8), st.integers(0, 8), st.none() | spans, names),
    expires_after=st.none() | spans, branch=st.none() | branches, then=st.none() | st.integers(1, 9),
)  # fmt: skip
campaigns = st.builds(
    Campaign, id=ids, title=texts, topic=ids, purpose=texts, owner=texts, audience=ids, start=starts,
    steps=st.lists(steps, min_size=1, max_size=3).map(tuple), except_=st.builds(Exclusion, names, names, names),
    exit_when=st.none() | conditions, goal=st.none() | st.builds(Goal, ids, spans),
    priority=st.sampled_from(["high", "normal", "low"]), frequency=st.sampled_from(["must", "normal", "nice"]),
    approval=st.sampled_from(["required", "none"]), channel=st.sampled_from(["email", "webhook", "handover"]),
    about=names, sensitive=st.booleans(), file=texts, reentry=reentries,
    rollout=st.none() | st.builds(Rollout, st.integers(2, 52), spans, st.booleans()),
    edited=st.builds(Edited, st.sampled_from(["finish", "move"]), ids),
)  # fmt: skip
offer_texts = st.builds(OfferText, texts, texts, texts, texts, texts, texts)
offers = st.builds(
    Offer, id=ids, texts=st.dictionaries(ids, offer_texts, max_size=2), audience=ids, related=names,
    sensitive=st.booleans(), never_say=names, outcome=ids, available_from=st.none() | st.dates(),
)  # fmt: skip
messages = st.builds(Message, ids, st.dictionaries(ids, st.builds(MessageText, texts, texts, texts, texts)), ids)
segments = st.builds(Segment, ids, texts, predicates)
nouns = st.one_of(segments, campaigns, offers, messages, st.builds(Fragment, texts, texts))


@given(nouns)
def test_what_was_written_comes_back(noun: object) -> None:
    assert codec.loads(type(noun), codec.dumps(noun)) == noun
    assert codec.unplain(type(noun), codec.plain(noun)) == noun


@given(segments)
def test_types_of_values_are_kept(segment: Segment) -> None:
    """1 and True are equal, and mean different things in a query."""
    again = codec.loads(Segment, codec.dumps(segment))
    assert repr(again) == repr(segment)


@given(campaigns, campaigns)
def test_the_same_noun_gives_the_same_text_and_another_one_another(one: Campaign, other: Campaign) -> None:
    assert codec.dumps(one) == codec.dumps(replace(one))
    assert (codec.dumps(one) == codec.dumps(other)) == (one == other)


def test_whole_definitions_come_back(judge: Judge) -> None:
    definitions = judge({}).definitions
    assert definitions
    assert codec.loads(Definitions, codec.dumps(definitions)) == definitions


def test_keys_of_a_later_version_are_passed_over() -> None:
    assert codec.loads(Span, '{"is":"Span","days":3,"later":1}') == Span(days=3)


@pytest.mark.parametrize("noun", [Day(fixed=date(2026, 1, 2)), Start("once", time(9, 30), on=date(2026, 1, 2))])
def test_dates_and_times_are_iso_texts(noun: object) -> None:
    assert "2026-01-02" in codec.dumps(noun)
    assert codec.loads(type(noun), codec.dumps(noun)) == noun


def test_every_noun_of_a_union_says_which_it_is() -> None:
    for noun in (model.Not(InSegment("a")), Fact("age", "under", (35,)), Span(days=1), Day()):
        assert codec.plain(noun)["is"] == type(noun).__name__
