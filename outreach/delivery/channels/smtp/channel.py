"""A mail server as a channel: many connections side by side, each with one message under way."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Self

from outreach.delivery.channels.base import Journal
from outreach.delivery.channels.smtp.dialler import Dialler, reach
from outreach.delivery.channels.smtp.exchange import Exchange
from outreach.delivery.channels.smtp.line import Line
from outreach.delivery.channels.smtp.server import MailServer, parse

_log = logging.getLogger(__name__)


class Smtp:
    """Sends through one mail server, one recipient a transaction."""

    name = "smtp"

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._dialler: Dialler | None = None
        self._idle: list[Line] = []
        #: True when nobody was there to take messages.
        self.down = False

    @classmethod
    def at(cls, url: str) -> Self:
        """The mail server of a URL.

        Raises:
            OutreachError: it is not one.
        """
        return cls(parse(url))

    @property
    def server(self) -> str:
        return self._server.where

    @property
    def connections(self) -> int:
        return self._server.connections

    @property
    def rate(self) -> float:
        return self._server.rate

    def open(self) -> None:
        """Try the way to the server, so that what is set up wrongly shows before anything is claimed for it.

        A server that cannot be reached is no error here: the channel is `down`.

        Raises:
            OutreachError: no STARTTLS, a certificate that cannot be verified, or a login that is refused.
        """
        self.down = False
        if not self._idle:
            line = reach(self._server)
            self._idle = [line] if line else []
            self.down = line is None

    def send(self, journal: Journal) -> None:
        if self.down:
            return
        self._dialler = self._dialler or Dialler(self._server)
        exchange = Exchange(journal, self._dialler, self._idle)
        self._idle = []
        try:
            exchange.run()
        finally:
            self._idle = exchange.lines
            self.down = exchange.is_down or exchange.refuses_us
        if self.down:
            _log.info("the mail server takes nothing", extra={"server": self._server.where})

    def known(self, keys: Collection[str]) -> None:
        """None: what a mail server took, it does not tell again."""

    def close(self) -> None:
        """Hang up everywhere."""
        for line in self._idle:
            line.goodbye()
        self._idle = []
        if self._dialler:
            self._dialler.close()
            self._dialler = None
