"""A webhook: each message as a JSON POST to one URL, signed as Standard Webhooks say, under the delivery's key.

The key is the same at every attempt, so that a receiver that remembers keys can be asked twice. Whether it does, nobody
here can know: what was handed over whole and got no answer is in doubt, as it is with a mail server.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urldefrag, urlsplit

from standardwebhooks import Webhook as Signature

from outreach.delivery.channels.base import SENT, Deferred, InDoubt, NothingLeftError, Rejected, Result, send_in_groups
from outreach.delivery.channels.posting import Answer, Line, Stage, UnansweredError, in_time
from outreach.delivery.keys import parse_key
from outreach.errors import OutreachError
from outreach.rendering.previewing import read

if TYPE_CHECKING:
    from outreach.delivery.channels.base import Journal
    from outreach.rendering.mail import Mail

#: Answer to a message -> what becomes of it; by its code, else by its first digit. Not there: in doubt.
#: Who does not believe the signature (401, 403) or lives elsewhere (3xx) says nothing about the message: to refuse it
#: for that would lose a whole campaign, so that it waits until somebody has mended it.
_ANSWERS: dict[int, Callable[[str], Result]] = {
    2: lambda _: SENT, 3: Deferred, 4: Rejected, 5: Deferred,
    401: Deferred, 403: Deferred, 407: Deferred,
    408: Deferred,  # it did not get the whole request in time
    409: Deferred,  # it is still at work on this key
    425: Deferred, 429: Deferred,
}  # fmt: skip
#: No answer -> what becomes of the message, by how far its request had come.
_UNANSWERED: dict[Stage, Result] = {
    "dialling": Deferred("unreachable"),
    "untrusted": Deferred("certificate"),
    "saying": Deferred("lost"),
    "waiting": InDoubt("no_answer"),
}
#: What speaks of the receiver as a whole, and not of the message: it takes none now. So does 3xx.
_CLOSED = frozenset(
    {"unreachable", "certificate", "lost", "no_answer", "401", "403", "407", "429", "502", "503", "504"}
)
#: Longest wait that a receiver may ask for.
_LONGEST = timedelta(days=1)

_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
#: A secret that signs: what the other side has, too.
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,86}={0,2}")
_REMEDY = (
    "Write OUTREACH_WEBHOOK_URL as https://host/path (http:// on this machine alone), with our settings after a `#`, "
    "which is never sent: connections=1…50, rate=MESSAGES A SECOND, timeout=SECONDS, ca=FILE."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who takes our messages."""

    url: str = field(repr=False)
    #: `whsec_…`; while one takes the place of another there are two, and both sign.
    secrets: tuple[str, ...] = field(repr=False)
    #: Host and port: its name for errors, without the path.
    where: str
    #: Certificates to trust instead of the system's: a PEM file.
    ca: str = ""
    #: Requests side by side; so many messages may be in doubt when a machine dies.
    connections: int = 4
    #: Messages a second; 0: as many as it takes.
    rate: float = 0.0
    #: Seconds for a whole request, from dialling to the end of its answer.
    timeout: float = 30.0

    def trusted(self) -> ssl.SSLContext:
        """TLS that verifies the receiver's certificate and name.

        Raises:
            OutreachError: the file of certificates cannot be read.
        """
        try:
            return ssl.create_default_context(cafile=self.ca or None)
        except (OSError, ssl.SSLError):
            raise OutreachError(
                "the certificates to trust cannot be read", where=self.ca, remedy="Name a PEM file after `ca=`."
            ) from None


def parse(url: str, secret: str) -> Receiver:
    """The receiver of a URL; neither the URL nor the secret is repeated in an error.

    Raises:
        OutreachError: it is not the URL of a webhook, or the secret is none.
    """
    address, settings = urldefrag(url.strip())
    options = dict(parse_qsl(settings, keep_blank_values=True))
    receiver = Receiver(
        url=address,
        secrets=_secrets(secret),
        where=_where(address),
        ca=options.pop("ca", ""),
        connections=int(_number(options.pop("connections", "4"), "connections", 1, 50)),
        rate=_number(options.pop("rate", "0"), "rate", 0, 10_000),
        timeout=_number(options.pop("timeout", "30"), "timeout", 0.1, 600),
    )
    if options:
        raise OutreachError(f"the URL of the webhook has an unknown setting: {min(options)}", remedy=_REMEDY)
    return receiver


