from __future__ import annotations

import email
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest

from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.channels.outbox.removing import remove
from outreach.delivery.fresh_links import take_turn
from outreach.installation import Installation
from outreach.privacy.erasing import erase
from outreach.privacy.exporting import Folders, export
from outreach.rendering.links import Answer, Purpose
from outreach.rendering.names import LINK_PATHS
from outreach.roster.choices import suppress
from outreach.settings import Settings
from outreach.storage import audit
from outreach.storage.tables import fresh_link
from tests.unit.web.conftest import NOW, SECRET, Open, Site
from tests.unit.web.people import add_delivery, add_person, everything, token

#: The last day on which links of `NOW` work, where nothing is said.
LAST = NOW + timedelta(days=400)
OLD = LAST + timedelta(days=1)
DATED: list[Purpose] = ["choices", "about", "answer"]
TOPICS = {"answer": Answer(1, "infosession-registered").topic}


def link(who: int, purpose: Purpose = "choices", **more) -> str:
    return f"/{LINK_PATHS[purpose]}/{token(who, purpose, TOPICS.get(purpose, 'news'), **more)}"


def mails(site: Site) -> list[EmailMessage]:
    found = Outbox(site.installation.outbox).messages() if site.installation.outbox.exists() else ()
    return [email.message_from_bytes(raw, policy=policy.default) for *_, raw in found]


def mailed_link(mail: EmailMessage) -> str:
    (found,) = re.findall(r"https://sociale-dienst\.example(/\S+)", mail.get_content())
    return found


@pytest.mark.parametrize("purpose", DATED)
def test_an_old_link_opens_a_page_with_one_button_and_nothing_else(site: Site, purpose: Purpose) -> None:
    path = link(add_person(site), purpose)
    before = everything(site)
    site.clock.now = LAST
    assert site.ask("GET", path).status_code != 410
    site.clock.now = OLD
    for method in ("GET", "POST"):
        page = site.ask(method, path, data={"form": "call", "ask": "erase"} if method == "POST" else None)
        assert (page.status_code, page.text.count("<button"), "<input" in page.text) == (410, 1, False)
        assert f'action="{path}/fresh"' in page.text
    assert everything(site) == before


def test_the_button_mails_a_link_that_works_to_the_address_on_record(site: Site) -> None:
    who = add_person(site, language="fr", private_email="home@private.example")
    site.clock.now = OLD
    page = site.ask("POST", f"{link(who)}/fresh")
    assert (page.status_code, "en route" in page.text, "Set-Cookie" in page.headers) == (200, True, False)
    assert not any(said in page.text for said in ("p1@", "staff.example", "private.example"))
    (mail,) = mails(site)
    assert (mail["To"], mail["Auto-Submitted"]) == ("p1@staff.example", "auto-generated")
    assert mail["From"] == "Service social <post@sociale-dienst.example>"
    assert mailed_link(mail) == link(who, on=OLD.date())
    assert site.ask("GET", mailed_link(mail)).status_code == 200
    with site.installation.database.reading() as connection:
        (line,) = audit.read(connection, audit.Wanted(action="asked for a fresh link"))
    assert (line.actor, line.subject) == (audit.RECIPIENT, f"person {who}")


def test_one_a_day_for_each_page_however_often_and_at_once_it_is_asked_for(site: Site) -> None:
    who = add_person(site)
    site.clock.now = OLD
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: site.ask("POST", f"{link(who)}/fresh").status_code, range(8)))
    assert answers == [200] * 8
    assert len(mails(site)) == 1
    site.ask("POST", f"{link(who, 'about')}/fresh")
    site.clock.now = OLD + timedelta(hours=23)
    site.ask("POST", f"{link(who)}/fresh")
    assert len(mails(site)) == 2
    site.clock.now = OLD + timedelta(days=1)
    site.ask("POST", f"{link(who)}/fresh")
    assert len(mails(site)) == 3


