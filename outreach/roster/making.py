"""Making a believable roster of people who do not exist: the same seed and day give the same file."""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Generic, TextIO, TypeVar

from outreach.roster.inhabitants import COLUMNS, Inhabitant
from outreach.roster.places import ENTITIES, MAIL_DOMAINS, STREETS, TOWNS
from outreach.roster.shares import ACTIVE, CONTACTS, SHARES

T = TypeVar("T")

#: Days of a year, on average.
YEAR = 365.2425
#: Number of the first person; the numbers of HR systems do not start at 1.
FIRST_NUMBER = 100_001
_ROLES = ("manager", "hr", "communication")


def make_roster(people: int, seed: int, today: date) -> Iterator[dict[str, str]]:
    """Rows of exactly `people` entitled people, and of up to 120 contacts beside them, by our own column names.

    The facts are as they stand on `today`. One after the other: memory stays flat.
    """
    return (inhabitant.row() for inhabitant in inhabitants(Maker(seed, today), people))


def inhabitants(maker: Maker, people: int) -> Iterator[Inhabitant]:
    """The people themselves, active and retired in turn, so that the start of a roster is a sample of all of it."""
    for index in range(people):
        number = FIRST_NUMBER + index
        is_active = int((index + 1) * ACTIVE + 0.5) > int(index * ACTIVE + 0.5)
        yield maker.active(number) if is_active else maker.retired(number)
    for index in range(min(CONTACTS, -(-people // 100))):
        yield maker.contact(index)


def write_csv(rows: Iterable[dict[str, str]], out: Path | str) -> int:
    """Write rows as CSV (UTF-8, commas) to a file, or to standard output for `-`; how many there were."""
    if str(out) == "-":
        return _write(rows, sys.stdout)
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        return _write(rows, file)


def _write(rows: Iterable[dict[str, str]], file: TextIO) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the last value is the count
        writer.writerow(row.values())
    return count


class Draw(Generic[T]):
    """Draws values as often as their weights say."""

    def __init__(self, weights: Iterable[tuple[T, float]]) -> None:
        values, shares = zip(*weights, strict=True)
        self._values: tuple[T, ...] = values
        self._sums = list(accumulate(shares))

    def __call__(self, random: Random) -> T:
        return random.choices(self._values, cum_weights=self._sums)[0]


class Maker:
    """Makes people, each unlike the others."""

    def __init__(self, seed: int, today: date) -> None:
        self.random = Random(seed)  # noqa: S311 - for sample data
        self.today = today
        self._draws = {name: Draw(share.of.items()) for name, share in SHARES.items()}
        self._towns = Draw(((code, town), float(weight)) for code, town, weight in TOWNS)
        # Each next entity of a domain is about two thirds of the one before it.
        self._entities = {d: Draw((e, 0.65**i) for i, e in enumerate(names)) for d, names in ENTITIES.items()}
        self._names = {
            locale: _Names(locale)
            for locale in ("nl_BE", "fr_BE", "tr_TR", "pl_PL", "it_IT", "es_ES", "en_GB", "de_DE")
        }

    def draw(self, name: str) -> str | None:
        """A value of the table of shares."""
        return self._draws[name](self.random)

    def active(self, number: int) -> Inhabitant:
        """Somebody at work."""
        ages = self.draw("age") or ""
        tenure = self.draw(f"tenure of {ages}") or ""
        born = self._born(ages)
        return self._at_work(number, ages, tenure, born, self._hired(born, tenure))

    def newcomer(self, number: int, hired_on: date) -> Inhabitant:
        """Somebody who was hired on this day."""
        ages = self.random.choices(("21-34", "35-44", "45-66"), (0.6, 0.28, 0.12))[0]
        return self._at_work(number, ages, "0-1", self._born(ages), hired_on)

    def _at_work(self, number: int, ages: str, tenure: str, born: date, hired: date) -> Inhabitant:
        someone = self._anybody(number, self.draw("gender") or "", self.draw(f"household of {ages}"))
        someone.status, someone.born_on, someone.hired_on = "active", born, hired
        someone.grade = self.draw("grade") or ""
        someone.workplace = self.draw("workplace") or ""
        someone.works_shifts = self.draw("shifts") or ""
        self.give_contract(someone, tenure)
        if self.draw("work e-mail"):
            someone.email = self.work_address(someone)
        if self.draw("private e-mail"):
            someone.private_email = self.private_address(someone)
        return someone

    def retired(self, number: int) -> Inhabitant:
        """Somebody who has retired."""
        someone = self._anybody(number, self.draw("gender of retired") or "", self.draw("household of retired"))
        someone.status = "retired"
        age = self.random.triangular(61, 97, 69)
        someone.born_on = self.today - timedelta(days=age * YEAR)
        someone.retired_on = someone.born_on + timedelta(days=self.random.uniform(60, min(66.5, age)) * YEAR)
        someone.hired_on = someone.born_on + timedelta(days=self.random.uniform(19, 45) * YEAR)
        someone.grade = self.draw("grade of retired") or ""
        if self.draw("private e-mail of retired"):
            someone.private_email = self.private_address(someone)
        return someone

    def contact(self, index: int) -> Inhabitant:
        """Somebody whom the service writes to as a partner: a manager, HR or communication of an entity."""
        entities = [(domain, entity) for domain, names in ENTITIES.items() for entity in names]
        # One role further at each round of the entities, so that nobody has two contacts of one role.
        role = _ROLES[(index + index // len(entities)) % len(_ROLES)]
        someone = Inhabitant(f"C{index + 1:04d}", status="contact", role=role)
        someone.domain, someone.entity = entities[index * 7 % len(entities)]
        self.give_name(someone, "nl_BE", self.random.choice("fm"))
        someone.language = "nl"
        someone.email = self.work_address(someone)
        return someone

    def give_contract(self, someone: Inhabitant, tenure: str) -> None:
        """Terms of employment as people have them after so many years."""
        if self.draw(f"terms of {tenure}") == "statutory":
            someone.contract = "statutory"
            return
        someone.contract = self.draw(f"contract of {tenure}") or ""
        if someone.contract == "fixed-term" and (months := self.draw("end of contract")):
            low, high = _years(months)
            someone.contract_ends_on = self.today + timedelta(days=1 + self.random.uniform(low, high) * YEAR / 12)

    def give_entity(self, someone: Inhabitant) -> None:
        """An employer."""
        someone.domain = self.draw("domain") or ""
        someone.entity = self._entities[someone.domain](self.random)

    def give_home(self, someone: Inhabitant) -> None:
        """A home."""
        someone.postal_code, someone.city = self._towns(self.random)
        someone.street = f"{self.random.choice(STREETS)} {int(self.random.triangular(1, 240, 12))}"

    def give_name(self, someone: Inhabitant, locale: str, gender: str) -> None:
        """A name as people of a language have them."""
        someone.gender = gender
        someone.first_name, someone.last_name = self._names[locale].draw(self.random, gender)

    def work_address(self, someone: Inhabitant) -> str:
        """An address at the entity; unique, as the number of the person is in it."""
        return self._address(someone, _domain(someone.entity))

    def private_address(self, someone: Inhabitant) -> str:
        """An address at home."""
        return self._address(someone, self.random.choice(MAIL_DOMAINS))

    def _address(self, someone: Inhabitant, domain: str) -> str:
        is_contact = someone.status == "contact"
        number = f".{someone.person_id.lower()}" if is_contact else int(someone.person_id) - FIRST_NUMBER + 1
        return f"{_mailable(someone.first_name)}.{_mailable(someone.last_name)}{number}@{domain}"

    def _anybody(self, number: int, gender: str, household: str | None) -> Inhabitant:
        someone = Inhabitant(str(number), household=household or "")
        someone.language = self.draw("language") or ""
        locales = {"fr": "fr_BE", "en": "en_GB", "de": "de_DE"}
        self.give_name(someone, locales.get(someone.language) or self.draw("names") or "", gender)
        self.give_entity(someone)
        self.give_home(someone)
        if household:
            someone.children = int(self.draw("children") or 0) if "children" in household else 0
        return someone

    def _born(self, ages: str) -> date:
        """A day on which somebody of such an age was born; there are ever fewer of over fifty, as people retire."""
        low, high = _years(ages)
        first, last = low * YEAR + 1, (high + 1) * YEAR - 1
        days = self.random.triangular(first, last, 48 * YEAR) if low >= 45 else self.random.uniform(first, last)
        return self.today - timedelta(days=int(days))

    def _hired(self, born: date, tenure: str) -> date:
        """A day so many years ago, at which the person was 19 or older."""
        low, high = _years(tenure)
        grown = (self.today - born).days / YEAR - 19
        high = max(min(high, grown), 0.1)
        return self.today - timedelta(days=int(self.random.uniform(min(low, high * 0.6), high) * YEAR))


class _Names:
    """First and last names of one language, as Faker has them."""

    def __init__(self, locale: str) -> None:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        self._first = {
            gender: _weighted(getattr(provider, f"first_names_{word}", provider.first_names))
            for gender, word in (("f", "female"), ("m", "male"))
        }
        self._last = _weighted(provider.last_names)

    def draw(self, random: Random, gender: str) -> tuple[str, str]:
        first = self._first.get(gender) or self._first[random.choice("fm")]
        return first(random), self._last(random)


def _weighted(names: Iterable[str]) -> Draw[str]:
    """Faker gives some names with how often they occur, and others alike."""
    return Draw(names.items() if isinstance(names, dict) else ((name, 1.0) for name in names))


def _years(band: str) -> tuple[float, float]:
    low, high = band.split("-")
    return float(low), float(high)


def _mailable(name: str) -> str:
    """A name as it stands in an address: letters of ASCII alone."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("ı", "i").replace("ß", "ss"))
    return re.sub("[^a-z]", "", plain.lower()) or "post"


def _domain(entity: str) -> str:
    return "-".join(_mailable(word) for word in entity.split()) + ".example"
