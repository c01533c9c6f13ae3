"""A real IMAP server for tests, brought by pip: a process of its own, on loopback, with one mailbox in memory."""

from __future__ import annotations

import imaplib
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from select import select
from socket import create_connection, create_server, socket
from urllib.parse import quote

from tests.contracts.servers import CERTIFICATE, unused_port, wait_for

USER, PASSWORD = "bounces", "gehe im@1"


@dataclass
class ImapServer:
    """A mail server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, *, port: int = 0, scheme: str = "imap", password: str = PASSWORD, **options: str) -> str:
        query = "&".join(f"{name}={quote(value)}" for name, value in {"ca": str(CERTIFICATE), **options}.items())
        return f"{scheme}://{USER}:{quote(password, safe='')}@localhost:{port or self.port}/INBOX?{query}"

    @contextmanager
    def session(self) -> Iterator[imaplib.IMAP4]:
        client = self._client()
        try:
            yield client
        finally:
            client.logout()

    def _client(self) -> imaplib.IMAP4:
        """Logged in. Once in some thousand connections this server greets and never says more: then once more."""
        for patience in (5, 30):
            with suppress(TimeoutError):
                client = imaplib.IMAP4("localhost", self.port, timeout=patience)
                client.starttls(ssl.create_default_context(cafile=CERTIFICATE))
                client.login(USER, PASSWORD)
                return client
        raise TimeoutError("the IMAP server does not answer")

    def deliver(self, *mails: bytes) -> None:
        with self.session() as client:
            for mail in mails:
                client.append("INBOX", "", "", mail.replace(b"\n", b"\r\n"))

    def folder(self, name: str) -> list[tuple[bytes, bytes]]:
        """Flags and content of what lies in a folder."""
        with self.session() as client:
            if client.select(f'"{name}"', readonly=True)[0] != "OK":
                return []
            _, answer = client.fetch("1:*", "(FLAGS BODY.PEEK[])")
        return [(part[0], part[1]) for part in answer if isinstance(part, tuple)]


@contextmanager
def imap_server(password: str = PASSWORD) -> Iterator[ImapServer]:
    port = unused_port()
    tls = ["--cert", str(CERTIFICATE), "--key", str(CERTIFICATE)]
    program = Path(sys.executable).with_name("pymap")
    command = [program, "--host", "localhost", "--port", str(port), *tls, "dict"]
    with subprocess.Popen([*command, "--demo-user", USER, "--demo-password", password]) as process:
        wait_for(lambda: _listens(port))
        try:
            yield ImapServer(port, process)
        finally:
            process.terminate()


@contextmanager
def tls_in_front_of(port: int) -> Iterator[int]:
    """A port that speaks TLS from the first byte, and hands on to a server that does not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with create_server(("localhost", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, context, port), daemon=True).start()
        yield int(listener.getsockname()[1])


def _serve(listener: socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):
        while True:
            plain, _ = listener.accept()
            near, far = context.wrap_socket(plain, server_side=True), create_connection(("localhost", port))
            threading.Thread(target=_pump, args=(near, far), daemon=True).start()


def _pump(near: ssl.SSLSocket, far: socket) -> None:
    """Both ways in one thread: TLS is not for one that reads while another one writes."""
    with suppress(OSError), near, far:
        while True:
            ready = [near] if near.pending() else select([near, far], [], [])[0]
            for source, sink in ((near, far), (far, near)):
                if source in ready:
                    if not (data := source.recv(65536)):
                        return
                    sink.sendall(data)


def _listens(port: int) -> bool:
    with suppress(OSError), create_connection(("localhost", port), timeout=1):
        return True
    return False
