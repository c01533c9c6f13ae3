"""Where this machine listens: an address as it is written, and what to say when it cannot be had."""

from __future__ import annotations

import errno
import re
import socket
from dataclasses import dataclass
from typing import Self

from outreach.errors import OutreachError

_ADDRESS = re.compile(r"(?:(?P<host>\[[0-9a-fA-F:.]+\]|[^:\[\]\s]+):)?(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    #: 0: any that is free.
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`127.0.0.1:9464`, `[::1]:9464`, or a port alone, which is this machine's own.

        Raises:
            OutreachError: it is none of these.
        """
        found = _ADDRESS.fullmatch(text.strip())
        if not found or int(found["port"]) > 65535:
            raise OutreachError(
                "the address to listen on cannot be read", where=text, remedy="Write it as 127.0.0.1:9464."
            )
        return cls((found["host"] or "127.0.0.1").strip("[]"), int(found["port"]))

    @property
    def family(self) -> socket.AddressFamily:
        """IPv6 where the host is written so."""
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def refusal(address: Address, error: OSError, remedy: str) -> OutreachError:
    """Why nobody can listen there; `remedy` says how to name another address."""
    match error.errno:
        case errno.EADDRINUSE:
            what, remedy = "another program listens there already", f"Stop it, or: {remedy}"
        case errno.EACCES:
            what, remedy = "this user may not listen on that port", f"Ports from 1024 on are free to all. {remedy}"
        case _:
            what = "this machine cannot listen there: it has no such address"
    return OutreachError(what, where=str(address), remedy=remedy)
