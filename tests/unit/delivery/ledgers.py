"""A ledger with deliveries in it, and a composer without templates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select

from outreach.definitions.model import (
    Campaign,
    Condition,
    Definitions,
    Field,
    Remind,
    Sender,
    Span,
    Start,
    Step,
    Topic,
    Workspace,
)
from outreach.rendering.mail import Item, Mail, Skeleton
from outreach.storage.database import Database
from outreach.storage.tables import delivery, person, release
from tests.unit.delivery.mails import LETTER, SECRET, message_id

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def definitions(**campaign: Any) -> Definitions:
    remind = Remind(Span(days=14), 3, Condition(outcomes=("done",)), ("again", "last"))
    step = Step("welcome", 1, "welcome", remind=remind)
    news = Campaign(
        "news",
        "Nieuws",
        "news",
        "p",
        "o@dienst.example",
        "everyone",
        Start("once", on=date(2026, 11, 22), at=time(9)),
        (step,),
        **campaign,
    )
    workspace = Workspace(
        organisation={"nl": "Dienst"},
        languages=("nl", "fr"),
        public_url="https://dienst.example",
        topics={"news": Topic("news", {"nl": "Nieuws"})},
        senders={"default": Sender("default", {"nl": "Dienst"}, "post@dienst.example")},
        fields={"team": Field("team", "text", custom=True), "badge_on": Field("badge_on", "date", custom=True)},
    )
    return Definitions(workspace, {}, {"news": news}, {}, {}, {})


class Composer:
    """Writes the same letter to everybody; whom `refuses` names makes the template fail."""

    def __init__(
        self, refuses: frozenset[int] = frozenset(), facts: frozenset[str] = frozenset({"first_name"})
    ) -> None:
        self.items: list[Item] = []
        self._refuses = refuses
        self._facts = facts

    def language(self, message_id: str, wanted: str) -> str:
        return wanted

    def facts(self, message_id: str) -> frozenset[str]:
        return self._facts

    def compose(self, item: Item) -> Mail:
        if item.person["id"] in self._refuses:
            raise ValueError(f"cannot write to {item.address}")
        self.items.append(item)
        own = (
            (item.address or "").encode(),
            message_id(item.key).encode(),
            (item.person.get("first_name") or "").encode(),
        )
        fields = (0, own[0], 1, own[1], 2, own[2], 3)
        return Mail(
            item.key,
            message_id(item.key),
            "post@dienst.example",
            item.address or "",
            Skeleton(LETTER.digest, LETTER.chunks),
            fields,
        )


def add_people(database: Database, count: int, **values: Any) -> list[int]:
    rows = [
        {
            "person_id": f"H{n}",
            "source": "test",
            "status": "active",
            "first_name": f"Naam{n}",
            "language": "nl",
            "email": f"p{n}@example.org",
            "lot": n,
            "version": 1,
            "imported_at": NOW,
            "attributes": {},
            **values,
        }
        for n in range(1, count + 1)
    ]
    with database.writing() as connection:
        connection.execute(insert(person), rows)
        return list(connection.scalars(select(person.c.id).order_by(person.c.id)))


def add_deliveries(database: Database, people: list[int], **values: Any) -> list[int]:
    common: dict[str, Any] = {
        "campaign": "news",
        "step": "welcome",
        "occurrence": "once",
        "repetition": 0,
        "release_id": 1,
        "state": "planned",
        "rank": 1,
        "due_at": NOW,
        "expires_at": NOW + timedelta(days=14),
        "dispatched_at": NOW,
        "planned_at": NOW,
        **values,
    }
    with database.writing() as connection:
        if connection.scalar(select(release.c.id)) is None:
            connection.execute(
                insert(release).values(id=1, digest="d", published_at=NOW, published_by="test", manifest="{}")
            )
        connection.execute(insert(delivery), [{**common, "person": one} for one in people])
        return list(connection.scalars(select(delivery.c.id).order_by(delivery.c.id)))


def rows(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(select(delivery).order_by(delivery.c.id)).all())


__all__ = ["NOW", "SECRET", "Composer", "add_deliveries", "add_people", "definitions", "rows"]
