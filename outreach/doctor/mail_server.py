"""The mail server, by a conversation that ends before any message: is it there, who is it, does it let us in."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from outreach.delivery.channels.smtp.dialling import own_name
from outreach.delivery.channels.smtp.login import say_login
from outreach.delivery.channels.smtp.server import MailServer
from outreach.doctor.findings import Finding
from outreach.doctor.witnesses import Times, certificate_ends, times, tls_version

#: Seconds to wait for any answer: a server that takes longer is told as one that does not answer.
PATIENCE = 10.0
#: A certificate that ends sooner is told.
RENEW = timedelta(days=21)

Stage = Literal["connection", "greeting", "TLS", "login", "done"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a mail server showed of itself."""

    #: How far it went; `done` is the whole way.
    stage: Stage
    #: Why it went no further: a word of the system's, or the server's answer by its number.
    problem: str = ""
    #: Version of TLS, and until when the certificate is good; empty and None in the clear.
    tls: str = ""
    expires_at: datetime | None = None
    #: Extension in lower case -> what stands behind it.
    offers: Mapping[str, str] = field(default_factory=dict)
    #: Some servers tell the time in their greeting, behind a semicolon.
    times: Times | None = None

    @property
    def largest(self) -> int:
        """The largest message that it takes, in bytes (RFC 1870); 0: it names no limit."""
        told = self.offers.get("size", "").strip()
        return int(told) if told.isdigit() else 0


def converse(server: MailServer, now: Callable[[], datetime]) -> Conversation:
    """Greet, encrypt, log in and say goodbye, as a sender does before its first message.

    Raises:
        OutreachError: the file of certificates cannot be read.
    """
    try:
        smtp = _client(server)
    except (OSError, smtplib.SMTPException) as error:
        return Conversation(_ended_at(error), _problem(error))
    try:
        told = smtp.greeting.decode("ascii", "replace").rpartition(";")[2]
        return _talk(smtp, server, Conversation("connection", times=times(told, now())))
    finally:
        _leave(smtp)


def _ended_at(error: Exception) -> Stage:
    """How far the first step went, which connects and hears the greeting."""
    if isinstance(error, ssl.SSLError):
        # Of TLS from the first byte, a certificate that does not hold shows while connecting.
        return "TLS"
    return "greeting" if _is_silence(error) else "connection"


def _is_silence(error: Exception) -> bool:
    """Whether a server that took the connection let us wait for its words."""
    return isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError)


def _talk(smtp: smtplib.SMTP, server: MailServer, seen: Conversation) -> Conversation:
    try:
        smtp.ehlo_or_helo_if_needed()
        seen = replace(seen, stage="TLS")
        if server.tls in ("required", "optional") and (problem := _encrypt(smtp, server)):
            return replace(seen, problem=problem)
        seen = replace(
            seen, stage="login", offers=dict(smtp.esmtp_features),
            tls=tls_version(smtp.sock), expires_at=certificate_ends(smtp.sock),
        )  # fmt: skip
        if server.user:
            say_login(smtp, server)
        return replace(seen, stage="done")
    except (OSError, smtplib.SMTPException) as error:
        return replace(seen, problem=_problem(error))


def _encrypt(smtp: smtplib.SMTP, server: MailServer) -> str:
    """Go on in TLS; why not, where a sender would not go on without."""
    if not smtp.has_extn("starttls"):
        return "it does not offer STARTTLS" if server.tls == "required" or server.user else ""
    code, _ = smtp.starttls(context=server.context())
    if code != 220:
        return f"it answers {code}"
    smtp.ehlo_or_helo_if_needed()
    return ""


class _Client(smtplib.SMTP):
    """Remembers how the server greeted, which the library drops."""

    greeting = b""

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        """As the library does it."""
        code, self.greeting = super().connect(host, port, source_address)
        return code, self.greeting


class _TlsClient(_Client, smtplib.SMTP_SSL):
    """The same, in TLS from the first byte."""


def _client(server: MailServer) -> _Client:
    patience, name = min(server.timeout, PATIENCE), server.ehlo or own_name()
    if server.tls == "immediate":
        return _TlsClient(server.host, server.port, name, timeout=patience, context=server.context())
    return _Client(server.host, server.port, name, timeout=patience)


