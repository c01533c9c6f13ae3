"""A sender's heart: says every few seconds that it lives, whatever its channel is waiting for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Connection

from outreach.delivery import presence
from outreach.delivery.channels.base import Channel
from outreach.delivery.mark import Mark
from outreach.storage.database import Database

_log = logging.getLogger(__name__)

#: Seconds after which a share of the connections is asked for again where there was none.
ASK_AGAIN = 0.5


class Heart:
    """Beats from `start` to `stop`, in a thread of its own."""

    def __init__(self, database: Database, owner: str, channel: Channel, mark: Mark, kind: str, siblings: int) -> None:
        self._database = database
        self._owner = owner
        self._channel = channel
        self._mark = mark
        self._kind = kind
        self._siblings = siblings
        self._still = threading.Event()
        self._thread = threading.Thread(target=self._keep_beating, name="heart", daemon=True)
        #: This sender's share of the connections that its server allows.
        self.connections = 0

    def start(self, patiently: Callable[[Callable[[], None]], None]) -> None:
        """Beat once, and from then on until `stop`."""
        patiently(self._beat)
        self._thread.start()

    def stop(self) -> None:
        """Beat no more."""
        self._still.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep_beating(self) -> None:
        while not self._still.wait(presence.BEAT if self.connections else ASK_AGAIN):
            try:
                self._beat()
            except Exception as error:  # noqa: BLE001  # it goes on: who is silent is taken for dead
                # What the database or the disk lacks, the commits of the sender wait for, or say.
                _log.info("no sign of life could be given", extra={"error": type(error).__name__})

    def _beat(self) -> None:
        with self._database.writing() as connection:
            self.connections = self._say(connection)
            self._mark.look(connection)

    def _say(self, connection: Connection) -> int:
        server, limit = self._channel.server, self._channel.connections
        return presence.beat(connection, self._owner, self._kind, server, limit, self._siblings)
