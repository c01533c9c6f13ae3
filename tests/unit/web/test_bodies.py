"""Bodies of events and outcomes: what is taken, and which element is wrong, without a word of what stood there."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.outcomes.recording import Known, Sighting
from outreach.roster.happenings import Happening
from outreach.web.api import bodies
from outreach.web.api.bodies import Told
from outreach.web.api.problems import Problem

TODAY = date(2026, 11, 27)
GOOD = {"person": "104733", "event": "hired", "date": "2026-12-01"}
KNOWN = Known({"infosession-registered"}, {"spring"})


def events(said):
    return bodies.events(json.dumps(said).encode(), TODAY)


def problem(said):
    with pytest.raises(Problem) as raised:
        bodies.events(said if isinstance(said, bytes) else json.dumps(said).encode(), TODAY)
    return raised.value


def pointers(said):
    return [fault.pointer for fault in problem(said).faults]


def test_one_event_or_a_list_of_them_is_taken():
    told = Told(Happening("104733", "hired", date(2026, 12, 1)), withdrawn=False)
    assert events(GOOD) == [told]
    assert events([GOOD, GOOD | {"withdrawn": True}]) == [told, Told(told.happening, withdrawn=True)]


def test_an_outcome_may_name_its_session():
    body = [{"person": "1", "outcome": "infosession-registered", "date": "2026-11-20", "session": "spring"}]
    expected = Sighting("1", "infosession-registered", date(2026, 11, 20), "spring")
    assert bodies.outcomes(json.dumps(body).encode(), KNOWN, TODAY) == [expected]


def test_each_wrong_element_is_named_by_a_pointer():
    late = GOOD | {"event": "died", "date": "2026-11-28"}
    wrong = [GOOD, GOOD | {"event": "hird"}, late, 7, GOOD | {"date": "27/11/2026"}, GOOD | {"withdrawn": "no"}]
    assert pointers(wrong) == ["#/1/event", "#/2/date", "#/3", "#/4/date", "#/5/withdrawn"]
    assert pointers(GOOD | {"person": "a\nb"}) == ["#/person"]
    assert pointers({"event": "hired", "date": "2026-11-27"}) == ["#"]
    assert pointers(GOOD | {"withdrawm": True}) == ["#"]


@pytest.mark.parametrize(
    "day", ["2026-02-30", "0001-01-01", "9999-12-31", "2026-1-1", "2026-12-01T00:00", "٢٠٢٦-12-01", ""]
)
def test_a_day_that_cannot_be_is_refused(day):
    assert pointers(GOOD | {"date": day}) == ["#/date"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"\xff", 400), (b'{"a": NaN}', 400), (b"[" * 100_000, 400),
        (b'{"a": 1, "a": 2}', 400),
        (b'"text"', 422), (b"[]", 422), (b"null", 422), (json.dumps([GOOD] * 1001).encode(), 422), (b"1" * 5000, 400),
    ],
)  # fmt: skip
def test_what_is_no_list_of_objects_is_refused(body, status):
    assert problem(body).status == status


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(sorted(GOOD)), inner, max_size=4)
    ),
)


@given(_JSON)
def test_whatever_is_posted_is_taken_or_refused(said):
    try:
        answer = events(said)
    except Problem as refused:
        answer = refused.document()
    assert answer if isinstance(answer, list) else answer["status"] in (400, 422)


@given(st.text(min_size=3).filter(lambda text: not text.isascii()))
def test_what_stood_in_a_person_is_not_repeated(name):
    said = json.dumps(problem([GOOD | {"person": name + "\n"}]).document(), ensure_ascii=False)
    assert name not in said
