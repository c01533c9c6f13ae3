"""A mail server that takes whatever is said to it in the narrowest grammar, and notes all that is not."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_COMMAND = re.compile(
    rb"EHLO [A-Za-z0-9.:\[\]-]+|MAIL FROM:<[^<>\s]*>(?: BODY=8BITMIME| SIZE=\d+)*|"
    rb"RCPT TO:<(?P<recipient>[^<>\s@]+@[a-z0-9.-]+)>|DATA|RSET|NOOP|QUIT",
    re.IGNORECASE,
)
_ANSWERS = {b"EHLO": b"250-here.example\r\n250-PIPELINING\r\n250 8BITMIME", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What was said."""

    port: int
    #: Recipient, and content as it stands without what the dialogue puts in.
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    #: What is no command, no line, or not in its turn.
    violations: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Dialogue]:
    """A server on a port of its own for the length of the block."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.dialogue = Dialogue(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.dialogue
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 50
    dialogue: Dialogue


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._recipients: list[str] = []
        self._say(b"220 here.example")
        while line := self.rfile.readline(1 << 16):
            said = _COMMAND.fullmatch(self._whole(line))
            if said is None:
                self._wrong(f"no command: {line!r}")
                return self._say(b"500 what?")
            self._answer(said)
        return None

    def _answer(self, said: re.Match[bytes]) -> None:
        word = said[0].partition(b" ")[0].upper()
        if recipient := said["recipient"]:
            self._recipients.append(recipient.decode())
        self._say(_ANSWERS.get(word, b"250 fine"))
        if word == b"DATA":
            self._take()

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline(1 << 16)) != b".\r\n":
            whole = self._whole(line)
            if not line or (whole[:1] == b"." and whole[:2] != b".."):
                self._wrong(f"a line that ends a message begins so: {line!r}")
                break
            lines.append(whole[1:] if whole[:1] == b"." else whole)
        if len(self._recipients) != 1:
            self._wrong(f"{len(self._recipients)} recipients of one message")
        self.server.dialogue.messages.append((self._recipients[-1], b"\r\n".join([*lines, b""])))
        self._recipients.clear()
        self._say(b"250 taken")

    def _whole(self, line: bytes) -> bytes:
        if not line.endswith(b"\r\n") or re.search(rb"[\r\n\x00]", line[:-2]) or len(line) > 1000:
            self._wrong(f"no line: {line[-60:]!r}")
        return line.rstrip(b"\r\n")

    def _wrong(self, what: str) -> None:
        self.server.dialogue.violations.append(what)

    def _say(self, answer: bytes) -> None:
        self.wfile.write(answer + b"\r\n")
