"""A mail server that does what it is told to do wrong, and keeps its own record of what it took.

The record is the oracle of every trial: a line for each message, written before the answer to it is. It knows nothing
of our ledger, and nothing of ours writes to it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import ssl
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.chaos.faults import Spell, garbage

#: Recipients whose name starts so are unknown here, whatever else goes wrong.
UNKNOWN = "unknown"
_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_TO = re.compile(rb"^To:.*?<?([^\s<>]+@[^\s<>]+?)>?\s*$", re.IGNORECASE | re.MULTILINE)
_PATH = re.compile(rb"<([^>]*)>")
_CHUNK = 1 << 16
_END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class Manner:
    """How the server behaves where nothing goes wrong."""

    pipelining: bool = True
    #: Answers leave in pieces.
    split: bool = False
    #: DATA is answered by 354 although nobody is there to get the message.
    lenient: bool = False
    #: Seconds before a message's content is answered: at least, and so many more at most.
    slowness: float = 0.0
    latency: float = 0.0
    #: PEM file for STARTTLS; empty: not offered.
    certificate: str = ""
    #: `user:password`; empty: no login.
    login: str = ""
    #: Seconds after which a stalled conversation is given up here, too.
    patience: float = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one message here, or of one recipient that was refused."""

    #: `taken`; `refused` by an answer; `lost`: the content was asked for and the conversation ended without an answer
    #: to it. Whatever the message: `struck` by the fault that `answer` names; or `together`: `answer` says how many
    #: contents were under way at once, and that it never were more until then.
    verdict: str
    recipient: str = ""
    message_id: str = ""
    #: The answer's code; `garbage`, or empty where there was none.
    answer: str = ""
    #: Whether it is a whole message, and the one for this recipient.
    sound: bool = True


class _GoneError(Exception):
    """The conversation is over."""


