"""What comes back is told apart: bounces of many mail systems, complaints, notices, answers, and what is none of "
"these."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.returns.nouns import FAILED, Reason
from outreach.delivery.returns.reading import LIMIT, read
from outreach.planning.explanation import REASONS
from outreach.rendering.verp import Verp
from tests.properties.trials import trials
from tests.unit.delivery.returns.bounces import (
    ADDRESS,
    BLOCKED,
    HARD,
    MESSAGE_ID,
    ORIGINAL,
    SOFT,
    Sample,
    notice,
    report,
)
from tests.unit.delivery.returns.mutating import mutated
from tests.unit.delivery.returns.others import ANSWERS, COMPLAINTS, NO_BOUNCES, NOTHING, NOTICES, feedback, personal

BOUNCES = [*HARD, *SOFT, *BLOCKED]
TOKEN = Verp(b"secret").token(17, ADDRESS)


def named(samples: list[Sample]):
    return pytest.mark.parametrize("sample", samples, ids=[sample.name for sample in samples])


@named([*BOUNCES, *COMPLAINTS, *NOTICES, *ANSWERS, *NOTHING])
def test_it_is_taken_for_what_it_is(sample: Sample):
    found = read(sample.mail)
    assert (found.kind, found.reason) == (sample.kind, sample.reason)
    assert not sample.code or found.code == sample.code
    assert len(found.code) <= 12


@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["of the wire", "of an old system"])
@named([*BOUNCES, *COMPLAINTS])
def test_the_ends_of_lines_change_nothing(sample: Sample, end: bytes):
    assert read(sample.mail.replace(b"\n", end)) == read(sample.mail)


@named([*BOUNCES, *COMPLAINTS])
def test_the_message_that_it_is_about_is_found(sample: Sample):
    found = read(sample.mail)
    assert found.message_id == MESSAGE_ID or MESSAGE_ID.encode() not in sample.mail


@named(BOUNCES)
def test_the_address_that_failed_is_found_where_it_is_named(sample: Sample):
    assert read(sample.mail).recipient == ADDRESS or "an.peeters (unknown user)" in sample.mail.decode()


def test_who_complained_is_found_where_the_provider_says_so():
    assert read(feedback("abuse", fields=f"Original-Rcpt-To: <{ADDRESS}>\n")).recipient == ADDRESS


@pytest.mark.parametrize(
    "header",
    [
        f"To: <bounces+{TOKEN}@dienst.example>",
        f"Delivered-To: BOUNCES+{TOKEN.upper()}@dienst.example",
        f"X-Original-To: bounces+{TOKEN}@dienst.example",
        f"Envelope-To: bounces+{TOKEN}@dienst.example",
    ],
)
def test_our_token_is_found_in_the_address_that_it_was_sent_to(header: str):
    mail = HARD[0].mail.replace(b"To: bounces@dienst.example", header.encode())
    assert read(mail).tokens == (TOKEN,)


def test_our_token_is_found_in_what_comes_back_and_the_one_it_was_sent_to_goes_first():
    other = Verp(b"secret").token(18, ADDRESS)
    returned = ORIGINAL.replace("bounces@", f"bounces+{other}@")
    mail = report("", diagnostic="smtp; 550 5.1.1 User unknown", returned=returned)
    assert read(mail).tokens == (other,)
    assert read(mail.replace(b"To: bounces@", f"To: bounces+{TOKEN}@".encode())).tokens == (TOKEN, other)
    quoted = notice(
        "x", separator=f"--- Below this line is a copy of the message.\n\nReturn-Path: <bounces+{other}@dienst.example>"
    )
    assert read(quoted).tokens == (other,)


def test_a_mail_without_a_token_has_none():
    assert all(read(sample.mail).tokens == () for sample in [*BOUNCES, *COMPLAINTS, *NO_BOUNCES])


def test_an_answer_says_what_it_answers():
    assert (
        read(personal("x", more=f"In-Reply-To: {MESSAGE_ID}\nAuto-Submitted: auto-replied\n")).message_id == MESSAGE_ID
    )


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff\xfe", b"\n\n\n", b"no mail at all", b"a" * 1000])
def test_what_is_no_mail_is_unreadable(raw: bytes):
    assert read(raw).kind == "unreadable"


@pytest.mark.parametrize(
    "raw",
    [
        b"From: x@y.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; "
                                                                              b"boundary=b\n\n" * 3000,
        b"From: x@y.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n\n" * 30_000,
        b"From: x@y.example\nContent-Type: text/html\n\n" + b"<style" * 30_000,
        b"From: x@y.example\nContent-Type: text/html\n\n" + b"<" * 180_000,
        b"From: postmaster@y.example\n\n" + b"****" * 45_000,
        b"From: postmaster@y.example\n\n" + b" \n" * 90_000,
        b"From: postmaster@y.example\n\n" + b"a.a@a." * 30_000,
        b"From: postmaster@y.example\n\n" + b"=" * 180_000,
        b"Subject: " + b"=?utf-8?b?" * 18_000,
        b"From: " + b"<" * 180_000,
        b"From: x@y.example\nContent-Type: text/plain; charset=none\n\n\xff",
        b"From: x@y.example\nContent-Type: text/plain; charset=\"idna\"\n\n\xff",
        b"From: x@y.example\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n!!!",
    ],
)  # fmt: skip
def test_a_hostile_mail_costs_little_and_says_nothing(raw: bytes):
    import time

    began = time.thread_time()
    assert read(raw).kind in ("other", "unreadable")
    assert time.thread_time() - began < 2


def test_no_more_is_read_of_a_mail_than_the_limit():
    assert read(HARD[0].mail + b"x" * 50_000_000) == read(HARD[0].mail + b"x" * LIMIT)


def test_every_reason_has_its_words():
    assert set(get_args(Reason)) - {""} <= set(REASONS)


def test_damaged_mails_are_read_without_a_murmur_and_none_becomes_a_hard_bounce():
    samples = [*BOUNCES, *COMPLAINTS, *NO_BOUNCES]
    for seed in range(trials(3000).max_examples):
        sample = samples[seed % len(samples)]
        found = read(mutated(sample.mail, seed))
        assert found.kind != "hard" or sample not in NO_BOUNCES, (sample.name, seed)


@trials(60)
@given(st.binary(max_size=2000))
def test_any_bytes_can_be_read(raw: bytes):
    assert read(raw).kind not in FAILED


def test_the_recipient_is_never_shown():
    assert ADDRESS not in repr(read(HARD[0].mail))
