"""One connection to a mail server: kept open between messages, made anew when it was lost.

What an answer means for the message depends on when it comes: the tables below say it all.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from outreach.delivery.channels.base import SENT, Deferred, InDoubt, Rejected, Result
from outreach.delivery.channels.smtp.server import MailServer
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail

#: Answer to a command, by its first digit -> what becomes of the message. Not there: garbled, and deferred.
#: A refusal of MAIL is about ourselves, not about the recipient (a login that lapsed, a sender that is not allowed):
#: to refuse everybody for it would lose a whole campaign, so that it waits until somebody has mended it.
_MAIL: dict[int, type[Deferred | Rejected]] = {4: Deferred, 5: Deferred}
_RCPT: dict[int, type[Deferred | Rejected]] = {4: Deferred, 5: Rejected}
_DATA: dict[int, type[Deferred | Rejected]] = {4: Deferred, 5: Rejected}
#: Answer to the content. Not there (garbled, none at all): in doubt, for the server may have taken it.
_CONTENT: dict[int, type[Deferred | Rejected]] = {4: Deferred, 5: Rejected}
#: The server says goodbye with this answer.
_CLOSING = 421

_ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
_BARE = re.compile(rb"\r\n|\r|\n")
#: What no path of an envelope holds; it would be a command of its own.
_UNSPEAKABLE = re.compile(r"[\x00-\x20\x7f<>]")


class UnreachableError(Exception):
    """There is nobody to hand messages to now; `code` is a word of ours or the server's answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _LostError(Exception):
    """The connection broke, or what came over it was no SMTP, before any content was handed over."""

    def __init__(self, code: str = "lost") -> None:
        super().__init__(code)
        self.code = code


