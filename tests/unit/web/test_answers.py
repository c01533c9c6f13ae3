from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from outreach import pipeline
from outreach.delivery.assembling import Assembler
from outreach.delivery.batches import claim
from outreach.delivery.rehearsing import rehearse
from outreach.planning.explain import explain
from outreach.planning.explanation import REASONS
from outreach.rendering.links import Answer
from outreach.storage import audit
from outreach.storage.tables import delivery, event, outcome, seat
from tests.unit.web.conftest import NOW, Site
from tests.unit.web.people import add_delivery, add_person, current, everything, token

REGISTERED = "infosession-registered"
WORDS = {"nl": "Ik heb me ingeschreven", "fr": "Je me suis inscrit"}


@pytest.fixture
def workspace(workspace: Path) -> Path:
    """The small workspace, whose invitation can be answered."""
    written = workspace / "outreach.yaml"
    texts = ", ".join(f"{language}: {text}" for language, text in WORDS.items())
    with written.open("a", encoding="utf-8") as more:
        more.write(f"web: {{answers: {{{REGISTERED}: {{{texts}}}}}}}\n")
    invitation = workspace / "templates/invitation/nl.md"
    link = f'**[Ik heb me ingeschreven]({{{{ answers["{REGISTERED}"] }}}})**'
    invitation.write_text(f"{invitation.read_text(encoding='utf-8')}\n{link}\n", encoding="utf-8")
    return workspace


def invite(site: Site, who: int, **more) -> int:
    return add_delivery(site, who, "once", campaign="welcome", step="invitation", **more)


def link(who: int, delivery: int, what: str = REGISTERED) -> str:
    return f"/r/{token(who, 'answer', Answer(delivery, what).topic)}"


def answers(site: Site) -> list[tuple]:
    columns = (outcome.c.person, outcome.c.outcome, outcome.c.occurred_on, outcome.c.source)
    with site.installation.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(outcome.c.id))]


def test_the_link_in_the_mail_leads_to_a_page_and_one_click_is_on_record_once(site: Site) -> None:
    who = add_person(site)
    delivery = invite(site, who, dispatched_at=NOW)
    path = mailed(site)
    assert path == link(who, delivery)
    page = site.ask("GET", path)
    assert (page.status_code, WORDS["nl"] in page.text, page.text.count("<button")) == (200, True, 1)
    assert answers(site) == []
    for days in (0, 0, 1):
        site.clock.now = NOW + timedelta(days=days)
        answer = site.ask("POST", path)
        assert (answer.status_code, "Bedankt" in answer.text, "Set-Cookie" in answer.headers) == (200, True, False)
    assert answers(site) == [(who, REGISTERED, NOW.date(), f"answer {delivery}")]
    assert "Bedankt" in site.ask("GET", path).text
    with site.installation.database.reading() as connection:
        (line,) = audit.read(connection, audit.Wanted(action="answered"))
    assert (line.actor, line.subject, line.after) == (audit.RECIPIENT, f"person {who}", {"outcome": REGISTERED})


def mailed(site: Site) -> str:
    """The path of the one answer in the mail that is about to leave, the same in both of its parts."""
    installation = site.installation
    with installation.database.writing() as connection:
        rows = claim(connection, "sender-1", "outbox", NOW)
    assembler = Assembler(installation.composer, installation.definitions, installation.secret)
    with installation.database.reading() as connection:
        ready = assembler.compose(rows[0], assembler.read(connection, rows), NOW)
    raw = ready.mail.to_bytes().decode().replace("=\r\n", "")
    found = re.findall(r"https://sociale-dienst\.example(/r/[\w-]+)", raw)
    assert len(found) >= 2
    assert len(set(found)) == 1
    return found[0]


def test_who_answered_is_not_reminded_and_explain_says_why(site: Site) -> None:
    answering, silent = (add_person(site, number, hired_on=NOW.date()) for number in (1, 2))
    with site.installation.database.writing() as connection:
        hired = {"kind": "hired", "effective_on": NOW.date(), "recorded_at": NOW, "source": "hr"}
        connection.execute(insert(event), [{"person": who, **hired} for who in (answering, silent)])
    for days in (0, 9):
        tick(site, days)
    site.clock.now = NOW + timedelta(days=13)
    site.ask("POST", link(answering, invited(site)[answering, 0].id))
    for days in (13, 23):
        tick(site, days)
    found = {who: (row.state, row.reason) for (who, repetition), row in invited(site).items() if repetition}
    assert found == {answering: ("skipped", "until"), silent: ("sent", None)}
    with site.installation.database.reading() as connection:
        told = explain(connection, current(site), "P1", site.clock.now, "welcome") or []
    assert [one.words for one in told if one.reason == "until"] == [REASONS["until"]]


