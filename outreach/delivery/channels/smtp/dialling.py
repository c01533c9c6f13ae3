"""Getting through to a mail server: connected, encrypted, logged in, and what it can do."""

from __future__ import annotations

import smtplib
import socket
import ssl

from outreach.delivery.channels.smtp.letters import Offers
from outreach.delivery.channels.smtp.login import log_in
from outreach.delivery.channels.smtp.server import MailServer
from outreach.errors import OutreachError

#: What OpenSSL says of a greeting in the clear.
_NO_TLS = "WRONG_VERSION_NUMBER"


class UnreachableError(Exception):
    """There is nobody to hand messages to now; `code` is a word of ours or the server's answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def dial(server: MailServer) -> tuple[socket.socket, Offers]:
    """A connection on which the first message may be begun.

    Raises:
        UnreachableError: not now; later perhaps.
        OutreachError: not until somebody changes something.
    """
    smtp = _connected(server)
    try:
        _greet(smtp, server)
        return _taken_over(smtp), _offers(smtp)
    except BaseException:
        smtp.close()
        raise


def _taken_over(smtp: smtplib.SMTP) -> socket.socket:
    """The connection, of which the library lets go."""
    wire = smtp.sock
    assert wire
    if smtp.file:
        smtp.file.close()
    smtp.sock = smtp.file = None
    return wire


def _offers(smtp: smtplib.SMTP) -> Offers:
    limit = smtp.esmtp_features.get("size", "").strip()
    return Offers(
        pipelining=smtp.has_extn("pipelining"),
        eightbitmime=smtp.has_extn("8bitmime"),
        smtputf8=smtp.has_extn("smtputf8"),
        size=smtp.has_extn("size"),
        largest=int(limit) if limit.isascii() and limit.isdigit() else 0,
    )


def _connected(server: MailServer) -> smtplib.SMTP:
    name = server.ehlo or own_name()
    try:
        if server.tls == "immediate":
            context = server.context()
            return smtplib.SMTP_SSL(server.host, server.port, name, timeout=server.timeout, context=context)
        return smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)
    except ssl.SSLCertVerificationError:
        raise _untrusted(server) from None
    except smtplib.SMTPResponseException as error:
        raise UnreachableError(str(error.smtp_code)) from None
    except (OSError, smtplib.SMTPException) as error:
        if isinstance(error, ssl.SSLError) and error.reason == _NO_TLS:
            raise _in_the_clear(server) from None
        raise UnreachableError("unreachable") from None


def _greet(smtp: smtplib.SMTP, server: MailServer) -> None:
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.tls in ("required", "optional"):
            _start_tls(smtp, server)
        if server.user:
            log_in(smtp, server)
    except ssl.SSLCertVerificationError:
        raise _untrusted(server) from None
    except smtplib.SMTPResponseException as error:
        raise UnreachableError(str(error.smtp_code)) from None
    except (OSError, smtplib.SMTPException):
        raise UnreachableError("unreachable") from None


def _start_tls(smtp: smtplib.SMTP, server: MailServer) -> None:
    if smtp.has_extn("starttls"):
        code, _ = smtp.starttls(context=server.context())
        if code != 220:
            raise UnreachableError(str(code))
        smtp.ehlo_or_helo_if_needed()
    elif server.tls == "required" or server.user:
        raise OutreachError(
            "the mail server does not offer STARTTLS",
            where=server.where,
            remedy="Use smtps:// (port 465), or say ?starttls=off if the way to it cannot be listened to.",
        )


def _in_the_clear(server: MailServer) -> OutreachError:
    return OutreachError(
        "the mail server does not speak TLS from the first byte on this port",
        where=server.where,
        remedy="Use smtp:// (STARTTLS, port 587), or the port at which it does, usually 465.",
    )


def _untrusted(server: MailServer) -> OutreachError:
    return OutreachError(
        "the mail server's certificate cannot be verified",
        where=server.where,
        remedy="Use the name on its certificate, or name the CA's file: ?ca=/path/to/ca.pem.",
    )


def own_name() -> str:
    """This machine's full name, or an address literal (RFC 5321, 4.1.4) where it has none; no DNS is asked."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
