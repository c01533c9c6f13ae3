"""A journal in memory: it hands out messages, writes down what it is told, and checks what a channel owes it.

Whoever receives messages elsewhere reads `file`, in which the Message-IDs of committed messages stand, one a line: what
arrives before its line is there left too early.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from outreach.delivery.channels.base import Deferred, InDoubt, Rejected, Result, Sent, Settled, nothing
from outreach.errors import OutreachError
from tests.unit.delivery.mails import Mail


class JournalError(OutreachError):
    """The ledger cannot be written to."""


@dataclass
class Journal:
    """A journal that hands out `script` in its order: messages, and waits in seconds before the next one."""

    script: list[Mail | float]
    #: Where committed Message-IDs are written down before a commit returns.
    file: Path | None = None
    #: Keys that belong to another sender by the time they are to leave.
    lost: Collection[str] = ()
    #: How many messages may be under way, by how many commits there were.
    limit: Callable[[int], int] = lambda _: 4
    #: The numbers of the commits that fail, from 0.
    failing: Collection[int] = ()
    #: Stops when so many commits were made; None: never.
    stops_after: int | None = None
    #: Called at the start of each commit with the messages that are about to leave, which have not left yet.
    before_commit: Callable[[Sequence[Mail]], None] = lambda _: None

    #: Commits that were tried.
    commits: int = 0
    #: How often a message was asked for, and how often after `stop` was said.
    asked: int = 0
    asked_in_vain: int = 0
    taken: list[str] = field(default_factory=list)
    let_go: list[str] = field(default_factory=list)
    results: dict[str, list[Result]] = field(default_factory=dict)
    #: At the end of each wait, what was still under way.
    waited: list[set[str]] = field(default_factory=list)
    #: Seconds that answers to contents took.
    waits: list[float] = field(default_factory=list)
    #: Attempts that were taken back.
    unattempted: list[str] = field(default_factory=list)
    #: Most messages that were under way at once.
    most: int = 0
    #: What came of messages, handed in with commits that failed: the journal's to write down when it can.
    _kept: list[Settled] = field(default_factory=list)
    _until: float = 0.0

    # --- what a channel sees -----------------------------------------------------------------------------

    def next(self) -> Mail | float | None:
        self.asked += 1
        self.asked_in_vain += self.stop
        if not self.script:
            return None
        found = self.script[0]
        if isinstance(found, float):
            self._until = self._until or monotonic() + found
            if (wait := self._until - monotonic()) > 0:
                return wait
            self.waited.append(self.under_way)
            self._until = 0.0
            del self.script[0]
            return self.next()
        self.taken.append(self.script.pop(0).key)
        return found

    def commit(
        self, settled: Sequence[Settled], leaving: Sequence[Mail], meanwhile: Callable[[], None] = nothing
    ) -> Collection[str]:
        number, self.commits = self.commits, self.commits + 1
        self.before_commit(leaving)
        for mail, _ in settled:
            assert mail.key in self.under_way, "what came of a message that was not under way"
        assert {mail.key for mail in leaving} <= set(self.taken) - set(self.let_go), "not this sender's, or twice"
        self._kept += settled
        # Before or after what is written: a channel must not count on either.
        now, later = (meanwhile, nothing) if number % 2 else (nothing, meanwhile)
        now()
        if number in self.failing:
            raise JournalError("the ledger cannot be written to")
        allowed = self._write(leaving)
        later()
        return allowed

    def answered(self, seconds: float) -> None:
        self.waits.append(seconds)

    def unattempt(self, mails: Sequence[Mail]) -> None:
        assert all(mail.key in self.under_way for mail in mails)
        self.unattempted += [mail.key for mail in mails]

    @property
    def stop(self) -> bool:
        return self.stops_after is not None and self.commits >= self.stops_after

    @property
    def connections(self) -> int:
        return self.limit(self.commits)

    # --- what a test asks --------------------------------------------------------------------------------

    @property
    def under_way(self) -> set[str]:
        """Let go, and nothing came of them yet."""
        done = {mail.key for mail, _ in self._kept}
        return set(self.let_go) - set(self.results) - set(self.unattempted) - done

    @property
    def counts(self) -> Counter[type[Result]]:
        """What came of messages, by kind."""
        return Counter(type(result) for results in self.results.values() for result in results)

    def ended_as(self, *kinds: type[Result]) -> set[str]:
        """The keys of messages of which one of these came."""
        settled = [(key, one) for key, results in self.results.items() for one in results]
        settled += [(mail.key, one) for mail, one in self._kept]
        return {key for key, one in settled if isinstance(one, kinds)}

    def check(self) -> None:
        """Every message that was let go ended once, and no other did."""
        ended = Counter(key for key, results in self.results.items() for _ in results)
        ended.update(mail.key for mail, _ in self._kept)
        ended.update(self.unattempted)
        assert ended == Counter(self.let_go)
        assert not set(self.let_go) & set(self.lost)

    def _write(self, leaving: Sequence[Mail]) -> Collection[str]:
        for mail, result in self._kept:
            assert isinstance(result, Sent | Deferred | Rejected | InDoubt)
            self.results.setdefault(mail.key, []).append(result)
        self._kept.clear()
        mine = [mail for mail in leaving if mail.key not in self.lost]
        self.let_go += [mail.key for mail in mine]
        self.most = max(self.most, len(self.under_way))
        if self.file and mine:
            with self.file.open("a", encoding="utf-8") as file:
                file.write("".join(f"{mail.message_id}\n" for mail in mine))
        return {mail.key for mail in mine}
