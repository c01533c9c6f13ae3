from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.delivery.assembling import Assembler
from outreach.delivery.batches import claim
from outreach.privacy.erasing import erase
from outreach.rendering.links import Signer
from outreach.rendering.previewing import read
from tests.unit.web.conftest import NOW, SECRET, Site
from tests.unit.web.people import add_delivery, add_person, everything, token


@pytest.fixture
def workspace(workspace: Path) -> Path:
    """The small workspace, whose invitation can be read in the browser and has a style of its own."""
    invitation = workspace / "templates/invitation/nl.md"
    link = "[Lees dit in je browser]({{ links.browser }})"
    invitation.write_text(f"{invitation.read_text(encoding='utf-8')}\n{link}\n", encoding="utf-8")
    return workspace


def link(who: int, delivery: int) -> str:
    return f"/b/{token(who, 'browser', str(delivery))}"


def sent(site: Site, who: int, occurrence: str = "once", **more) -> int:
    facts = {"campaign": "welcome", "step": "invitation", "state": "sent", "dispatched_at": NOW, "sent_at": NOW}
    return add_delivery(site, who, occurrence, **facts | more)


def left(site: Site) -> str:
    """The HTML of the mail that is about to leave."""
    installation = site.installation
    with installation.database.writing() as connection:
        rows = claim(connection, "sender-1", "outbox", NOW)
    assembler = Assembler(installation.composer, installation.definitions, installation.secret)
    with installation.database.reading() as connection:
        return read(assembler.compose(rows[0], assembler.read(connection, rows), NOW).mail.to_bytes()).html


def test_the_link_in_a_mail_shows_that_very_mail(site: Site) -> None:
    who = add_person(site, first_name="Zoë", language="nl")
    number = sent(site, who, state="planned", sent_at=None)
    html = left(site)
    assert re.findall(r"https://sociale-dienst\.example(/b/[\w-]+)", html) == [link(who, number)]
    # Not before it has left: it could still be stopped.
    assert site.ask("GET", link(who, number)).status_code == 410
    other = sent(site, who, "again")
    page = site.ask("GET", link(who, other))
    assert (page.status_code, "Set-Cookie" in page.headers) == (200, False)
    assert page.text.replace('role="main"', 'role="article"') == html.replace(link(who, number), link(who, other))


def test_it_is_in_the_language_in_which_it_was_sent_whatever_is_chosen_since(site: Site) -> None:
    who = add_person(site, language="fr")
    number = sent(site, who, language="nl")
    site.ask("POST", f"/u/{token(who, topic='onboarding')}")
    assert 'lang="nl"' in site.ask("GET", link(who, number)).text


def test_the_page_runs_nothing_asks_for_nothing_and_is_of_no_origin(site: Site) -> None:
    policy = site.ask("GET", link(who := add_person(site), sent(site, who))).headers["Content-Security-Policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert parts["default-src"] == parts["form-action"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    assert "sandbox" in parts
    assert not any(word in policy for word in ("allow-scripts", "allow-same-origin", "allow-forms", "http", "*"))


@pytest.mark.parametrize("state", ["planned", "skipped", "expired", "cancelled", "rejected"])
def test_what_never_left_is_not_to_be_seen(site: Site, state: str) -> None:
    who = add_person(site)
    assert site.ask("GET", link(who, sent(site, who, state=state))).status_code == 410


def test_what_came_back_or_is_in_doubt_may_lie_in_a_mailbox_all_the_same(site: Site) -> None:
    who = add_person(site)
    for state in ("bounced", "complained", "in_doubt", "attempting"):
        at = None if state in ("in_doubt", "attempting") else NOW
        assert site.ask("GET", link(who, sent(site, who, state, state=state, sent_at=at))).status_code == 200


def test_after_its_time_a_page_says_politely_that_it_is_gone(site: Site) -> None:
    who = add_person(site, language="fr", first_name="Zoë")
    path = link(who, sent(site, who))
    for days, status in ((180, 200), (181, 410)):
        site.clock.now = NOW + timedelta(days=days)
        assert site.ask("GET", path).status_code == status
    assert "n’est plus ici" in site.ask("GET", path).text


def test_of_who_was_erased_nothing_is_to_be_seen(site: Site) -> None:
    path = link(who := add_person(site, first_name="Zoë"), sent(site, who))
    with site.installation.database.writing() as connection:
        erase(connection, "P1", SECRET.encode(), "test", NOW)
    page = site.ask("GET", path, headers={"Accept-Language": "fr"})
    assert (page.status_code, "n’est plus ici" in page.text, "Zoë" in page.text) == (410, True, False)


def test_nobody_sees_the_message_of_another_or_by_another_link(site: Site) -> None:
    who, other = add_person(site, 1), add_person(site, 2)
    number = sent(site, who)
    assert site.ask("GET", link(other, number)).status_code == 410
    assert site.ask("GET", link(who, 0)).status_code == 410
    forged = Signer(b"x", "browser").sign(who, str(number), NOW.date())
    for wrong in (token(who), token(who, "about"), link(who, number)[3:-1], forged):
        assert site.ask("GET", f"/b/{wrong}").status_code == 404


def test_to_read_it_changes_nothing(site: Site) -> None:
    who = add_person(site)
    path = link(who, sent(site, who))
    before = everything(site)
    for method in ("GET", "HEAD", "POST"):
        site.ask(method, path)
    assert everything(site) == before
