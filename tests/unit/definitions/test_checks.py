"""How things fit together: sensitive offers, envelopes, cycles, languages."""

from __future__ import annotations

import re

import pytest

from outreach.definitions.checks.segments import cycles
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import LOAN, NEWSLETTER, OUTREACH, PSYCHOSOCIAL, SEGMENTS, WELCOME

ABOUT = WELCOME.replace("priority: high", "about: psychosocial")
NOWHERE = "who used a sensitive offer is recorded nowhere, so nothing can hang on that"


def _found(judge: Judge, files: dict[str, str]) -> list[tuple[int, int, str, str]]:
    return [(one.line, one.column, one.path, one.message) for one in judge(files).problems]


def test_nothing_hangs_on_outcomes_in_a_campaign_about_a_sensitive_offer(judge: Judge) -> None:
    text = ABOUT.replace("exit_when: {event: left}", "exit_when: infosession-attended")
    text = text.replace("start:", "except: {outcome: infosession-attended}\nstart:")
    assert _found(judge, {"campaigns/welcome.yaml": text}) == [
        (7, 10, "except.outcome", NOWHERE),
        (9, 1, "exit_when", NOWHERE),
        (10, 1, "goal", NOWHERE),
        (19, 48, "steps.1.remind.until", NOWHERE),
        (23, 5, "steps.2.unless", NOWHERE),
    ]


def test_events_and_segments_may_stand_there(judge: Judge) -> None:
    text = ABOUT.replace("goal: {outcome: infosession-registered, within: 120 days}", "sender: default")
    text = text.replace("until: infosession-registered", "until: {event: left}")
    text = text.replace("unless: infosession-attended", "unless: {segment: retirees}")
    loaded = judge({"campaigns/welcome.yaml": text})
    assert loaded.problems == ()
    assert loaded.definitions
    assert loaded.definitions.campaigns["welcome"].sensitive


def test_a_campaign_that_shows_none_but_sensitive_offers_is_sensitive(judge: Judge) -> None:
    text = (
        NEWSLETTER.replace("from: offers", "from: psychosocial")
        + "goal: {outcome: infosession-attended, within: 1 month}\n"
    )
    assert _found(judge, {"campaigns/newsletter.yaml": text}) == [(10, 1, "goal", NOWHERE)]


def test_a_newsletter_with_sensitive_offers_among_others_is_not(judge: Judge) -> None:
    loaded = judge({})
    assert loaded.definitions
    assert not loaded.definitions.campaigns["newsletter"].sensitive


@pytest.mark.parametrize(
    ("file", "written", "instead", "line", "column", "path", "word"),
    [
        ("campaigns/welcome.yaml", "title: Welkom", "title: Psycholoog aan het werk", 2, 8, "title", "psycholoog"),
        ("outreach.yaml", "{nl: Onthaal,", "{nl: Schuldbemiddeling,", 9, 20, "topics.onboarding.nl", "schuld"),
        ("outreach.yaml", "name: Sociale dienst", "name: {nl: Druk}", 12, 24, "senders.default.name.nl", "druk"),
        ("outreach.yaml", "name: Sociale dienst", "name: Schuldendienst", 12, 19, "senders.default.name", "schuld"),
        ("outreach.yaml", "email: info@", "email: schuld@", 12, 42, "senders.default.email", "schuld"),
        ("outreach.yaml", "phone: 02 123 45 67", "reply_to: druk@d.be", 12, 81, "senders.default.reply_to", "druk"),
    ],
)  # fmt: skip
def test_no_envelope_says_what_a_sensitive_offer_forbids(
    judge: Judge, file: str, written: str, instead: str, line: int, column: int, path: str, word: str
) -> None:
    about = ABOUT.replace("goal: {outcome: infosession-registered, within: 120 days}", "sender: default")
    about = about.replace(", until: infosession-registered", "").replace("unless: infosession-attended", "")
    files = {"campaigns/welcome.yaml": about, "outreach.yaml": OUTREACH}
    assert judge(files).problems == ()
    assert written in files[file]
    problems = judge({**files, file: files[file].replace(written, instead)}).problems
    assert [(one.file, one.line, one.column, one.path) for one in problems] == [(file, line, column, path)]
    assert f"`{word}`" in problems[0].message
    assert "`psychosocial`" in problems[0].message


