"""A mailbox on a server, over IMAP: what is new is read, and moved to a folder beside it when it is settled."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from outreach.delivery.returns.reading import LIMIT
from outreach.delivery.returns.sources.base import Found, Place
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

T = TypeVar("T")

_PORTS = {"imap": 143, "imaps": 993}
_REMEDY = (
    "Write OUTREACH_BOUNCES_URL as imaps://user:password@host:993/INBOX (TLS) or imap://… (STARTTLS), with reserved "
    "characters of the password percent-encoded; after a `?`: ca=FILE, timeout=SECONDS."
)
#: Folders that are made beside the mailbox; names without a separator, as servers differ in theirs.
_SETTLED, _ASIDE = "Outreach settled", "Outreach aside"


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Which mailbox, on which server."""

    host: str
    port: int
    #: TLS from the first byte, else STARTTLS; never in the clear.
    immediate: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    #: Certificates to trust instead of the system's: a PEM file.
    ca: str = ""
    #: Seconds to wait for an answer.
    timeout: float = 60.0

    @property
    def where(self) -> str:
        """For errors: without user or password."""
        return f"{self.host}:{self.port}/{self.folder}"


def parse(url: str) -> ImapServer:
    """The mailbox of a URL; user and password are never repeated in an error.

    Raises:
        OutreachError: it is not a URL of a mailbox.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        timeout = float(options.pop("timeout", "60"))
    except ValueError:
        raise OutreachError("the URL of the mailbox of bounces cannot be read", remedy=_REMEDY) from None
    ca = options.pop("ca", "")
    if parts.scheme not in _PORTS or not parts.hostname or not parts.username or options or not 0 < timeout <= 3600:
        raise OutreachError("the URL of the mailbox of bounces cannot be read", remedy=_REMEDY)
    return ImapServer(
        parts.hostname,
        port or _PORTS[parts.scheme],
        parts.scheme == "imaps",
        unquote(parts.username),
        unquote(parts.password or ""),
        unquote(parts.path.strip("/")) or "INBOX",
        ca,
        timeout,
    )


class Mailbox:
    """A mailbox. Settled mails go to a folder; a person's stay, flagged, and are not read again."""

    def __init__(self, server: ImapServer) -> None:
        self._server = server
        self._session: BaseMailBox | None = None

    def mails(self) -> Iterator[Found]:
        """What lies in the mailbox, is not flagged and not deleted."""
        box = self._box
        for uid in self._asked(lambda: box.uids("UNFLAGGED UNDELETED", charset=None)):
            raw = self._asked(lambda uid=uid: _fetched(box, uid))  # type: ignore[misc]  # mypy knows no default here
            if raw is not None:
                yield Found(uid, raw)

    def put(self, found: Found, place: Place) -> None:
        """Move it, or flag it as somebody's to read."""
        from imap_tools import MailMessageFlags

        box = self._box
        match place:
            case "settled":
                self._asked(lambda: box.flag(found.name, MailMessageFlags.SEEN, True))  # as theirs is
                self._move(found, _SETTLED)
            case "aside":
                self._move(found, _ASIDE)
            case "other":
                self._asked(lambda: box.flag(found.name, MailMessageFlags.FLAGGED, True))

    def close(self) -> None:
        """End the session, if there is one."""
        if self._session is not None:
            with suppress(Exception):  # what was settled is settled; a server that is gone need not hear of it
                self._session.logout()
            self._session = None

    @property
    def _box(self) -> BaseMailBox:
        """The session, begun at its first use."""
        if self._session is None:
            from imap_tools import MailBox, MailBoxStartTls

            server = self._server
            kind: Any = MailBox if server.immediate else MailBoxStartTls
            box: BaseMailBox = self._asked(
                lambda: kind(server.host, server.port, timeout=server.timeout, ssl_context=self._context())
            )
            self._session = box
            # What is not ASCII goes by AUTHENTICATE PLAIN alone: LOGIN has no letters for it (RFC 3501).
            log_in = box.login if (server.user + server.password).isascii() else box.login_utf8
            self._asked(lambda: log_in(server.user, server.password, server.folder))
        return self._session

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca or None)

    def _move(self, found: Found, folder: str) -> None:
        box = self._box
        if not self._asked(lambda: box.folder.exists(folder)):
            self._asked(lambda: box.folder.create(folder))
        self._asked(lambda: box.move(found.name, folder))

    def _asked(self, ask: Callable[[], T]) -> T:
        """An answer of the server, or an error that names nobody."""
        from imaplib import IMAP4

        from imap_tools import ImapToolsError, MailboxLoginError

        try:
            return ask()
        except MailboxLoginError:
            self._refuse("the login was refused")
        except ImapToolsError as error:
            self._refuse(f"the server refused ({type(error).__name__})")
        except IMAP4.error as error:
            self._refuse("the connection broke off" if isinstance(error, IMAP4.abort) else "the login was refused")
        except ssl.SSLError as error:
            self._refuse(f"TLS failed ({error.reason or 'no reason given'})")
        except OSError as error:
            self._refuse(f"it cannot be reached ({type(error).__name__})")

    def _refuse(self, what: str) -> NoReturn:
        raise OutreachError(
            f"the mailbox of bounces cannot be read: {what}",
            where=self._server.where,
            remedy="Is it up, and are host, folder, user and password in OUTREACH_BOUNCES_URL right? What lies there "
            "waits: nothing is lost.",
        ) from None


def _fetched(box: BaseMailBox, uid: str) -> bytes | None:
    """As much of a mail as is read, without marking it; None where it is gone."""
    _, answer = box.client.uid("fetch", uid, f"(BODY.PEEK[]<0.{LIMIT}>)")
    return next((part[1] for part in answer or () if isinstance(part, tuple) and len(part) > 1), None)
