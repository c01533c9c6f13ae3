"""SPF (RFC 7208): is a domain's record sane, and does it let the mail server send for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from outreach.doctor.findings import Remark
from outreach.doctor.resolving import Lookup

Address = IPv4Address | IPv6Address
Outcome = Literal["pass", "fail", "softfail", "neutral", "none"]

#: Questions to DNS that a receiver asks for one record, at most (4.6.4); with more it refuses the record.
MOST_LOOKUPS = 10
_ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})
_OUTCOMES: dict[str, Outcome] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_MECHANISM = re.compile(
    r"(?P<qualifier>[+~?-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)(?::(?P<value>[^\s/]*))?"
    r"(?P<lengths>(?:/\d{1,3})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9._-]*)=(?P<value>\S*)", re.IGNORECASE)


class MalformedError(Exception):
    """A record that receivers refuse; `str` says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a record: `~all`, `include:example.org`, `redirect=example.org`."""

    name: str
    value: str
    #: `+`, `-`, `~` or `?`; empty for `redirect` and other modifiers.
    qualifier: str
    #: Length of the prefix of IPv4 and of IPv6 addresses.
    lengths: tuple[int, int] = (32, 128)


def is_record(text: str) -> bool:
    """Whether a TXT record is one of SPF."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def parse(record: str) -> tuple[Term, ...]:
    """The words of a record.

    Raises:
        MalformedError: one of them is none.
    """
    terms = tuple(_term(word) for word in record.split(" ")[1:] if word)
    redirects = [term for term in terms if term.name == "redirect"]
    if len(redirects) > 1:
        raise MalformedError("it redirects twice")
    return terms


def _term(word: str) -> Term:
    if found := _MECHANISM.fullmatch(word):
        name, value = found["name"].lower(), found["value"] or ""
        if name in ("ip4", "ip6"):
            _network(name, value + found["lengths"], word)
            return Term(name, value + found["lengths"], found["qualifier"] or "+")
        if name in ("include", "exists") and not value:
            raise MalformedError(f"`{word}` names no domain")
        return Term(name, value, found["qualifier"] or "+", _lengths(found["lengths"]))
    if found := _MODIFIER.fullmatch(word):
        return Term(found["name"].lower(), found["value"], "")
    raise MalformedError(f"`{word}` is no term of SPF")


def _network(name: str, value: str, word: str) -> None:
    kind = IPv4Network if name == "ip4" else IPv6Network
    try:
        kind(value, strict=False)
    except ValueError:
        raise MalformedError(f"`{word}` holds no address of that kind") from None


def _lengths(text: str) -> tuple[int, int]:
    four, _, six = text.partition("//")
    return min(int(four.strip("/") or 32), 32), min(int(six or 128), 128)


@dataclass(slots=True)
class _Walk:
    """A record and all that it includes, walked to the end, so that every question is counted."""

    address: Address | None
    lookup: Lookup
    lookups: int = 0
    #: Domains under way: one that includes itself would never end.
    under_way: list[str] = field(default_factory=list)
    #: Whether some term depends on the single mail, so that nobody can tell beforehand.
    is_vague: bool = False

    def check(self, domain: str, record: str) -> Outcome:
        """What the record says of the address."""
        self.under_way.append(domain)
        outcome: Outcome | None = None
        terms = parse(record)
        for term in terms:
            self._count(term.name in _ASKING)
            if term.qualifier and self._matches(term, domain) and outcome is None:
                outcome = _OUTCOMES[term.qualifier]
        redirect = next((term.value for term in terms if term.name == "redirect"), "")
        if redirect and not any(term.name == "all" for term in terms):
            self._count(1)
            redirected = self._of(redirect)
            outcome = outcome or redirected
        self.under_way.pop()
        return outcome or "neutral"

    def _count(self, questions: int) -> None:
        self.lookups += questions
        if self.lookups > MOST_LOOKUPS:
            raise MalformedError(f"it takes more than {MOST_LOOKUPS} questions to DNS")

    def _matches(self, term: Term, domain: str) -> bool:
        if "%" in term.value:
            self.is_vague = True
            return False
        target = term.value or domain
        match term.name:
            case "all":
                return True
            case "include":
                return self._of(target) == "pass"
            case "ip4" | "ip6":
                return self.address is not None and self.address in ip_network(term.value, strict=False)
            case "a":
                return self._is_of(target, term)
            case "mx":
                return any(self._is_of(host, term) for host in mail_hosts(self.lookup(target, "MX")))
            case _:
                # `ptr` is not to be used (5.5), `exists` is about the single mail.
                self.is_vague = True
                return False

    def _of(self, domain: str) -> Outcome:
        if domain in self.under_way:
            raise MalformedError(f"it includes itself, by {domain}")
        records = [text for text in self.lookup(domain, "TXT") if is_record(text)]
        if len(records) != 1:
            raise MalformedError(f"it counts on {domain}, which has {len(records) or 'no'} SPF record{_s(records)}")
        return self.check(domain, records[0])

    def _is_of(self, host: str, term: Term) -> bool:
        if self.address is None:
            return False
        kind, length = ("A", term.lengths[0]) if self.address.version == 4 else ("AAAA", term.lengths[1])
        return any(
            self.address in ip_network(f"{found}/{length}", strict=False) for found in self.lookup(host, kind)
        )  # fmt: skip


