"""A conversation with a mail server after the greeting, message after message: what to say, and what answers mean.

Pure: bytes in, bytes out. With PIPELINING (RFC 2920) a whole envelope is said at once, and behind a message's content
stands the envelope of the next; without it each command waits for its answer. Content is said only when told: between
the 354 and the content stands the ledger's commit.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from outreach.delivery.channels.base import SENT, Deferred, InDoubt, Settled
from outreach.delivery.channels.smtp import answers
from outreach.delivery.channels.smtp.answers import GarbledError, Meanings, Replies, Reply
from outreach.delivery.channels.smtp.letters import END, Letter, Offers

_Awaited = Literal["RSET", "MAIL", "RCPT", "DATA", "content", "nothing"]


@dataclass(slots=True)
class _Refused:
    """Why the envelope under way will not be let go."""

    reply: Reply
    meanings: Meanings


class Dialogue:
    """One conversation.

    `settled` and `returned` are for the caller to empty: what came of messages, and those of which nothing was said but
    the envelope, so that they may be tried over another connection.
    """

    def __init__(self, offers: Offers) -> None:
        self.offers = offers
        self.settled: list[Settled] = []
        self.returned: list[Letter] = []
        #: Whether the server has asked for the content of the envelope under way.
        self.is_ready = False
        #: Whether there is nothing more to be said here.
        self.is_over = False
        #: Refusals of ourselves since the server last let a message through.
        self.refused = 0
        self._replies = Replies()
        self._awaited: deque[_Awaited] = deque()
        self._unsaid: deque[tuple[_Awaited, bytes]] = deque()
        self._envelope: Letter | None = None
        self._handed: Letter | None = None
        self._refusal: _Refused | None = None
        #: A transaction was begun and not ended: RSET goes before the next.
        self._is_open = False

    @property
    def is_idle(self) -> bool:
        """Whether a message may be begun."""
        return not (self._awaited or self._envelope or self.is_over)

    @property
    def awaits_content(self) -> bool:
        """Whether content was handed over and the answer to it has not come."""
        return self._handed is not None

    @property
    def letter(self) -> Letter:
        """The message that the server is ready for."""
        assert self._envelope
        return self._envelope

    def forget(self) -> None:
        """Do without the message that the server is ready for; what was said cannot be taken back, so hang up next."""
        self._envelope, self.is_ready = None, False

    def begin(self, letter: Letter) -> bytes:
        """Begin a message: what to say."""
        self._envelope, self._refusal = letter, None
        said: list[tuple[_Awaited, bytes]] = [
            ("MAIL", letter.mail_command(self.offers)), ("RCPT", letter.rcpt_command()), ("DATA", b"DATA\r\n")
        ]  # fmt: skip
        if self._is_open:
            said.insert(0, ("RSET", b"RSET\r\n"))
        self._is_open = True
        if not self.offers.pipelining:
            self._unsaid.extend(said)
            return self._say()
        self._awaited.extend(awaited for awaited, _ in said)
        return b"".join([command for _, command in said])

    def let_go(self, following: Letter | None = None) -> tuple[bytes, bytes]:
        """Hand over the content that the server is ready for; behind it, with PIPELINING alone, begin `following`.

        In two parts, as the first is long and need not be copied once more.
        """
        assert self.is_ready
        letter = self._envelope
        assert letter
        self._handed, self._envelope, self.is_ready = letter, None, False
        self._is_open = False
        self._awaited.append("content")
        return letter.message, END + self.begin(following) if following else END

    def feed(self, data: bytes) -> bytes:
        """Hear what came: what to say to it."""
        if self._awaits_all and self._replies.is_between and answers.all_well(data):
            self._hear_all_well()
            return b""
        said = []
        try:
            for reply in self._replies.feed(data):
                if self.is_over:
                    break
                said.append(self._hear(reply))
        except GarbledError:
            self.end("garbled", handed_over=True)
        return b"".join(said)

    @property
    def _awaits_all(self) -> bool:
        """Whether the answers to a content and to the envelope behind it are all that is awaited."""
        return self._handed is not None and self._refusal is None and self._awaited == _ALL and not self.is_over

    def _hear_all_well(self) -> None:
        """What `_hear` makes of four replies, for nearly all messages, at a fifth of the price."""
        assert self._handed
        self._awaited.clear()
        self.refused = 0
        self.settled.append((self._handed.mail, SENT))
        self._handed = None
        self.is_ready = True

    def end(self, code: str, *, handed_over: bool) -> None:
        """The connection is no more; `handed_over` says whether the end of the content under way had left."""
        if self.is_over:
            return
        self.is_over = True
        if self._handed:
            came_of_it = InDoubt("garbled" if code == "garbled" else "no_answer") if handed_over else Deferred("lost")
            self.settled.append((self._handed.mail, came_of_it))
        if self._envelope and self._refusal:
            # It was refused before the line broke, and would be again over another.
            self._conclude()
        elif self._envelope:
            self._give_back(self._envelope, code)
        self._handed = self._envelope = None

    def _give_back(self, letter: Letter, code: str) -> None:
        letter.tries += 1
        letter.code = code
        self.returned.append(letter)

    def _say(self) -> bytes:
        """The next command of those that wait for an answer each."""
        awaited, command = self._unsaid.popleft()
        self._awaited.append(awaited)
        return command

    def _hear(self, reply: Reply) -> bytes:
        if not self._awaited:
            # It says goodbye unasked.
            self.end(reply.short, handed_over=True)
            return b""
        awaited = self._awaited.popleft()
        match awaited:
            case "content":
                self._settle(reply)
            case "nothing":
                self._conclude()
            case "RSET" if reply.kind != 2:
                self.end(reply.short, handed_over=True)
            case "RSET":
                pass
            case "MAIL" | "RCPT" | "DATA":
                return self._hear_envelope(awaited, reply)
        if reply.code == answers.CLOSING:
            self.end(reply.short, handed_over=True)
        return self._say() if self._unsaid and not self.is_over else b""

    def _settle(self, reply: Reply) -> None:
        """The answer to content."""
        assert self._handed
        meaning = answers.CONTENT.get(reply.kind)
        if reply.kind != 2 and not meaning:
            self.end("garbled", handed_over=True)
            return
        self.refused = 0
        self.settled.append((self._handed.mail, meaning(reply.short) if meaning else SENT))
        self._handed = None

    def _hear_envelope(self, awaited: Literal["MAIL", "RCPT", "DATA"], reply: Reply) -> bytes:
        if self._refusal is None and reply.kind != (3 if awaited == "DATA" else 2):
            about_us = awaited == "RCPT" and answers.is_about_us(reply)
            self._refusal = _Refused(reply, answers.MAIL if about_us else _MEANINGS[awaited])
        if self._refusal is None:
            self.is_ready = awaited == "DATA"
            return self._say() if self._unsaid else b""
        if self._unsaid:
            self._unsaid.clear()
            self._conclude()
        elif awaited == "DATA" and reply.kind == 3:
            # It wants content all the same; a dot alone ends it (RFC 2920, 3.1).
            self._awaited.append("nothing")
            return b".\r\n"
        elif awaited == "DATA" or reply.code == answers.CLOSING:
            self._conclude()
        return b""

    def _conclude(self) -> None:
        """The envelope under way was refused: what that means for its message."""
        letter, refusal = self._envelope, self._refusal
        assert letter
        assert refusal
        self._envelope = self._refusal = None
        reply = refusal.reply
        meaning = refusal.meanings.get(reply.kind)
        if refusal.meanings is answers.MAIL:
            self.refused += 1
        if meaning is None or (reply.code == answers.CLOSING and refusal.meanings is answers.MAIL):
            self._give_back(letter, "garbled" if meaning is None else reply.short)
            self.end("garbled", handed_over=True)
            return
        self.settled.append((letter.mail, meaning(reply.short)))
        if reply.code == answers.CLOSING:
            self.end(reply.short, handed_over=True)


_ALL: deque[_Awaited] = deque(("content", "MAIL", "RCPT", "DATA"))
_MEANINGS: dict[str, Meanings] = {"MAIL": answers.MAIL, "RCPT": answers.RCPT, "DATA": answers.DATA}
