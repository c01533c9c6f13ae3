"""Which links of a message are measured, and that nothing else of it changes."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.model import Fragment, Message, MessageText
from outreach.rendering.composer import Composer
from outreach.rendering.measuring import TOKEN, Measure
from tests.unit.rendering import samples

MEASURE = Measure("newsletter", "letter", "nl", "https://mail.example.org")
MEASURED = replace(samples.CAMPAIGN, measure_links=True)
OURS = re.compile(r"https://mail\.example\.org/l/([A-Za-z0-9_-]{22})(?=\")")

ADDRESSES = st.from_regex(r"https?://[a-z]{1,9}\.example(?:/[a-zé0-9&=?#%<>\'{}. -]{0,20})?", fullmatch=True)
WORDS = st.sampled_from(["Lees meer", "<strong>hier</strong>", "{{ offer_count }} nieuwe", "", '<img src="x" alt="">'])
LINKS = st.builds('<a class="b" href="{}" target="_blank">{}</a>'.format, ADDRESSES.map(escape), WORDS)
OTHERS = st.sampled_from(
    [
        "<p>tekst</p>\n", "{% if person.children > 2 %}", "{% endif %}", '{{ "<a href=" }}',
        '{# <a href="https://c.example">x</a> #}', "{{- 'x' -}} ", " {%- set a = 1 %}",
        '<a href="{{ links.choices }}">Kies</a>', '<a href="https://a.example/{{ person.city }}">Stad</a>',
        '<a href="mailto:a@b.example">Mail</a>', '<a href="tel:025550100">Bel</a>', "<a>",
        '<a {% if x > 1 %}title=">"{% endif %} href="https://hole.example/{% if y %}a{% endif %}">x</a>',
    ]
)  # fmt: skip
HTML = st.lists(LINKS | OTHERS, max_size=8).map("".join)


@samples.trials
@given(HTML)
def test_whoever_puts_the_addresses_back_has_the_template_again(html: str) -> None:
    found = {MEASURE.token(address): address for address in MEASURE.addresses(html)}
    measured = MEASURE.measured(html)
    assert set(OURS.findall(measured)) == set(found)
    back = OURS.sub(lambda link: escape(found[link[1]]), measured)
    # White space that a tag takes away is gone in either.
    assert re.sub(r"\s", "", back) == re.sub(r"\s", "", html)


@samples.trials
@given(st.lists(LINKS, max_size=6))
def test_every_link_to_a_page_is_measured(links: list[str]) -> None:
    written = [unescape(re.findall('href="([^"]*)"', link)[0]) for link in links]
    html = "<p>".join(["", *links, "{{ person.city }}"])
    assert MEASURE.addresses(html) == list(dict.fromkeys(one for one in written if not re.search(r"\{[{%#]", one)))


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:dienst@example.org">Schrijf ons</a>',
        '<a href="tel:025550100">Bel</a>',
        '<a href="{{ links.unsubscribe }}">Stop</a>',
        '<a href="{{ answers.registered }}">Ik kom</a>',
        '<a href="https://www.example.org/{{ person.city }}">Jouw stad</a>',
        '<a href="https://www.example.org/{% if person.children %}kinderen{% endif %}">Gezin</a>',
        '<a href="{{ session.link }}">Infosessie</a>',
        '<a href="https://mail.example.org">Wij</a>',
        '<a href="https://mail.example.org/u/x">Wij</a>',
        '<a href="https://www.example.org/a">https://www.example.org/a</a>',
        '<a href="https://www.example.org/a">www.example.org</a>',
        '<a href="https://example.org/a">Kijk op <b>Example.org</b></a>',
        '<a href="https://">Leeg</a>',
        '<a name="https://www.example.org">Anker</a>',
        '<img src="https://www.example.org/a.png" alt="">',
    ],
)
def test_what_is_not_measured_stays_as_it_was_written(html: str) -> None:
    assert (MEASURE.addresses(html), MEASURE.measured(html)) == ([], html)


def test_a_token_names_campaign_message_language_and_address_and_no_reader() -> None:
    others = [replace(MEASURE, **{part: "x"}) for part in ("campaign", "message_id", "language")]
    tokens = [
        one.token(address) for one in (MEASURE, *others) for address in ("https://a.example", "https://b.example")
    ]
    assert len(set(tokens)) == len(tokens)
    assert all(TOKEN.fullmatch(token) for token in tokens)


def test_all_readers_have_the_same_link_in_the_same_skeleton() -> None:
    html = '<p>{{ person.first_name }}</p><p><a href="https://www.example.org/a?b=1&amp;c=2">Lees</a></p>'
    composer = samples.composer("Dag", html, "Lees: https://www.example.org/a\n", campaigns={"newsletter": MEASURED})
    keys = [f"newsletter/first/2026-11-03/0/{number}" for number in (7, 8)]
    mails = [composer.compose(samples.item({"first_name": "An"}, key=key)) for key in keys]
    token = MEASURE.token("https://www.example.org/a?b=1&c=2")
    assert mails[0].skeleton is mails[1].skeleton
    shared = b"".join(mails[0].skeleton.chunks).replace(b"=\r\n", b"").decode()
    assert f'<a href=3D"https://mail.example.org/l/{token}">Lees</a>' in shared
    assert "Lees: https://www.example.org/a\r\n" in shared


@pytest.mark.parametrize("template", ["{{ offers }}", "{% if offers %}{{ offers ~ '' }}{% endif %}"])
def test_offers_are_measured_as_part_of_the_message_but_for_sensitive_ones(template: str) -> None:
    html = '<p><a href="https://example.org/{}">Meer</a></p>\n'
    fragments = {name: {"letter": {"nl": Fragment(html.format(name), "Meer\n")}} for name in samples.OFFERS}
    offers = {**samples.OFFERS, "card": replace(samples.OFFERS["card"], sensitive=True)}
    definitions = samples.definitions(campaigns={"newsletter": MEASURED}, offers=offers)
    letter = Message("letter", {"nl": MessageText("Dag", "", template, "x")}, "letter")
    composer = Composer(definitions, lambda _: letter, fragments.__getitem__, samples.SECRET)
    made = composer.compose(samples.item(picks=("loan", "card"))).to_bytes().replace(b"=\r\n", b"").decode()
    assert f"/l/{MEASURE.token('https://example.org/loan')}" in made
    assert "https://example.org/card" in made
    assert "https://example.org/loan" not in made
