"""The address behind the links of every message (`public_url`): encrypted, known to DNS, and answered by us."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from outreach.doctor.domains import addresses, is_address
from outreach.doctor.findings import Finding, Remark, together
from outreach.doctor.mail_server import RENEW
from outreach.doctor.resolving import Lookup, NoAnswerError
from outreach.doctor.witnesses import Times, certificate_ends, times

#: Seconds to wait for an answer.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request without a body showed."""

    #: Why there was no answer; empty where there was one.
    problem: str = ""
    #: Until when its certificate is good; None in the clear.
    expires_at: datetime | None = None
    times: Times | None = None
    #: Whether it is this installation that answered.
    is_ours: bool = True


def visit(url: str, now: Callable[[], datetime], mark: str) -> Visit:
    """Ask there, as `HEAD`, which installation it is: the one with this mark?"""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("HEAD", f"{parts.path.rstrip('/')}/site")
        expires_at = certificate_ends(connection.sock)
        told = connection.getresponse().headers
        return Visit("", expires_at, times(told["Date"] or "", now()), told["Outreach-Site"] == mark)
    except ssl.SSLCertVerificationError as error:
        return Visit(f"its certificate does not hold: {error.verify_message.rstrip('.')}")
    except (OSError, http.client.HTTPException) as error:
        return Visit(f"it does not answer ({type(error).__name__})")
    finally:
        connection.close()


def is_known(url: str, lookup: Lookup) -> bool:
    """Whether there is a host to ask; nobody is asked for one that DNS does not know, as that may take long."""
    host = _host(url)
    try:
        return _is_own(host) or bool(addresses(host, lookup))
    except NoAnswerError:
        return False


def judge(url: str, seen: Visit | None, lookup: Lookup, now: datetime) -> Finding:
    """What is to be said of the address, which was visited where its host is known."""
    remarks = [*_of_scheme(url), *_of_host(_host(url), lookup), *(_of_answer(seen, now) if seen else ())]
    return together(f"links to {_host(url)}", remarks)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_own(host: str) -> bool:
    """Whether it is a host without DNS: an address, or this machine."""
    return host == "localhost" or is_address(host)


def _of_scheme(url: str) -> Iterator[Remark]:
    if urlsplit(url).scheme == "https":
        yield Remark("ok", "https")
    else:
        yield Remark("warn", "no https: mail providers ignore such an unsubscribe link", "Let public_url be https://….")


def _of_host(host: str, lookup: Lookup) -> Iterator[Remark]:
    if _is_own(host):
        yield Remark(
            "warn", f"{host} is of use on your own network alone", "Let public_url name a host that is in DNS."
        )
        return
    try:
        known = addresses(host, lookup)
    except NoAnswerError:
        yield Remark(
            "not_checked", "no resolver answers", "Try it where DNS can be asked, or name a resolver: --resolver."
        )
        return
    if not known:
        yield Remark("fail", "DNS knows no such host", f"Add an A or AAAA record for {host}, or correct public_url.")


def _of_answer(seen: Visit, now: datetime) -> Iterator[Remark]:
    if seen.problem:
        yield Remark("warn", seen.problem, "Nobody can unsubscribe by a link that leads nowhere: is the site up?")
    elif seen.expires_at and seen.expires_at - now < RENEW:
        yield Remark("warn", f"its certificate ends on {seen.expires_at:%Y-%m-%d}", "Have it renewed.")
    elif not seen.is_ours:
        yield Remark(
            "warn",
            "something else than this installation answers",
            "Links in mails lead there: let the proxy hand what comes to `outreach serve` (`web: {listen: …}`), or "
            "correct public_url. If it is ours on another machine, OUTREACH_SECRET is the same there.",
        )
    else:
        yield Remark("ok", "it answers, and it is ours")
