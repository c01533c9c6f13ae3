"""A DNS server on loopback, in a thread: what it knows is written as in a zone file."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

#: Name -> kind of record -> records; TXT without their quotes. A name that is `broken` is answered by SERVFAIL.
Zone = Mapping[str, Mapping[str, Sequence[str]]]
BROKEN: Mapping[str, Sequence[str]] = {"broken": ()}


class NameServer:
    """Answers from a zone, and counts what it was asked."""

    def __init__(self, zone: Zone, *, silent: bool = False) -> None:
        self._zone = zone
        self._silent = silent
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def run(self) -> None:
        while True:
            question, sender = self._socket.recvfrom(4096)
            if not question:
                return
            query = dns.message.from_wire(question)
            self.asked.append(query.question[0].name.to_text(omit_final_dot=True))
            if not self._silent:
                self._socket.sendto(self._answer(query).to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        asked = query.question[0]
        known = self._zone.get(asked.name.to_text(omit_final_dot=True))
        kind = dns.rdatatype.to_text(asked.rdtype)
        if known is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif known is BROKEN:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif kind in known:
            records = [_quoted(record) if kind == "TXT" else record for record in known[kind]]
            answer.answer.append(dns.rrset.from_text(asked.name, 300, "IN", kind, *records))
        return answer

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"", self._socket.getsockname())


def _quoted(text: str) -> str:
    """As a zone file has a TXT: strings of at most 255 bytes."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))


@contextmanager
def name_server(zone: Zone, *, silent: bool = False) -> Iterator[NameServer]:
    server = NameServer(zone, silent=silent)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
        server._socket.close()