def test_a_mistake_is_taken_back_where_it_was_confirmed_and_can_be_said_again(site: Site) -> None:
    who = add_person(site)
    path = link(who, invite(site, who))
    assert f'action="{path}/undo"' in site.ask("POST", path).text
    for _ in range(2):
        page = site.ask("POST", f"{path}/undo")
        assert (page.status_code, "Teruggenomen" in page.text) == (200, True)
        assert answers(site) == []
    assert "Wil je ons dit laten weten" in site.ask("GET", path).text
    with site.installation.database.reading() as connection:
        (line,) = audit.read(connection, audit.Wanted(action="took an answer back"))
    assert (line.actor, line.subject, line.before) == (audit.RECIPIENT, f"person {who}", {"outcome": REGISTERED})
    site.ask("POST", path)
    assert len(answers(site)) == 1


def test_who_takes_it_back_is_reminded_as_if_they_had_said_nothing(site: Site) -> None:
    early, late, silent = (add_person(site, number, hired_on=NOW.date()) for number in (1, 2, 3))
    with site.installation.database.writing() as connection:
        hired = {"kind": "hired", "effective_on": NOW.date(), "recorded_at": NOW, "source": "hr"}
        connection.execute(insert(event), [{"person": who, **hired} for who in (early, late, silent)])
    for days in (0, 9):
        tick(site, days)
    for who in (early, late):
        site.ask("POST", link(who, invited(site)[who, 0].id))
    site.ask("POST", link(early, invited(site)[early, 0].id) + "/undo")
    tick(site, 23)
    assert [invited(site)[who, 1].state for who in (early, late, silent)] == ["sent", "skipped", "sent"]
    site.clock.now = NOW + timedelta(days=24)
    site.ask("POST", link(late, invited(site)[late, 0].id) + "/undo")
    tick(site, 24)
    assert (invited(site)[late, 1].state, invited(site)[late, 1].reason) == ("sent", None)


def test_what_it_ended_too_long_ago_or_somebody_else_says_too_stays(site: Site) -> None:
    who, seated = (add_person(site, number, hired_on=NOW.date()) for number in (1, 2))
    with site.installation.database.writing() as connection:
        hired = {"kind": "hired", "effective_on": NOW.date(), "recorded_at": NOW, "source": "hr"}
        connection.execute(insert(event), {"person": who, **hired})
    for days in (0, 9):
        tick(site, days)
    path = link(who, invited(site)[who, 0].id)
    site.ask("POST", path)
    tick(site, 23)
    site.clock.now = NOW + timedelta(days=80)
    site.ask("POST", f"{path}/undo")
    assert (invited(site)[who, 1].state, invited(site)[who, 1].reason) == ("skipped", "until")
    path = link(seated, invite(site, seated))
    site.ask("POST", path)
    with site.installation.database.writing() as connection:
        number = connection.scalar(select(outcome.c.id))
        connection.execute(insert(seat).values(outcome=number, session="autumn"))
    assert "Bedankt" in site.ask("POST", f"{path}/undo").text
    assert [row[0] for row in answers(site)] == [seated]


def tick(site: Site, days: int) -> None:
    """Plan what is due after so many days, let it go, and count it as sent."""
    pipeline.tick(
        site.installation.database, current(site), NOW + timedelta(days=days),
        lambda database, now: rehearse(database, now, "Europe/Brussels"),
    )  # fmt: skip


def invited(site: Site) -> dict[tuple[int, int], Any]:
    """The invitations and their reminders, by person and number."""
    found = select(delivery).where(delivery.c.step == "invitation")
    with site.installation.database.reading() as connection:
        return {(row.person, row.repetition): row for row in connection.execute(found)}


def test_each_message_is_answered_by_itself(site: Site) -> None:
    who, other = add_person(site, 1), add_person(site, 2)
    site.ask("POST", link(who, 1))
    site.ask("POST", link(other, 2))
    site.clock.now = NOW + timedelta(days=30)
    site.ask("POST", link(who, 3))
    later = site.clock.now.date()
    assert [(row[0], row[2], row[3]) for row in answers(site)] == [
        (who, NOW.date(), "answer 1"), (other, NOW.date(), "answer 2"), (who, later, "answer 3"),
    ]  # fmt: skip


def test_reading_a_sample_or_what_is_asked_no_more_changes_nothing(site: Site) -> None:
    who = add_person(site, language="fr")
    before = everything(site)
    for method in ("GET", "HEAD"):
        assert site.ask(method, link(who, 1)).status_code == 200
    assert "Merci" in site.ask("POST", link(who, 0)).text
    for gone in (link(who, 1, "attended"), link(99, 1), f"/r/{token(who)}", link(who, 1)[:-1]):
        for method in ("GET", "POST"):
            assert site.ask(method, gone).status_code == 404
        assert site.ask("POST", f"{gone}/undo").status_code == 404
    site.ask("POST", f"{link(who, 1)}/undo")
    foreign = {"Origin": "https://elsewhere.example"}
    assert site.ask("POST", link(who, 1), headers=foreign).status_code == 403
    assert everything(site) == before


def test_the_page_speaks_the_readers_language_and_says_nothing_of_them(site: Site) -> None:
    who = add_person(site, language="fr", first_name="Zoë", last_name="Van den Broeck")
    page = site.ask("GET", link(who, 1)).text
    assert WORDS["fr"] in page
    assert 'lang="fr"' in page
    assert not any(said in page for said in ("Zoë", "Broeck", "@staff.example", "P1", REGISTERED))
