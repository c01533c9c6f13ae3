"""A receiver of webhooks in a process of its own, which answers a message as the recipient's name says.

Run as `python webhook_server.py JSON`, with `folder` (where what arrived is written down), `secret`, `port` and
`certificate` (empty: no TLS). It prints its port.
"""

from __future__ import annotations

import json
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

#: Start of the recipient's name -> header fields beside the answer's code, which follows it: `after-503`.
FIELDS = {
    "answer-": {},
    "after-": {"Retry-After": "120"},
    "forever-": {"Retry-After": "99999999999999999"},
    "date-": {"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"},
    "nonsense-": {"Retry-After": "soon"},
    "elsewhere-": {"Location": "/elsewhere"},
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        message = json.loads(body)
        with self.server.at_work():
            self.server.note(self, body, message)
            self._answer((message["recipient"] or "").partition("@")[0])

    def _answer(self, name: str) -> None:
        special = getattr(self, f"_{name.partition('.')[0]}", None)
        if special:
            return special()
        for start, fields in FIELDS.items():
            if name.startswith(start):
                return self._say(int(name.removeprefix(start)[:3]), fields)
        return self._say(200, {})

    def _say(self, code: int, fields: dict[str, str], body: bytes = b"{}") -> None:
        self.send_response(code)
        for field, value in fields.items():
            self.send_header(field, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True

    def _garbage(self) -> None:
        self.wfile.write(b"thanks a lot\r\n\r\n")
        self.close_connection = True

    def _hang(self) -> None:
        with suppress(OSError):
            self.rfile.read(1)
        self.close_connection = True

    def _slow(self) -> None:
        time.sleep(0.3)
        self._say(200, {})

    def _start(self) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\n\r\n", seconds=0.5)

    def _trickle(self) -> None:
        self._drip(b"X-Long: " + b"x" * 10_000, b"HTTP/1.1 200 OK\r\n")

    def _body(self) -> None:
        self._drip(b"x" * 10_000, b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")

    def _last(self) -> None:
        self._drip(b"x" * 10_000, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")

    def _endless(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
        with suppress(OSError):
            while True:
                self.wfile.write(b"x" * 10_000)

    def _drip(self, drops: bytes, first: bytes = b"", seconds: float = 0.05) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.sendall(first)
            for drop in drops:
                self.connection.sendall(bytes([drop]))
                time.sleep(seconds)

    def log_message(self, *_: Any) -> None:
        """Nothing: what arrived stands in the file."""


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    _at_work = 0

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", settings["port"]), Handler)
        self._folder = Path(settings["folder"])
        self._signature = Webhook(settings["secret"])
        self._lock = threading.Lock()
        self._context = None
        if settings["certificate"]:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(settings["certificate"])

    def get_request(self) -> Any:
        connection, peer = super().get_request()
        if self._context:
            # Agreed on by the thread that serves it, at its first read.
            connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, peer

    def handle_error(self, *_: Any) -> None:
        """Nothing: a client that hangs up is what tests are about."""

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with self._lock:
            self._at_work += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= 1

    def note(self, handler: Handler, body: str, message: dict[str, Any]) -> None:
        committed = (self._folder / "committed").read_text(encoding="utf-8").splitlines()
        line = {
            "path": handler.path,
            "headers": {name.lower(): value for name, value in handler.headers.items()},
            "message": message,
            "verified": self._verified(handler, body),
            "committed": message["message_id"] in committed,
            "at_work": self._at_work,
            "peer": handler.client_address[1],
        }
        with self._lock, (self._folder / "arrived").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _verified(self, handler: Handler, body: str) -> bool:
        try:
            self._signature.verify(body, dict(handler.headers))
        except WebhookVerificationError:
            return False
        return True


if __name__ == "__main__":
    server = Receiver(json.loads(sys.argv[1]))
    print(server.server_address[1], flush=True)
    server.serve_forever()