class Session:
    """A conversation with a mail server; one thread at a time."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def connect(self) -> None:
        """Be connected, encrypted and logged in.

        Raises:
            UnreachableError: not now; later perhaps.
            OutreachError: not until somebody changes something.
        """
        if self._smtp:
            return
        smtp = self._dialled()
        try:
            self._greet(smtp)
        except BaseException:
            smtp.close()
            raise
        self._smtp = smtp

    def deliver(self, mail: Mail) -> Result:
        """Hand over one message.

        Raises:
            UnreachableError, OutreachError: as in `connect`; the message has not left.
        """
        kept = self._smtp is not None
        content = _content(mail.to_bytes())
        options = self._options(mail, content)
        if isinstance(options, Rejected):
            return options
        try:
            return self._transact(mail, content, options)
        except _LostError as error:
            self.drop()
            # A server may close a connection that was idle; nothing of this message was said but its envelope.
            return self.deliver(mail) if kept else Deferred(error.code)

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.sock.settimeout(min(5.0, self._server.timeout))  # type: ignore[union-attr]  # connected
                self._smtp.quit()
        self.drop()

    def drop(self) -> None:
        """Hang up."""
        if self._smtp:
            self._smtp.close()
            self._smtp = None

    # --- connecting --------------------------------------------------------------------------------------

    def _dialled(self) -> smtplib.SMTP:
        server = self._server
        name = server.ehlo or _own_name()
        try:
            if server.tls == "immediate":
                context = server.context()
                return smtplib.SMTP_SSL(server.host, server.port, name, timeout=server.timeout, context=context)
            return smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)
        except ssl.SSLCertVerificationError:
            raise self._untrusted() from None
        except smtplib.SMTPResponseException as error:
            raise UnreachableError(str(error.smtp_code)) from None
        except (OSError, smtplib.SMTPException):
            raise UnreachableError("unreachable") from None

    def _greet(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.ehlo_or_helo_if_needed()
            if self._server.tls in ("required", "optional"):
                self._start_tls(smtp)
            if self._server.user:
                self._log_in(smtp)
        except ssl.SSLCertVerificationError:
            raise self._untrusted() from None
        except smtplib.SMTPResponseException as error:
            raise UnreachableError(str(error.smtp_code)) from None
        except (OSError, smtplib.SMTPException):
            raise UnreachableError("unreachable") from None
        smtp.command_encoding = "utf-8"

    def _start_tls(self, smtp: smtplib.SMTP) -> None:
        if smtp.has_extn("starttls"):
            code, _ = smtp.starttls(context=self._server.context())
            if code != 220:
                raise UnreachableError(str(code))
            smtp.ehlo_or_helo_if_needed()
        elif self._server.tls == "required" or self._server.user:
            raise OutreachError(
                "the mail server does not offer STARTTLS",
                where=self._server.where,
                remedy="Use smtps:// (port 465), or say ?starttls=off if the way to it cannot be listened to.",
            )

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.login(self._server.user, self._server.password)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code // 100 == 4:
                raise
            raise self._refused() from None
        except smtplib.SMTPNotSupportedError:
            raise self._refused() from None

    def _refused(self) -> OutreachError:
        return OutreachError(
            "the mail server refuses the login",
            where=self._server.where,
            remedy="Correct user and password in OUTREACH_SMTP_URL.",
        )

    def _untrusted(self) -> OutreachError:
        return OutreachError(
            "the mail server's certificate cannot be verified",
            where=self._server.where,
            remedy="Use the name on its certificate, or name the CA's file: ?ca=/path/to/ca.pem.",
        )

    # --- one message -------------------------------------------------------------------------------------

    def _options(self, mail: Mail, content: bytes) -> str | Rejected:
        """What MAIL must say beside the sender, or why the message cannot go at all."""
        if _UNSPEAKABLE.search(mail.recipient) or _UNSPEAKABLE.search(mail.sender) or "@" not in mail.recipient:
            return Rejected("address")
        self.connect()
        options = ""
        if not content.isascii():
            if not self._offers("8bitmime"):
                return Rejected("8bitmime")
            options += " BODY=8BITMIME"
        if not (mail.recipient.isascii() and mail.sender.isascii()):
            if not self._offers("smtputf8"):
                return Rejected("smtputf8")
            options += " SMTPUTF8"
        return options

    def _offers(self, extension: str) -> bool:
        return self._smtp is not None and self._smtp.has_extn(extension)

    def _transact(self, mail: Mail, content: bytes, options: str) -> Result:
        code, text = self._ask(f"MAIL FROM:<{mail.sender}>{options}")
        if code == _CLOSING:
            raise _LostError(_code(code, text))
        if code // 100 != 2:
            return self._stop(code, text, _MAIL)
        code, text = self._ask(f"RCPT TO:<{mail.recipient}>")
        if code // 100 != 2:
            return self._stop(code, text, _RCPT)
        code, text = self._ask("DATA")
        if code // 100 != 3:
            return self._stop(code, text, _DATA)
        return self._hand_over(content)

    def _ask(self, command: str) -> tuple[int, bytes]:
        smtp = self._smtp
        assert smtp
        try:
            return smtp.docmd(command)
        except (OSError, smtplib.SMTPException):
            raise _LostError from None

    def _stop(self, code: int, text: bytes, meanings: dict[int, type[Deferred | Rejected]]) -> Result:
        """The answer to a command that ends the transaction, and a clean slate for the next one."""
        meaning = meanings.get(code // 100)
        if meaning is None:
            raise _LostError("garbled")
        if code == _CLOSING or not self._reset():
            self.drop()
        return meaning(_code(code, text))

    def _reset(self) -> bool:
        try:
            return self._ask("RSET")[0] // 100 == 2
        except _LostError:
            return False

    def _hand_over(self, content: bytes) -> Result:
        smtp = self._smtp
        assert smtp
        try:
            # In one call, whose last bytes are the end of the content: if it fails, the end was not handed over.
            smtp.send(content)
        except (OSError, smtplib.SMTPException):
            self.drop()
            return Deferred("lost")
        try:
            smtp.sock.settimeout(self._server.answer_timeout)  # type: ignore[union-attr]  # connected
            code, text = smtp.getreply()
            smtp.sock.settimeout(self._server.timeout)  # type: ignore[union-attr]
        except (OSError, AttributeError, smtplib.SMTPException):
            self.drop()
            return InDoubt("no_answer")
        if code // 100 == 2:
            return SENT
        meaning = _CONTENT.get(code // 100)
        if meaning is None or code == _CLOSING:
            self.drop()
        return InDoubt("garbled") if meaning is None else meaning(_code(code, text))


def _content(message: bytes) -> bytes:
    """The message as DATA takes it: CRLF, no line that is a dot alone but the last one (RFC 5321, 4.5.2)."""
    lines = message.count(b"\r\n")
    if message.count(b"\n") != lines or message.count(b"\r") != lines:
        message = _BARE.sub(b"\r\n", message)
    if message.startswith(b".") or b"\n." in message:
        message = (b"\n" + message).replace(b"\n.", b"\n..")[1:]
    return message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")


def _code(code: int, text: bytes) -> str:
    """`550 5.1.1`: the answer's digits and nothing of its words, which may repeat the address."""
    enhanced = _ENHANCED.match(text)
    return f"{code} {enhanced[1].decode()}" if enhanced else str(code)


def _own_name() -> str:
    """This machine's full name, or an address literal (RFC 5321, 4.1.4) where it has none; no DNS is asked."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
