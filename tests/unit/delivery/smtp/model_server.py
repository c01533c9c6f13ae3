"""A mail server in miniature, pure: bytes in, bytes out, and answers as a script says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Script:
    """How the server answers the commands of one message."""

    mail: int = 250
    rcpt: int = 250
    #: Asked for content though no recipient was taken, as RFC 2920 allows.
    asks_anyway: bool = False
    data: int = 354
    content: int = 250


@dataclass
class ModelServer:
    """Speaks one connection; `scripts` are by recipient."""

    scripts: dict[str, Script]
    #: Recipients in the order in which their messages are begun; who drives the server takes one out at each MAIL.
    order: list[str]
    #: Recipient and content, dots taken out, of each message that it took.
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    #: Contents that it was given, taken or not.
    given: int = 0
    closed: bool = False
    _rest: bytes = b""
    _sender: bool = False
    _recipient: str = ""
    _accepted: bool = False
    _in_content: bool = False

    def feed(self, data: bytes) -> bytes:
        self._rest += data
        return b"".join(self._answers())

    def _answers(self) -> Iterator[bytes]:
        while not self.closed:
            if self._in_content:
                content, mark, rest = self._rest.partition(b"\r\n.\r\n")
                if self._rest.startswith(b".\r\n"):
                    content, mark, rest = b"", b"x", self._rest[3:]
                if not mark:
                    return
                self._rest, self._in_content = rest, False
                yield self._take(content)
            else:
                line, mark, rest = self._rest.partition(b"\r\n")
                if not mark:
                    return
                self._rest = rest
                yield self._command(line)

    def _command(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"MAIL":
            if self._sender:
                return self._say(503)
            # Whose message it is becomes known by RCPT, which is still to come.
            script = self.scripts[self.order[0]]
            self._sender = script.mail == 250
            return self._say(script.mail)
        if verb == b"RCPT":
            self._recipient = line[len(b"RCPT TO:<") : -1].decode()
            if not self._sender:
                return self._say(503)
            self._accepted = self.scripts[self._recipient].rcpt == 250
            return self._say(self.scripts[self._recipient].rcpt)
        if verb == b"DATA":
            return self._data()
        if verb == b"RSET":
            self._reset()
            return self._say(250)
        return self._say(500)

    def _data(self) -> bytes:
        script = self.scripts[self._recipient]
        if not self._accepted and script.asks_anyway and self._sender:
            self._in_content = True
            return self._say(354)
        if not self._accepted:
            return self._say(554 if self._sender else 503)
        self._in_content = script.data == 354
        return self._say(script.data)

    def _take(self, content: bytes) -> bytes:
        self.given += bool(content)
        script = self.scripts[self._recipient]
        accepted, recipient = self._accepted, self._recipient
        self._reset()
        if not accepted:
            return self._say(554)
        if script.content == 250:
            message = (content + b"\r\n").replace(b"\r\n..", b"\r\n.")
            self.taken.append((recipient, message.removeprefix(b".") if message.startswith(b"..") else message))
        return self._say(script.content)

    def _reset(self) -> None:
        self._sender = self._accepted = False

    def _say(self, code: int) -> bytes:
        self.closed = code == 421
        return b"%d-first\r\n%d %d.0.0 last\r\n" % (code, code, code // 100)
