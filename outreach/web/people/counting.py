"""Clicks are counted behind the answer, all that came meanwhile in one short transaction.

A reader waits for no writer, and however many follow a link at once, one of them alone waits for the database. What
cannot be written is counted with the next click that can; while this process lives nothing is lost.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from outreach.outcomes import clicks
from outreach.web.people.readers import Room

_log = logging.getLogger(__name__)


class Clicks:
    """Those that are not yet in the database."""

    def __init__(self, room: Room) -> None:
        self._room = room
        #: By token.
        self._waiting: Counter[str] = Counter()
        self._changing = Lock()
        self._writing = Lock()

    def add(self, token: str) -> None:
        """Count a click of today."""
        with self._changing:
            self._waiting[token] += 1
        # Who writes at this moment looks again before it is done.
        while self._waiting and self._writing.acquire(blocking=False):
            try:
                if not self._write():
                    return
            finally:
                self._writing.release()

    def _write(self) -> bool:
        with self._changing:
            taken, self._waiting = self._waiting, Counter()
        try:
            self._put(taken)
        except SQLAlchemyError as error:
            with self._changing:
                self._waiting.update(taken)
            _log.warning("clicks cannot be counted yet", extra={"clicks": taken.total(), "error": type(error).__name__})
            return False
        return True

    def _put(self, taken: Mapping[str, int]) -> None:
        if taken:
            today = self._room.today
            with self._room.installation.database.writing() as connection:
                clicks.add(connection, {(token, today): number for token, number in taken.items()})
