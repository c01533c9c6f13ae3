"""What the sample workspace says: complete, in three languages, plain, and discreet where it must be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outreach.definitions import load
from outreach.definitions.loaded import Loaded
from outreach.definitions.model import NOTICES
from outreach.rendering.compiling import Content, compile_content

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"nl", "fr", "en"}
#: The eleven kinds that most social services have, and six more.
OFFERS = {
    "loan", "medical-costs", "advances", "medical-care", "psychosocial-help", "social-help", "hospital-insurance",
    "end-of-career", "benefits-for-children", "restaurant", "premiums",
    "discount-card", "saint-nicholas-gift", "youth-holidays", "coaching", "workshops", "pension-course",
}  # fmt: skip
#: Words that civil servants write and nobody says.
STIFF = re.compile(r"\b(aangaande|teneinde|gelieve|middels|derhalve|desgevallend|inzake|dient te|conform|u|uw)\b")
#: A longer sentence than this is two.
MOST_WORDS = 27


@pytest.fixture(scope="module")
def sample() -> Loaded:
    return load(ROOT)


@pytest.fixture(scope="module")
def content(sample) -> Content:
    assert sample.definitions is not None
    return compile_content(sample.definitions, sample.sources, sample.layouts, sample.offer_html)


def test_nothing_is_wrong_with_it(sample, content):
    assert not sample.problems
    assert not content.problems
    assert not sample.notes


def test_every_offer_says_what_how_who_and_when_in_three_languages(sample):
    offers = sample.definitions.offers
    assert set(offers) == OFFERS
    for offer in offers.values():
        assert set(offer.texts) == LANGUAGES
        for text in offer.texts.values():
            assert all((text.title, text.what, text.how, text.who, text.when, text.link))


def test_every_message_is_written_in_three_languages(content):
    # Twenty-two of its own, and the built-in words about the sessions that one campaign invites to.
    assert len(content.messages) == 22 + len(NOTICES)
    assert all(set(message.texts) == LANGUAGES for message in content.messages.values())


def test_sensitive_offers_have_words_to_keep_and_nothing_to_record(sample):
    sensitive = {offer.id: offer for offer in sample.definitions.offers.values() if offer.sensitive}
    assert set(sensitive) == {"loan", "advances", "psychosocial-help", "social-help"}
    assert all(offer.never_say and not offer.outcome for offer in sensitive.values())


def test_no_envelope_of_a_sensitive_campaign_says_what_is_inside(sample, content):
    workspace, offers = sample.definitions.workspace, sample.definitions.offers
    campaigns = [campaign for campaign in sample.definitions.campaigns.values() if campaign.sensitive]
    assert {campaign.id for campaign in campaigns} >= {"day-against-poverty", "psychosocial"}
    for campaign in campaigns:
        words = [word for offer in campaign.about for word in offers[offer].never_say]
        outside = [campaign.topic, *workspace.topics[campaign.topic].titles.values()]
        outside += [*workspace.senders[campaign.sender].names.values(), workspace.senders[campaign.sender].email]
        for step in campaign.steps:
            for text in content.messages[step.send].texts.values():
                heading = re.search(r"<h1[^>]*>(.*?)</h1>", text.html)
                assert heading
                outside += [text.subject, text.preheader, heading[1], *re.findall(r'href="(http[^"]*)"', text.html)]
        assert not [(word, line) for word in words for line in outside if re.search(rf"\b{word}", line, re.IGNORECASE)]


def test_nothing_is_fetched_when_a_mail_is_opened(content):
    for message in content.messages.values():
        for text in message.texts.values():
            assert "<img" not in text.html
            assert not re.search(r"@import|<link|url\(", text.html)


def test_links_lead_to_the_organisation_alone(sample, content):
    everything = [text.html for message in content.messages.values() for text in message.texts.values()]
    everything += [text.link for offer in sample.definitions.offers.values() for text in offer.texts.values()]
    hosts = {host for one in everything for host in re.findall(r'(?:href="|^)https?://([^/"]+)', one)}
    assert hosts == {"www.sociale-dienst.example"}


def test_every_mail_has_a_dark_side_a_heading_and_a_way_out(content):
    for message in content.messages.values():
        for text in message.texts.values():
            assert "prefers-color-scheme" in text.html
            assert text.html.count("<h1") == 1
            for place in ("unsubscribe", "choices", "about"):
                assert f"links.{place}" in text.html
                assert f"links.{place}" in text.text


def test_the_dutch_is_plain(sample):
    for source in sample.sources:
        if source.language == "nl":
            assert not STIFF.findall(source.body.casefold()), source.file


def test_sentences_are_short(sample):
    for source in sample.sources:
        spoken = re.sub(r"\{#.*?#\}|\]\([^)]*\)", "", source.body)
        spoken = re.sub(r"\{[{%].*?[%}]\}", "x", spoken)
        for sentence in re.split(r"(?<=[.?!:])[”\"»\s]+|\n+", spoken):
            assert len(re.findall(r"[\w’'-]+", sentence)) <= MOST_WORDS, f"{source.file}: {sentence}"
