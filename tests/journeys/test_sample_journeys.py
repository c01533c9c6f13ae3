"""The sample workspace, lived through: who got what, when, how often and in which language, and who did not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest

from outreach.rendering.wording import weekday
from tests.databases import PostgreSQL, SQLiteTemplates
from tests.journeys import people
from tests.journeys.world import Letter, Line, World, at

FIRST = date(2026, 10, 1)
LAST = date(2026, 12, 10)


@dataclass(frozen=True)
class Story:
    """Ten weeks, afterwards."""

    letters: list[Letter]
    ledger: list[Line]
    events: list[dict[str, int]]

    def of(self, reader: str, campaign: str = "") -> list[Letter]:
        """What one reader got, of one campaign or of all."""
        return [one for one in self.letters if one.reader == reader and campaign in ("", one.campaign)]

    def readers(self, campaign: str, step: str = "") -> set[str]:
        """Who got something of a campaign."""
        return {one.reader for one in self.letters if one.campaign == campaign and step in ("", one.step)}

    def reasons(self, reader: str, campaign: str) -> list[str | None]:
        """Why a reader did not get something of a campaign."""
        mine = [line for line in self.ledger if (line.reader, line.campaign) == (reader, campaign)]
        return [line.reason for line in mine if line.state != "sent"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Ten weeks of the sample workspace, on SQLite and on PostgreSQL."""
    folder = tmp_path_factory.mktemp("sample")
    if request.param == "sqlite":
        templates: SQLiteTemplates = request.getfixturevalue("sqlite_templates")
        place = templates.place(folder / "outreach.db")
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql_server")
        place = server.place()
    world = World(folder / "workspace", place.url.render_as_string(hide_password=False))
    try:
        yield _lived(world)
    finally:
        world.installation.close()


def _lived(world: World) -> Story:
    events = [world.hr_sends(FIRST, people.FIRST_FILE)]
    world.publish(at(FIRST, time(5, 30)))
    world.refuses("NO-NEWS", "news", at(FIRST, time(5, 40)))
    world.did("INSURED", "hospital-insurance-taken", FIRST)
    world.lives(FIRST, date(2026, 10, 4))
    events.append(world.hr_sends(date(2026, 10, 5), people.SECOND_FILE))
    world.lives(date(2026, 10, 5), date(2026, 10, 18))
    events.append(world.hr_sends(date(2026, 10, 19), people.THIRD_FILE))
    world.did("NEW-QUICK", "infosession-registered", date(2026, 10, 19))
    world.lives(date(2026, 10, 19), LAST)
    return Story(world.letters(), world.ledger(), events)


def test_the_first_file_announces_nothing_and_later_ones_what_changed(story):
    assert story.events == [{}, {"hired": 2}, {"died": 1, "contract-changed": 1}]


def test_a_newcomer_is_welcomed_then_invited_then_reminded_in_other_words(story):
    welcome = [(one.step, one.repetition, one.on) for one in story.of("NEW", "welcome")]
    assert welcome == [
        ("welcome", 0, date(2026, 10, 5)),
        ("invitation", 0, date(2026, 10, 14)),
        ("invitation", 1, date(2026, 10, 28)),
        ("invitation", 2, date(2026, 11, 11)),
    ]
    subjects = [one.subject for one in story.of("NEW", "welcome")]
    assert len(set(subjects)) == len(subjects)
    assert subjects[1] == "Een uurtje kennismaken?"


def test_who_signed_up_is_not_reminded(story):
    assert [one.step for one in story.of("NEW-QUICK", "welcome")] == ["welcome", "invitation"]
    assert story.of("NEW-QUICK", "welcome")[0].subject.startswith("Bienvenue")


def test_a_shift_worker_reads_of_another_moment(story):
    invited, quick = story.of("NEW", "welcome")[1], story.of("NEW-QUICK", "welcome")[1]
    assert "Werk je in ploegen en past dit niet?" in invited.body("plain")
    assert "travaillez en équipes" not in quick.body("plain")


def test_who_was_there_before_is_not_welcomed(story):
    assert story.readers("welcome") == {"NEW", "NEW-QUICK"}


def test_a_contract_that_ends_is_written_about_sixty_days_and_three_weeks_before(story):
    both = [(one.campaign, one.on) for one in story.of("SIXTY") if one.campaign.startswith("contract")]
    assert both == [("contract-end", date(2026, 10, 16)), ("contract-last-weeks", date(2026, 11, 24))]
    assert "runs until 15 December 2026" in story.of("SIXTY", "contract-end")[0].body("plain")


def test_who_has_less_than_a_month_to_go_gets_one_letter_not_two(story):
    assert [(one.campaign, one.on) for one in story.of("LATE") if one.campaign.startswith("contract")] == [
        ("contract-last-weeks", FIRST)
    ]


def test_a_contract_that_goes_on_stops_the_letters_about_its_end(story):
    assert not story.of("RENEWED", "contract-end")
    assert not story.of("RENEWED", "contract-last-weeks")


def test_the_newsletter_shows_each_reader_offers_of_their_own(story):
    letters = [one for one in story.letters if one.campaign == "newsletter"]
    assert {one.on for one in letters} >= {date(2026, 10, 6), date(2026, 12, 1)}
    titles = {one.reader: one.body("plain").count("\n-----") for one in letters}
    # Three offers, and the heading below them.
    assert set(titles.values()) == {4}
    for_parents = {one.reader for one in letters if "kampen en jeugdvakanties" in one.body("plain")}
    assert for_parents <= {"PARENT", "LONE-PARENT"}


