"""uvicorn inside another program: in a thread of its own, until the block around it ends.

What was asked before the end is answered. No line of a log names what was asked for: a path is the key to a page.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from outreach.definitions.model import Tls, Web
from outreach.errors import OutreachError
from outreach.sockets import Address, refusal
from outreach.web.asgi import ASGIApp

_log = logging.getLogger(__name__)

#: Connections at a time; one more is answered 503.
_CONNECTIONS = 1000
#: Bytes of a request's line and headers.
_HEAD = 16 * 1024
#: Seconds within which a head must have come, and for which a connection may idle.
_HEAD_WITHIN, _IDLE = 10.0, 30
#: Seconds that requests under way have to end.
_GRACE = 10
_BACKLOG = 1024
_LOOK = 0.02


@contextmanager
def served(app: ASGIApp, listen: str, web: Web, root: Path) -> Iterator[Address]:
    """Serve the application at `listen` for the length of the block. Yields the address with the port that was taken.

    Raises:
        OutreachError: the address is taken or may not be used, or the files for TLS do not fit.
    """
    wanted = Address.parse(listen)
    server = _Server(_config(app, web, root))
    with _bound(wanted) as bound:
        thread = threading.Thread(target=server.run, args=([bound],), name="web")
        thread.start()
        try:
            _await_start(server, thread)
            address = Address(wanted.host, bound.getsockname()[1])
            _log.info("open", extra={"address": str(address)})
            yield address
        finally:
            server.should_exit = True
            thread.join()


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    while not server.started and thread.is_alive():
        time.sleep(_LOOK)


def _config(app: ASGIApp, web: Web, root: Path) -> uvicorn.Config:
    config = uvicorn.Config(
        app, http=_Impatient, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        proxy_headers=bool(web.trusted_proxies), forwarded_allow_ips=list(web.trusted_proxies),
        limit_concurrency=_CONNECTIONS, h11_max_incomplete_event_size=_HEAD, timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_GRACE, **(_tls(web.tls, root) if web.tls else {}),
    )  # fmt: skip
    try:
        config.load()
    except OSError as error:
        raise OutreachError(
            f"the certificate and the key of `web.tls` cannot be used ({type(error).__name__})",
            where="outreach.yaml", remedy="Both must be there, in PEM, the key without a password.",
        ) from None  # fmt: skip
    return config


def _tls(tls: Tls, root: Path) -> dict[str, Any]:
    return {"ssl_certfile": root / tls.certificate, "ssl_keyfile": root / tls.key}


def _bound(address: Address) -> socket.socket:
    # Said to be TCP, or asyncio leaves Nagle's algorithm on, and every page takes 40 ms longer.
    bound = socket.socket(address.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address.host, address.port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise refusal(address, error, "Name another one with `web: {listen: …}` or --web.") from None
    return bound


class _Server(uvicorn.Server):
    """Leaves the signals to the program around it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, and let encrypted connections say their last words, which come by callbacks after it."""
        await super().shutdown(sockets)
        await asyncio.sleep(_LOOK)


class _Impatient(H11Protocol):
    """Hangs up on who does not come to the end of a request's head: uvicorn itself waits for ever."""

    _late = None

    def connection_made(self, transport: Any) -> None:
        """A connection, and soon a whole head."""
        super().connection_made(transport)
        self._late = self.loop.call_later(_HEAD_WITHIN, self._hang_up)

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or of a body."""
        super().data_received(data)
        if self._is_answering and self._late:
            self._late.cancel()
            self._late = None
        elif not self._is_answering and self._late is None:
            self._late = self.loop.call_later(_HEAD_WITHIN, self._hang_up)

    def shutdown(self) -> None:
        """The end of the service: who does not answer to the end of an encrypted connection is not waited for."""
        super().shutdown()
        if not self._is_answering:
            self.loop.call_later(_LOOK, self.transport.abort)

    @property
    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _hang_up(self) -> None:
        if not self._is_answering:
            self.transport.close()
