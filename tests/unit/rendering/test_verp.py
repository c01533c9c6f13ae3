"""Return addresses name one delivery, prove themselves and say nothing."""

from __future__ import annotations

import timeit
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.model import Bounces
from outreach.rendering.composer import Composer
from outreach.rendering.verp import LENGTH, PATTERN, Origin, Verp, address_print
from tests.unit.rendering.samples import WORKSPACE, composer, item

DELIVERIES = st.integers(1, 2**48 - 1)
ADDRESSES = st.emails()
VERP = Verp(b"secret")


@given(DELIVERIES, ADDRESSES, st.binary(min_size=1, max_size=100))
def test_a_token_is_read_back_by_whoever_made_it(delivery, address, secret):
    token = Verp(secret).token(delivery, address)
    assert len(token) == LENGTH
    assert Verp(secret).read(token) == Origin(delivery, address_print(address))


@given(DELIVERIES, ADDRESSES)
def test_a_token_survives_mail_systems_that_change_the_case(delivery, address):
    sender = VERP.senders("bounces@dienst.example")(delivery, address)
    assert sender == sender.lower()
    found = PATTERN.search(f"<{sender.upper()}>".encode())
    assert found
    assert VERP.read(found[1].decode()) == Origin(delivery, address_print(address))


@given(DELIVERIES, st.integers(0, LENGTH - 1), st.sampled_from("0123456789abcdef"))
def test_a_changed_token_is_refused(delivery, place, letter):
    token = VERP.token(delivery, "an@example.org")
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or VERP.read(changed) is None


@given(st.text(max_size=60))
def test_what_is_no_token_is_refused(text):
    assert VERP.read(text) is None


def test_a_token_of_another_secret_is_refused():
    assert Verp(b"other").read(VERP.token(7, "an@example.org")) is None


def test_a_token_shows_neither_delivery_nor_address():
    """What two neighbours have in common is chance: a digit in sixteen."""
    tokens = [VERP.token(number, "an@example.org") for number in range(1, 201)]
    assert len(set(tokens)) == len(tokens)
    alike = sum(a == b for one, other in pairwise(tokens) for a, b in zip(one, other, strict=True))
    assert alike < len(tokens) * LENGTH / 8


def test_two_addresses_of_a_person_are_told_apart_however_they_are_cased():
    assert address_print("An.Peeters@Work.Example ") == address_print("an.peeters@work.example")
    assert address_print("an.peeters@work.example") != address_print("an@home.example")


@pytest.mark.parametrize("local", ["b", "b" * 27])
def test_what_stands_in_front_of_the_at_is_as_long_as_mail_servers_take(local):
    sender = VERP.senders(f"{local}@dienst.example")(2**48 - 1, "an@example.org")
    assert len(sender.rpartition("@")[0]) <= 64


def bouncing() -> Composer:
    return composer("S", "H", "T", workspace=replace(WORKSPACE, bounces=Bounces("bounces@dienst.example")))


def test_a_mail_has_its_own_return_address_where_the_workspace_names_one():
    made = bouncing()
    mails = [made.compose(item(delivery=number)) for number in (1, 2, 1)]
    senders = [mail.sender for mail in mails]
    assert senders[0] == senders[2] != senders[1]
    assert senders[0].startswith("bounces+")
    assert senders[0].endswith("@dienst.example")
    assert mails[0].sender not in mails[0].to_bytes().decode()


def test_without_such_an_address_and_for_samples_the_senders_own_stands_on_the_envelope():
    made = bouncing()
    assert composer("S", "H", "T").compose(item(delivery=1)).sender == made.compose(item(delivery=0)).sender


def test_a_token_costs_next_to_nothing():
    """3 µs on an idle machine; the bound here stands for a busy one."""
    sender = VERP.senders("bounces@dienst.example")
    seconds = min(timeit.repeat(lambda: sender(123456, "an.peeters@work.example"), number=2000, repeat=9)) / 2000
    assert seconds < 12e-6
