"""What a simulation answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class PerPerson:
    """How many messages a person gets: half of the people at most `median`, 95 in a hundred at most `p95`."""

    median: int = 0
    p95: int = 0
    highest: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What a group of people gets in a stretch of time, and does not get."""

    #: Everybody in the group, also who gets nothing.
    people: int
    #: How many of them get something.
    reached: int
    messages: int
    per_person: PerPerson
    #: Those of the messages that go by lists: by post, or by somebody who calls.
    letters: int
    #: Seats at sessions that were taken.
    seats: int
    #: Messages that the frequency cap held back at least once; in the week in which it did so first.
    passed_over: int
    #: Messages whose latest time passed before they could leave.
    expired: int
    #: Messages without an address to go to: only a letter would reach these people.
    not_reachable: int


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar week, from Monday on; the first and the last may lie partly outside of the simulation."""

    monday: date
    total: Figures
    segments: dict[str, Figures]
    #: Messages by campaign, the largest first.
    campaigns: dict[str, int]


@dataclass(frozen=True, slots=True)
class CampaignReach:
    """What a campaign comes to."""

    campaign: str
    title: str
    #: People who get at least one of its messages.
    people: int
    messages: int
    #: Messages that do not leave, by reason.
    not_sent: dict[str, int]


@dataclass(frozen=True, slots=True)
class Busiest:
    """How much people get in any so many days in a row."""

    days: int
    #: Messages -> how many people get that many in their busiest stretch, and no more.
    people: dict[int, int]

    @property
    def highest(self) -> int:
        """The most that anybody gets."""
        return max(self.people, default=0)

    def over(self, messages: int) -> int:
        """How many people get more than that."""
        return sum(people for most, people in self.people.items() if most > messages)


@dataclass(frozen=True, slots=True)
class Report:
    """A simulated stretch of time, counted."""

    first: date
    days: int
    #: `imported` or `made`.
    roster: str
    seed: int
    #: The file of the response model; empty for the default.
    responses: str
    total: Figures
    weeks: list[Week]
    #: In the order of their definition; those of fewer people than `small_numbers` are left out.
    segments: dict[str, Figures]
    hidden_segments: list[str]
    campaigns: list[CampaignReach]
    busiest: Busiest
    #: Messages by what they leave by.
    channels: dict[str, int]
    #: What people did, by outcome.
    outcomes: dict[str, int]


@dataclass
class Tally:
    """Figures while they are being added up."""

    people: int = 0
    #: Messages -> people who get that many; who gets none need not be in it.
    got: Counter[int] = field(default_factory=Counter)
    letters: int = 0
    seats: int = 0
    passed_over: int = 0
    expired: int = 0
    not_reachable: int = 0

    def add(self, row: Any) -> None:
        """Count in `row.people` people who got `row.messages` messages each."""
        self.got[row.messages] += row.people
        self.letters += row.letters
        self.seats += row.seats
        self.passed_over += row.passed_over
        self.expired += row.expired
        self.not_reachable += row.not_reachable

    def figures(self) -> Figures:
        """The sum."""
        self.got[0] += self.people - self.got.total()
        return Figures(
            people=self.people,
            reached=self.people - self.got[0],
            messages=sum(messages * people for messages, people in self.got.items()),
            per_person=per_person(self.got),
            letters=self.letters,
            seats=self.seats,
            passed_over=self.passed_over,
            expired=self.expired,
            not_reachable=self.not_reachable,
        )


def per_person(got: Counter[int]) -> PerPerson:
    """The nearest-rank percentiles of how many people get how many messages."""
    people = got.total()
    if not people:
        return PerPerson()
    return PerPerson(*(_at(got.items(), -(-people * share // 100)) for share in (50, 95, 100)))


def _at(got: Iterable[tuple[int, int]], rank: int) -> int:
    """What the person of that rank gets, counted from 1 at those who get least."""
    for messages, people in sorted(got):
        rank -= people
        if rank <= 0:
            return messages
    raise ValueError("there are fewer people than that")
