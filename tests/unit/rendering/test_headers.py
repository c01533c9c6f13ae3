"""Header fields survive any text."""

from __future__ import annotations

import email.policy
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.rendering import headers

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=250)


def read(field: str, value: str) -> str:
    raw = f"{field}: {value}\r\n\r\n".encode("ascii")
    lines = raw.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(line.startswith(b" ") for line in lines[1:])
    assert all(len(line) <= 78 for line in lines)
    return str(message_from_bytes(raw, policy=email.policy.default)[field])


@given(TEXTS)
def test_a_subject_is_read_back_on_one_line(text):
    assert read("Subject", headers.unstructured(text)) == headers.one_line(text)


@given(TEXTS.filter(lambda text: len(text) < 60 and headers.one_line(text).strip()))
def test_a_name_is_read_back(text):
    name = headers.phrase(text)
    raw = f"From: {name}\r\n <a@example.org>\r\n\r\n".encode("ascii")
    message = message_from_bytes(raw, policy=email.policy.default)
    (address,) = message["From"].addresses
    assert address.addr_spec == "a@example.org"
    # The parser moves spaces that allow no break about.
    assert "".join(address.display_name.split()) == "".join(headers.one_line(text).split())


@pytest.mark.parametrize("text", ["=?utf-8?q?x?=", "a =?utf-8?b?eA==?= b"])
def test_what_looks_like_an_encoded_word_is_not_taken_for_one(text):
    assert read("Subject", headers.unstructured(text)) == text


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), st.integers(-12, 12))  # noqa: DTZ001  # zones follow
def test_a_date_is_as_the_library_writes_it(moment, hours):
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    assert headers.moment(aware) == format_datetime(aware.astimezone(UTC))
