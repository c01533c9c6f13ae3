"""Bundles as they are made: for whom, telling of what, with which numbers, and never twice."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select, update

from outreach.bundling.overview import overviews
from outreach.definitions import codec
from outreach.definitions.model import (
    All,
    Announcement,
    Bundles,
    Campaign,
    Definitions,
    Fact,
    Not,
    Segment,
    Session,
    Span,
    Start,
    Step,
    ThemeDay,
)
from outreach.definitions.recurrences import parse_undated
from outreach.planning.plan import plan_due
from outreach.release.record import approved
from outreach.rendering.told import News, Told
from outreach.storage.database import Database
from outreach.storage.tables import approval, bundle, campaign_state, delivery, person, release_campaign
from tests.unit.planning.people import WORKSPACE, World, campaign, definitions

CONTACTS = Segment(
    "contacts", "Contacts", All((Fact("status", "in", ("contact",)), Fact("role", "in", ("communication",))))
)
PARENTS = Segment("parents", "Parents", Fact("children", "at_least", (1,)))
CHILDLESS = Segment("childless", "No children", Not(Fact("children", "at_least", (1,))))
OFTEN = Bundles(parse_undated("first monday of the month"), Span(days=7))
BUNDLES = campaign("bundles", audience="contacts", start=Start("bundles"), steps=(Step("bundle", 1, "bundle"),))
#: The first bundle leaves on Monday 5 October 2026 and tells of the days until 8 November.
MONDAY = datetime(2026, 10, 5, 7, 30, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


def letter(name: str = "letter", day: int = 20, audience: str = "everyone", **changes: Any) -> Campaign:
    """A letter in October 2026."""
    return campaign(name, audience=audience, start=Start("once", on=date(2026, 10, day)), **changes)


class Informed(World):
    """Contacts of entities A and B, and campaigns that are approved."""

    def __init__(self, database: Database, *campaigns: Campaign, **more: Any) -> None:
        given = {"bundles": OFTEN, "small_numbers": 10, "theme_days": {}} | more.pop("workspace", {})
        super().__init__(database, self._nouns(*campaigns, workspace=given, **more))
        self.approve()
        for entity in "AB":
            self.add(f"contact-{entity}", status="contact", role="communication", entity=entity)

    @staticmethod
    def _nouns(*campaigns: Campaign, **more: Any) -> Definitions:
        return definitions(BUNDLES, *campaigns, segments=(CONTACTS, PARENTS, CHILDLESS), **more)

    def approve(self) -> None:
        """Everything, as it stands in the newest release."""
        with self.database.writing() as connection:
            for row in connection.execute(select(release_campaign)).all():
                connection.execute(
                    approval.insert().values(
                        campaign=row.campaign, digest=row.digest, release_id=row.release_id, approved_at=self.now,
                        approved_by="x",
                    )
                )  # fmt: skip

    def staff(self, entity: str, number: int, **facts: Any) -> None:
        for _ in range(number):
            with self.database.reading() as connection:
                after = len(connection.scalars(select(person.c.id)).all())
            self.add(f"{entity}{after}", entity=entity, **facts)

    def told(self, entity: str = "A") -> Told:
        """The last bundle of an entity."""
        query = select(bundle.c.told).where(bundle.c.entity == entity).order_by(bundle.c.id.desc())
        with self.database.reading() as connection:
            return codec.loads(Told, str(connection.scalars(query).first()))

    def news(self, entity: str = "A") -> dict[str, News]:
        return {one.campaign: one for one in self.told(entity).news}

    def bundles(self) -> list[tuple[Any, ...]]:
        """(contact, occurrence, state, reason, entity of the bundle) of every delivery of bundles."""
        columns = (person.c.person_id, delivery.c.occurrence, delivery.c.state, delivery.c.reason, bundle.c.entity)
        query = select(*columns).join_from(delivery, person, person.c.id == delivery.c.person)
        query = query.outerjoin(bundle, bundle.c.id == delivery.c.bundle).where(delivery.c.campaign == "bundles")
        with self.database.reading() as connection:
            return sorted((tuple(row) for row in connection.execute(query)), key=str)


def test_each_contact_gets_the_bundle_of_their_entity_once(database: Database) -> None:
    world = Informed(database, letter())
    world.staff("A", 12)
    world.tick(MONDAY)
    world.tick(MONDAY)
    world.tick(NOVEMBER)
    assert world.bundles() == [
        ("contact-A", "2026-10-05", "sent", None, "A"), ("contact-A", "2026-11-02", "skipped", "nothing_to_tell", None),
        ("contact-B", "2026-10-05", "sent", None, "B"), ("contact-B", "2026-11-02", "skipped", "nothing_to_tell", None),
    ]  # fmt: skip
    assert world.news("A") == {"letter": News("letter", (date(2026, 10, 20),), 12)}


def test_a_bundle_tells_of_what_leaves_until_the_next_one_would_come_too_late(database: Database) -> None:
    campaigns = (letter("today", 5), letter("soon", 6), *(
        campaign(f"in-november-{day}", start=Start("once", on=date(2026, 11, day))) for day in (8, 9)
    ), campaign("in-december", start=Start("once", on=date(2026, 12, 14))))  # fmt: skip
    world = Informed(database, *campaigns)
    world.staff("A", 12)
    world.tick(MONDAY)
    first, october = world.told(), set(world.news())
    world.tick(NOVEMBER)
    assert (first.first, first.last) == (date(2026, 10, 5), date(2026, 11, 8))
    assert (october, set(world.news())) == ({"today", "soon", "in-november-8"}, {"in-november-9"})


def test_a_contact_without_an_entity_gets_none_and_it_is_said_why(database: Database) -> None:
    world = Informed(database, letter())
    world.staff("A", 12)
    world.add("lost", status="contact", role="communication")
    world.tick(MONDAY)
    assert ("lost", "2026-10-05", "skipped", "no_entity", None) in world.bundles()


def test_numbers_of_few_are_not_told_nor_those_from_which_they_follow(database: Database) -> None:
    world = Informed(database, letter("all"), letter("few", audience="parents"), letter("most", audience="childless"))
    world.staff("A", 3, children=2)
    world.staff("A", 40, children=0)
    world.tick(MONDAY)
    days = (date(2026, 10, 20),)
    # How many work there is known to whoever works there, so 40 of 43 would tell of the three.
    assert world.news("A") == {"all": News("all", days, 43), "few": News("few", days, None, few=True),
                               "most": News("most", days, None)}  # fmt: skip


def test_an_entity_that_nothing_reaches_is_told_what_one_with_few_is_told(database: Database) -> None:
    world = Informed(database, letter("parents", audience="parents"))
    world.staff("A", 4, children=1)
    world.staff("B", 20, children=0)
    world.tick(MONDAY)
    assert world.told("A") == world.told("B")


def test_only_what_is_approved_and_not_paused_is_told(database: Database) -> None:
    world = Informed(database, letter("good"), letter("paused"), letter("draft"))
    world.staff("A", 12)
    with database.writing() as connection:
        connection.execute(update(campaign_state).where(campaign_state.c.campaign == "paused").values(state="paused"))
        connection.execute(approval.delete().where(approval.c.campaign == "draft"))
        assert approved(connection, 1) == {"bundles", "good", "paused"}
    world.tick(MONDAY)
    assert set(world.news()) == {"good"}


def test_a_campaign_may_stay_out_and_a_sensitive_one_does_unless_it_has_words_and_then_without_a_number(
    database: Database,
) -> None:
    words = Announcement({"nl": "Praten helpt"})
    world = Informed(
        database, letter("plain"), letter("silent", announce=None), letter("sensitive", sensitive=True),
        letter("told", sensitive=True, announce=words),
    )  # fmt: skip
    world.staff("A", 12)
    world.tick(MONDAY)
    assert world.news() == {
        "plain": News("plain", (date(2026, 10, 20),), 12), "told": News("told", (date(2026, 10, 20),)),
    }  # fmt: skip


def test_what_runs_all_year_stands_in_a_bundle_with_news_and_makes_none_by_itself(database: Database) -> None:
    welcome = campaign("welcome", start=Start("event", name="hired"), announce=Announcement({"nl": "Welkom"}))
    quiet = replace(welcome, id="quiet", announce=Announcement())
    world = Informed(database, welcome, quiet, letter())
    world.staff("A", 12)
    world.tick(MONDAY)
    assert list(world.news()) == ["letter", "welcome"]
    world.tick(NOVEMBER)
    assert [row[2:4] for row in world.bundles() if row[1] == "2026-11-02"] == [("skipped", "nothing_to_tell")] * 2


def test_what_is_for_contacts_alone_is_no_news_about_anybodys_people(database: Database) -> None:
    world = Informed(database, letter("partners", audience="contacts"))
    world.staff("A", 12)
    world.tick(MONDAY)
    assert [row[2:4] for row in world.bundles()] == [("skipped", "nothing_to_tell")] * 2


def test_sessions_of_the_entity_and_for_everybody_stand_in_it_unless_they_are_off(database: Database) -> None:
    def meeting(name: str, **changes: Any) -> Session:
        plain = Session(name, "meet", {"nl": name}, date(2026, 10, 20), time(12), time(13), place="Gent")
        return replace(plain, **changes)

    sessions = (meeting("all"), meeting("ours", entity="A"), meeting("theirs", entity="B"),
                meeting("off", cancelled=True), meeting("later", on=date(2026, 12, 1)))  # fmt: skip
    world = Informed(database)
    world.nouns = replace(world.nouns, sessions={one.id: one for one in sessions})
    world.tick(MONDAY)
    assert world.told("A").sessions == {"all": 0, "ours": 0}
    assert world.told("B").sessions == {"all": 0, "theirs": 0}


def test_who_dies_between_planning_and_making_leaves_nothing_that_leaves_without_a_bundle(database: Database) -> None:
    world = Informed(database, letter())
    world.staff("A", 12)
    world.now = MONDAY
    assert plan_due(database, world.current, MONDAY) == 2
    assert [row[2:] for row in world.bundles()] == [("planned", None, None)] * 2
    world.tick(MONDAY)
    assert [row[2:] for row in world.bundles()] == [("sent", None, "A"), ("sent", None, "B")]


def test_a_bundle_that_is_made_stays_as_it_is(database: Database) -> None:
    world = Informed(database, letter())
    world.staff("A", 12)
    with database.writing() as connection:
        connection.execute(update(campaign_state).where(campaign_state.c.campaign == "letter").values(state="running"))
    world.tick(MONDAY)
    before = world.told()
    world.staff("A", 12)
    world.tick(MONDAY)
    assert world.told() == before


def test_theme_days_and_days_that_come_back_are_told_of(database: Database) -> None:
    day = {"seniors": ThemeDay("seniors", "Seniors", parse_undated("29 october"))}
    world = Informed(
        database, campaign("theme", start=Start("theme_day", name="seniors", by=Span(days=2))),
        campaign("weekly", start=Start("every", every=parse_undated("Friday"))), workspace={"theme_days": day},
    )  # fmt: skip
    world.staff("A", 12)
    world.tick(MONDAY)
    fridays = (*(date(2026, 10, day) for day in (9, 16, 23, 30)), date(2026, 11, 6))
    assert {name: one.days for name, one in world.news().items()} == {
        "weekly": fridays, "theme": (date(2026, 10, 27),)
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_numbers_agree_with_counting_one_by_one(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    world = Informed(database, letter("all"), letter("parents", audience="parents"), letter("no", audience="childless"))
    people = [(dice.choice("AB"), dice.choice((None, 0, 0, 2))) for _ in range(dice.randrange(30, 70))]
    for entity, children in people:
        world.staff(entity, 1, children=children)
    world.tick(MONDAY)
    for entity in "AB":
        mine = [children for where, children in people if where == entity]
        counted = {"all": len(mine), "parents": mine.count(2), "no": mine.count(0)}
        for name, one in world.news(entity).items():
            assert one.people in (None, counted[name])
            assert one.few == (counted[name] < 10)
            assert not one.few or one.people is None


def test_the_overview_says_what_will_go_to_whom_before_it_does(database: Database) -> None:
    world = Informed(database, letter())
    world.staff("A", 12)
    world.staff("C", 3)
    with database.reading() as connection:
        (found,) = overviews(connection, world.current, world.now)
    assert (found.occurrence, found.without_contact, found.without_entity) == ("2026-10-05", ("C",), 0)
    assert [(one.entity, one.contacts) for one in found.entities] == [("A", 1), ("B", 1)]
    world.tick(MONDAY)
    assert {one.entity: one.news for one in found.entities} == {name: world.told(name).news for name in "AB"}


def test_a_workspace_that_says_nothing_of_bundles_is_asked_nothing(database: Database) -> None:
    world = World(database, definitions(letter()))
    assert WORKSPACE.bundles is None
    world.add("one", entity="A")
    assert world.tick(datetime(2026, 10, 20, 8, tzinfo=UTC)).sent == 1