def test_a_topic_id_is_read_in_the_list_id(judge: Judge) -> None:
    files = {
        "outreach.yaml": OUTREACH.replace("news: Nieuws", "druk-op-het-werk: Nieuws"),
        "campaigns/newsletter.yaml": NEWSLETTER.replace("topic: news", "topic: druk-op-het-werk"),
    }
    message = "the topic id of `newsletter` says `druk`, which the sensitive offer `psychosocial` forbids"
    assert _found(judge, files) == [(10, 3, "topics.druk-op-het-werk", message)]


def test_ids_are_read_in_the_header_of_a_webhook(judge: Judge) -> None:
    text = NEWSLETTER.replace("- id: newsletter", "- id: druk-druk\n    send: newsletter") + "channel: webhook\n"
    message = "the id `druk-druk` says `druk`, which the sensitive offer `psychosocial` forbids"
    assert [one[2:] for one in _found(judge, {"campaigns/newsletter.yaml": text})] == [("channel", message)]
    assert judge({"campaigns/newsletter.yaml": text.replace("webhook", "email")}).problems == ()


def test_a_last_reminder_goes_another_way_than_its_campaign(judge: Judge) -> None:
    remind = "    remind: {every: 7 days, max_reminders: 2, last: {channel: email}}\n"
    text = NEWSLETTER.replace("- id: newsletter\n", f"- id: newsletter\n{remind}")
    found = _found(judge, {"campaigns/newsletter.yaml": text})
    assert [one[2:] for one in found] == [("steps.0.remind.last.channel", "the campaign goes that way already")]
    handed_over = text.replace("email", "handover") + "handover: {columns: [last_name]}\n"
    assert judge({"campaigns/newsletter.yaml": handed_over}).problems == ()
    strange = text.replace("channel: email", "channel: handover, send: nowhere")
    assert [one[2] for one in _found(judge, {"campaigns/newsletter.yaml": strange})] == ["steps.0.remind.last.send"]
    named = handed_over.replace("- id: newsletter", "- id: druk-druk\n    send: newsletter")
    assert [one[2] for one in _found(judge, {"campaigns/newsletter.yaml": named})] == ["steps.0.remind.last.channel"]


def test_a_cycle_of_segments_is_shown_once_with_its_way(judge: Judge) -> None:
    text = SEGMENTS.replace("where: {status: retired}", "all: [hard-to-reach, {not: singles}]").replace(
        "any: [newcomers,", "any: [newcomers, retirees,"
    )
    assert _found(judge, {"campaigns/segments.yaml": text}) == [
        (8, 1, "retirees", "the segment is made of itself: retirees → hard-to-reach → retirees")
    ]


def test_a_no_break_space_in_a_name_is_seen_in_the_problem(judge: Judge) -> None:
    (problem,) = judge({"campaigns/newsletter.yaml": NEWSLETTER.replace("topic: news", "topic: news\u00a0")}).problems
    assert (problem.message, problem.remedy) == ("there is no topic `news�`", "Did you mean `news`?")


def test_a_chain_of_segments_that_no_database_takes_is_named_once(judge: Judge) -> None:
    chain = "".join(f"\ns{number}:\n  all: [{{not: s{number + 1}}}]\n" for number in range(300))
    text = SEGMENTS + chain + "\ns300:\n  where: {status: active}\n"
    (problem,) = _found(judge, {"campaigns/segments.yaml": text})
    assert problem[3] == "the segment is made of too much: 32 levels and 1000 facts are the most"
    short = SEGMENTS + chain.split("\ns10:")[0] + "\ns10:\n  where: {status: active}\n"
    assert _found(judge, {"campaigns/segments.yaml": short}) == []


