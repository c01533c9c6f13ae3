"""Counting a simulated ledger: one walk along its rows, by the person and the day of each.

To let the database sort them by person and week took three times as long. What is kept for it is a small number for
each person and day.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import accumulate
from operator import sub
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, String, case, func, select, type_coerce

from outreach.definitions.model import CHANNEL_KINDS, Definitions
from outreach.planning.calendar import civil_day, moment, zone
from outreach.planning.forecast import LEFT
from outreach.simulation.answering import SOURCE
from outreach.simulation.crowds import Crowds
from outreach.simulation.report import CampaignReach, Figures, Tally, Week
from outreach.simulation.tables import crowd, passed_over
from outreach.storage.tables import delivery, outcome, person, seat

#: As what a message counts that says no channel.
_MAIL = CHANNEL_KINDS[0]
#: States of what does not leave, and is told with its reason.
_STOPPED = ("skipped", "expired", "cancelled", "rejected")
#: When a row came to its end.
_ended_at = case(
    (delivery.c.state.in_(LEFT), delivery.c.sent_at),
    (delivery.c.state == "expired", delivery.c.expires_at),
    else_=delivery.c.planned_at,
)
#: Rows read at a time.
_ROWS = 10_000


class _Share(NamedTuple):
    """People of a crowd who got as many messages; or, with nobody, what else happened to a crowd."""

    crowd: int
    people: int = 0
    messages: int = 0
    letters: int = 0
    seats: int = 0
    passed_over: int = 0
    expired: int = 0
    not_reachable: int = 0


class _DayOf(dict[str, int]):
    """The civil day of each moment, as the file has it: there are few moments, and many rows of each."""

    def __init__(self, where: ZoneInfo) -> None:
        self._where = where

    def __missing__(self, at: str) -> int:
        day = civil_day(datetime.fromisoformat(at).replace(tzinfo=UTC), self._where).toordinal()
        self[at] = day
        return day


class Counting:
    """The ledger of a simulation of so many days that began at `start`, open on one connection.

    Days are numbers (`date.toordinal`), and weeks are named by their Mondays.
    """

    def __init__(
        self, connection: Connection, definitions: Definitions, crowds: Crowds, start: datetime, days: int
    ) -> None:
        self.connection = connection
        self.definitions = definitions
        self.crowds = crowds
        self.start = start
        self.days = days
        where = zone(definitions.workspace.time_zone)
        first = civil_day(start, where)
        self._first = first.toordinal()
        #: An installation's ledger may know of later days than the simulation does.
        self.end = moment(first + timedelta(days=days), time(), where)
        #: Of each person, in the order of their ids, the crowd; None: counted nowhere.
        found = select(person.c.id, crowd.c.crowd).outerjoin(crowd, crowd.c.person == person.c.id)
        rows = connection.execute(found.order_by(person.c.id)).all()
        self._places = {row.id: place for place, row in enumerate(rows)}
        self._crowds: list[int | None] = [row.crowd for row in rows]
        self._sizes = Counter(number for number in self._crowds if number is not None)
        #: Messages of each person on each day of the simulation, one person after the other.
        self._daily = array("H", bytes(2 * days * len(rows)))
        #: Messages of each person in each week that the simulation touches, one week after the other.
        self._per_week = array("H", bytes(2 * len(rows) * (days // 7 + 2)))
        #: Monday, crowd and kind -> how many.
        self._kinds: Counter[tuple[int, int, str]] = Counter()
        #: Monday and campaign -> messages.
        self._weekly: Counter[tuple[int, str]] = Counter()
        #: Campaign -> of each person whether they get one of its messages.
        self._reached: defaultdict[str, bytearray] = defaultdict(partial(bytearray, len(rows)))
        #: Campaign and reason -> how many do not leave.
        self._stopped: Counter[tuple[str, str]] = Counter()
        self._channels: Counter[str] = Counter()
        self._day_of = _DayOf(where)
        self._segments = crowds.segments()

    def prepare(self) -> None:
        """Go through everything once."""
        for row in self._rows(_ledger(self.start, self.end)):
            self._count(*row)
        held = select(passed_over.c.person, type_coerce(passed_over.c.at, String)).where(passed_over.c.at < self.end)
        for row in self._rows(held):
            self._note("passed_over", self._places[row[0]], self._day_of[row[1]])
        took = select(outcome.c.person, outcome.c.occurred_on).join(seat, seat.c.outcome == outcome.c.id)
        for row in self.connection.execute(took.where(outcome.c.source == SOURCE)):
            self._note("seats", self._places[row.person], row.occurred_on.toordinal())

    def _rows(self, query: Select[Any]) -> Iterator[Any]:
        for part in self.connection.execute(query.execution_options(yield_per=_ROWS)).partitions():
            yield from part

    def _count(self, who: int, campaign: str, state: str, reason: str | None, channel: str | None, at: str) -> None:
        day, place = self._day_of[at], self._places[who]
        if state in LEFT:
            self._daily[place * self.days + day - self._first] += 1
            self._per_week[self._week(_monday(day)) + place] += 1
            self._weekly[_monday(day), campaign] += 1
            self._reached[campaign][place] = 1
            self._channels[channel or _MAIL] += 1
            if channel == "handover":
                self._note("letters", place, day)
        elif state in _STOPPED:
            self._stopped[campaign, reason or state] += 1
            if state == "expired":
                self._note("expired", place, day)
            elif reason == "no_address":
                self._note("not_reachable", place, day)

    def _note(self, kind: str, place: int, day: int) -> None:
        number = self._crowds[place]
        if number is not None:
            self._kinds[_monday(day), number, kind] += 1

    def total(self) -> tuple[Figures, dict[str, Figures]]:
        """What everybody gets in all, and what each segment gets."""
        kinds: Counter[tuple[int, str]] = Counter()
        for (_, number, kind), count in self._kinds.items():
            kinds[number, kind] += count
        starts = range(0, len(self._daily), self.days)
        messages = (sum(self._daily[start : start + self.days]) for start in starts)
        return self._folded([*self._shares(messages), *_of_kinds(kinds)])

    def weeks(self) -> list[Week]:
        """The same week by week, up to the last one in which something happened."""
        kinds: defaultdict[int, Counter[tuple[int, str]]] = defaultdict(Counter)
        for (monday, number, kind), count in self._kinds.items():
            kinds[monday][number, kind] += count
        sent: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for (monday, campaign), messages in sorted(self._weekly.items(), key=lambda one: (-one[1], one[0])):
            sent[monday][campaign] = messages
        last = max(map(_monday, self._day_of.values()), default=0)
        weeks = []
        for monday in range(_monday(self._first), last + 1, 7):
            each = self._per_week[self._week(monday) : self._week(monday + 7)]
            figures = self._folded([*self._shares(each), *_of_kinds(kinds[monday])])
            weeks.append(Week(date.fromordinal(monday), *figures, sent[monday]))
        return weeks

    def _week(self, monday: int) -> int:
        """Where a week begins in `_per_week`."""
        return (monday - self._first + 6) // 7 * len(self._places)

    def _shares(self, messages: Iterable[int]) -> Iterator[_Share]:
        """How many people of each crowd get how many messages, who get any; `messages` are each person's."""
        for (number, each), people in Counter(zip(self._crowds, messages, strict=True)).items():
            if number is not None and each:
                yield _Share(number, people, each)

    def _folded(self, shares: Iterable[_Share]) -> tuple[Figures, dict[str, Figures]]:
        sizes, segments = self._sizes, self._segments
        total = Tally(sum(sizes.values()))
        told = {
            name: Tally(sum(size for number, size in sizes.items() if name in segments[number]))
            for name in self.crowds.names
            if name in self.crowds.told
        }
        for share in shares:
            total.add(share)
            for name in segments[share.crowd]:
                if name in told:
                    told[name].add(share)
        return total.figures(), {name: tally.figures() for name, tally in told.items()}

    def campaigns(self) -> list[CampaignReach]:
        """What each campaign of the portfolio comes to, in the order of their ids."""
        messages: Counter[str] = Counter()
        for (_, name), number in self._weekly.items():
            messages[name] += number
        stopped: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for (name, reason), number in sorted(self._stopped.items()):
            stopped[name][reason] = number
        return [
            CampaignReach(name, campaign.title, self._reached[name].count(1), messages[name], stopped[name])
            for name, campaign in sorted(self.definitions.campaigns.items())
        ]

    def most(self, days: int) -> dict[int, int]:
        """The most that each person gets in so many days in a row, within the simulation; nobody who gets nothing."""
        found = {}
        for who, place in self._places.items():
            sums = list(accumulate(self._daily[place * self.days : (place + 1) * self.days], initial=0))
            if sums[-1] and self._crowds[place] is not None:
                found[who] = max(map(sub, sums[days:], sums), default=sums[-1])
        return found

    def channels(self) -> dict[str, int]:
        """Messages by what they leave by."""
        return dict(sorted(self._channels.items()))

    def outcomes(self) -> dict[str, int]:
        """What people did because of messages."""
        query = select(outcome.c.outcome, func.count()).where(outcome.c.source == SOURCE)
        return {row[0]: row[1] for row in self.connection.execute(query.group_by("outcome").order_by("outcome"))}


def _ledger(start: datetime, end: datetime) -> Select[Any]:
    """What came to an end in the simulation. Moments as the file has them: to read each would take longest of all."""
    columns = delivery.c["person", "campaign", "state", "reason", "channel"]
    return select(*columns, type_coerce(_ended_at, String)).where(_ended_at >= start, _ended_at < end)


def _monday(day: int) -> int:
    """The Monday of the week of a day."""
    return (day - 1) // 7 * 7 + 1


def _of_kinds(counts: Counter[tuple[int, str]]) -> Iterator[_Share]:
    """What else happened, by crowd and kind."""
    for (number, kind), count in counts.items():
        yield _Share(number, **{kind: count})
