"""Asking DNS, in bounded time: records as text, none, or nobody who answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import dns.exception
import dns.rdatatype
import dns.resolver

from outreach.errors import OutreachError

#: Name and kind of record (`TXT`, `MX`, `A`) -> records as text; a name that does not exist has none.
Lookup = Callable[[str, str], tuple[str, ...]]

#: Seconds for one question, and for all of them together.
QUESTION, ALL = 3.0, 30.0


class NoAnswerError(Exception):
    """No resolver answers, or not to this question; whether there are such records is not known."""


class Resolver:
    """The system's resolver, or one that was named."""

    def __init__(self, address: str = "", *, question: float = QUESTION, total: float = ALL) -> None:
        """`address` is `192.0.2.53` or `192.0.2.53:5353`; empty: as this machine is set up."""
        self._resolver = _resolver(address)
        self._question = question
        self._end = time.monotonic() + total
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def ask(self, name: str, kind: str) -> tuple[str, ...]:
        """The records of that name and kind.

        Raises:
            NoAnswerError: nobody told.
        """
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            self._known[key] = self._ask(*key)
        return self._known[key]

    def _ask(self, name: str, kind: str) -> tuple[str, ...]:
        left = self._end - time.monotonic()
        if self._resolver is None or left <= 0:
            raise NoAnswerError
        try:
            answer = self._resolver.resolve(f"{name}.", kind, search=False, lifetime=min(left, self._question))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.resolver.LifetimeTimeout:
            # Who is silent once is silent for every other question, too: asking on would only take time.
            self._resolver = None
            raise NoAnswerError from None
        except dns.exception.DNSException:
            raise NoAnswerError from None
        return tuple(_text(record) for record in answer)


def _resolver(address: str) -> dns.resolver.Resolver | None:
    if not address:
        try:
            return dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration:
            return None
    resolver = dns.resolver.Resolver(configure=False)
    host, _, port = address.rpartition(":") if address.count(":") == 1 else (address, "", "53")
    try:
        resolver.nameservers = [host]
        resolver.port = range(2**16)[int(port)]
    except (ValueError, IndexError):
        raise OutreachError(
            "the resolver's address cannot be read", where=address, remedy="Write it as 192.0.2.53 or 192.0.2.53:5353."
        ) from None
    return resolver


def _text(record: Any) -> str:
    """A record as it is written; a TXT without its quotes, its strings in one."""
    if record.rdtype == dns.rdatatype.TXT:
        return b"".join(record.strings).decode("utf-8", "replace")
    return str(record.to_text())
