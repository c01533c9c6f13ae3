"""The real composer's mails, through both channels and back."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from outreach.definitions.loading import load
from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.channels.smtp import Smtp
from outreach.delivery.sending import send_dispatched
from outreach.rendering.compiling import compile_content
from outreach.rendering.composer import Composer
from outreach.storage.database import Database
from outreach.storage.tables import person
from tests.contracts.servers import Server, running
from tests.unit.delivery.ledgers import NOW, SECRET, add_deliveries, add_people, rows


@pytest.fixture
def composed(workspace: Path) -> tuple[Composer, Any]:
    loaded = load(workspace)
    assert loaded.definitions, loaded.problems
    content = compile_content(loaded.definitions, loaded.sources, loaded.layouts, loaded.offer_html)
    assert not content.problems
    composer = Composer(loaded.definitions, content.messages.__getitem__, content.fragments.__getitem__, SECRET)
    return composer, loaded.definitions


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("mail")) as server:
        yield server


def plan(database: Database) -> list[int]:
    people = add_people(database, 6)
    with database.writing() as connection:
        for number, (language, name) in enumerate((("fr", "Éloïse <b>"), ("nl", "O'Brien {{ x }}"), ("en", "שלום 🎉"))):
            who = person.c.id == people[number]
            connection.execute(update(person).where(who).values(language=language, first_name=name))
    add_deliveries(database, people, campaign="welcome", step="welcome", occurrence="entry-1")
    return people


def test_a_mail_comes_out_of_the_outbox_as_the_composer_made_it(
    database: Database, tmp_path: Path, composed: tuple[Composer, Any]
) -> None:
    composer, known = composed
    made = {}

    class Noting:
        facts, language = composer.facts, composer.language

        def compose(self, item):
            mail = composer.compose(item)
            made[mail.key] = (mail.to_bytes(), mail.message_id)
            return mail

    people = plan(database)
    outbox = Outbox(tmp_path / "outbox")
    counts = send_dispatched(database, lambda _: Noting(), outbox, lambda _: known, lambda: NOW, SECRET)
    assert counts.sent == 6
    for row in rows(database):
        key = f"welcome/welcome/entry-1/0/{row.person}"
        assert (outbox.read(key), row.message_id) == made[key]
        mail = message_from_bytes(outbox.read(key), policy=default)
        assert mail["Message-ID"] == row.message_id
        assert mail["To"].addresses[0].addr_spec == f"p{people.index(row.person) + 1}@example.org"
    # Who reads English gets the workspace's first language: the message is not written in theirs.
    assert [row.language for row in rows(database)[:4]] == ["fr", "nl", "nl", "nl"]
    first = message_from_bytes(outbox.read(f"welcome/welcome/entry-1/0/{people[0]}"), policy=default)
    assert "Éloïse <b>" in first.get_body(("plain",)).get_content()
    assert first["Subject"] == "Bienvenue"


def test_a_mail_arrives_at_the_mail_server_as_the_composer_made_it(
    database: Database, server: Server, composed: tuple[Composer, Any]
) -> None:
    composer, known = composed
    before = len(server.arrived())
    people = plan(database)
    channel = Smtp.at(server.url())
    counts = send_dispatched(database, lambda _: composer, channel, lambda _: known, lambda: NOW, SECRET)
    assert counts.sent == 6
    arrived = {one["to"]: one["content"] for one in server.arrived()[before:]}
    assert sorted(arrived) == sorted(f"p{n}@example.org" for n in range(1, 7))
    ids = {message_from_bytes(content)["Message-ID"] for content in arrived.values()}
    assert ids == {row.message_id for row in rows(database)}
    assert len(people) == len(ids)
