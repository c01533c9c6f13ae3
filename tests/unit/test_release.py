"""Releases on a real database: published once by content, approved campaign by campaign, read back without YAML."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from outreach import release
from outreach.definitions.model import (
    Blackout,
    Budget,
    Campaign,
    Closed,
    Condition,
    Day,
    Definitions,
    Fact,
    Field,
    Fragment,
    InSegment,
    Message,
    MessageText,
    Not,
    Offer,
    OfferText,
    Outcome,
    Pick,
    Recurrence,
    Remind,
    Segment,
    Sender,
    Span,
    Start,
    Step,
    ThemeDay,
    Topic,
    Window,
    Workspace,
)
from outreach.errors import DefinitionsError, OutreachError, Problem
from outreach.release.closure import closure_digest
from outreach.storage.database import Database
from outreach.storage.tables import approval, campaign_state, delivery, enrolment, event, part, person
from outreach.storage.tables import release as release_table

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
REGISTERED = Condition(outcomes=("registered",))
DEFINITIONS = Definitions(
    workspace=Workspace(
        organisation={"nl": "Sociale dienst"},
        languages=("nl", "fr"),
        public_url="https://outreach.example",
        topics={"news": Topic("news", {"nl": "Nieuws"}), "start": Topic("start", {"nl": "Begin"})},
        senders={"default": Sender("default", {"nl": "Dienst"}, "info@dienst.example")},
        outcomes={"registered": Outcome("registered", "Ingeschreven")},
        theme_days={"poverty": ThemeDay("poverty", "Armoede", Recurrence("17 october", "FREQ=YEARLY"))},
        fields={"badge": Field("badge", "text", custom=True), "team": Field("team", "text", custom=True)},
    ),
    segments={
        "everyone": Segment("everyone", "Everyone", Fact("status", "in", ("active",))),
        "new": Segment("new", "New", Fact("hired_on", "in_last", (Span(days=90),))),
        "team": Segment("team", "Team", Not(Fact("team", "in", ("red",)))),
        "young": Segment("young", "Young", InSegment("new")),
        "old": Segment("old", "Old", Fact("born_on", "before", (Day(fixed=date(1970, 1, 1)),))),
    },
    campaigns={
        "welcome": Campaign(
            "welcome", "Welkom", "start", "", "", "young", Start("event", name="hired"),
            (Step("hello", 1, "hello"),
             Step("again", 8, "again", remind=Remind(Span(days=7), 2, REGISTERED, ("nudge",)))),
        ),
        "news": Campaign(
            "news", "Nieuws", "news", "", "", "everyone",
            Start("every", every=Recurrence("month", "FREQ=MONTHLY;BYMONTHDAY=1")),
            (Step("letter", 1, "letter", pick=Pick(("loan", "talk"), 2)),),
        ),
        "once": Campaign(
            "once", "Eenmalig", "news", "", "", "team", Start("once", on=date(2026, 12, 1)), (Step("once", 1, "hello"),)
        ),
        "theme": Campaign(
            "theme", "Thema", "news", "", "", "everyone", Start("theme_day", name="poverty"),
            (Step("theme", 1, "hello"),), approval="none",
        ),
    },
    offers={
        "loan": Offer("loan", {"nl": OfferText("Lening", "a", "b", "c", "d")}, audience="old"),
        "talk": Offer("talk", {"nl": OfferText("Praten", "a", "b", "c", "d")}),
        "gift": Offer("gift", {"nl": OfferText("Geschenk", "a", "b", "c", "d")}),
    },
    messages={
        name: Message(name, {"nl": MessageText(name, "pre", f"<p>{name} {{{{ person.badge }}}}</p>", name)}, "letter")
        for name in ("hello", "again", "nudge", "letter", "unused")
    },
    fragments={
        offer: {"letter": {"nl": Fragment(f"<b>{offer}</b>", offer)}} for offer in ("loan", "talk", "gift")
    },
)  # fmt: skip


def _publish(database: Database, definitions: Definitions = DEFINITIONS, now: datetime = NOW) -> release.Published:
    return release.publish(database, release.Checked(definitions), now, "an")


def _change(definitions: Definitions = DEFINITIONS, **parts: dict[str, object]) -> Definitions:
    """The definitions with some members of its tables replaced."""
    return replace(definitions, **{name: {**getattr(definitions, name), **new} for name, new in parts.items()})


def _campaign(name: str, **changes: object) -> dict[str, dict[str, object]]:
    return {"campaigns": {name: replace(DEFINITIONS.campaigns[name], **changes)}}


def _workspace(**changes: object) -> Definitions:
    return replace(DEFINITIONS, workspace=replace(DEFINITIONS.workspace, **changes))


# --- publishing and reading back -------------------------------------------------------------------------


def test_a_release_comes_back_as_it_was_published(database: Database) -> None:
    published = _publish(database)
    with database.reading() as connection:
        assert release.current_release(connection) == published.release_id
        assert release.load(connection, published.release_id) == replace(DEFINITIONS, messages={}, fragments={})
        messages, fragments = release.load_content(connection, published.release_id)
        assert dict(messages) == DEFINITIONS.messages
        assert dict(fragments) == DEFINITIONS.fragments
        assert len(messages) == 5
        with pytest.raises(KeyError):
            messages["no-such"]


def test_loaders_read_after_the_connection_is_closed(database: Database) -> None:
    message, fragments = release.loaders(database, _publish(database).release_id)
    assert message("hello") == DEFINITIONS.messages["hello"]
    assert fragments("loan") == DEFINITIONS.fragments["loan"]
    assert message("hello") is message("hello")


def test_before_the_first_release_there_is_none(database: Database) -> None:
    with database.reading() as connection:
        assert release.current_release(connection) is None
        with pytest.raises(OutreachError, match="there is no release 7"):
            release.load(connection, 7)
    with pytest.raises(OutreachError, match="nothing is published yet"):
        release.approve(database, "welcome", NOW, "an")


def test_the_first_release_changes_every_campaign(database: Database) -> None:
    published = _publish(database)
    assert published.changed == ("news", "once", "theme", "welcome")
    assert published.new


def test_the_same_again_makes_no_other_release(database: Database) -> None:
    first = _publish(database)
    again = _publish(database, now=LATER)
    assert again == release.Published(first.release_id, first.digest, (), new=False)
    with database.reading() as connection:
        assert connection.scalars(select(release_table.c.published_at)).all() == [NOW]


def test_content_that_comes_back_makes_its_old_release_current(database: Database) -> None:
    first = _publish(database)
    second = _publish(database, _change(**_campaign("news", title="Ander nieuws")))
    assert second.changed == ("news",)
    back = _publish(database, now=LATER)
    assert (back.release_id, back.new, back.changed) == (first.release_id, False, ("news",))
    with database.reading() as connection:
        assert release.current_release(connection) == first.release_id


def test_content_is_stored_once_for_all_releases(database: Database) -> None:
    _publish(database)
    with database.reading() as connection:
        before = set(connection.scalars(select(part.c.digest)))
    _publish(database, _change(messages={"hello": replace(DEFINITIONS.messages["hello"], layout="card")}))
    with database.reading() as connection:
        after = set(connection.scalars(select(part.c.digest)))
    assert before < after
    assert len(after) == len(before) + 1


def test_two_who_publish_at_once_make_one_release(database: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        published = list(threads.map(lambda _: _publish(database), range(8)))
    assert sum(one.new for one in published) == 1
    assert len({one.release_id for one in published}) == 1
    with database.reading() as connection:
        assert len(connection.execute(select(release_table.c.id)).all()) == 1
        assert release.current_release(connection) == published[0].release_id


def test_definitions_with_problems_are_not_published(database: Database) -> None:
    problem = Problem("a.yaml", 1, 2, "x", "wrong", "mend it")
    with pytest.raises(DefinitionsError) as refused:
        release.publish(database, release.Checked(None, (problem,)), NOW, "an")
    assert refused.value.problems == (problem,)
    with database.reading() as connection:
        assert release.current_release(connection) is None


def test_reading_a_release_needs_neither_pydantic_nor_yaml() -> None:
    code = (
        "import sys, outreach.release\n"
        "from outreach.definitions import model, codec\n"
        "heavy = {'pydantic', 'ruamel', 'mjml', 'markdown_it', 'jinja2', 'alembic', 'css_inline'}\n"
        "sys.exit(', '.join(heavy & {name.split('.')[0] for name in sys.modules}) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# --- the closure -----------------------------------------------------------------------------------------

FIELDS = DEFINITIONS.workspace.fields
CLOSURES = [
    (_change(**_campaign("welcome", title="Dag")), {"welcome"}),
    (_change(**_campaign("news", priority="high")), {"news"}),
    (_change(segments={"new": Segment("new", "New", Fact("hired_on", "in_last", (Span(days=60),)))}), {"welcome"}),
    (_change(segments={"old": Segment("old", "Old", Fact("born_on", "missing", (True,)))}), {"news"}),
    (_change(segments={"old": replace(DEFINITIONS.segments["old"], title="Ouderen")}), set()),
    (_change(segments={"unused": Segment("unused", "x", InSegment("new"))}), set()),
    (_change(messages={"nudge": replace(DEFINITIONS.messages["nudge"], layout="card")}), {"welcome"}),
    (_change(messages={"hello": replace(DEFINITIONS.messages["hello"], layout="card")}), {"welcome", "once", "theme"}),
    (_change(messages={"unused": replace(DEFINITIONS.messages["unused"], layout="card")}), set()),
    (_change(offers={"loan": replace(DEFINITIONS.offers["loan"], priority="high")}), {"news"}),
    (_change(offers={"gift": replace(DEFINITIONS.offers["gift"], priority="high")}), set()),
    (_change(fragments={"talk": {"letter": {"nl": Fragment("<i>talk</i>", "talk")}}}), {"news"}),
    (_workspace(topics={**DEFINITIONS.workspace.topics, "start": Topic("start", {"nl": "Start"})}), {"welcome"}),
    (_workspace(senders={"default": Sender("default", {"nl": "Ik"}, "ik@dienst.example")}),
     {"welcome", "news", "once", "theme"}),
    (_workspace(theme_days={"poverty": ThemeDay("poverty", "Dag", Recurrence("x", "FREQ=YEARLY"))}), {"theme"}),
    (_workspace(time_zone="Europe/Paris"), {"welcome", "news", "once", "theme"}),
    (_workspace(expires_after=Span(days=3)), {"welcome", "news", "once", "theme"}),
    (_workspace(windows=(Window("mon", (0,), time(8), time(9)),)), set()),
    (_workspace(blackouts=(Blackout(date(2026, 6, 1), date(2026, 6, 9), "x"),)), set()),
    (_change(**_campaign("news", windows=(Window("mon", (0,), time(8), time(9)),))), {"news"}),
    (_workspace(closed=Closed(days=(date(2026, 12, 24),))), set()),
    (_workspace(frequency_cap=None, budget=Budget(per_week=9), small_numbers=5, leavers_limit=0.5), set()),
    (_workspace(outcomes={}), set()),
    (_workspace(fields={**FIELDS, "team": Field("team", "choice", ("red",), custom=True)}), {"once"}),
    (_workspace(fields={**FIELDS, "badge": Field("badge", "date", custom=True)}),
     {"welcome", "news", "once", "theme"}),
    (_workspace(fields={**FIELDS, "other": Field("other", "date", custom=True)}), set()),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "campaigns"), CLOSURES)
def test_a_change_touches_the_campaigns_that_draw_on_it(changed: Definitions, campaigns: set[str]) -> None:
    before = {name: closure_digest(DEFINITIONS, campaign) for name, campaign in DEFINITIONS.campaigns.items()}
    after = {name: closure_digest(changed, campaign) for name, campaign in changed.campaigns.items()}
    assert {name for name in before if before[name] != after[name]} == campaigns


def test_the_file_of_a_campaign_does_not_count() -> None:
    moved = replace(DEFINITIONS.campaigns["news"], file="elsewhere.yaml")
    assert closure_digest(DEFINITIONS, moved) == closure_digest(DEFINITIONS, DEFINITIONS.campaigns["news"])


# --- approving -------------------------------------------------------------------------------------------


def _state(database: Database, campaign: str) -> dict[str, object] | None:
    with database.reading() as connection:
        row = connection.execute(select(campaign_state).where(campaign_state.c.campaign == campaign)).one_or_none()
    return dict(row._mapping) if row else None


def _approved(database: Database) -> set[str]:
    with database.reading() as connection:
        current = release.current_release(connection)
        assert current is not None
        return release.approved(connection, current)


def test_nothing_is_approved_but_what_needs_no_approval(database: Database) -> None:
    _publish(database)
    assert _approved(database) == {"theme"}
    assert _state(database, "theme")
    assert _state(database, "news") is None


def test_approving_lets_a_campaign_go_from_the_beginning_of_the_day(database: Database) -> None:
    digest = dict(_digests(database, _publish(database)))["news"]
    assert release.approve(database, "news", NOW, "bo") == release.Approval("news", digest, "running")
    assert _approved(database) == {"theme", "news"}
    state = _state(database, "news")
    assert state
    assert (state["state"], state["first_approved_at"]) == ("running", NOW)
    assert state["planned_until"] == datetime(2026, 11, 21, 23, 0, tzinfo=UTC)


def test_a_single_occurrence_has_no_lower_bound(database: Database) -> None:
    _publish(database)
    release.approve(database, "once", NOW, "bo")
    state = _state(database, "once")
    assert state
    assert state["planned_until"] is None


def test_events_there_are_already_start_nothing(database: Database) -> None:
    last = _event(database)
    _publish(database)
    release.approve(database, "welcome", NOW, "bo")
    state = _state(database, "welcome")
    assert state
    assert state["last_event"] == last
    assert state["roster_version"] == -1


def test_approving_twice_is_harmless(database: Database) -> None:
    _publish(database)
    first = release.approve(database, "news", NOW, "bo")
    assert release.approve(database, "news", LATER, "cy") == first
    with database.reading() as connection:
        rows = connection.execute(select(approval).where(approval.c.campaign == "news")).all()
    assert [(row.approved_at, row.approved_by) for row in rows] == [(NOW, "bo")]
    state = _state(database, "news")
    assert state
    assert state["first_approved_at"] == NOW


def test_an_edit_needs_a_new_approval_and_revokes_no_other(database: Database) -> None:
    _publish(database)
    release.approve(database, "news", NOW, "bo")
    release.approve(database, "welcome", NOW, "bo")
    _publish(database, _change(**_campaign("news", title="Ander nieuws")))
    assert _approved(database) == {"theme", "welcome"}
    release.approve(database, "news", LATER, "bo")
    assert _approved(database) == {"theme", "welcome", "news"}
    state = _state(database, "news")
    assert state
    assert state["first_approved_at"] == NOW


def test_an_edit_taken_back_is_approved_again(database: Database) -> None:
    _publish(database)
    release.approve(database, "news", NOW, "bo")
    _publish(database, _change(**_campaign("news", title="Ander nieuws")))
    _publish(database)
    assert "news" in _approved(database)


def test_another_digest_than_the_one_looked_at_is_refused(database: Database) -> None:
    seen = dict(_digests(database, _publish(database)))["news"]
    assert release.approve(database, "news", NOW, "bo", digest=seen[:12]).digest == seen
    changed = _change(**_campaign("news", title="Ander nieuws"))
    _publish(database, changed)
    with pytest.raises(OutreachError, match="is not what was looked at") as refused:
        release.approve(database, "news", NOW, "bo", digest=seen)
    assert "outreach approve news" in refused.value.remedy
    assert "news" not in _approved(database)
    for short in ("", seen[:4]):
        with pytest.raises(OutreachError):
            release.approve(database, "news", NOW, "bo", digest=short)


def test_an_unknown_campaign_names_its_nearest_neighbour(database: Database) -> None:
    _publish(database)
    release.approve(database, "welcome", NOW, "bo")
    for verb in (release.approve, release.pause, release.resume, release.cancel):
        with pytest.raises(OutreachError, match="there is no campaign `welcom`") as refused:
            verb(database, "welcom", NOW, "bo")
        assert refused.value.remedy == "Did you mean `welcome`?"


# --- pausing, resuming, cancelling -----------------------------------------------------------------------


def test_a_campaign_is_paused_and_resumed(database: Database) -> None:
    _publish(database)
    digest = release.approve(database, "news", NOW, "bo").digest
    assert release.pause(database, "news", LATER, "cy") == release.Approval("news", digest, "paused")
    assert release.pause(database, "news", LATER, "cy").state == "paused"
    assert release.approve(database, "news", LATER, "bo").state == "paused"
    state = _state(database, "news")
    assert state
    assert (state["state"], state["steered_at"], state["steered_by"]) == ("paused", LATER, "cy")
    assert release.resume(database, "news", LATER, "cy").state == "running"


def test_what_was_never_approved_cannot_be_paused(database: Database) -> None:
    _publish(database)
    for verb in (release.pause, release.resume, release.cancel):
        with pytest.raises(OutreachError, match="was never approved") as refused:
            verb(database, "news", NOW, "bo")
        assert "outreach approve news" in refused.value.remedy


def test_a_cancelled_campaign_stops_what_is_under_way_and_stays_so(database: Database) -> None:
    published = _publish(database)
    for campaign in ("welcome", "news"):
        release.approve(database, campaign, NOW, "bo")
    for campaign in ("welcome", "news"):
        _under_way(database, campaign, published.release_id)
    assert release.cancel(database, "welcome", LATER, "cy").state == "cancelled"
    with database.reading() as connection:
        rows = connection.execute(select(delivery).order_by(delivery.c.id)).all()
        journeys = connection.execute(select(enrolment).order_by(enrolment.c.id)).all()
    assert [(row.campaign, row.step, row.state, row.reason) for row in rows] == [
        ("welcome", "hello", "sent", None),
        ("welcome", "again", "cancelled", "cancelled"),
        ("news", "hello", "sent", None),
        ("news", "again", "planned", None),
    ]
    assert [row.remind_on for row in rows] == [None, None, date(2026, 11, 29), None]
    assert [(row.state, row.next_on) for row in journeys] == [("cancelled", None), ("active", date(2026, 11, 29))]
    assert release.cancel(database, "welcome", LATER, "cy").state == "cancelled"
    for verb in (release.resume, release.pause, release.approve):
        with pytest.raises(OutreachError, match="was cancelled, and stays so") as refused:
            verb(database, "welcome", LATER, "cy")
        assert "new id" in refused.value.remedy


def test_a_campaign_that_left_the_release_can_still_be_stopped(database: Database) -> None:
    _publish(database)
    release.approve(database, "news", NOW, "bo")
    rest = {name: campaign for name, campaign in DEFINITIONS.campaigns.items() if name != "news"}
    _publish(database, replace(DEFINITIONS, campaigns=rest))
    assert release.pause(database, "news", LATER, "cy") == release.Approval("news", "", "paused")
    assert release.cancel(database, "news", LATER, "cy").state == "cancelled"


# --- history ---------------------------------------------------------------------------------------------


def test_history_says_who_did_what_when(database: Database) -> None:
    first = _publish(database)
    release.approve(database, "news", NOW, "bo")
    second = _publish(database, _change(**_campaign("news", title="Ander nieuws")), now=LATER)
    release.approve(database, "news", LATER, "cy")
    with database.reading() as connection:
        everything = release.history(connection)
        news = release.history(connection, "news")
    assert [(entry.what, entry.by, entry.release_id) for entry in news] == [
        ("approved", "bo", first.release_id),
        ("approved", "cy", second.release_id),
    ]
    assert [entry.what for entry in everything].count("published") == 2
    assert ("theme", "approval: none") in [(entry.campaign, entry.by) for entry in everything]
    assert [entry.at for entry in everything] == sorted(entry.at for entry in everything)


# --- helpers ---------------------------------------------------------------------------------------------


def _digests(database: Database, published: release.Published) -> dict[str, str]:
    with database.reading() as connection:
        return release.digests(connection, published.release_id)


def _person(database: Database) -> int:
    with database.writing() as connection:
        known = connection.scalar(select(person.c.id))
        if known is not None:
            return known
        row = {"person_id": "1", "source": "hr", "status": "active", "lot": 1, "version": 1,
               "imported_at": NOW, "attributes": {}}  # fmt: skip
        return connection.execute(person.insert().values(row).returning(person.c.id)).scalar_one()


def _event(database: Database) -> int:
    who = _person(database)
    row = {"person": who, "kind": "hired", "effective_on": NOW.date(), "recorded_at": NOW, "source": "hr"}
    with database.writing() as connection:
        return connection.execute(event.insert().values(row).returning(event.c.id)).scalar_one()


def _under_way(database: Database, campaign: str, release_id: int) -> None:
    """One person in the campaign: a message sent that will be followed by a reminder, another planned."""
    who = _person(database)
    journey = {"campaign": campaign, "person": who, "occurrence": "entry-1", "release_id": release_id,
               "state": "active",
               "started_on": NOW.date(), "entered_at": NOW, "next_step": 1, "next_on": date(2026, 11, 29),
               "ends_on": date(2026, 12, 24)}  # fmt: skip
    row = {"campaign": campaign, "occurrence": "entry-1", "repetition": 0, "person": who, "release_id": release_id,
           "rank": 0, "due_at": NOW, "expires_at": LATER, "planned_at": NOW}  # fmt: skip
    sent = {**row, "step": "hello", "state": "sent", "sent_at": NOW, "remind_on": date(2026, 11, 29)}
    planned = {**row, "step": "again", "state": "planned"}
    with database.writing() as connection:
        connection.execute(enrolment.insert().values(journey))
        for one in (sent, planned):
            connection.execute(delivery.insert().values(one))
