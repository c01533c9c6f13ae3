"""Signatures: what somebody with a secret signed, in time, passes; nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import OutreachError
from outreach.web.api.problems import Problem
from outreach.web.api.signing import TOLERANCE, secrets_of, verify
from tests.unit.web.doors import OTHER, SECRET, signed

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
BODY = '{"person": "1"}'


def passes(headers, body=BODY, secrets=SECRET, now=NOW):
    status = 200
    try:
        verify(headers, body.encode() if isinstance(body, str) else body, secrets_of(secrets), now)
    except Problem as problem:
        status = problem.status
    assert status in (200, 400, 401)
    return status == 200


def test_what_was_signed_passes_within_five_minutes():
    headers = signed("msg_1", BODY, at=NOW)
    assert passes(headers)
    assert passes(headers, now=NOW + TOLERANCE)
    assert passes(headers, now=NOW - TOLERANCE)
    assert not passes(headers, now=NOW + TOLERANCE + timedelta(seconds=1))
    assert not passes(headers, now=NOW - TOLERANCE - timedelta(seconds=1))


def test_either_secret_passes_while_one_replaces_the_other():
    old, new = signed("msg_1", BODY, at=NOW), signed("msg_1", BODY, at=NOW, secret=OTHER)
    assert passes(old, secrets=f"{SECRET} {OTHER}")
    assert passes(new, secrets=f"{SECRET} {OTHER}")
    both = old | {"webhook-signature": f"{old['webhook-signature']} {new['webhook-signature']}"}
    assert passes(both, secrets=OTHER)
    assert not passes(old, secrets=OTHER)
    assert not passes(old, secrets="")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_another_header_or_none_passes_no_more(name):
    headers = signed("msg_1", BODY, at=NOW)
    assert not passes({key: value for key, value in headers.items() if key != name})
    assert not passes(headers | {name: headers[name] + "1"})
    assert not passes(headers | {name: ""})


@pytest.mark.parametrize("at", ["9999999999", "99999999999999", "-1", "1e9", "nan", "١"])
def test_a_time_that_cannot_be_passes_not(at):
    assert not passes(signed("msg_1", BODY, at=NOW) | {"webhook-timestamp": at})


def test_another_body_passes_no_more():
    headers = signed("msg_1", BODY, at=NOW)
    assert not passes(headers, BODY + " ")
    assert not passes(headers, b"\xff")


def test_a_full_stop_cannot_shift_what_was_signed():
    headers = signed("a.1764234000", BODY, at=NOW)
    assert not passes(headers)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=40)))
def test_no_headers_of_a_stranger_pass(headers):
    assert not passes(headers)


@given(st.text(max_size=60))
def test_no_signature_of_a_stranger_passes(text):
    assert not passes(signed("msg_1", BODY, at=NOW) | {"webhook-signature": text})


def test_what_is_no_secret_is_refused_without_repeating_it():
    with pytest.raises(OutreachError) as raised:
        secrets_of("whsec_hunter2")
    assert "hunter2" not in str(raised.value)