class Sink:
    """The server's whole state: its record, and how often each point was passed."""

    def __init__(self, record: Path, manner: Manner, spells: tuple[Spell, ...]) -> None:
        self.manner = manner
        self._record = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._spells = spells
        self._passed: Counter[str] = Counter()
        self._under_way = self._most = 0
        self.draw = random.Random(repr(spells))

    def note(self, line: Line) -> None:
        """Put a line on record, in one write, so that lines never mix."""
        os.write(self._record, json.dumps(asdict(line)).encode() + b"\n")

    def strike(self, point: str) -> str:
        """The fault that strikes here and now; empty if none does."""
        passed = self._passed[point]
        self._passed[point] += 1
        fault = next((spell.fault for spell in self._spells if spell.strikes(point, passed)), "")
        if fault:
            self.note(Line("struck", answer=fault))
        return fault

    def under_way(self, more: int) -> None:
        """So many more contents are asked for and not answered; the most there ever were stand on record."""
        self._under_way += more
        if self._under_way > self._most:
            self._most = self._under_way
            self.note(Line("together", answer=str(self._most)))

    def recover(self) -> None:
        """Nothing goes wrong any more."""
        self._spells = ()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        try:
            await _Conversation(self, reader, writer).run()
        except (_GoneError, OSError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()


class _Conversation:
    """One connection."""

    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._sink = sink
        self._reader = reader
        self._writer = writer
        self._buffer = b""
        self._answers: list[bytes] = []
        self._recipient = ""
        self._has_sender = False
        self._transactions = 0
        self._asked_for_content = False
        self._commands: dict[str, Callable[[bytes], object]] = {
            "EHLO": self._hello, "HELO": self._hello, "STARTTLS": self._start_tls, "AUTH": self._log_in,
            "MAIL": self._mail, "RCPT": self._rcpt, "DATA": self._data, "RSET": self._reset, "QUIT": self._quit,
        }  # fmt: skip

    async def run(self) -> None:
        """From the greeting to the end; a message that was begun and not answered is on record as lost."""
        try:
            if not await self._harmed("greeting"):
                self._say("220 sink.example ESMTP")
            while True:
                await self._command(await self._line())
        finally:
            self._lose()

    async def _command(self, line: bytes) -> None:
        verb = line[:8].decode("latin-1").split(" ")[0].strip().upper()
        handler = self._commands.get(verb)
        if handler is None:
            return self._say("502 5.5.1 no such command")
        return await handler(line)  # type: ignore[misc]

    # --- commands ----------------------------------------------------------------------------------------

    async def _hello(self, line: bytes) -> None:
        if await self._harmed("hello"):
            return
        manner = self._sink.manner
        offers = ["sink.example", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "SIZE 10000000"]
        offers += ["PIPELINING"] if manner.pipelining else []
        secure = self._writer.get_extra_info("ssl_object") is not None
        offers += ["STARTTLS"] if manner.certificate and not secure else []
        offers += ["AUTH PLAIN LOGIN"] if manner.login and (secure or not manner.certificate) else []
        for offer in offers[:-1]:
            self._say(f"250-{offer}")
        self._say(f"250 {offers[-1]}")

    async def _start_tls(self, line: bytes) -> None:
        if await self._harmed("login"):
            return
        self._say("220 2.0.0 go on")
        await self._flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._sink.manner.certificate)
        await self._writer.start_tls(context)
        self._buffer = b""

    async def _log_in(self, line: bytes) -> None:
        if not await self._harmed("login"):
            self._say("235 2.7.0 welcome")

    async def _mail(self, line: bytes) -> None:
        if self._transactions and await self._harmed("next"):
            return
        if await self._harmed("mail"):
            return
        self._has_sender = True
        self._say("250 2.1.0 OK")

    async def _rcpt(self, line: bytes) -> None:
        if not self._has_sender:
            return self._say("503 5.5.1 MAIL first")
        recipient = _PATH.search(line)[1].decode()  # type: ignore[index]
        if recipient.startswith(UNKNOWN):
            self._sink.note(Line("refused", recipient, answer="550"))
            return self._say("550 5.1.1 unknown here")
        if await self._harmed("rcpt", recipient):
            return None
        self._recipient = recipient
        return self._say("250 2.1.5 OK")

    async def _data(self, line: bytes) -> None:
        if not self._has_sender:
            return self._say("503 5.5.1 MAIL first")
        if not self._recipient:
            return await self._data_for_nobody()
        if await self._harmed("data", self._recipient):
            return None
        self._ask_for_content()
        self._say("354 go on")
        await self._flush()
        return await self._take(await self._content())

    async def _data_for_nobody(self) -> None:
        if not self._sink.manner.lenient:
            return self._say("554 5.5.1 no valid recipients")
        self._say("354 go on")
        await self._until_dot()
        self._forget()
        return self._say("554 5.5.1 no valid recipients")

    async def _reset(self, line: bytes) -> None:
        if await self._harmed("next"):
            return
        self._forget()
        self._say("250 2.0.0 OK")

    async def _quit(self, line: bytes) -> None:
        if not await self._harmed("next"):
            self._say("221 2.0.0 bye")
            await self._flush()
        raise _GoneError

    # --- content -----------------------------------------------------------------------------------------

    async def _content(self) -> bytes | None:
        """The message; None if it was answered before its end."""
        while len(self._buffer) < 200 and _END not in self._buffer:
            await self._more()
        answered = await self._harmed("content", self._recipient)
        content = await self._until_dot()
        return None if answered else content

    async def _until_dot(self) -> bytes:
        if await self._begins_with(b".\r\n"):
            self._buffer = self._buffer[3:]
            return b""
        # Looked for only where it can be new: a message of a megabyte comes in many pieces.
        seen = 0
        while (at := self._buffer.find(_END, max(0, seen - len(_END)))) < 0:
            seen = len(self._buffer)
            await self._more()
        content, self._buffer = self._buffer[:at], self._buffer[at + len(_END) :]
        return content

    async def _begins_with(self, start: bytes) -> bool:
        while len(self._buffer) < len(start):
            await self._more()
        return self._buffer.startswith(start)

    async def _take(self, content: bytes | None) -> None:
        """Take it or refuse it, with the record before the answer."""
        recipient = self._recipient
        self._transactions += 1
        if content is None:
            return self._forget()
        if await self._harmed("dot", recipient):
            return self._forget()
        if wait := self._sink.manner.slowness + self._sink.draw.random() * self._sink.manner.latency:
            await asyncio.sleep(wait)
        fault = self._sink.strike("taken")
        if fault in ("4xx", "5xx", "421"):
            # Who refuses has not taken: else every client would have to send it twice.
            await self._suffer(fault, recipient)
            return self._forget()
        answer = "garbage" if fault == "garbage" else "" if fault else "250"
        self._sink.note(Line("taken", recipient, _message_id(content), answer, _is_sound(content, recipient)))
        self._answered()
        if fault:
            await self._suffer(fault, recipient)
        else:
            self._say("250 2.0.0 taken")
        return self._forget()

    def _lose(self) -> None:
        """Whatever was under way gets no answer to its content."""
        if self._asked_for_content:
            self._sink.note(Line("lost", self._recipient))
            self._answered()

    def _ask_for_content(self) -> None:
        self._asked_for_content = True
        self._sink.under_way(+1)

    def _answered(self) -> None:
        if self._asked_for_content:
            self._asked_for_content = False
            self._sink.under_way(-1)

    def _forget(self) -> None:
        self._answered()
        self._has_sender, self._recipient = False, ""

    # --- faults ------------------------------------------------------------------------------------------

    async def _harmed(self, point: str, recipient: str = "") -> bool:
        """Whether a fault took the place of the answer at this point."""
        fault = self._sink.strike(point)
        if fault:
            await self._suffer(fault, recipient)
        return bool(fault)

    async def _suffer(self, fault: str, recipient: str) -> None:
        if fault in _ANSWERS:
            self._refuse(_ANSWERS[fault], recipient)
        elif fault == "garbage":
            self._lose()
            self._answers.append(garbage(self._sink.draw))
        await self._flush()
        match fault:
            case "421" | "drop":
                self._writer.close()
                raise _GoneError
            case "reset":
                _reset(self._writer)
                raise _GoneError
            case "stall":
                await self._stall()

    def _refuse(self, answer: str, recipient: str) -> None:
        if recipient:
            self._sink.note(Line("refused", recipient, answer=answer[:3]))
        self._answered()
        self._say(answer)

    async def _stall(self) -> None:
        """Say nothing and hear nothing, until the client has gone or patience ends."""
        try:
            async with asyncio.timeout(self._sink.manner.patience):
                while await self._reader.read(_CHUNK):
                    pass
        except TimeoutError:
            pass
        raise _GoneError

    # --- the wire ----------------------------------------------------------------------------------------

    def _say(self, answer: str) -> None:
        self._answers.append(answer.encode() + b"\r\n")

    async def _flush(self) -> None:
        """Let the answers leave: together, as a server does that was sent commands together, or in pieces."""
        text, self._answers = b"".join(self._answers), []
        while text:
            size = self._sink.draw.randint(1, 20) if self._sink.manner.split else len(text)
            self._writer.write(text[:size])
            text = text[size:]
            await self._writer.drain()
            if text:
                await asyncio.sleep(0)

    async def _more(self) -> None:
        await self._flush()
        data = await self._reader.read(_CHUNK)
        if not data:
            raise _GoneError
        self._buffer += data

    async def _line(self) -> bytes:
        while b"\n" not in self._buffer:
            await self._more()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")


_ANSWERS = {"4xx": "451 4.3.0 not now", "5xx": "554 5.7.1 never", "421": "421 4.3.2 closing"}


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _message_id(content: bytes) -> str:
    found = _ID.search(content)
    return found[1].decode("latin-1") if found else ""


def _is_sound(content: bytes, recipient: str) -> bool:
    """Whether its last line ends the outermost part, and it is addressed to whom the envelope names."""
    found = _TO.search(content)
    return content.rstrip().endswith(b"--") and found is not None and found[1].decode("latin-1") == recipient


def serve(record: Path, manner: Manner, spells: tuple[Spell, ...], told: Connection) -> None:
    """Serve on a port of loopback, which `told` is told, until killed. SIGUSR1 ends every fault."""
    asyncio.run(_serve(Sink(record, manner, spells), told))


async def _serve(sink: Sink, told: Connection) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, sink.recover)
    server = await asyncio.start_server(sink.converse, "127.0.0.1", 0, backlog=200)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()
