"""A made population that lives on: people are hired, move, have children, retire, leave and die.

`outreach demo` takes a roster from it every week. The same seed, and the same days asked for, give the same lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from outreach.roster.inhabitants import Inhabitant
from outreach.roster.making import FIRST_NUMBER, YEAR, Draw, Maker, inhabitants
from outreach.roster.shares import CONTRACT_END, RATES

#: Weeks in which HR may still correct the day on which somebody was hired.
_SETTLED = timedelta(weeks=5)


class Population:
    """Made people, as they are on `today`; `advance` lets time pass for them."""

    def __init__(self, people: int, seed: int, today: date) -> None:
        """The same people as `make_roster(people, seed, today)` gives."""
        self.today = today
        self._seed = seed
        self._maker = Maker(seed, today)
        self._people = list(inhabitants(self._maker, people))
        self._next_number = FIRST_NUMBER + people
        self._contract_end = Draw(CONTRACT_END.of.items())

    def __len__(self) -> int:
        return len(self._people)

    def rows(self) -> Iterator[dict[str, str]]:
        """Everybody who is in HR's file today, with the columns of `make_roster`. Who has left is not."""
        return (someone.row() for someone in self._people)

    def advance(self, to: date) -> None:
        """Let time pass until `to`, and `rows` say how things stand then.

        Raises:
            ValueError: `to` lies in the past.
        """
        days = (to - self.today).days
        if days < 0:
            raise ValueError(f"time does not go back from {self.today} to {to}")
        self._maker.random = Random(f"{self._seed}/{to}")  # noqa: S311 - for sample data
        self._maker.today = to
        self._years = days / YEAR
        since, self.today = self.today, to
        widowed = [partner for someone in self._people for partner in self._live(someone)]
        newcomers = list(self._newcomers(since, days))
        self._people = [someone for someone in self._people if someone.status != "left"] + widowed + newcomers

    # --- one life ----------------------------------------------------------------------------------------

    def _live(self, someone: Inhabitant) -> Iterator[Inhabitant]:
        """What happens to one person; yields the partner who is left behind."""
        if someone.status in ("died", "contact"):
            return
        if self._happens(f"died, {'active' if someone.status == 'active' else 'retired'}"):
            yield from self._die(someone)
            return
        if someone.status == "active":
            self._work(someone)
        self._dwell(someone)

    def _happens(self, what: str) -> bool:
        """Whether something happened, given how often it does in a year."""
        return self._maker.random.random() < RATES[what] * self._years

    def _die(self, someone: Inhabitant) -> Iterator[Inhabitant]:
        someone.status = "died"
        if someone.household.startswith("couple") and self._maker.random.random() < RATES["survivor"]:
            yield self._widowed(someone)

    def _widowed(self, partner: Inhabitant) -> Inhabitant:
        """The widowed partner: a person of their own, at the same home."""
        someone = self._maker.retired(self._number())
        someone.status, someone.household, someone.children = "survivor", "single", 0
        for column in ("street", "postal_code", "city", "language", "entity", "domain"):
            setattr(someone, column, getattr(partner, column))
        someone.hired_on = someone.retired_on = None
        someone.grade = ""
        return someone

    def _work(self, someone: Inhabitant) -> None:
        age = (self.today - someone.born_on).days / YEAR if someone.born_on else 0.0
        if (age >= 66 and self._happens("retired at 66")) or (age >= 62 and self._happens("retired")):
            self._retire(someone)
        elif self._happens("resigned"):
            someone.status = "left"
        elif someone.contract_ends_on and someone.contract_ends_on <= self.today:
            self._end_contract(someone)
        elif self._happens("moved entity"):
            self._maker.give_entity(someone)
            if someone.email:
                someone.email = self._maker.work_address(someone)
        elif someone.hired_on and someone.hired_on > self.today - _SETTLED and self._happens("hire date corrected"):
            someone.hired_on += timedelta(days=self._maker.random.choice((-7, -3, -1, 1, 3)))

    def _retire(self, someone: Inhabitant) -> None:
        someone.status, someone.retired_on = "retired", self._lately()
        someone.contract, someone.contract_ends_on = "", None
        someone.email = someone.workplace = someone.works_shifts = ""
        if not someone.private_email and self._maker.draw("private e-mail of retired"):
            someone.private_email = self._maker.private_address(someone)

    def _end_contract(self, someone: Inhabitant) -> None:
        end = self._contract_end(self._maker.random)
        if end == "left":
            someone.status = "left"
        elif end == "permanent":
            someone.contract, someone.contract_ends_on = "permanent", None
        elif someone.contract_ends_on:
            someone.contract_ends_on += timedelta(days=self._maker.random.choice((182, 365, 365, 730)))

    def _dwell(self, someone: Inhabitant) -> None:
        if self._happens("moved house"):
            self._maker.give_home(someone)
        if (not someone.household or not someone.language) and self._happens("fact found"):
            someone.household = someone.household or "single"
            someone.language = someone.language or "nl"
        elif someone.status == "active" and someone.household:
            self._change_household(someone)

    def _change_household(self, someone: Inhabitant) -> None:
        age = (self.today - someone.born_on).days / YEAR if someone.born_on else 0.0
        if someone.household.startswith("couple") and 24 <= age <= 42 and self._happens("child"):
            someone.household, someone.children = "couple-with-children", (someone.children or 0) + 1
        elif self._happens("new household"):
            with_children = "-with-children" if "children" in someone.household else ""
            single = someone.household.startswith("couple")
            someone.household = f"{'single' if single else 'couple'}{with_children}"

    # --- who comes ---------------------------------------------------------------------------------------

    def _newcomers(self, since: date, days: int) -> Iterator[Inhabitant]:
        """Who was hired since, as many as the rate says, with the rest drawn by lot."""
        active = sum(someone.status == "active" for someone in self._people)
        expected = active * RATES["hired"] * self._years
        count = int(expected) + (self._maker.random.random() < expected % 1)
        for _ in range(count):
            hired_on = since + timedelta(days=self._maker.random.randint(1, days))
            yield self._maker.newcomer(self._number(), hired_on)

    def _lately(self) -> date:
        """The first of this month, on which people retire."""
        return self.today.replace(day=1)

    def _number(self) -> int:
        self._next_number += 1
        return self._next_number - 1
