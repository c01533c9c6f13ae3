"""Which mail server, and how to speak to it: read from one URL."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from outreach.errors import OutreachError

#: `immediate` is TLS from the first byte (smtps); the others are about STARTTLS.
Tls = Literal["immediate", "required", "optional", "off"]

_PORTS = {"smtp": 587, "smtps": 465}
#: A name or an address literal, as EHLO takes it (RFC 5321, 4.1.3).
_EHLO = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[A-Za-z0-9:.]{1,60}\]")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
_REMEDY = (
    "Write OUTREACH_SMTP_URL as smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465, with "
    "reserved characters of the password percent-encoded; after a `?`: starttls=required|optional|off, ca=FILE, "
    "connections=1…500, rate=MESSAGES A SECOND, timeout=SECONDS, answer_timeout=SECONDS, ehlo=NAME."
)


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server that takes our messages."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)
    #: Certificates to trust instead of the system's: a PEM file.
    ca: str = ""
    #: Connections that all senders together may have; so many messages may be in doubt when a machine dies.
    connections: int = 20
    #: Messages a second that all senders together may hand over; 0: as many as it takes.
    rate: float = 0.0
    #: Seconds to wait for the answer to a command.
    timeout: float = 60.0
    #: Seconds to wait for the answer to a message's content (RFC 5321, 4.5.3.2.6: ten minutes): who gives up sooner
    #: makes messages doubtful that have arrived.
    answer_timeout: float = 600.0
    #: Our own name in EHLO; empty: this machine's.
    ehlo: str = ""

    @property
    def where(self) -> str:
        """The server's name for errors, without user or password."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def context(self) -> ssl.SSLContext:
        """TLS that verifies the server's certificate and name.

        Raises:
            OutreachError: the file of certificates cannot be read.
        """
        try:
            return ssl.create_default_context(cafile=self.ca or None)
        except (OSError, ssl.SSLError):
            raise OutreachError(
                "the certificates to trust cannot be read", where=self.ca, remedy="Name a PEM file after `ca=`."
            ) from None


def parse(url: str) -> MailServer:
    """The mail server of a URL; user and password are never repeated in an error.

    STARTTLS is required unless the URL says otherwise; on this very machine it is off, as there is nothing to protect
    it from and a local server seldom has a certificate that can be verified.

    Raises:
        OutreachError: it is not a URL of a mail server.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise OutreachError("the URL of the mail server cannot be read", remedy=_REMEDY) from None
    if parts.scheme not in _PORTS or not parts.hostname or not _is_host(parts.hostname) or parts.path not in ("", "/"):
        raise OutreachError("the URL of the mail server cannot be read", remedy=_REMEDY)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    server = MailServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        tls=_tls(parts, options.pop("starttls", "")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ca=options.pop("ca", ""),
        connections=int(_number(options.pop("connections", "20"), "connections", 1, 500)),
        rate=_number(options.pop("rate", "0"), "rate", 0, 100_000),
        timeout=_number(options.pop("timeout", "60"), "timeout", 0.1, 600),
        answer_timeout=_number(options.pop("answer_timeout", "600"), "answer_timeout", 0.1, 3600),
        ehlo=_ehlo(options.pop("ehlo", "")),
    )
    if options:
        raise OutreachError(f"the URL of the mail server has an unknown setting: {min(options)}", remedy=_REMEDY)
    return server


def _is_host(host: str) -> bool:
    """Whether the resolver may be asked for it: beyond this it stops with an error of its own."""
    try:
        return bool(host.encode("idna")) and host.isprintable() and " " not in host
    except UnicodeError:
        return False


def _ehlo(name: str) -> str:
    if name and not _EHLO.fullmatch(name):
        raise OutreachError("ehlo of the mail server is a host's name or [its address]", remedy=_REMEDY)
    return name


def _tls(parts: SplitResult, wish: str) -> Tls:
    if parts.scheme == "smtps":
        if wish:
            raise OutreachError("smtps:// speaks TLS from the start and has no starttls", remedy=_REMEDY)
        return "immediate"
    match wish:
        case "required" | "optional" | "off":
            return wish
        case "":
            return "off" if _LOOPBACK.fullmatch(parts.hostname or "") else "required"
    raise OutreachError("starttls is required, optional or off", remedy=_REMEDY)


def _number(text: str, name: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not least <= number <= most:
        raise OutreachError(f"{name} of the mail server is a number from {least:g} to {most:g}", remedy=_REMEDY)
    return number