def mail_hosts(records: Sequence[str]) -> tuple[str, ...]:
    """The hosts of MX records, the first to try first; a null MX (RFC 7505) has none."""
    pairs = sorted((int(number), host.rstrip(".")) for number, host in (record.split() for record in records))
    return tuple(host for _, host in pairs if host)


def judge(domain: str, texts: Sequence[str], addresses: Sequence[str], lookup: Lookup) -> Iterator[Remark]:
    """What is to be said of a domain whose TXT records are `texts`, for a mail server at these addresses."""
    records = [text for text in texts if is_record(text)]
    if len(records) != 1:
        yield _none(domain) if not records else _many(domain, len(records))
        return
    try:
        yield from _of_all(parse(records[0]))
        yield from _of_servers(domain, records[0], [ip_address(one) for one in addresses], lookup)
    except MalformedError as problem:
        yield Remark("fail", str(problem), f"Mend the SPF record of {domain}: as it is, receivers refuse it.")


def _of_all(terms: Sequence[Term]) -> Iterator[Remark]:
    ends = next((term for term in terms if term.name == "all"), None)
    if ends is None:
        if not any(term.name == "redirect" for term in terms):
            yield Remark("warn", "it ends without `all`", "Let it end in `-all`, or `~all` while you are trying it.")
    elif ends.qualifier == "+":
        yield Remark("fail", "`+all` lets anybody send", "Let it end in `-all`.")
    elif ends.qualifier == "?":
        yield Remark("warn", "`?all` says nothing of others", "Let it end in `-all` or `~all`.")
    if any(term.name == "ptr" for term in terms):
        yield Remark("warn", "it uses `ptr`, which many receivers ignore", "Name addresses in place of `ptr`.")


def _of_servers(domain: str, record: str, addresses: Sequence[Address], lookup: Lookup) -> Iterator[Remark]:
    public = [address for address in addresses if address.is_global]
    if not public:
        walk = _Walk(None, lookup)
        walk.check(domain, record)
        yield Remark("ok", f"{record!r}; the address from which the mail server sends on cannot be seen from here")
    for address in public:
        walk = _Walk(address, lookup)
        outcome = walk.check(domain, record)
        if outcome == "pass":
            yield Remark("ok", f"it lets the mail server ({address}) send")
        elif walk.is_vague:
            yield Remark("ok", f"whether it lets the mail server ({address}) send depends on the mail")
        else:
            yield Remark(
                "warn", f"it does not let the mail server ({address}) send: {outcome}",
                f"Add ip{address.version}:{address} to it, or make sure that the server sends on from one it names.",
            )  # fmt: skip


def _none(domain: str) -> Remark:
    return Remark("fail", "there is no SPF record", f'Publish one: {domain} TXT "v=spf1 mx ip4:… -all".')


def _many(domain: str, number: int) -> Remark:
    return Remark("fail", f"there are {number} SPF records", f"Make one of them: receivers refuse {domain} with more.")


def _s(records: Sequence[str]) -> str:
    return "" if len(records) == 1 else "s"