def _where(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        host = None
    if not host or re.search(r"[^!-~]", address):
        raise OutreachError("the URL of the webhook cannot be read", remedy=_REMEDY)
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(host):
        raise OutreachError("a webhook on another machine is asked over https://", remedy=_REMEDY)
    return f"{host}:{port}"


def _secrets(text: str) -> tuple[str, ...]:
    secrets = tuple(text.split())
    if not secrets or not all(map(SECRET.fullmatch, secrets)):
        raise OutreachError(
            "the webhook has no secret that could sign its messages",
            remedy="Set OUTREACH_WEBHOOK_SECRET to whsec_ and the base64 of 24 to 64 random bytes, as the receiver has "
            "it; while you replace one, to both, with a space between.",
        )
    return secrets


def _number(text: str, name: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not least <= number <= most:
        raise OutreachError(f"{name} of the webhook is a number from {least:g} to {most:g}", remedy=_REMEDY)
    return number


class Webhook:
    """Sends to one receiver, over several connections with one message under way on each.

    `clock` shows the real time, which receivers compare with their own.
    """

    name = "webhook"

    def __init__(self, receiver: Receiver, clock: Callable[[], datetime]) -> None:
        self.server = receiver.where
        self.connections = receiver.connections
        self.rate = receiver.rate
        #: True when no message of the last group met a receiver that takes any.
        self.down = False
        self._receiver = receiver
        self._clock = clock
        self._signatures = [Signature(secret) for secret in receiver.secrets]
        self._lines: list[Line] = []
        self._threads: ThreadPoolExecutor | None = None

    def open(self) -> None:
        """Get ready; nobody is dialled before there is a message.

        Raises:
            OutreachError: the file of certificates cannot be read.
        """
        self.down = False
        trusted = self._receiver.trusted()
        self._lines = [Line(self._receiver.url, trusted) for _ in range(self.connections)]
        self._threads = ThreadPoolExecutor(self.connections, "webhook")

    def send(self, journal: Journal) -> None:
        """Hand over what the journal gives, as many at once as it allows."""

        def size() -> int:
            # One may wait for its turn where there is no room: the journal gives no message until there is.
            return max(1, min(self.connections, journal.connections))

        send_in_groups(journal, size, partial(self._hand_over, journal), lambda: self.down)

    def known(self, keys: Collection[str]) -> None:
        """None: what a receiver took, it does not tell again."""

    def close(self) -> None:
        """Hang up everywhere."""
        if self._threads:
            self._threads.shutdown()
            self._threads = None
        while self._lines:
            self._lines.pop().close()

    def _hand_over(self, journal: Journal, mails: Sequence[Mail]) -> Sequence[Result]:
        if not mails:
            return ()
        assert self._threads
        pairs = zip(self._lines, mails, strict=False)  # the last group may be smaller
        posts = {self._threads.submit(self._deliver, line, mail): line for line, mail in pairs}
        in_time(posts, self._receiver.timeout)
        results, waits = zip(*[post.result() for post in posts], strict=True)
        for seconds in filter(None, waits):
            journal.answered(seconds)
        self.down = all(map(_is_closed, results))
        if all(result == _UNANSWERED["untrusted"] for result in results):
            remedy = "Use the name on its certificate, or name the CA's file: #ca=/path/to/ca.pem."
            raise NothingLeftError("the webhook's certificate cannot be verified", where=self.server, remedy=remedy)
        if self.down:
            _log.info("the webhook takes no messages", extra={"server": self.server})
        return results

    def _deliver(self, line: Line, mail: Mail) -> tuple[Result, float | None]:
        """What became of a message, and the seconds to its answer if there was one."""
        body = content(mail)
        began = monotonic()
        try:
            answer = line.post(self._headers(mail.key, body), body.encode(), self._receiver.timeout)
        except UnansweredError as error:
            return _UNANSWERED[error.stage], None
        return result_of(answer, self._clock()), monotonic() - began

    def _headers(self, key: str, body: str) -> dict[str, str]:
        now = self._clock().astimezone(UTC)
        return {
            "Content-Type": "application/json",
            "User-Agent": "Outreach",
            "Idempotency-Key": key,
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signature.sign(key, now, body) for signature in self._signatures),
        }


def _is_closed(result: Result) -> bool:
    return isinstance(result, Deferred | InDoubt) and (result.code in _CLOSED or result.code.startswith("3"))


def result_of(answer: Answer, now: datetime) -> Result:
    """What an answer makes of its message."""
    code = str(answer.status)
    meaning = _ANSWERS.get(answer.status) or _ANSWERS.get(answer.status // 100)
    if meaning is None:
        return InDoubt(code)
    return Deferred(code, _wait(answer.headers.get("Retry-After", ""), now)) if meaning is Deferred else meaning(code)


def _wait(retry_after: str, now: datetime) -> timedelta | None:
    """The wait that was asked for: seconds, or a date (RFC 9110, 10.2.3)."""
    try:
        seconds = retry_after.isdecimal()
        asked = timedelta(seconds=int(retry_after)) if seconds else parsedate_to_datetime(retry_after) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(asked, timedelta(0)), _LONGEST)


def content(mail: Mail) -> str:
    """The message as JSON; what it has no value for is null."""
    key, said = parse_key(mail.key), read(mail.to_bytes())
    body = {
        "key": mail.key,
        "campaign": key.campaign,
        "step": key.step,
        "occurrence": key.occurrence,
        "repetition": key.repetition,
        "message_id": mail.message_id,
        "language": said.language or None,
        "subject": said.subject,
        "text": said.text,
        "html": said.html or None,
        "recipient": mail.recipient or None,
        "person": mail.person or None,
    }
    return json.dumps(body, ensure_ascii=False)
