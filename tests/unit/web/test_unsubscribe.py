from __future__ import annotations

from datetime import timedelta

import pytest

from outreach import pipeline
from outreach.delivery.counts import SendCounts
from outreach.planning.explain import explain
from outreach.roster.choices import declined
from outreach.storage import audit
from tests.unit.web.conftest import NOW, Site
from tests.unit.web.people import add_delivery, add_person, everything, states, token

ONE_CLICK = [
    {"data": {"List-Unsubscribe": "One-Click"}},
    {"files": {"List-Unsubscribe": (None, "One-Click")}},
    {"data": b"", "headers": {"Origin": "https://mail.provider.example", "Sec-Fetch-Site": "cross-site"}},
]


def test_one_click_is_in_force_at_once_without_cookies_or_redirect(site: Site) -> None:
    people = [add_person(site, number) for number in range(1, 5)]
    for who, form in zip(people, ONE_CLICK, strict=False):
        answer = site.ask("POST", f"/u/{token(who)}", **form)
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
        assert "Set-Cookie" not in answer.headers
    with site.installation.database.reading() as connection:
        assert declined(connection, people) == {(who, "news") for who in people[:3]}
        line = next(audit.read(connection, audit.Wanted(action="opted out")))
    who = people[2]
    assert (line.actor, line.subject, line.after) == (audit.RECIPIENT, f"person {who}", {"topic": "news"})


def test_what_was_let_go_or_claimed_does_not_leave_and_what_was_tried_keeps_its_truth(site: Site) -> None:
    who, other = add_person(site, 1), add_person(site, 2)
    add_delivery(site, who, "let-go", dispatched_at=NOW)
    add_delivery(site, who, "claimed", dispatched_at=NOW, lease_owner="sender-1")
    add_delivery(site, who, "attempting", dispatched_at=NOW, lease_owner="sender-1", state="attempting")
    add_delivery(site, who, "to-come", due_at=NOW + timedelta(days=1))
    add_delivery(site, who, "other-topic", campaign="welcome", step="welcome", dispatched_at=NOW)
    add_delivery(site, other, "somebody-else", dispatched_at=NOW)
    site.ask("POST", f"/u/{token(who)}")
    assert states(site) == {
        "let-go": ("skipped", "opted_out", None),
        "claimed": ("skipped", "opted_out", None),
        "attempting": ("attempting", None, "sender-1"),
        "to-come": ("planned", None, None),
        "other-topic": ("planned", None, None),
        "somebody-else": ("planned", None, None),
    }


def test_what_is_planned_is_skipped_by_dispatch_and_explain_says_so_before(site: Site) -> None:
    who = add_person(site)
    add_delivery(site, who, "once", due_at=NOW + timedelta(days=1))
    site.ask("POST", f"/u/{token(who)}")
    current = pipeline.current_of(site.installation.database, site.installation.definitions)
    assert current
    with site.installation.database.reading() as connection:
        (told,) = explain(connection, current, "P1", NOW, "news") or []
    assert (told.verdict, told.facts["stopped_by"]) == ("planned", "opted_out")
    assert told.words.endswith("it will be skipped: opted out of news")
    pipeline.tick(site.installation.database, current, NOW + timedelta(days=1), lambda *_: SendCounts())
    assert states(site)["once"] == ("skipped", "opted_out", None)


def test_a_sender_that_has_read_its_rows_sends_nothing_to_who_said_no_meanwhile(site: Site) -> None:
    from outreach.delivery.assembling import Assembler, Stopped
    from outreach.delivery.batches import claim

    who = add_person(site)
    add_delivery(site, who, "once", dispatched_at=NOW)
    installation = site.installation
    with installation.database.writing() as connection:
        rows = claim(connection, "sender-1", "outbox", NOW)
    site.ask("POST", f"/u/{token(who)}")
    assembler = Assembler(installation.composer, installation.definitions, installation.secret)
    with installation.database.reading() as connection:
        batch = assembler.read(connection, rows)
    assert assembler.compose(rows[0], batch, NOW) == Stopped(rows[0], "skipped", "opted_out")


def test_a_mistake_is_undone_and_what_was_planned_leaves(site: Site) -> None:
    who = add_person(site)
    add_delivery(site, who, "once", due_at=NOW + timedelta(days=1))
    done = site.ask("POST", f"/u/{token(who)}")
    assert f'action="/u/{token(who)}/again"' in done.text
    assert site.ask("POST", f"/u/{token(who)}/again").status_code == 200
    with site.installation.database.reading() as connection:
        assert declined(connection, [who]) == frozenset()
    assert states(site)["once"][0] == "planned"
    assert site.ask("GET", f"/u/{token(who)}/again").status_code == 405


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_not_ours_gets_a_kind_page_and_changes_nothing(site: Site, method: str) -> None:
    before = everything(site)
    for made_up in ("x", "%00", "é", "A" * 52, "A" * 5000, "..%2f..", "<script>", "{{ 7 * 7 }}"):
        answer = site.ask(method, f"/u/{made_up}", headers={"Accept-Language": "fr-BE,fr;q=0.9,en;q=0.8"})
        assert answer.status_code == 404
        assert "Ce lien ne fonctionne pas" in answer.text
        assert "post@sociale-dienst.example" in answer.text
        assert "<script>" not in answer.text
    assert everything(site) == before


def test_a_token_opens_only_what_it_was_made_for_and_is_good_only_as_it_was_made(site: Site) -> None:
    who = add_person(site)
    made = token(who)
    for other in (token(who, "choices"), token(who, "about"), made[:-1], made.swapcase(), made + "A"):
        assert site.ask("POST", f"/u/{other}").status_code == 404
    assert site.ask("POST", f"/u/{token(999)}").status_code == 404
    with site.installation.database.reading() as connection:
        assert declined(connection, [who]) == frozenset()


def test_the_page_speaks_the_readers_language_or_the_first_of_the_organisation_and_says_nothing_of_them(
    site: Site,
) -> None:
    for number, (theirs, spoken, title) in enumerate(
        [("nl", "nl", "Wil je hierover"), ("fr", "fr", "Ne plus recevoir"), ("en", "nl", "Wil je hierover")]
    ):
        who = add_person(site, number, language=theirs, first_name="Zoë", last_name="Van den Broeck")
        answer = site.ask("GET", f"/u/{token(who)}", headers={"Accept-Language": "de"})
        assert title in answer.text
        assert f'lang="{spoken}"' in answer.text
        assert not any(said in answer.text for said in ("Zoë", "Broeck", "@staff.example", f"P{number}"))
