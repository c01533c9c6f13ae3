"""One connection: a dialogue on a socket that never blocks, and how long it may take."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress

from outreach.delivery.channels.smtp.dialogue import Dialogue
from outreach.delivery.channels.smtp.letters import Letter, Offers
from outreach.delivery.channels.smtp.server import MailServer

_WAIT_MORE = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_CHUNK = 65536


class Line:
    """A connection to a mail server."""

    def __init__(self, wire: socket.socket, offers: Offers, server: MailServer) -> None:
        wire.setblocking(False)
        with suppress(OSError):
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wire = wire
        self._server = server
        #: Of the socket, for `poll`; it stays known when the socket is closed.
        self.number = wire.fileno()
        self._unsent = b""
        #: Octets of the content under way that the kernel has not taken yet.
        self._content_left = 0
        self.dialogue = Dialogue(offers)
        #: Seconds (monotonic) by which something must have happened, and at which content was handed over.
        self.deadline = self.handed_at = 0.0

    @property
    def interest(self) -> int:
        """What `poll` is to wait for."""
        return select.POLLIN | (select.POLLOUT if self._unsent else 0)

    def begin(self, letter: Letter) -> None:
        """Begin a message."""
        self._send(self.dialogue.begin(letter))

    def let_go(self, following: Letter | None) -> None:
        """Hand over the content that the server is ready for, and begin the one that follows."""
        self._content_left = self.dialogue.letter.size
        self.handed_at = time.monotonic()
        self._send(*self.dialogue.let_go(following))

    def goodbye(self) -> None:
        """Say QUIT, and hear no more."""
        if not self.dialogue.is_over:
            self._send(b"QUIT\r\n")
        self.drop("closed")

    def drop(self, code: str) -> None:
        """Hang up; what is under way is settled or given back."""
        self.dialogue.end(code, handed_over=self._content_left == 0)
        with suppress(OSError):
            self._wire.close()

    def ready(self, event: int) -> None:
        """What `poll` said of it."""
        if event & select.POLLOUT:
            self._flush()
        if event & ~select.POLLOUT and not self.dialogue.is_over:
            self._receive()

    def _receive(self) -> None:
        while True:
            try:
                data = self._wire.recv(_CHUNK)
            except _WAIT_MORE:
                return
            except OSError:
                data = b""  # a reset, which means the same as an end
            if not data:
                self.drop("lost")
                return
            self._hear(data)
            if self.dialogue.is_over or not (isinstance(self._wire, ssl.SSLSocket) and self._wire.pending()):
                return

    def _hear(self, data: bytes) -> None:
        said = self.dialogue.feed(data)
        if self.dialogue.is_over:
            self.drop("lost")
        elif said:
            self._send(said)
        else:
            self._extend()

    def _send(self, *said: bytes) -> None:
        sent = 0
        if not (self._unsent or isinstance(self._wire, ssl.SSLSocket)):
            sent = self._took(lambda: self._wire.sendmsg(said))
        if self.dialogue.is_over or sent == sum(map(len, said)):
            return
        self._unsent += b"".join(said)[sent:]
        self._flush()

    def _flush(self) -> None:
        while self._unsent and (sent := self._took(lambda: self._wire.send(self._unsent))):
            self._unsent = self._unsent[sent:]

    def _took(self, send: Callable[[], int]) -> int:
        """How many octets the kernel takes now."""
        try:
            sent = send()
        except _WAIT_MORE:
            sent = 0
        except OSError:
            self.drop("lost")
            return 0
        self._content_left = max(0, self._content_left - sent)
        self._extend()
        return sent

    def _extend(self) -> None:
        waits = self.dialogue.awaits_content and not self._content_left
        self.deadline = time.monotonic() + (self._server.answer_timeout if waits else self._server.timeout)