def _leave(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        smtp.quit()
    smtp.close()


def _problem(error: Exception) -> str:
    """What went wrong, without the server's words, which may quote anything."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate does not hold: {error.verify_message.rstrip('.')}"
        case ssl.SSLError():
            return "it speaks no TLS that we know"
        case smtplib.SMTPResponseException() if error.smtp_code < 0:
            return "what it says is no SMTP"
        case smtplib.SMTPResponseException():
            return f"it answers {error.smtp_code}"
        case _ if type(error) in (smtplib.SMTPNotSupportedError, smtplib.SMTPException):  # of the library's own making
            return "it offers no login that Outreach knows (PLAIN, LOGIN, CRAM-MD5)"
        case _ if isinstance(error, TimeoutError) or _is_silence(error):
            return "it does not answer"
        case socket.gaierror():
            return "there is no host of that name"
        case OSError() if error.strerror:
            return error.strerror.lower()
    return "it breaks off the conversation"


# --- what it means ---------------------------------------------------------------------------------------


def judge(server: MailServer, seen: Conversation, now: datetime) -> Iterator[Finding]:
    """What is to be said of a conversation."""
    if seen.stage == "greeting" and server.tls != "immediate":
        yield Finding("mail server", "fail", f"{server.where}: it takes the connection and does not greet", _SILENT)
        return
    if seen.stage in ("connection", "greeting"):
        yield Finding("mail server", "fail", f"{server.where}: {seen.problem}", _UNREACHED)
        return
    yield Finding("mail server", "ok", f"{server.where} answers")
    yield _tls(server, seen, now)
    if seen.stage == "TLS":
        return
    if server.user:
        yield _login(seen)
    yield _extensions(seen)


_UNREACHED = "Is it up, are host and port in OUTREACH_SMTP_URL right, and may this machine reach it?"

#: A server that speaks TLS from the first byte waits for ours, as we wait for its greeting.
_SILENT = (
    "This port may speak TLS from the start, as 465 does: try smtps:// in OUTREACH_SMTP_URL. Else see whether a mail "
    "server listens there, and what stands between it and this machine."
)


def _tls(server: MailServer, seen: Conversation, now: datetime) -> Finding:
    check = "mail server: TLS"
    if seen.stage == "TLS":
        remedy = (
            "Use the name on its certificate, name its CA's file with ?ca=…, or use smtps:// where it has no STARTTLS."
        )
        return Finding(check, "fail", seen.problem, remedy)
    if not seen.tls:
        level: Literal["ok", "fail"] = "ok" if server.tls == "off" else "fail"
        saw = "in the clear, as OUTREACH_SMTP_URL says" if level == "ok" else "in the clear: it does not offer STARTTLS"
        return Finding(
            check, level, saw, "" if level == "ok" else "Use smtps://, or say starttls=off if nobody listens."
        )
    assert seen.expires_at
    days = (seen.expires_at - now).days
    saw = f"{seen.tls}, its certificate is good until {seen.expires_at:%Y-%m-%d}"
    if seen.expires_at - now < RENEW:
        return Finding(check, "warn", f"{saw}: {days} days", "Have it renewed: without it nothing is sent.")
    return Finding(check, "ok", saw)


def _login(seen: Conversation) -> Finding:
    if seen.stage == "done":
        return Finding("mail server: login", "ok", "it lets us in")
    return Finding("mail server: login", "fail", seen.problem, "Correct user and password in OUTREACH_SMTP_URL.")


def size(limit: int, largest: int | None) -> Finding:
    """What is to be said of a server that takes so many bytes; `largest` is our largest message, where it is known."""
    check = "mail server: size"
    if largest is None:
        return Finding(check, "not_checked", f"it takes {limit:,} bytes; nothing is published to compare with")
    saw = f"it takes {limit:,} bytes, our largest message has {largest:,}"
    if largest > limit:
        return Finding(check, "fail", saw, "Raise the server's limit, or make the message smaller.")
    return Finding(check, "ok", saw)


#: Extension -> what its absence means.
_MISSED = {
    "pipelining": "every command waits for an answer, which is slow over a distance",
    "8bitmime": "a message that is not ASCII is refused; ours are, but for a header of your own",
    "smtputf8": "nobody whose address has letters outside ASCII in front of the @ can be written to",
}


def _extensions(seen: Conversation) -> Finding:
    offered = [name.upper() for name in _MISSED if name in seen.offers]
    missed = [f"no {name.upper()}: {means}" for name, means in _MISSED.items() if name not in seen.offers]
    level: Literal["ok", "warn"] = "ok" if "pipelining" in seen.offers else "warn"
    remedy = "" if level == "ok" else "Turn PIPELINING on, where the server can."
    return Finding("mail server: extensions", level, "; ".join([", ".join(offered), *missed]).lstrip("; "), remedy)
