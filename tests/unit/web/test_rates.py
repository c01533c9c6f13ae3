from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.web.rates import Rates, client_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(1, 50), st.lists(st.floats(0, 40), max_size=200))
def test_in_no_minute_does_a_client_get_more_than_twice_its_share_and_at_rest_it_gets_all(
    per_minute: int, pauses: list[float]
) -> None:
    clock = Clock()
    rates, granted = Rates(per_minute, clock), []
    for pause in pauses:
        clock.now += pause
        if not rates.take("a"):
            granted.append(clock.now)
    for first in granted:
        assert sum(first <= at <= first + 60 for at in granted) <= 2 * per_minute + 1
    clock.now += 61
    assert [rates.take("a") for _ in range(per_minute)] == [0] * per_minute
    wait = rates.take("a")
    clock.now += wait
    assert wait > 0
    assert rates.take("a") == 0


def test_of_many_clients_those_not_heard_of_are_forgotten() -> None:
    clock = Clock()
    rates = Rates(1, clock, most=3)
    assert [rates.take(client) for client in "abcd"] == [0] * 4
    assert rates.take("d") > 0
    assert rates.take("a") == 0


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("x" * 1000, ""),
        ("", ""),
    ],
)
def test_whom_a_request_is_counted_for(host: str, client: str) -> None:
    assert client_of(host) == client
