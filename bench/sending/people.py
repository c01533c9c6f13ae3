"""Made-up people, as many as wanted: everybody is met once, and names come back as names do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

_FIRST = (
    "Joëlle", "Jan", "Amélie", "Björn", "Fatima", "Marie-Ange", "Łukasz", "An", "Søren", "Griet", "Mehmet", "Zoë",
    "Siân", "Pieter", "Nathalie", "Ömer", "Els", "Renée", "Koen",
)  # fmt: skip
_LAST = (
    "Peeters", "D'Hondt", "Van den Broeck", "Yılmaz", "Müller", "Claes & Zoon", "García", "Nowak", "Lefèvre", "Maes",
    "De Smet", "El Idrissi", "Janssens", "Willems", "Öztürk", "Goossens", "Dubois",
)  # fmt: skip
_ENTITIES = 60


def people() -> Iterator[dict[str, object]]:
    """Facts by field name."""
    number = 0
    while True:
        entity = number % _ENTITIES
        yield {
            "person_id": f"P{number}",
            "first_name": _FIRST[number % len(_FIRST)],
            "last_name": _LAST[number // 3 % len(_LAST)],
            "email": f"naam{number}.familienaam@agentschap{entity}.example",
            "entity": f"Agentschap voor Zaken {entity}",
            "contract_ends_on": date(2027, 1 + number % 12, 1 + number % 28) if number % 3 == 0 else None,
            "lot": number,
        }
        number += 1


def some(count: int) -> list[dict[str, object]]:
    return list(islice(people(), count))
