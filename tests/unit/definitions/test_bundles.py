"""Bundles as an officer writes them: how often, by which campaign, what others give to pass on, and what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.definitions import codec
from outreach.definitions.model import Announcement, Bundles, Campaign, Message, Span, Start, Workspace
from outreach.definitions.recurrences import parse_undated
from outreach.release.closure import closure
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import OUTREACH, SEGMENTS

OFTEN = "bundles: {every: first monday of the month, ahead: 1 week, feeds: https://example.org/feeds/}\n"
CONTACTS = "contacts: {where: {status: contact, role: communication}}\n"
BUNDLES = """\
title: Bundels
topic: news
purpose: let contacts pass the word on
audience: contacts
start: {on: bundles}
steps:
  - id: bundle
    send: welcome
"""
LETTER = """\
title: Brief
topic: news
purpose: inform
audience: retirees
start: {once: 2026-11-03}
steps: [{id: letter, send: welcome}]
"""
FILE = "campaigns/bundles.yaml"


def files(**changed: str) -> dict[str, str]:
    """Everything in order, but for what is changed: `bundles`, `letter`, `outreach`."""
    return {
        "outreach.yaml": changed.get("outreach", OUTREACH + OFTEN),
        "campaigns/segments.yaml": SEGMENTS + CONTACTS,
        FILE: changed.get("bundles", BUNDLES),
        "campaigns/letter.yaml": changed.get("letter", LETTER),
    }


def test_what_is_written_becomes_what_is_done(judge: Judge) -> None:
    words = (
        "announce:\n  title: {nl: Kom, fr: Venez}\n  text: Tekst\n  who: Iedereen\n"
        "  picture: {link: https://example.org/p.png, shows: Een bord}\n"
    )
    loaded = judge(files(letter=LETTER + words))
    assert loaded.problems == ()
    assert loaded.definitions
    workspace, campaigns = loaded.definitions.workspace, loaded.definitions.campaigns
    assert workspace.bundles == Bundles(
        parse_undated("first monday of the month"), Span(days=7), "https://example.org/feeds"
    )
    assert campaigns["bundles"].start == Start("bundles")
    assert campaigns["letter"].announce == Announcement(
        {"nl": "Kom", "fr": "Venez"}, dict.fromkeys(("nl", "fr"), "Tekst"), dict.fromkeys(("nl", "fr"), "Iedereen"),
        "https://example.org/p.png", dict.fromkeys(("nl", "fr"), "Een bord"),
    )  # fmt: skip
    assert codec.loads(Workspace, codec.dumps(workspace)) == workspace
    assert codec.loads(Campaign, codec.dumps(campaigns["letter"])) == campaigns["letter"]


@pytest.mark.parametrize(("written", "announce"), [("", Announcement()), ("announce: no\n", None)])
def test_a_campaign_stands_in_bundles_unless_it_says_no(
    judge: Judge, written: str, announce: Announcement | None
) -> None:
    loaded = judge(files(letter=LETTER + written))
    assert loaded.problems == ()
    assert loaded.definitions
    letter = loaded.definitions.campaigns["letter"]
    assert letter.announce == announce
    assert codec.loads(Campaign, codec.dumps(letter)) == letter


def test_how_often_is_approved_with_the_campaign_that_brings_them_and_with_no_other(judge: Judge) -> None:
    loaded = judge(files())
    assert loaded.definitions
    welcome = Message("welcome", {}, "letter")
    definitions = replace(loaded.definitions, messages=dict.fromkeys(("welcome", "invitation", "assistant"), welcome))
    drawn_on = {name: closure(definitions, definitions.campaigns[name]) for name in ("letter", "bundles")}
    assert [name for name, body in drawn_on.items() if "bundles" in body] == ["bundles"]


@pytest.mark.parametrize(
    ("changed", "where", "message", "remedy"),
    [
        (
            {"outreach": OUTREACH}, f"{FILE}:5:13", "outreach.yaml does not say how often bundles are sent",
            "Add `bundles: {every: first monday of the month, ahead: 1 week}` to outreach.yaml.",
        ),
        (
            {"bundles": BUNDLES.replace("audience: contacts", "audience: everyone")}, f"{FILE}:4:11",
            "bundles are for the contacts of the entities, and these are not in `everyone`",
            "Name a segment of them: `{where: {status: contact, role: communication}}`.",
        ),
        (
            {"bundles": BUNDLES + "    remind: {every: 7 days, max_reminders: 1, until: infosession-attended}\n"},
            f"{FILE}:9:5", "a bundle has no `remind`: each one tells of its own period", "Delete it.",
        ),
        (
            {"bundles": BUNDLES + "    day: 3\n"}, f"{FILE}:9:10", "a bundle leaves on its own day",
            "Delete it; `bundles` in outreach.yaml says when.",
        ),
        (
            {"bundles": BUNDLES + "  - {id: second, day: 2, send: welcome}\n"}, f"{FILE}:9:5",
            "a bundle is one message", "Keep one step; whoever should get another message is in another campaign.",
        ),
        (
            {"bundles": BUNDLES + "announce: no\n"}, f"{FILE}:9:1", "bundles do not stand in bundles",
            "Delete it: it is what other campaigns give to pass on.",
        ),
        (
            {"bundles": BUNDLES.replace("on: bundles", "on: tuesday")}, f"{FILE}:5:13",
            "expected bundles, found `tuesday`",
            "The choices are: bundles.",
        ),
        (
            {"letter": LETTER + "announce: perhaps\n"}, "campaigns/letter.yaml:7:11",
            "`perhaps` is not what a campaign can announce", "Write `no`, or `{title: …}`.",
        ),
        (
            {"letter": LETTER + "announce: {title: A, picture: {link: http://x.org/p.png, shows: B}}\n"},
            "campaigns/letter.yaml:7:38", "`http://x.org/p.png` is no web address",
            "Write it with https:// in front, without spaces.",
        ),
        (
            {"letter": LETTER + "announce: {title: {fr: Venez}}\n"}, "campaigns/letter.yaml:7:19",
            "the default language `nl` is missing", "Add `nl: …`.",
        ),
        (
            {"outreach": OUTREACH + "bundles: {every: 2 weeks, ahead: 1 week}\n"}, "outreach.yaml:26:18",
            "", "Name the day: `17 october`.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_what_to_do(
    judge: Judge, changed: dict[str, str], where: str, message: str, remedy: str
) -> None:
    (problem,) = judge(files(**changed)).problems
    assert f"{problem.file}:{problem.line}:{problem.column}" == where
    assert message in problem.message
    assert problem.remedy == remedy


def test_bundles_that_nobody_sends_are_noted(judge: Judge) -> None:
    loaded = judge({**files(), FILE: LETTER})
    assert loaded.problems == ()
    assert ("no campaign sends bundles", "bundles") in [(note.message, note.path) for note in loaded.notes]


def test_words_about_something_sensitive_are_noted(judge: Judge) -> None:
    offer = (
        "sensitive: true\nnever_say: [schuld]\n"
        "texts: {nl: {title: Lening, what: Wat, how: Hoe, who: Wie, when: Nu}}\n"
    )  # fmt: skip
    letter = LETTER + "about: [loan]\nannounce: {title: Praten helpt}\n"
    loaded = judge({**files(letter=letter), "campaigns/offers/loan.yaml": offer})
    assert loaded.problems == ()
    (note,) = [note for note in loaded.notes if note.path == "announce"]
    assert (
        note.message == "it is sensitive, and the contacts of every entity will read this; no number stands beside it"
    )
