"""A POST that ends in time, and of which one knows how far it came: what a channel over HTTP stands on."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from time import monotonic
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

#: How far a request has come. `untrusted`: the server's certificate could not be verified; `saying`: its end was not
#: handed over, and without it a request is none; `waiting`: it was, and whether it was read nobody here knows.
Stage = Literal["dialling", "untrusted", "saying", "waiting"]

#: Seconds to wait for a connection.
_DIAL = 10.0
#: Seconds after which an idle connection is not used again: the server may close it just as a request is on its way.
_IDLE = 2.0
#: Seconds until what is late is cut once more: it may have been dialling still.
_AGAIN = 1.0
#: Bytes of an answer's body that are passed over so that its connection can be used again; nobody reads them.
_BODY = 64 * 1024

# It notes the path of every request, and that may hold the receiver's own secret.
logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)


class Answer(NamedTuple):
    """What a server answered; its body is of no interest."""

    status: int
    #: Names in any case.
    headers: Mapping[str, str]


class UnansweredError(Exception):
    """There was no answer."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.stage = stage


class Line(HTTPAdapter):
    """One connection to a server, kept open between requests; one thread at a time, but for `cut`.

    No redirect is followed, no proxy asked, no cookie kept, and nothing of the environment or of `.netrc` is used.
    """

    def __init__(self, url: str, trusted: ssl.SSLContext) -> None:
        super().__init__()
        parts = urlsplit(url)
        host = parts.hostname or ""
        self._url = url
        self._wire: _Wire | None = None
        self._pool = (
            HTTPConnectionPool(host, parts.port)
            if parts.scheme == "http"
            else HTTPSConnectionPool(host, parts.port, ssl_context=trusted)
        )
        self._made = _Wire if parts.scheme == "http" else _TlsWire
        self._pool.ConnectionCls = self._new_wire  # type: ignore[assignment]  # a maker is as good as a class

    def post(self, headers: Mapping[str, str], body: bytes, patience: float) -> Answer:
        """Ask the server; each of its bytes may be `patience` seconds late, all of them together until `cut` is called.

        Raises:
            UnansweredError: there was no answer, or it was no HTTP.
        """
        request = requests.Request("POST", self._url, headers=headers, data=body).prepare()
        try:
            answer = self.send(request, stream=True, timeout=(min(_DIAL, patience), patience))
        except (requests.RequestException, HTTPError):
            raise UnansweredError(self._wire.stage if self._wire else "dialling") from None
        with answer, suppress(HTTPError, OSError):
            if self._wire and not self._wire.is_closed:
                answer.raw.read(_BODY)
        return Answer(answer.status_code, answer.headers)

    def cut(self) -> None:
        """End the request under way, from another thread; one that is only dialling ends by itself."""
        if self._wire:
            self._wire.cut()

    def close(self) -> None:
        """Hang up."""
        self._pool.close()
        super().close()

    # --- what requests asks of an adapter ----------------------------------------------------------------

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        return self._pool

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """The connections' own context does."""

    def _new_wire(self, *arguments: Any, **settings: Any) -> _Wire:
        self._wire = self._made(*arguments, **settings)
        return self._wire


def in_time(posts: Mapping[Future[Any], Line], seconds: float) -> None:
    """Wait until all of these have ended, and cut those that are late after so many seconds."""
    late = wait(posts, seconds).not_done
    while late:
        for post in late:
            posts[post].cut()
        late = wait(late, _AGAIN).not_done


class _Wire(HTTPConnection):
    """A connection that notes how far its request has come, and that another thread can cut."""

    stage: Stage = "dialling"
    _used = 0.0
    #: The same connection once more: while TLS is agreed on, nobody but the agreeing has the other.
    _brake: socket.socket | None = None

    @property
    def is_connected(self) -> bool:
        return super().is_connected and monotonic() - self._used < _IDLE

    def connect(self) -> None:
        self.stage = "dialling"
        try:
            super().connect()
        except ssl.SSLCertVerificationError:
            self.stage = "untrusted"
            raise
        self.stage = "saying"

    def request(self, *arguments: Any, **settings: Any) -> None:
        if not self.is_closed:
            self.stage = "saying"
        super().request(*arguments, **settings)
        self.stage, self._used = "waiting", monotonic()

    def cut(self) -> None:
        brake = self._brake
        if brake:
            with suppress(OSError):
                brake.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self._brake:
            self._brake.close()
            self._brake = None

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._brake = made.dup()
        return made


class _TlsWire(_Wire, HTTPSConnection):
    """The same, encrypted."""
