"""The newest answer to a question that may take long: asked once for all who want it, and never waited for in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Asks in a thread of its own, one question at a time; an answer serves everybody for a moment."""

    def __init__(self, ask: Callable[[], T], *, limit: float, fresh: float) -> None:
        """`limit`: seconds after which `get` gives up; `fresh`: seconds for which an answer holds."""
        self._ask = ask
        self._limit = limit
        self._fresh = fresh
        self._lock = threading.Lock()
        self._asked: Future[T] | None = None
        self._answered_at = 0.0

    def get(self) -> T:
        """The answer.

        Raises:
            TimeoutError: none came in time; the question stays open, and is not asked again until it is answered.
            Exception: whatever `ask` raised.
        """
        with self._lock:
            if self._asked is None or self._is_old(self._asked):
                self._asked = Future()
                # A daemon: a database that hangs must not keep the process from ending.
                threading.Thread(target=self._answer, args=(self._asked,), name="latest", daemon=True).start()
            asked = self._asked
        return asked.result(self._limit)

    def _is_old(self, asked: Future[T]) -> bool:
        return asked.done() and time.monotonic() - self._answered_at > self._fresh

    def _answer(self, asked: Future[T]) -> None:
        try:
            answer = self._ask()
        except BaseException as error:  # noqa: BLE001  handed on to who asked
            self._answered_at = time.monotonic()
            asked.set_exception(error)
        else:
            self._answered_at = time.monotonic()
            asked.set_result(answer)