def test_nobody_reads_of_the_same_offer_twice_in_half_a_year(story):
    shown = Counter(
        (one.reader, line)
        for one in story.letters
        if one.campaign == "newsletter"
        for line in one.body("plain").splitlines()
        if line.startswith(("Lees meer over", "En savoir plus sur", "Read more about"))
    )
    assert shown
    assert set(shown.values()) == {1}


def test_newcomers_get_no_newsletter_while_they_are_being_welcomed(story):
    assert "NEW" not in {one.reader for one in story.letters if one.campaign == "newsletter"}
    assert "under_way" in story.reasons("NEW", "newsletter")


def test_who_refused_a_topic_gets_no_more_of_it_and_all_the_rest(story):
    assert not story.of("NO-NEWS", "newsletter")
    assert set(story.reasons("NO-NEWS", "newsletter")) == {"opted_out"}
    assert story.of("NO-NEWS", "day-against-poverty")


def test_saint_nicholas_writes_to_parents_and_mentions_the_youth_holidays(story):
    assert story.readers("saint-nicholas") == {"PARENT", "LONE-PARENT"}
    assert all("kampen en jeugdvakanties" in one.body("plain") for one in story.letters if one.step == "gift")
    assert story.reasons("UNKNOWN", "saint-nicholas") == ["indeterminate"]


def test_who_lives_alone_is_invited_and_who_might_is_counted_apart(story):
    assert story.readers("singles") == {"SINGLE", "LONE-PARENT", "RETIRED-SINGLE", "WIDOW"}
    assert story.reasons("UNKNOWN", "singles") == ["indeterminate"]


def test_retirees_are_invited_and_who_has_no_address_is_on_record(story):
    assert story.readers("senior-days") == {"RETIRED", "RETIRED-SINGLE", "INSURED"}
    assert story.reasons("ON-PAPER", "senior-days") == ["no_address"]


def test_hospital_insurance_is_for_who_has_none_and_reminds_once(story):
    assert story.readers("hospital-insurance") == {"RETIRED", "RETIRED-SINGLE"}
    mine = [(one.repetition, one.on) for one in story.of("RETIRED", "hospital-insurance")]
    assert [repetition for repetition, _ in mine] == [0, 1]
    assert mine[1][1] - mine[0][1] == timedelta(days=21)


def test_the_seventeenth_of_october_and_the_talks_reach_everybody_who_can_be_mailed(story):
    everybody = {row.number for row in people.SECOND_FILE if row.status != "C"} - {"ON-PAPER"}
    assert story.readers("day-against-poverty") == everybody
    assert story.readers("psychosocial", "first") == everybody
    assert story.readers("psychosocial", "second") == everybody - {"DIES"}


def test_the_talks_come_back_in_other_words(story):
    first, second = story.of("PARENT", "psychosocial")
    assert first.subject != second.subject
    assert second.on - first.on == timedelta(days=56)


def test_managers_and_hr_get_their_letter_and_nothing_else(story):
    assert story.readers("partners-letter") == {"BOSS", "HR"}
    assert [one.campaign for one in story.of("BOSS")] == ["partners-letter"]


def test_the_communication_contact_is_told_before_and_of_nothing_else(story):
    assert {one.campaign for one in story.of("PRESS")} == {"entity-bundles"}
    assert story.readers("entity-bundles") == {"PRESS"}
    assert [one.on for one in story.of("PRESS", "entity-bundles")] == [date(2026, 10, 5), date(2026, 11, 2)]
    assert story.reasons("PRESS", "entity-bundles") == ["nothing_to_tell"]
    october, november = (one.body("plain") for one in story.of("PRESS", "entity-bundles"))
    # The day that stands in it is the one on which the first of them did leave.
    for text, campaign, day in (
        (october, "senior-days", date(2026, 10, 22)), (november, "saint-nicholas", date(2026, 11, 16))
    ):  # fmt: skip
        assert weekday(day, "nl") in text
        assert min(one.on for one in story.letters if one.campaign == campaign) == day
    assert "minder dan 10 mensen van Agentschap Sport" in october
    assert "Praten" not in october


def test_the_dead_get_no_mail(story):
    assert all(one.on < date(2026, 10, 19) for one in story.of("DIES"))
    assert not story.reasons("DIES", "senior-days")


def test_nobody_gets_more_than_four_messages_in_thirty_days(story):
    for reader in {one.reader for one in story.letters}:
        days = sorted(one.on for one in story.of(reader) if one.campaign != "welcome")
        fifth_after = zip(days, days[4:], strict=False)
        assert all(later - earlier >= timedelta(days=30) for earlier, later in fifth_after), reader


def test_each_reader_is_written_to_in_their_language_or_the_first(story):
    spoken = {"F": "fr", "E": "en"}
    expected = {row.number: spoken.get(row.language, "nl") for row in people.SECOND_FILE}
    for one in story.letters:
        assert one.mail["Content-Language"] == expected[one.reader]
        assert f'lang="{expected[one.reader]}"' in one.body("html")


def test_each_mail_is_whole(story):
    addresses = {row.number: row.cells[4] or row.private_email for row in people.SECOND_FILE}
    for one in story.letters:
        assert one.mail["To"] == addresses[one.reader]
        assert one.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert one.mail["List-Unsubscribe"].strip("<>") in one.body("html")
        assert one.mail["Auto-Submitted"] == "auto-generated"
        assert not one.mail.defects
        assert len(one.raw) < 80_000
    assert len({one.mail["Message-ID"] for one in story.letters}) == len(story.letters)


def test_a_name_is_written_as_it_is_and_a_missing_one_leaves_no_hole(story):
    assert "Dag Zoë,\n" in story.of("LONE-PARENT", "newsletter")[0].body("plain")
    assert "Dag,\n" in story.of("UNKNOWN", "newsletter")[0].body("plain")
