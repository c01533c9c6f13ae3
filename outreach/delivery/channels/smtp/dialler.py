"""Getting new connections while others are at work: dialled by threads, fetched by the loop that `poll` wakes."""

from __future__ import annotations

import logging
import queue
import socket
import threading
from contextlib import suppress

from outreach.delivery.channels.smtp.dialling import UnreachableError, dial
from outreach.delivery.channels.smtp.line import Line
from outreach.delivery.channels.smtp.server import MailServer
from outreach.errors import OutreachError

_log = logging.getLogger(__name__)

#: Seconds without another try after one that failed, while other connections are at work: servers limit their number.
_PAUSE = 5.0


def reach(server: MailServer) -> Line | None:
    """A connection, dialled now; None where nobody answers.

    Raises:
        OutreachError: what is set up wrongly must be changed first.
    """
    try:
        return Line(*dial(server), server)
    except UnreachableError as error:
        # No warning: whoever asked for the sending tells it, with what to do.
        _log.info("the mail server cannot be reached", extra={"server": server.where, "code": error.code})
        return None


class Dialler:
    """Dials one mail server, in threads."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._arrived: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._bell, self._button = socket.socketpair()
        self._bell.setblocking(False)
        self._closing = threading.Lock()
        self._is_closed = False
        self._not_before = 0.0
        #: Attempts under way.
        self.busy = 0
        #: Whether the last attempt failed.
        self.failed = False
        self.number = self._bell.fileno()

    def dial(self, now: float) -> bool:
        """Begin to dial, unless an attempt failed a moment before `now` (seconds, monotonic)."""
        if now < self._not_before:
            return False
        self.busy += 1
        # They keep no process from ending: a server that lets us in and says nothing would, for a minute.
        threading.Thread(target=self._try, name="smtp-dial", daemon=True).start()
        return True

    def arrived(self, now: float) -> list[Line]:
        """The connections that are made."""
        with suppress(BlockingIOError):
            self._bell.recv(4096)
        lines = []
        with suppress(queue.Empty):
            while True:
                line = self._arrived.get_nowait()
                self.busy -= 1
                self.failed = line is None
                if line is None:
                    self._not_before = now + _PAUSE
                else:
                    lines.append(line)
        return lines

    def _try(self) -> None:
        line = None
        try:
            line = reach(self._server)
        except OutreachError as error:
            # Right when the channel was opened and wrong now (a password changed, a certificate ran out): the next
            # `open` says so.
            _log.warning("%s", error.what, extra={"server": self._server.where})
        finally:
            self._hand_over(line)

    def _hand_over(self, line: Line | None) -> None:
        with self._closing:
            if not self._is_closed:
                self._arrived.put(line)
                with suppress(OSError):
                    self._button.send(b".")
                return
        if line:
            line.goodbye()

    def close(self) -> None:
        """Hang up on who answered and was not fetched, and later on who answers later; nobody is waited for."""
        with self._closing:
            self._is_closed = True
        with suppress(queue.Empty):
            while True:
                line = self._arrived.get_nowait()
                if line:
                    line.goodbye()
        self._bell.close()
        self._button.close()
