"""What a bundle says, in the words of its campaigns, and the file with its sessions."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import vobject

from outreach.definitions.model import (
    Announcement,
    Bundles,
    Campaign,
    Message,
    MessageText,
    Rollout,
    Session,
    Span,
    Start,
    Step,
)
from outreach.definitions.recurrences import parse_undated
from outreach.rendering.bundles import Teller
from outreach.rendering.previewing import Preview, read
from outreach.rendering.told import Bundle, News, Told
from tests.unit.rendering import samples

DAY = date(2026, 10, 20)
MADE = datetime(2026, 10, 5, 8, tzinfo=UTC)
OWN = Announcement(
    {"nl": "Kom <mee> & eet", "fr": "Venez"}, {"nl": "Eerste.\n\nTweede,\nmet een lijn."}, {"nl": "Iedereen"},
    "https://example.org/p.png", {"nl": 'Een "bord"'},
)  # fmt: skip
LETTER = Campaign(
    "letter", "Brief", "news", "", "", "everyone", Start("once", on=DAY), (Step("first", 1, "letter"),), announce=OWN
)
SENT = Campaign("bundles", "B", "news", "", "", "contacts", Start("bundles"), (Step("bundle", 1, "letter"),))
SESSION = Session("meet", "x", {"nl": "Kennismaken"}, DAY, time(12), time(13), place="Gent & co")
FRENCH = replace(SESSION, id="franse", language="fr")
WORDS = "{{ bundle.entity }}: {{ bundle.first }} - {{ bundle.last }}\n{{ bundle.news }}\n{{ bundle.sessions }}"


def bundle(*news: News, version: int = 1, entity: str = "Sport & Spel", sessions: tuple[str, ...] = ()) -> Bundle:
    return Bundle(version, entity, Told(DAY, date(2026, 11, 8), news, dict.fromkeys(sessions, 3)), MADE)


def definitions(*campaigns: Campaign, feeds: str = "") -> dict[str, Any]:
    workspace = replace(samples.WORKSPACE, bundles=Bundles(parse_undated("Monday"), Span(), feeds))
    return {"workspace": workspace, "campaigns": {one.id: one for one in (SENT, *campaigns)},
            "sessions": {one.id: one for one in (SESSION, FRENCH)}}  # fmt: skip


def mail(brought: Bundle, *campaigns: Campaign, **more: Any) -> Preview:
    made = samples.composer("Dag", f"<div>{WORDS}</div>", WORDS, **definitions(*campaigns or (LETTER,), **more))
    return read(made.compose(item(brought)).to_bytes())


def item(brought: Bundle) -> Any:
    return samples.item(campaign="bundles", step="bundle", bundle=brought)


def test_it_says_what_the_campaign_announces_when_it_comes_for_whom_and_how_many() -> None:
    text = mail(bundle(News("letter", (DAY,), 43))).text
    assert text.startswith("Sport & Spel: 20 oktober 2026 - 8 november 2026")
    for said in (
        "Kom <mee> & eet\n---------------", "Eerste.\n\nTweede,\nmet een lijn.", "Voor wie? Iedereen",
        "Wanneer krijgen ze ons bericht? dinsdag 20 oktober 2026", "Hoeveel? ongeveer 43 mensen van Sport & Spel",
        "https://example.org/p.png",
    ):  # fmt: skip
        assert said in text


def test_words_of_officers_and_of_the_roster_are_no_html() -> None:
    html = mail(bundle(News("letter", (DAY,), 43), entity="<b>")).html
    assert "<h2>Kom &lt;mee&gt; &amp; eet</h2>" in html
    assert "<p>Tweede,<br>\nmet een lijn.</p>" in html
    assert 'alt="Een &#34;bord&#34;"' in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("news", "said", "unsaid"),
    [
        (News("letter", (DAY,), None, few=True), "minder dan 10 mensen", "ongeveer"),
        (News("letter", (DAY,)), "Wanneer", "Hoeveel"),
        (News("letter"), "het hele jaar door", "Hoeveel"),
        (News("letter", (DAY, date(2026, 10, 27)), 20), "dinsdag 20 oktober 2026, dinsdag 27", "vanaf"),
    ],
)
def test_what_is_not_to_be_told_is_not_said(news: News, said: str, unsaid: str) -> None:
    text = mail(bundle(news)).text
    assert said in text
    assert unsaid not in text


def test_a_campaign_that_leaves_in_waves_begins_on_its_day() -> None:
    waves = replace(LETTER, rollout=Rollout(3, Span(days=7)))
    assert "vanaf dinsdag 20 oktober 2026" in mail(bundle(News("letter", (DAY,), 43)), waves).text


def test_without_an_announcement_it_says_what_its_message_and_its_offers_say() -> None:
    plain = replace(LETTER, announce=Announcement(), about=("loan",))
    told = Bundle(1, "A", Told(DAY, DAY, (News("letter", (DAY,), 43),)), MADE)

    def said(subject: str, preheader: str) -> str:
        message = Message("letter", {"nl": MessageText(subject, preheader, "", "")}, "letter")
        teller = Teller(told, samples.definitions(**definitions(plain)), "nl", lambda _: message)
        return str(teller.constants("text")["news"])

    assert said("Een voordeel", "Lees hoe").startswith("Een voordeel\n------------\n\nLees hoe\n\nWat é\n\nHoe\n\n")
    assert "Voor wie? Wie" in said("Een voordeel", "")
    # What is filled in for each reader says nothing here.
    assert said("Dag {{ person.first_name }}", "Voor {{ person.city }}").startswith("Brief\n-----\n\nWat é")


def test_its_sessions_are_listed_and_come_as_a_calendar_in_the_readers_language() -> None:
    raw = mail(bundle(News("letter", (DAY,), 43), sessions=("meet", "franse", "gone")))
    assert "Kennismaken\ndinsdag 20 oktober 2026, 12:00–13:00\nWaar? Gent & co" in raw.text
    read_back = email.message_from_bytes(raw.eml, policy=email.policy.default)
    (file,) = read_back.iter_attachments()
    (event,) = vobject.readOne(file.get_content()).vevent_list
    assert (event.uid.value, event.sequence.value) == ("meet@mail.example.org", "3")
    assert event.dtstart.value == datetime(2026, 10, 20, 10, tzinfo=UTC)
    assert not any(part.defects for part in read_back.walk())


def test_the_entitys_own_feed_is_named_where_it_has_sessions_of_its_own() -> None:
    shown = mail(bundle(sessions=("meet",)), feeds="https://example.org/feeds").text
    assert "https://example.org/feeds/everyone/nl.ics" in shown
    definitions_ = definitions(LETTER, feeds="https://example.org/feeds")
    definitions_["sessions"]["meet"] = replace(SESSION, entity="Sport & Spel")
    own = samples.composer("Dag", "", WORDS, **definitions_).compose(item(bundle(sessions=("meet",))))
    assert "https://example.org/feeds/sport-spel-" in read(own.to_bytes()).text


def test_without_sessions_there_is_no_calendar() -> None:
    raw = mail(bundle(News("letter", (DAY,), 43), sessions=("franse",)))
    assert not list(email.message_from_bytes(raw.eml, policy=email.policy.default).iter_attachments())


def test_contacts_of_one_entity_share_a_skeleton_and_those_of_another_have_their_own() -> None:
    made = samples.composer("Dag", f"<div>{WORDS}</div>", WORDS, **definitions(LETTER))
    first, other = bundle(News("letter", (DAY,), 43)), bundle(News("letter", (DAY,), 12), version=2, entity="B")
    digests = [made.compose(item(one)).skeleton.digest for one in (first, first, other)]
    assert digests[0] == digests[1] != digests[2]
