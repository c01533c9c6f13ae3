"""Tokens prove themselves and say nothing."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.rendering.keyed import keyed
from outreach.rendering.links import LASTING, PURPOSES, Link, Signer

TOPICS = st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,80}\Z")


DAY = date(2026, 11, 24)
DAYS = st.dates(date(2000, 1, 1), date(2179, 1, 1))


@given(st.integers(0, 2**48 - 1), TOPICS, st.sampled_from(PURPOSES), st.binary(min_size=1, max_size=100), DAYS)
def test_a_token_is_read_back_by_whoever_made_it(person, topic, purpose, secret, day):
    token = Signer(secret, purpose).sign(person, topic, day)
    assert token.isascii()
    assert "=" not in token
    assert Signer(secret, purpose).read(token) == Link(person, topic, None if purpose in LASTING else day)


def test_the_token_that_stops_a_topic_is_the_same_on_every_day_and_that_of_a_page_is_not():
    days = (DAY, date(2030, 1, 1))
    assert len({Signer(b"a", "unsubscribe").sign(7, "news", day) for day in days}) == 1
    assert len({Signer(b"a", "choices").sign(7, "news", day) for day in days}) == 2


def test_a_token_serves_one_purpose_and_one_secret():
    token = Signer(b"a", "unsubscribe").sign(7, "news", DAY)
    assert Signer(b"a", "choices").read(token) is None
    assert Signer(b"b", "unsubscribe").read(token) is None


@given(st.integers(0, 51), st.sampled_from("AZaz09-_"))
def test_a_changed_token_is_refused(place, letter):
    signer = Signer(b"a", "unsubscribe")
    token = signer.sign(7, "news", DAY)
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or signer.read(changed) is None


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 52, "A" * 4, "!" * 52, "AAAA=", "\n"])
def test_what_is_no_token_is_refused(token):
    assert Signer(b"a", "unsubscribe").read(token) is None


def test_a_token_shows_neither_person_nor_topic():
    tokens = [Signer(b"a", "about").sign(person, topic, DAY) for person in (7, 8) for topic in ("poverty", "debt")]
    raw = [urlsafe_b64decode(token) for token in tokens]
    assert len({len(one) for one in raw}) == 1
    assert not any(b"poverty" in one or b"debt" in one or (7).to_bytes(6, "big") in one for one in raw)
    # Nothing common to the tokens of one person, or of one topic.
    assert all(sum(a == b for a, b in zip(one, other, strict=True)) < 8 for one in raw for other in raw if one != other)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_the_key_done_beforehand_makes_no_difference(key, message):
    plain = hashlib.blake2b(message, key=key if len(key) <= 64 else hashlib.blake2b(key).digest(), digest_size=32)
    assert keyed(key)(message) == plain.digest()
