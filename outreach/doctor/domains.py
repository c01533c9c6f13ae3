"""The domains that messages come from: who takes their bounces, and what receivers ask DNS before they trust them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from outreach.doctor import dkim, dmarc, spf
from outreach.doctor.findings import Finding, Remark, together
from outreach.doctor.resolving import Lookup, NoAnswerError

#: Kinds of records that hold an address.
_ADDRESSES = ("A", "AAAA")


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain, as DNS knows it, and where it stands in a message."""

    name: str
    #: In From, which people see, DKIM signs and DMARC protects.
    is_author: bool
    #: In the envelope, to which bounces go and which SPF is about.
    is_envelope: bool


def look(domain: Domain, selectors: Sequence[str], servers: Sequence[str], lookup: Lookup) -> Iterator[Finding]:
    """What is to be said of a domain; `servers` are the addresses of the mail server, `selectors` may be none."""
    name = domain.name
    if domain.is_envelope:
        yield _checked(f"bounces to {name}", lambda: _bounces(name, lookup))
        yield _checked(f"SPF of {name}", lambda: spf.judge(name, lookup(name, "TXT"), servers, lookup))
    if domain.is_author:
        yield _checked(f"DKIM of {name}", lambda: _signatures(name, selectors, lookup))
        yield _checked(f"DMARC of {name}", lambda: dmarc.judge(name, lookup))


def addresses(host: str, lookup: Lookup) -> list[str]:
    """Every address of a host; of an address, itself."""
    if is_address(host):
        return [host]
    return [record for kind in _ADDRESSES for record in lookup(host, kind)]


def is_address(host: str) -> bool:
    """Whether a host is named by its address."""
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _checked(check: str, judged: Callable[[], Iterable[Remark]]) -> Finding:
    try:
        return together(check, list(judged()))
    except NoAnswerError:
        return Finding(
            check,
            "not_checked",
            "no resolver answers",
            "Try it where DNS can be asked, or name a resolver: --resolver.",
        )


def _signatures(name: str, selectors: Sequence[str], lookup: Lookup) -> Iterator[Remark]:
    wanted = selectors or dkim.COMMON
    return dkim.judge(bool(selectors), {one: lookup(dkim.place(one, name), "TXT") for one in wanted})


def _bounces(name: str, lookup: Lookup) -> Iterator[Remark]:
    records = lookup(name, "MX")
    hosts = spf.mail_hosts(records)
    if records and not hosts:
        yield Remark("fail", "its MX says that it takes no mail", "Let bounces come back: name a server in its MX.")
    elif not hosts and not addresses(name, lookup):
        yield Remark(
            "fail", "it has neither MX nor address: no bounce can come back, and many refuse mail from it",
            f"Name the server that takes its mail in the MX of {name}.",
        )  # fmt: skip
    elif not hosts:
        yield Remark(
            "warn", "it has no MX, only an address", f"Name the server that takes its mail in the MX of {name}."
        )
    elif not any(addresses(host, lookup) for host in hosts):
        yield Remark("fail", f"its MX names {hosts[0]}, which has no address", f"Correct the MX of {name}.")
    else:
        yield Remark("ok", f"MX {', '.join(hosts)}")