def test_a_segment_that_doubles_at_each_level_is_named_at_once(judge: Judge) -> None:
    chain = "".join(f"\ns{number}:\n  any: [s{number + 1}, s{number + 1}]\n" for number in range(14))
    text = SEGMENTS + chain + "\ns14:\n  where: {status: active}\n"
    assert [one[2] for one in _found(judge, {"campaigns/segments.yaml": text})] == ["s4"]


def test_cycles_are_found_however_they_lie() -> None:
    assert cycles({}) == []
    assert cycles({"a": ["a"]}) == [("a",)]
    assert cycles({"a": ["b"], "b": ["c"], "c": ["b"]}) == [("b", "c")]
    assert cycles({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == []
    assert cycles({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}) == [("a", "b"), ("c", "d")]
    long = {str(n): [str(n + 1)] for n in range(5000)} | {"5000": ["0"]}
    assert len(cycles(long)[0]) == 5001


def test_the_sender_default_must_be_there_when_none_is_named(judge: Judge) -> None:
    text = OUTREACH.replace("  default: {name: Sociale", "  personnel: {name: Sociale")
    found = judge({"outreach.yaml": text}).problems
    assert [(one.file, one.line, one.column, one.message) for one in found] == [
        ("campaigns/newsletter.yaml", 2, 1, "no sender is named, and outreach.yaml has no `default`"),
        ("campaigns/welcome.yaml", 2, 1, "no sender is named, and outreach.yaml has no `default`"),
    ]
    assert "personnel" in found[0].remedy


def test_no_senders_at_all_is_one_mistake(judge: Judge) -> None:
    text = re.sub("senders:\n.*\n", "", OUTREACH)
    assert [(one.file, one.path) for one in judge({"outreach.yaml": text}).problems] == [("outreach.yaml", "senders")]


def test_the_link_of_every_offer_beside_a_sensitive_one_is_neutral(judge: Judge) -> None:
    text = LOAN.replace("when: Altijd.", "when: Altijd., link: https://example.org/s%63huld-en")
    (problem,) = judge({"campaigns/offers/loan.yaml": text}).problems
    assert (problem.file, problem.line, problem.path) == ("campaigns/offers/loan.yaml", 2, "texts.nl.link")
    assert text.splitlines()[1][problem.column - 1 :].startswith("https://")


def test_must_on_something_that_comes_back_is_a_note(judge: Judge) -> None:
    loaded = judge({"campaigns/newsletter.yaml": NEWSLETTER + "frequency: must\n"})
    assert loaded.problems == ()
    assert [(one.line, one.path) for one in loaded.notes if one.path == "frequency"] == [(10, "frequency")]


@pytest.mark.parametrize(
    ("rule", "remedy"),
    [
        ("after", "It leaves on 2026-12-28, as `on_closed` says."),
        ("before", "It leaves on 2026-12-24, as `on_closed` says."),
        ("skip", "Nobody gets it, as `on_closed` says."),
        ("send", None),
    ],
)
def test_a_day_that_is_closed_is_a_note(judge: Judge, rule: str, remedy: str | None) -> None:
    start = "start: {once: 2026-12-25}"
    newsletter = re.sub(r"start: .*", start, NEWSLETTER) + f"on_closed: {rule}\n"
    closed = OUTREACH + "closed: {holidays: be, also: saturday and sunday}\n"
    loaded = judge({"campaigns/newsletter.yaml": newsletter, "outreach.yaml": closed})
    told = [(one.message, one.remedy) for one in loaded.notes if one.path == "start.once"]
    assert loaded.problems == ()
    assert told == ([("2026-12-25 is a closed day", remedy)] if remedy else [])


def test_reminders_without_end_are_a_note_unless_the_offer_is_sensitive(judge: Judge) -> None:
    endless = WELCOME.replace(", until: infosession-registered", "")
    assert "steps.1.remind" in [one.path for one in judge({"campaigns/welcome.yaml": endless}).notes]


def test_an_offer_may_not_be_sensitive_halfway(judge: Judge) -> None:
    text = PSYCHOSOCIAL.replace("sensitive: true\n", "")
    (problem,) = judge({"campaigns/offers/psychosocial.yaml": text}).problems
    assert (problem.line, problem.column, problem.path) == (9, 1, "never_say")


def test_an_event_in_the_place_of_an_outcome_is_told_apart(judge: Judge) -> None:
    problems = judge(
        {"campaigns/welcome.yaml": WELCOME.replace("exit_when: {event: left}", "exit_when: left")}
    ).problems
    assert [(one.line, one.column, one.message, one.remedy) for one in problems] == [
        (8, 12, "`left` is an event, and no outcome", "Write `{event: left}`.")
    ]


@pytest.mark.parametrize("key", ["topics", "senders", "outcomes", "theme_days", "fields", "languages"])
def test_a_misspelt_table_is_one_problem(judge: Judge, key: str) -> None:
    segments = SEGMENTS.replace("{status: retired}", "{status: retired, team: red, badge_until: {in_next: 3 days}}")
    files = {
        "outreach.yaml": OUTREACH.replace(f"{key}:", f"{key[:-1]}:"),
        "campaigns/segments.yaml": segments,
        "campaigns/newsletter.yaml": NEWSLETTER.replace(
            "{every: first tuesday of the month", "{before: {theme_day: against-poverty}"
        ),
    }
    assert [(one.file, one.message) for one in judge(files).problems] == [
        ("outreach.yaml", f"the key `{key[:-1]}` is not known here")
    ]


def test_a_table_that_is_no_table_is_one_problem(judge: Judge) -> None:
    text = OUTREACH.replace("outcomes:\n  infosession-registered", "outcomes:\n  - infosession-registered").replace(
        "  infosession-attended: Op een infosessie geweest\n", ""
    )
    assert [one.message for one in judge({"outreach.yaml": text}).problems] == [
        "expected a group of keys, found a list"
    ]


@pytest.mark.parametrize(
    ("known", "twice", "place", "said"),
    [
        ("Stamnummer: person_id", "Stamnummer: person_id, Naam: last_name, NAAM: first_name", "columns.NAAM", "`Naam`"),
        ("A: active", "A: active, a: retired", "values.status.a", "`active`"),
    ],
)
def test_one_name_in_two_spellings_cannot_mean_two_things(
    judge: Judge, known: str, twice: str, place: str, said: str
) -> None:
    (problem,) = judge({"outreach.yaml": OUTREACH.replace(known, twice)}).problems
    assert problem.path == f"roster.mappings.default.{place}"
    assert said in problem.message


def test_one_name_in_two_spellings_may_mean_the_same(judge: Judge) -> None:
    twice = "columns: {Stamnummer: person_id, STAMNUMMER: person_id}"
    assert judge({"outreach.yaml": OUTREACH.replace("columns: {Stamnummer: person_id}", twice)}).problems == ()


def test_two_columns_for_one_field_are_a_note_at_the_second(judge: Judge) -> None:
    twice = "columns: {Stamnummer: person_id, Naam: last_name, Familienaam: last_name}"
    loaded = judge({"outreach.yaml": OUTREACH.replace("columns: {Stamnummer: person_id}", twice)})
    assert loaded.problems == ()
    (note,) = [note for note in loaded.notes if note.path.startswith("roster")]
    assert note.path == "roster.mappings.default.columns.Familienaam"
    assert (note.line, note.column) == (25, 65)
    assert "`last_name`" in note.message
    assert "`Naam`" in note.message