def test_the_link_that_stops_a_topic_never_grows_old(site: Site) -> None:
    path = f"/u/{token(add_person(site))}"
    site.clock.now = NOW + timedelta(days=5000)
    assert site.ask("GET", path).status_code == 200
    assert site.ask("POST", path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert site.ask("POST", f"{path}/fresh").status_code == 404


def test_a_page_says_the_same_whether_or_not_there_is_an_address_to_write_to(site: Site) -> None:
    reached = add_person(site, 1)
    nobody = [add_person(site, 2, email=None), add_person(site, 3), add_person(site, 4, status="died")]
    with site.installation.database.writing() as connection:
        suppress(connection, SECRET.encode(), "p3@staff.example", "bounced", NOW)
    site.clock.now = OLD
    said = [site.ask("POST", f"{link(who)}/fresh") for who in (reached, *nobody)]
    assert {(page.status_code, page.text) for page in said} == {(200, said[0].text)}
    assert [mail["To"] for mail in mails(site)] == ["p1@staff.example"]


def test_whose_address_is_no_longer_written_to_gets_it_at_the_other_one(site: Site) -> None:
    who = add_person(site, private_email="home@private.example")
    with site.installation.database.writing() as connection:
        suppress(connection, SECRET.encode(), "p1@staff.example", "bounced", NOW)
    site.clock.now = OLD
    site.ask("POST", f"{link(who)}/fresh")
    assert [mail["To"] for mail in mails(site)] == ["home@private.example"]


def test_nothing_is_mailed_for_a_link_that_works_is_forged_or_is_merely_read(site: Site) -> None:
    who = add_person(site)
    before = everything(site)
    answer = site.ask("POST", f"{link(who)}/fresh")
    assert (answer.status_code, answer.headers["Location"]) == (303, link(who))
    site.clock.now = OLD
    for wrong in (f"{link(who)[:-1]}/fresh", f"/x/{token(who, 'choices')}/fresh", f"/a/{token(who, 'choices')}/fresh"):
        assert site.ask("POST", wrong).status_code == 404
    foreign = {"Origin": "https://elsewhere.example"}
    assert site.ask("POST", f"{link(who)}/fresh", headers=foreign).status_code == 403
    assert site.ask("GET", f"{link(who)}/fresh").status_code == 405
    assert everything(site) == before
    assert mails(site) == []


def test_where_no_mail_server_answers_the_page_says_so_and_it_may_be_asked_again(
    installation: Installation, opening: Open
) -> None:
    settings = Settings(database_url=installation.database_url, secret=SECRET, smtp_url="smtp://127.0.0.1:1")
    site = opening(Installation.open(installation.root, settings))
    who = add_person(site)
    site.clock.now = OLD
    assert site.ask("POST", f"{link(who)}/fresh").status_code == 503
    with site.installation.database.writing() as connection:
        assert take_turn(connection, who, "choices", OLD)
    site.installation.close()


def test_what_is_gone_is_not_said_to_be_old_and_what_is_old_and_there_can_be_had(site: Site) -> None:
    who = add_person(site)
    facts = {"campaign": "welcome", "step": "invitation", "state": "sent"}
    gone = add_delivery(site, who, "once", **facts, sent_at=NOW)
    there = add_delivery(site, who, "again", **facts, sent_at=OLD)
    site.clock.now = OLD
    pages = [site.ask("GET", f"/b/{token(who, 'browser', str(number))}").text for number in (gone, there)]
    assert ["<button" in page for page in pages] == [False, True]


def test_an_export_tells_of_the_mails_with_their_links_and_of_nobody_elses(site: Site) -> None:
    people = [add_person(site, number) for number in (1, 2, 11)]
    site.clock.now = OLD
    for who in people:
        site.ask("POST", f"{link(who)}/fresh")
        site.ask("POST", f"{link(who, 'about')}/fresh")
    outbox = site.installation.outbox
    folders = Folders(outbox, outbox.parent / "handover", outbox.parent)
    with site.installation.database.reading() as connection:
        found = export(connection, "P1", folders, SECRET.encode(), OLD)
    assert [mail["to"] for mail in found.messages] == ["p1@staff.example"] * 2
    assert all("https://sociale-dienst.example/" in mail["text"] for mail in found.messages)
    assert [row["page"] for row in found.tables["fresh_link"]] == ["about", "choices"]


def test_erasing_leaves_nothing_of_it(site: Site) -> None:
    who = add_person(site)
    site.clock.now = OLD
    site.ask("POST", f"{link(who)}/fresh")
    with site.installation.database.writing() as connection:
        done = erase(connection, "P1", SECRET.encode(), "test", OLD)
    assert done.deleted[fresh_link.name] == 1
    outbox = site.installation.outbox
    assert remove(outbox, who, done.addresses) == 1
    assert not any(b"p1@staff" in path.read_bytes() for path in outbox.rglob("*") if path.is_file())
    assert site.ask("GET", link(who)).status_code == 404
