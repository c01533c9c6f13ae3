from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from outreach.planning.explain import explain
from outreach.roster import preferences
from outreach.roster.choices import declined
from outreach.roster.importing import import_roster
from outreach.roster.preferences import Preferences
from outreach.storage import audit
from outreach.storage.tables import delivery, outcome, person
from tests.unit.web.conftest import NOW, Site, publish
from tests.unit.web.people import add_delivery, add_person, current, everything, states, token

TODAY = NOW.date()


def choose(site: Site, who: int, **chosen) -> object:
    form = {"form": "choices", "topic": ["news", "onboarding"], "language": "nl", "until": "", **chosen}
    return site.ask("POST", f"/c/{token(who, 'choices')}", data=form)


def chosen(site: Site, who: int) -> tuple[set[str], Preferences]:
    with site.installation.database.reading() as connection:
        topics = {topic for _, topic in declined(connection, [who])}
        return topics, preferences.read(connection, who)


def test_topics_language_and_pause_are_kept_and_shown(site: Site) -> None:
    who, other = add_person(site, 1), add_person(site, 2)
    until = TODAY + timedelta(days=30)
    answer = choose(site, who, topic=["onboarding"], language="fr", until=until.isoformat())
    assert answer.status_code == 200
    assert "Vos choix sont enregistrés" in answer.text
    assert chosen(site, who) == ({"news"}, Preferences("fr", until))
    page = site.ask("GET", f"/c/{token(who, 'choices')}").text
    assert 'value="onboarding" checked' in page
    assert 'value="news" checked' not in page
    assert 'value="fr" checked' in page
    assert f'value="{until}"' in page
    assert chosen(site, other) == (set(), Preferences())


def test_choices_are_taken_back_in_the_same_way_and_each_change_is_on_record(site: Site) -> None:
    who = add_person(site)
    choose(site, who, topic=[], until=(TODAY + timedelta(days=1)).isoformat())
    choose(site, who)
    choose(site, who)
    assert chosen(site, who) == (set(), Preferences())
    with site.installation.database.reading() as connection:
        back, first = audit.read(connection, audit.Wanted(action="chose"))
    assert (first.actor, first.subject) == (audit.RECIPIENT, f"person {who}")
    assert first.after == back.before
    assert first.after == {
        "declined": ["news", "onboarding"],
        "language": "nl",
        "paused_until": "2026-11-25",
        "channel": "",
    }
    assert back.after == {"declined": [], "language": "nl", "paused_until": None, "channel": ""}


def test_reading_and_forms_that_are_not_ours_choose_nothing(site: Site) -> None:
    who = add_person(site)
    path = f"/c/{token(who, 'choices')}"
    before = everything(site)
    site.ask("GET", path)
    site.ask("HEAD", path)
    site.ask("POST", path)
    site.ask("POST", path, data={"List-Unsubscribe": "One-Click"})
    site.ask("POST", path, data={"form": "call"})
    assert choose(site, who, topic=["news", "onboarding", "unknown"], language="xx").status_code == 200
    for until in ("tomorrow", "2026-11-24", "2020-01-01", "2028-01-01", "9999-99-99", "'; --"):
        assert choose(site, who, topic=[], until=until).status_code == 400
    assert everything(site) == before


def test_a_chosen_language_outlives_what_the_hr_system_says(site: Site) -> None:
    who = add_person(site, source="hr")
    choose(site, who, language="fr")
    installation = site.installation
    rows = [{"person_id": "P1", "status": "active", "language": "nl", "city": "Gent"}]
    import_roster(installation.database, rows, installation.in_force(), source="hr", now=NOW, today=TODAY)
    with installation.database.reading() as connection:
        assert connection.execute(select(person.c.language, person.c.city)).one() == ("fr", "Gent")


def test_during_a_pause_nothing_leaves_and_afterwards_all_does(site: Site) -> None:
    who = add_person(site)
    add_delivery(site, who, "let-go", dispatched_at=NOW, lease_owner="sender-1")
    add_delivery(site, who, "to-come", due_at=NOW + timedelta(days=1))
    choose(site, who, until=(TODAY + timedelta(days=10)).isoformat())
    assert states(site) == {"let-go": ("skipped", "pause_chosen", None), "to-come": ("planned", None, None)}
    with site.installation.database.reading() as connection:
        (during,) = explain(connection, current(site), "P1", NOW, "news") or []
        (after,) = explain(connection, current(site), "P1", NOW + timedelta(days=10), "news") or []
    assert during.facts["stopped_by"] == "pause_chosen"
    assert "stopped_by" not in after.facts


def offer_channels(site: Site, text: str) -> None:
    written = site.installation.root / "outreach.yaml"
    written.write_text(f"{written.read_text(encoding='utf-8')}channels: {text}\n", encoding="utf-8")
    publish(site.installation)


def test_nobody_is_asked_for_a_channel_where_none_is_offered(site: Site) -> None:
    who = add_person(site)
    assert 'name="channel"' not in site.ask("GET", f"/c/{token(who, 'choices')}").text
    before = everything(site)
    choose(site, who, channel="handover")
    assert everything(site) == before


