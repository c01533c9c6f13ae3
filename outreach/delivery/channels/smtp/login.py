"""Logging in to a mail server.

The library logs in as ASCII alone; a name or a password with other letters is said in UTF-8 (RFC 4616), by the two
ways that mail servers offer nearly everywhere.
"""

from __future__ import annotations

import smtplib
from base64 import b64encode

from outreach.delivery.channels.smtp.server import MailServer
from outreach.errors import OutreachError

_LOGGED_IN = 235
_GO_ON = 334


def log_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    """Log in with the user and password of the URL.

    Raises:
        SMTPException: not now; later perhaps.
        OutreachError: the login is refused, or the server knows no way to log in that we know.
    """
    try:
        say_login(smtp, server)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code // 100 == 4:
            raise
        raise _refused(server) from None
    except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
        raise
    except smtplib.SMTPException:
        # Of the library's own making: it found no way among those that the server offers.
        raise _no_way(server) from None


def say_login(smtp: smtplib.SMTP, server: MailServer) -> None:
    """The login itself, whatever its letters.

    Raises:
        SMTPException: it is refused, or the server knows no way to log in that we know.
    """
    if (server.user + server.password).isascii():
        smtp.login(server.user, server.password)
    else:
        _say_in_utf8(smtp, server)


def _say_in_utf8(smtp: smtplib.SMTP, server: MailServer) -> None:
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        code, _ = smtp.docmd("AUTH", f"PLAIN {_encoded(chr(0).join(('', server.user, server.password)))}")
    elif "LOGIN" in offered:
        code, _ = smtp.docmd("AUTH", f"LOGIN {_encoded(server.user)}")
        if code == _GO_ON:
            code, _ = smtp.docmd(_encoded(server.password))
    else:
        raise smtplib.SMTPNotSupportedError
    if code != _LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, b"")


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def _refused(server: MailServer) -> OutreachError:
    return OutreachError(
        "the mail server refuses the login",
        where=server.where,
        remedy="Correct user and password in OUTREACH_SMTP_URL.",
    )


def _no_way(server: MailServer) -> OutreachError:
    return OutreachError(
        "the mail server offers no login that Outreach knows (PLAIN, LOGIN, CRAM-MD5)",
        where=server.where,
        remedy="Leave user and password out of OUTREACH_SMTP_URL where it wants none; else name the port at which mail "
        "programs log in, usually 587 (smtp://) or 465 (smtps://).",
    )
