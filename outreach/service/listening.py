"""A small web server for those who watch: a handful of pages that are read, and nothing else.

It must never be what breaks the service: few requests at a time, each within a time limit, and no request that writes.
"""

from __future__ import annotations

import logging
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from outreach.sockets import Address, refusal

_log = logging.getLogger(__name__)

#: Requests that are answered at once; one more is hung up on.
MOST = 8
#: Seconds from the first byte of a request to the last one of its answer.
LIMIT = 10.0
#: Seconds between two looks for requests whose time is over.
_LOOK = 0.1


class Answer(NamedTuple):
    """What a page says now."""

    status: int
    #: Content-Type.
    kind: str
    body: bytes


#: Path -> what makes its page.
Pages = Mapping[str, Callable[[], Answer]]


@contextmanager
def listening(address: Address, pages: Pages, *, most: int = MOST, limit: float = LIMIT) -> Iterator[Address]:
    """Show the pages for the length of the block. Yields the address with the port that was taken.

    Raises:
        OutreachError: the address is taken, or may not be used.
    """
    try:
        server = _Server(address, pages, most, limit)
    except OSError as error:
        raise refusal(address, error, "Name another one with --listen or OUTREACH_LISTEN.") from None
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(_LOOK,), name="listening", daemon=True)
        thread.start()
        try:
            yield Address(address.host, server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    """Answers at most so many requests at a time, and hangs up on those that take too long."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: Address, pages: Pages, most: int, limit: float) -> None:
        self.address_family = address.family
        self.pages = pages
        self._limit = limit
        self._free = threading.BoundedSemaphore(most)
        #: Connection -> when its time is over.
        self._open: dict[socket.socket, float] = {}
        super().__init__((address.host, address.port), _Handler)

    def server_bind(self) -> None:
        """As the library does it, but without asking DNS for our own name, which may take as long as it likes."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]  # as it is there

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the request, if one is free."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        self._open[request] = time.monotonic() + self._limit
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The request, in its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            del self._open[request]
            self._free.release()

    def service_actions(self) -> None:
        """Hang up where the time is over: a timeout of the socket would begin anew with each byte."""
        now = time.monotonic()
        for request, end in list(self._open.items()):
            if end < now:
                _hang_up(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """What went wrong, as a log line; that a reader is gone is nothing that went wrong."""
        if not isinstance(sys.exception(), OSError):
            _log.exception("a page could not be made")


def _hang_up(request: socket.socket) -> None:
    try:
        request.shutdown(socket.SHUT_RDWR)
    except OSError:
        _log.debug("a reader hung up at the same moment")


class _Handler(BaseHTTPRequestHandler):
    """One request and its answer."""

    server: _Server
    server_version = "outreach"
    sys_version = ""
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def do_GET(self) -> None:
        """The page, or 404."""
        page = self.server.pages.get(self.path.partition("?")[0])
        if page is None:
            self.send_error(404)
            return
        self._send(page())

    do_HEAD = do_GET  # noqa: N815  the library's name

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Any other method than those above: the library asks for `do_POST` and the like."""
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        self._send(Answer(405, self.error_content_type, b"405 Only GET and HEAD\n"), ("Allow", "GET, HEAD"))

    def _send(self, answer: Answer, *headers: tuple[str, str]) -> None:
        self.send_response(answer.status)
        for name, value in (("Content-Type", answer.kind), ("Content-Length", str(len(answer.body))), *headers):
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the library's name
        """Nothing: who reads, reads every few seconds."""