def test_a_channel_is_kept_shown_and_taken_back_and_an_old_form_changes_none(site: Site) -> None:
    offer_channels(site, "{email: {}, handover: {title: {nl: Een brief, fr: Une lettre}}}")
    who, other = add_person(site, 1), add_person(site, 2, language="fr")
    answer = choose(site, who, channel="handover")
    assert 'value="handover" checked' in answer.text
    assert "Een brief" in answer.text
    assert "Per e-mail" in answer.text
    assert "Une lettre" in site.ask("GET", f"/c/{token(other, 'choices')}").text
    for channel in ("", "pigeon", "webhook"):
        choose(site, who, channel=channel)
    assert chosen(site, who)[1] == Preferences(channel="handover")
    assert 'value="any" checked' in choose(site, who, channel="any").text
    assert chosen(site, who)[1] == Preferences()
    assert chosen(site, other)[1] == Preferences()
    with site.installation.database.reading() as connection:
        lines = list(audit.read(connection, audit.Wanted(action="chose")))
    assert [(line.before["channel"], line.after["channel"]) for line in lines] == [("handover", ""), ("", "handover")]


def test_a_channel_holds_for_what_is_planned_and_for_what_is_let_go(site: Site) -> None:
    offer_channels(site, "{handover: {columns: [last_name]}}")
    who = add_person(site)
    add_delivery(site, who, "let-go", release_id=2, dispatched_at=NOW, lease_owner="sender-1")
    add_delivery(site, who, "to-come", release_id=2, due_at=NOW + timedelta(days=1))
    choose(site, who, channel="handover")
    with site.installation.database.reading() as connection:
        rows = connection.execute(select(delivery.c["occurrence", "channel", "dispatched_at", "lease_owner"])).all()
        (told,) = explain(connection, current(site), "P1", NOW, "news") or []
    assert sorted(map(tuple, rows)) == [("let-go", "handover", None, None), ("to-come", "handover", None, None)]
    assert told.words.endswith("; by handover, as the person chose")


def test_a_channel_that_is_no_longer_offered_is_not_taken_back_by_another_choice(site: Site) -> None:
    offer_channels(site, "{handover: {}}")
    who = add_person(site)
    choose(site, who, channel="handover")
    written = site.installation.root / "outreach.yaml"
    written.write_text(written.read_text(encoding="utf-8").replace("channels: {handover: {}}", ""), encoding="utf-8")
    publish(site.installation)
    choose(site, who, topic=["news"])
    assert chosen(site, who) == ({"onboarding"}, Preferences(channel="handover"))


def test_the_page_offers_the_same_whatever_is_on_file(site: Site) -> None:
    offer_channels(site, "{email: {}, handover: {}}")
    full = add_person(site, 1, street="Kerkstraat 1", postal_code="9000", city="Gent")
    bare = add_person(site, 2, email=None)
    assert site.ask("GET", f"/c/{token(full, 'choices')}").text == site.ask("GET", f"/c/{token(bare, 'choices')}").text


def test_who_wants_to_be_called_is_on_record_once_a_day_where_the_organisation_offers_it(site: Site) -> None:
    who = add_person(site)
    path = f"/c/{token(who, 'choices')}"
    assert "call" not in site.ask("GET", path).text
    written = site.installation.root / "outreach.yaml"
    text = written.read_text(encoding="utf-8").replace(
        "outcomes: {", "outcomes: {call-requested: Wil een telefoontje, "
    )
    written.write_text(f"{text}web: {{call_me: call-requested}}\n", encoding="utf-8")
    publish(site.installation)
    for _ in range(2):
        assert "We hebben je vraag" in site.ask("POST", path, data={"form": "call"}).text
    with site.installation.database.reading() as connection:
        (row,) = connection.execute(select(outcome)).all()
    assert (row.person, row.outcome, row.occurred_on, row.source) == (
        who,
        "call-requested",
        date(2026, 11, 24),
        "choices",
    )


def test_a_call_is_taken_back_on_the_page_that_confirmed_it_and_one_of_before_stays(site: Site) -> None:
    who = add_person(site)
    path = f"/c/{token(who, 'choices')}"
    assert 'value="uncall"' not in site.ask("POST", path, data={"form": "uncall"}).text
    written = site.installation.root / "outreach.yaml"
    text = written.read_text(encoding="utf-8").replace("outcomes: {", "outcomes: {call-requested: Wil gebeld worden, ")
    written.write_text(f"{text}web: {{call_me: call-requested}}\n", encoding="utf-8")
    publish(site.installation)
    for days in (0, 30):
        site.clock.now = NOW + timedelta(days=days)
        assert 'value="uncall"' in site.ask("POST", path, data={"form": "call"}).text
    assert "we bellen je niet" in site.ask("POST", path, data={"form": "uncall"}).text
    with site.installation.database.reading() as connection:
        assert list(connection.scalars(select(outcome.c.occurred_on))) == [NOW.date()]


def test_the_page_says_nothing_of_its_reader(site: Site) -> None:
    who = add_person(site, first_name="Zoë", last_name="Van den Broeck", street="Kerkstraat 1", household="single")
    for path in (f"/c/{token(who, 'choices')}", f"/a/{token(who, 'about')}"):
        page = site.ask("GET", path).text
        assert not any(said in page for said in ("Zoë", "Broeck", "Kerkstraat", "single", "@staff.example", "P1"))
        assert len(page) < 100_000
