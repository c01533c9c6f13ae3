"""A mail server as a channel: several sessions side by side, each with one message under way.

So no more messages can be in doubt than there are connections, and a distant server's every answer is waited for by
one connection alone.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from outreach.delivery.channels.base import Deferred, Result
from outreach.delivery.channels.smtp.server import MailServer, parse
from outreach.delivery.channels.smtp.session import Session, UnreachableError
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail

_log = logging.getLogger(__name__)


class Smtp:
    """Sends through one mail server, one recipient a transaction."""

    name = "smtp"

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._idle: queue.SimpleQueue[Session] = queue.SimpleQueue()
        self._threads: ThreadPoolExecutor | None = None
        #: True when nobody of the last call was reached.
        self.down = False

    @classmethod
    def at(cls, url: str) -> Self:
        """The mail server of a URL.

        Raises:
            OutreachError: it is not one.
        """
        return cls(parse(url))

    @property
    def group(self) -> int:
        """One message for each connection."""
        return self._server.connections

    @property
    def patience(self) -> timedelta:
        """Dialling twice and a whole conversation, each answer as late as it may be."""
        return timedelta(seconds=20 * self._server.timeout + self._server.answer_timeout)

    def open(self) -> None:
        """Try the way to the server, so that what is set up wrongly shows before anything is claimed for it.

        A server that cannot be reached is no error here: its messages are deferred.

        Raises:
            OutreachError: no STARTTLS, a certificate that cannot be verified, or a login that is refused.
        """
        self.down = False
        session = Session(self._server)
        with suppress(UnreachableError):
            session.connect()
        self._idle.put(session)

    def send(self, mails: Sequence[Mail]) -> Sequence[Result]:
        """Hand over messages, each over a connection of its own."""
        if len(mails) == 1:
            tried = [self._deliver(mails[0])]
        else:
            self._threads = self._threads or ThreadPoolExecutor(self.group, "smtp")
            tried = list(self._threads.map(self._deliver, mails))
        self.down = bool(tried) and not any(reached for _, reached in tried)
        if self.down:
            # No warning: whoever asked for the sending tells it, with what to do.
            _log.info("the mail server cannot be reached", extra={"server": self._server.where})
        return [result for result, _ in tried]

    def known(self, keys: Collection[str]) -> None:
        """None: what a mail server took, it does not tell again."""

    def close(self) -> None:
        """Hang up everywhere."""
        if self._threads:
            self._threads.shutdown()
            self._threads = None
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _deliver(self, mail: Mail) -> tuple[Result, bool]:
        """The result, and whether the server was reached."""
        session = self._session()
        try:
            return session.deliver(mail), True
        except UnreachableError as error:
            return Deferred(error.code), False
        except OutreachError as error:
            # Right at `open` and wrong now (a password changed, a certificate ran out): the next `open` says so.
            _log.warning("%s", error.what, extra={"server": self._server.where})
            return Deferred("refused"), False
        finally:
            self._idle.put(session)

    def _session(self) -> Session:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return Session(self._server)
