from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from outreach.service.latest import Latest


def test_many_who_ask_at_once_get_one_answer() -> None:
    asked: list[int] = []
    free = threading.Event()

    def ask() -> int:
        free.wait(5)
        asked.append(1)
        return 7

    latest = Latest(ask, limit=5, fresh=60)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(latest.get) for _ in range(8)]
        free.set()
        assert [one.result() for one in answers] == [7] * 8
    assert asked == [1]


def test_an_old_answer_is_asked_for_again() -> None:
    numbers = iter(range(9))
    latest = Latest(lambda: next(numbers), limit=5, fresh=0)
    assert [latest.get(), latest.get(), latest.get()] == [0, 1, 2]


def test_who_does_not_answer_is_not_waited_for_nor_asked_twice() -> None:
    asked: list[int] = []
    free = threading.Event()

    def ask() -> str:
        asked.append(1)
        free.wait(5)
        return "at last"

    latest = Latest(ask, limit=0.05, fresh=60)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            latest.get()
    free.set()
    assert Latest.get(latest) == "at last"
    assert asked == [1]


def test_a_failure_comes_to_who_asked_and_the_next_answer_is_a_new_one() -> None:
    answers = iter([ValueError("no"), 7])

    def ask() -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer  # type: ignore[return-value]

    latest = Latest(ask, limit=5, fresh=0)
    with pytest.raises(ValueError, match="no"):
        latest.get()
    assert latest.get() == 7
