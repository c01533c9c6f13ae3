"""All connections of one sender at work: letters go out on whichever is free, and one commit serves many of them.

A connection whose server is ready for content waits until about half of them are, or for a moment; then one commit
writes down what came in and what goes out, and the contents leave. So no more messages can be in doubt than there are
connections, and the disk is waited for once in ten messages or so.
"""

from __future__ import annotations

import select
import time
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from outreach.delivery.channels.base import Deferred, Journal, Settled
from outreach.delivery.channels.smtp.dialler import Dialler
from outreach.delivery.channels.smtp.letters import Letter, letter
from outreach.delivery.channels.smtp.line import Line
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.delivery.channels.smtp.letters import Offers

#: Seconds that content waits for others to share a commit with: a tenth of the time that answers take, within these.
_LEAST, _MOST = 0.003, 0.02
#: Seconds that an answer waits at most to be written down.
_KEPT = 0.1
#: Seconds between two looks at deadlines, at `stop`, and at the share of connections.
_LOOK = 0.25
#: Seconds that answers to content are waited for once it is to end: what did not answer by then is in doubt.
_GRACE = 15.0
#: How often an envelope that is lost on the way is said before its message waits for a later time.
_TRIES = 2


class Exchange:
    """One call of `Channel.send`."""

    def __init__(self, journal: Journal, dialler: Dialler, lines: list[Line]) -> None:
        self._journal = journal
        self._dialler = dialler
        self._poll = select.poll()
        self._poll.register(dialler.number, select.POLLIN)
        self._lines: dict[int, Line] = {}
        #: What `poll` waits for, by line.
        self._watched: dict[int, int] = {}
        self._ready: dict[int, Line] = {}
        self._ready_since = 0.0
        self._linger = _LEAST
        self._settled: list[Settled] = []
        self._settled_since = 0.0
        #: Taken from the journal and not begun, or to be begun anew.
        self._letters: deque[Letter] = deque()
        self._is_drained = False
        self._not_before = self._looked = self._ends_by = 0.0
        #: Losses and refusals of ourselves since a message was last let through, and whether any was.
        self._failures, self._is_through = 0, False
        for line in lines:
            self._welcome(line)

    # --- the loop ----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Hand over what the journal gives."""
        try:
            while self._goes_on():
                self._begin_letters()
                for number, event in self._poll.poll(self._timeout()):
                    self._happened(number, event)
                self._look()
                if self._commit_is_due():
                    self._commit()
            self._drop_busy("closed")
            self._commit()
        except OutreachError:
            # The ledger failed: nothing that waits for its commit may leave, and what came of the rest it will be told.
            self._drop_busy("closed")
            with suppress(OutreachError):
                self._journal.commit(self._settled, ())
            raise
        finally:
            self._drop_busy("closed")

    @property
    def lines(self) -> list[Line]:
        """The connections that are left, free for more."""
        return list(self._lines.values())

    @property
    def is_down(self) -> bool:
        """Whether nobody is there to take messages."""
        if self._dialler.failed and not self._lines and not self._dialler.busy:
            return True
        return self._failures > max(6, 2 * self._journal.connections)

    @property
    def refuses_us(self) -> bool:
        """Whether it took nothing in the end, for what it has against us: as many messages as there were."""
        return bool(self._failures) and not self._is_through

    def _goes_on(self) -> bool:
        if any(line.dialogue.awaits_content for line in self._lines.values()):
            return not (self._ends_by and time.monotonic() > self._ends_by)
        if self._journal.stop or self.is_down:
            return False
        # Lines that are being dialled are not waited for when nothing is left for them.
        return bool(self._letters) or not self._is_drained or any(not x.dialogue.is_idle for x in self._lines.values())

    def _timeout(self) -> float:
        """Milliseconds to wait for something to happen."""
        if self._ready:
            return max(0.0, (self._ready_since + self._linger - time.monotonic()) * 1000)
        wait, turn = _KEPT if self._settled else _LOOK, self._not_before - time.monotonic()
        return (min(wait, turn) if turn > 0 else wait) * 1000

    def _happened(self, number: int, event: int) -> None:
        line = self._lines.get(number)
        if line is None:
            for fresh in self._dialler.arrived(time.monotonic()):
                self._welcome(fresh)
            return
        waited = line.dialogue.awaits_content
        line.ready(event)
        if waited and not line.dialogue.awaits_content:
            self._answered(time.monotonic() - line.handed_at)
        self._after(line)

    def _answered(self, seconds: float) -> None:
        self._journal.answered(seconds)
        self._linger = min(_MOST, max(_LEAST, 0.9 * self._linger + 0.01 * seconds))

    def _look(self) -> None:
        """From time to time: who is late, and whether to end."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        for line in [line for line in self._lines.values() if not line.dialogue.is_idle and now > line.deadline]:
            self._drop(line, "lost")
        if (self._journal.stop or self.is_down) and not self._ends_by:
            self._ends_by = now + _GRACE

    # --- letters and lines -------------------------------------------------------------------------------

    def _begin_letters(self) -> None:
        """Give letters to lines that are free, and dial where there are more letters than lines."""
        if self._journal.stop or self.is_down:
            return
        self._keep_to_the_share()
        for line in [line for line in self._lines.values() if line.dialogue.is_idle]:
            if (found := self._letter(line.dialogue.offers)) is None:
                return
            line.begin(found)
            self._after(line)
        self._dial()

    def _keep_to_the_share(self) -> None:
        surplus = len(self._lines) - self._journal.connections
        idle = [line for line in self._lines.values() if line.dialogue.is_idle]
        for line in idle[: max(0, surplus)]:
            line.goodbye()
            self._forget(line)

    def _dial(self) -> None:
        busy, now = self._dialler.busy, time.monotonic()
        room = self._journal.connections - len(self._lines) - busy
        # One at least: who has no share now learns by asking that others have done it all.
        while len(self._letters) < max(1, busy + room) and self._take():
            pass
        for _ in range(min(room, len(self._letters) - busy)):
            if not self._dialler.dial(now):
                return

    def _letter(self, offers: Offers) -> Letter | None:
        """The next letter that can go to a server with these offers."""
        while self._letters or self._take():
            found = self._letters.popleft()
            reason = found.impossible(offers)
            if reason is None:
                return found
            self._settle((found.mail, reason))
        return None

    def _following(self, line: Line) -> Letter | None:
        """What is said behind a content: nothing where there are too many lines now, so that some come to rest."""
        if not line.dialogue.offers.pipelining or len(self._lines) > self._journal.connections:
            return None
        return self._letter(line.dialogue.offers)

    def _take(self) -> bool:
        """Take one more message from the journal, if there is one now."""
        if self._is_drained or self._journal.stop or time.monotonic() < self._not_before:
            return False
        found, self._not_before = self._journal.next(), 0.0
        if found is None:
            self._is_drained = True
        elif isinstance(found, float | int):
            self._not_before = time.monotonic() + found
        else:
            self._letters.append(letter(found))
            return True
        return False

    def _again(self, letters: list[Letter]) -> None:
        """Letters of which nothing was said but the envelope."""
        for one in letters:
            if one.tries < _TRIES:
                self._letters.appendleft(one)
            else:
                self._settle((one.mail, Deferred(one.code)))
        letters.clear()

    def _settle(self, one: Settled) -> None:
        if not self._settled:
            self._settled_since = time.monotonic()
        self._settled.append(one)

    # --- lines -------------------------------------------------------------------------------------------

    def _welcome(self, line: Line) -> None:
        self._lines[line.number] = line
        self._watch(line)

    def _after(self, line: Line) -> None:
        """Something happened on a line: what it means for all."""
        dialogue = line.dialogue
        if dialogue.refused:
            self._failures += dialogue.refused
            dialogue.refused = 0
        elif dialogue.settled or dialogue.is_ready:
            self._failures, self._is_through = 0, True
            if not dialogue.is_over:
                # Who is still there refused one connection more, and no more than that.
                self._dialler.failed = False
        for one in dialogue.settled:
            self._settle(one)
        dialogue.settled.clear()
        if dialogue.is_over:
            self._failures += bool(dialogue.returned)
            self._again(dialogue.returned)
            self._forget(line)
            return
        if dialogue.is_ready and line.number not in self._ready:
            self._ready_since = self._ready_since if self._ready else time.monotonic()
            self._ready[line.number] = line
        self._watch(line)

    def _watch(self, line: Line) -> None:
        if self._watched.get(line.number) != line.interest:
            self._watched[line.number] = line.interest
            self._poll.register(line.number, line.interest)

    def _forget(self, line: Line) -> None:
        del self._lines[line.number], self._watched[line.number]
        self._ready.pop(line.number, None)
        self._poll.unregister(line.number)

    def _drop(self, line: Line, code: str) -> None:
        line.drop(code)
        self._after(line)

    def _drop_busy(self, code: str) -> None:
        for line in [line for line in self._lines.values() if not line.dialogue.is_idle]:
            self._drop(line, code)

    # --- the commit --------------------------------------------------------------------------------------

    def _commit_is_due(self) -> bool:
        now = time.monotonic()
        if self._settled and now - self._settled_since > _KEPT:
            return True
        if not self._ready or self._journal.stop:
            return False
        return 2 * len(self._ready) >= len(self._lines) or now - self._ready_since >= self._linger

    def _commit(self) -> None:
        """One commit for what came in and what goes out; then the contents leave."""
        ready, settled = [] if self._journal.stop else list(self._ready.values()), self._settled
        self._ready, self._settled = {}, []
        if not (ready or settled):
            return
        leaving, following = [line.dialogue.letter.mail for line in ready], list[Letter | None]()
        # All are composed, then all leave: in turns, each would find the processor's caches full of the other's.
        allowed = self._journal.commit(settled, leaving, lambda: following.extend(map(self._following, ready)))
        for line, after in zip(ready, following, strict=True):
            if self._is_allowed(line, allowed):
                line.let_go(after)
                self._after(line)
            elif after:
                self._letters.appendleft(after)

    def _is_allowed(self, line: Line, allowed: Collection[str]) -> bool:
        if line.dialogue.letter.mail.key in allowed:
            return True
        # Another sender has it; what was said to the server can only be taken back by hanging up.
        line.dialogue.forget()
        self._drop(line, "closed")
        return False
