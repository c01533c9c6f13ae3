from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.keys import DeliveryKey, format_key, parse_key
from outreach.errors import OutreachError

ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
numbers = st.integers(0, 2**31)


@given(st.builds(DeliveryKey, ids, ids, st.sampled_from(["once", "entry-1", "2026-11-22"]), numbers, numbers))
def test_a_key_says_which_delivery_it_is(key: DeliveryKey) -> None:
    assert parse_key(str(key)) == key
    assert str(key) == format_key(*key)


def test_a_key_reads_as_its_parts() -> None:
    assert format_key("welcome", "invitation", "entry-1", 2, 17) == "welcome/invitation/entry-1/2/17"


@pytest.mark.parametrize(
    "text", ["", "a/b/c/0", "a/b/c/x/1", "a/b/c/0/x", "a//c/0/1", "a/b/c/0/1/2", "a/b/c/-1/1", "a/b/c/²/1"]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(OutreachError, match="not the key of a delivery"):
        parse_key(text)


def test_who_made_a_key_up_is_told_where_it_stands_and_whose_number_it_ends_in() -> None:
    with pytest.raises(OutreachError) as refused:
        parse_key("welcome/gift/104733")
    assert "`outreach deliveries --json`" in refused.value.remedy
    assert "not the HR system's" in refused.value.remedy
