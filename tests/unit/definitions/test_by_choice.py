"""Channels that people choose between, as an officer writes them."""

from __future__ import annotations

from dataclasses import replace

from outreach.definitions import codec
from outreach.definitions.by_choice import alternatives, exchanged, listed
from outreach.definitions.model import Definitions, Message
from outreach.release.closure import closure
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import NEWSLETTER, OUTREACH

OFFERED = OUTREACH + "channels: {email: {}, handover: {title: {nl: Per post, fr: Par la poste}}}\n"


def told(judge: Judge, workspace: str = OFFERED, newsletter: str = NEWSLETTER) -> list[tuple[str, str, str]]:
    found = judge({"outreach.yaml": workspace, "campaigns/newsletter.yaml": newsletter})
    noted = [one for one in found.notes if one.path.startswith("channels")]
    return [(one.file.rpartition("/")[2], one.path, one.message) for one in (*found.problems, *noted)]


def known(judge: Judge, newsletter: str = NEWSLETTER, workspace: str = OFFERED) -> Definitions:
    loaded = judge({"outreach.yaml": workspace, "campaigns/newsletter.yaml": newsletter})
    assert loaded.problems == ()
    assert loaded.definitions
    return codec.loads(Definitions, codec.dumps(loaded.definitions))


def goes_by(judge: Judge, newsletter: str = NEWSLETTER) -> tuple[str, ...]:
    found = known(judge, newsletter)
    return alternatives(found.workspace.channels, found.campaigns["newsletter"])


def test_mail_goes_along_with_a_choice_and_all_else_where_the_campaign_says_so(judge: Judge) -> None:
    assert goes_by(judge) == ("handover",)
    assert goes_by(judge, NEWSLETTER + "by_choice: no\n") == ()
    assert goes_by(judge, NEWSLETTER + "channel: handover\n") == ()
    assert goes_by(judge, NEWSLETTER + "channel: handover\nby_choice: email\n") == ("email",)
    assert goes_by(judge, NEWSLETTER + "channel: webhook\nby_choice: [handover, email]\n") == ("email", "handover")


def test_what_is_sensitive_goes_along_only_where_the_campaign_says_so(judge: Judge) -> None:
    about = NEWSLETTER + "about: psychosocial\n"
    assert goes_by(judge, about) == ()
    assert goes_by(judge, about + "by_choice: handover\n") == ("handover",)


def test_a_last_reminder_by_another_channel_goes_so_to_all(judge: Judge) -> None:
    remind = "    remind: {every: 7 days, max_reminders: 2, last: {channel: webhook}}\n"
    found = known(judge, NEWSLETTER.replace("- id: newsletter\n", f"- id: newsletter\n{remind}"))
    campaign = found.campaigns["newsletter"]
    ways = [exchanged(found.workspace, campaign, campaign.steps[0], number) for number in range(3)]
    assert ways == [("handover",), ("handover",), ()]


def test_lists_say_of_who_chose_them_what_the_campaign_says_or_the_workspace(judge: Judge) -> None:
    short = OUTREACH + "channels: {handover: {columns: [last_name, city]}}\n"
    found = known(judge, workspace=short)
    assert listed(found.workspace, found.campaigns["newsletter"], "email") == ("last_name", "city")
    own = known(judge, NEWSLETTER + "handover: {columns: [street]}\n", short)
    assert listed(own.workspace, own.campaigns["newsletter"], "email") == ("street",)
    packed = known(judge, NEWSLETTER + "channel: handover\n", short)
    assert "city" not in listed(packed.workspace, packed.campaigns["newsletter"], "handover")


def test_what_it_goes_by_is_approved_and_what_the_page_calls_it_is_not(judge: Judge) -> None:
    def bound(workspace: str) -> str:
        found = replace(known(judge, workspace=workspace), messages={"newsletter": Message("newsletter", {}, "letter")})
        return str(closure(found, found.campaigns["newsletter"]))

    assert "channels" not in bound(OUTREACH)
    assert bound(OFFERED) == bound(OFFERED.replace("Par la poste", "Par courrier"))
    others = (OUTREACH, OFFERED, OUTREACH + "channels: {handover: {columns: [city]}}\n")
    assert len({bound(one) for one in others}) == 3


def test_what_is_wrong_has_its_place(judge: Judge) -> None:
    assert told(judge) == []
    strange = OUTREACH + "channels: {handover: {columns: [shoe_size, email]}, pigeon: {}}\n"
    assert [one[:2] for one in told(judge, strange)] == [
        ("outreach.yaml", "channels.handover.columns.0"),
        ("outreach.yaml", "channels.handover.columns.1"),
        ("outreach.yaml", "channels.pigeon"),
    ]
    nameless = OUTREACH + "channels: {webhook: {}, handover: {}}\n"
    assert told(judge, nameless) == [
        ("outreach.yaml", "channels.webhook", "only you know how a webhook reaches people"),
    ]
    assert told(judge, nameless.replace("webhook: {}", "webhook: {title: Per sms}")) == []


def test_a_campaign_promises_no_channel_that_nobody_can_choose(judge: Judge) -> None:
    at = ("newsletter.yaml", "by_choice")
    assert told(judge, OUTREACH, NEWSLETTER + "by_choice: handover\n") == [(*at, "nobody can choose `handover`")]
    assert told(judge, OFFERED, NEWSLETTER + "by_choice: [handover, email]\n") == [
        ("newsletter.yaml", "by_choice.1", "the campaign goes that way already"),
    ]
    assert told(judge, OFFERED, NEWSLETTER + "by_choice: letter\n") == [(*at, "there is no channel `letter`")]
    broken = OUTREACH + "channels: {handover: {titel: Post}}\n"
    found = told(judge, broken, NEWSLETTER + "by_choice: handover\n")
    assert [one[:2] for one in found] == [("outreach.yaml", "channels.handover.titel")]


def test_a_channel_by_which_nobody_goes_is_noted(judge: Judge) -> None:
    none = {"campaigns/welcome.yaml": None, "campaigns/newsletter.yaml": NEWSLETTER + "by_choice: no\n"}
    found = judge({"outreach.yaml": OFFERED, **none})
    noted = [one.message for one in found.notes if one.path.startswith("channels")]
    assert noted == [
        "no campaign goes by `email` to who chooses it",
        "no campaign goes by `handover` to who chooses it",
    ]


def test_lists_of_who_chose_them_say_nothing_by_their_names(judge: Judge) -> None:
    text = NEWSLETTER.replace("- id: newsletter", "- id: druk-druk\n    send: newsletter")
    message = "the id `druk-druk` says `druk`, which the sensitive offer `psychosocial` forbids"
    assert told(judge, OFFERED, text) == [("newsletter.yaml", "title", message)]
    assert told(judge, OFFERED, text + "by_choice: handover\n") == [("newsletter.yaml", "by_choice", message)]
    assert told(judge, OFFERED, text + "by_choice: no\n") == []
