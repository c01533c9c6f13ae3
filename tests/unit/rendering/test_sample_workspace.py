"""The messages that come with the product are sound in every language, and say the same in both parts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

import pytest

from outreach.definitions import load
from outreach.definitions.fields import FIELDS
from outreach.release.measured import links
from outreach.rendering.bundles import sample
from outreach.rendering.compiling import compile_content
from outreach.rendering.composer import Composer, Item
from outreach.rendering.inspecting import LARGEST, visible_words
from outreach.rendering.mail import Invitation
from outreach.rendering.previewing import preview

ROOT = Path(__file__).parents[3]
#: Addresses, which the text part shows and the HTML part hides behind words.
ADDRESSES = re.compile(r"https?://\S+|[\w.-]+@[\w.-]+")
WHEN = datetime(2026, 11, 3, 8, tzinfo=UTC)
MAILBOXES = re.compile(r"[\w.-]+@[\w.-]+")


@pytest.fixture(scope="module")
def workspace():
    loaded = load(ROOT)
    assert loaded.definitions is not None
    content = compile_content(loaded.definitions, loaded.sources, loaded.layouts, loaded.offer_html)
    assert content.problems == ()
    return loaded.definitions, content


def items(definitions):
    for campaign in definitions.campaigns.values():
        for step in campaign.steps:
            picks = step.pick.offers[: step.pick.at_most] if step.pick else ()
            session = next((one for one in definitions.sessions.values() if one.kind == step.invite), None)
            messages = [step.send, *(step.remind.send if step.remind else ())]
            for number, message in enumerate(messages):
                for language in definitions.workspace.languages:
                    for full in (True, False):
                        yield Item(
                            delivery=1, key=f"{campaign.id}/{step.id}/once/{number}/7", campaign=campaign.id,
                            step=step.id, occurrence="once", repetition=number, message=message, language=language,
                            address="an@example.org", person=person(definitions, full=full), picks=picks,
                            date=WHEN, invitation=Invitation(1, session, 0, WHEN) if session else None,
                            bundle=bundle(definitions) if campaign.start.kind == "bundles" else None,
                        )  # fmt: skip


def bundle(definitions):
    """Everything that a bundle could tell of, with a number that is told and one that is not."""
    whole = sample(definitions, "Agentschap Sport", WHEN)
    first, *others = whole.told.news
    told = replace(whole.told, news=(replace(first, people=None, few=True), *others))
    return whole._replace(told=told)


def person(definitions, *, full):
    samples = {"text": "An", "date": date(2027, 1, 31), "whole number": 2, "number": 1.5, "yes/no": True}
    known = {**FIELDS, **definitions.workspace.fields}
    facts = {name: field.choices[0] if field.choices else samples[field.type] for name, field in known.items()}
    return facts if full else dict.fromkeys(facts)


def test_every_message_says_the_same_in_text_and_html_and_is_small(workspace):
    definitions, content = workspace
    composer = Composer(definitions, content.messages.__getitem__, content.fragments.__getitem__, b"secret")
    seen = 0
    for item in items(definitions):
        mail = preview(composer, item)
        # A browser counts the items of a list by itself.
        text = re.sub(r"(?m)^ *\d+\. ", "", ADDRESSES.sub(" ", mail.text))
        said = visible_words(f"<p>{text.replace('<', '')}</p>")
        shown = visible_words(MAILBOXES.sub(" ", mail.html))
        assert said == shown, item.key
        assert len(mail.eml) < LARGEST
        seen += 1
    assert seen > 100


def test_every_message_has_a_title_a_language_and_a_way_out(workspace):
    definitions, content = workspace
    composer = Composer(definitions, content.messages.__getitem__, content.fragments.__getitem__, b"secret")
    for item in items(definitions):
        mail = preview(composer, item)
        assert re.search(rf'<html lang="{item.language}" dir="ltr"', mail.html)
        assert re.search(r"<title>[^<]+</title>", mail.html)
        assert f"{definitions.workspace.public_url}/u/" in mail.text
        assert f"{definitions.workspace.public_url}/u/" in mail.html


def test_were_all_links_measured_each_would_lead_where_its_author_wrote(workspace):
    definitions, content = workspace
    campaigns = {name: replace(one, measure_links=True) for name, one in definitions.campaigns.items()}
    whole = replace(definitions, campaigns=campaigns, messages=content.messages, fragments=content.fragments)
    leads = {row["token"]: escape(row["address"]) for row in links(whole)}
    measured, plain = (
        Composer(one, content.messages.__getitem__, content.fragments.__getitem__, b"secret")
        for one in (whole, definitions)
    )
    followed = set()
    for item in items(definitions):
        html = preview(measured, item).html
        followed.update(re.findall(r"/l/([\w-]{22})", html))
        back = re.sub(rf"{definitions.workspace.public_url}/l/([\w-]{{22}})", lambda link: leads[link[1]], html)
        assert back == preview(plain, item).html
    assert len(followed) > 50
