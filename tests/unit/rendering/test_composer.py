"""A composed mail is the one that the standard library would have made, only faster."""

from __future__ import annotations

import email
import email.policy
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from outreach.definitions.model import Campaign
from outreach.delivery.channels.smtp.letters import letter
from outreach.errors import OutreachError
from outreach.rendering import wording
from outreach.rendering.headers import UnmailableAddress
from outreach.rendering.mail import Mail, joined
from outreach.rendering.measuring import Measure
from tests.unit.rendering import samples

NASTY = [
    "Zoë", "O'Brien", '"Quoted" \\ name', "<script>alert(1)</script>", "{{ person.email }}", "{% raw %}",
    "a\r\nBcc: x@y.z",
    "\n\n", "\r", "😀👩‍👩‍👧", "محمد علي", "שלום \u200fworld", "x" * 200, "é" * 200,
    ".dot", "..", "trailing  ", "\ttab ", " ", "=20",
    "=?utf-8?q?x?=", "&amp;", "null\0byte", "\u2028line", "a" * 75 + ".", "--=_letter", "From me", "",
]  # fmt: skip
VALUES = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
#: As it stands in HTML, and as it is.
LINK, ADDRESS = '<a href="https://www.example.org/a?b=1&amp;c=%C3%A9">', "https://www.example.org/a?b=1&c=%C3%A9"
STATIC = st.text(st.characters(exclude_characters="{}\r\0", exclude_categories=["Cs"]), max_size=120) | st.sampled_from(
    ["\n", ".\n.", " \n", "=" * 50, "x" * 90, "é", "<b>", "&", "\n.\n", "a" * 75, f"{LINK}Lees</a>"]
)
PRINTED = st.sampled_from(
    [
        "{{ person.first_name or 'jij' }}", "{{ person.city | default('-') | upper }}", "{{ sender.signature }}",
        "{{ organisation }}", "{{ campaign.title }}", "{{ reminder.number }}", "{{ reminder.number + 1 }}",
        "{{ offers }}",
        "{{ offer_count }}", "{{ links.unsubscribe }}", "{{ links.choices }}", "{{ date | day }}", "{{ date }}",
        "{{ links.browser }}", "{{ links.browser | length }}",
        "{{ person.first_name ~ '/' ~ person.entity if person.first_name and person.entity else 'niets' }}",
        "{{ 'a' if person.children else 'b' }}", "{{ person.children or 0 }}", "{{ '<i>' }}", "{{ 1.5 }}",
        "{{ person['entity'] or '' }}", "{{ links.about | length }}", "{{ offers | length }}",
        "{{ person.hired_on | day if person.hired_on else '' }}", "{{ person.hired_on or '' }}",
        "{% set own = person.city %}{{ own or '?' }}", "{% set own = 'vast' %}{{ own }}", "{{ language }}",
        "{% for i in range(3) %}{{ i }}.{% endfor %}", "{% for i in [] %}x{% else %}leeg{% endfor %}",
        "{% for i in range(2) %}{{ loop.index }}{{ person.first_name or '' }}\n{% endfor %}", "{# niets #}",
        "{{ answers.registered }}", "{{ answers['call-me'] }}", "{{ answers['call-me'] | length }}",
        "{% with w = person.entity %}{{ w or '' }}{% endwith %}",
    ]
)  # fmt: skip
CAPTURING = st.sampled_from(
    [
        "{% macro greet(x) %}<b>{{ x or 'jij' }}</b>{% endmacro %}{{ greet(person.first_name) }}",
        "{% filter upper %}abc {{ person.first_name or 'jij' }}{% endfilter %}",
        "{% set block %}<i>{{ person.city or '' }}</i>{% endset %}{{ block }}",
    ]
)


def branches(inner):
    conditions = st.sampled_from(
        ["person.first_name", "not person.city", "person.children and person.children > 1", "reminder.number",
         "offers", "offer_count > 1", "person.entity == 'X'", "language == 'nl'", "person.city is defined",
         "person.city is none", "person.grade in ['A', 'B']", "false"]
    )  # fmt: skip
    two = st.builds("{{% if {0} %}}{1}{{% else %}}{2}{{% endif %}}".format, conditions, inner, inner)
    three = st.builds(
        "{{% if {0} %}}{1}{{% elif {2} %}}{3}{{% else %}}{1}{{% endif %}}".format, conditions, inner, conditions, inner
    )
    loop = st.builds("{{% for n in range(2) %}}{0}{{% endfor %}}".format, inner)
    return two | three | loop | st.lists(inner, max_size=4).map("".join)


SPECIAL = st.recursive(STATIC | PRINTED, branches, max_leaves=14)
TEMPLATES = SPECIAL | st.builds("{}{}{}".format, SPECIAL, CAPTURING, SPECIAL)
SUBJECTS = st.sampled_from(
    ["Nieuws", "Dag {{ person.first_name or 'jij' }}", "é{{ person.entity or '' }}é", "{{ person.city or '-' }} " * 12,
     "{% if reminder.number %}Herinnering: {% endif %}Kom je ook?", "=?utf-8?q?nee?= {{ offer_count }}"]
)  # fmt: skip
PEOPLE = st.fixed_dictionaries(
    {
        "first_name": st.none() | VALUES, "city": st.none() | VALUES, "entity": st.none() | VALUES | st.just("X"),
        "children": st.none() | st.integers(0, 3), "hired_on": st.none() | st.dates(date(1980, 1, 1)),
        "grade": st.none() | st.sampled_from("ABCD"),
    }
)  # fmt: skip


PICKS = st.sampled_from([(), ("loan",), ("card", "loan"), ("premium",)])


def plain(source: str, kind: str, person: dict, picks: tuple[str, ...], links: dict[str, str], number: int) -> str:
    """What Jinja2 by itself makes of a template."""
    env = jinja2.Environment(autoescape=kind == "html", keep_trailing_newline=True)
    env.filters["day"] = lambda value: wording.day(value, "nl")
    env.finalize = lambda value: wording.day(value, "nl") if isinstance(value, date) else value
    sender = samples.WORKSPACE.senders["default"]
    shown = [samples.fragments(pick)["letter"]["nl"] for pick in picks]
    offers = Markup("".join(one.html for one in shown)) if kind == "html" else "".join(one.text for one in shown)
    known = {
        name: re.sub("\r\n?", "\n", value) if isinstance(value, str) else value
        for name, value in person.items() if value is not None
    }  # fmt: skip
    # In tests for none, a missing fact is none.
    env.tests["none"] = lambda value: isinstance(value, jinja2.Undefined)
    return env.from_string(source).render(
        person=known, sender={"name": sender.names["nl"], "email": sender.email, "phone": sender.phone,
                              "signature": sender.signatures["nl"]},
        organisation=samples.WORKSPACE.organisation["nl"], campaign={"title": samples.CAMPAIGN.title},
        reminder={"number": number}, offers=offers, offer_count=len(picks), links=links, date=date(2026, 11, 3),
        language="nl", answers=links,
    )  # fmt: skip


#: The link where it is measured.
MEASURED_LINK = '<a href="https://mail.example.org/l/' + Measure("newsletter", "letter", "nl", "").token(ADDRESS) + '">'


def campaigns(measured: bool) -> dict[str, Campaign]:
    return {"newsletter": replace(samples.CAMPAIGN, measure_links=measured)}


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def links_of(mail: Mail, signers) -> dict[str, str]:
    base, day = samples.WORKSPACE.public_url, samples.WHEN.date()
    topics = {"unsubscribe": "news", "choices": "news", "about": "news", "browser": "12"}
    links = {
        purpose: f"{base}/{path}/{signers[purpose].sign(7, topics[purpose], day)}"
        for purpose, path in (("unsubscribe", "u"), ("choices", "c"), ("about", "a"), ("browser", "b"))
    }
    answers = {outcome: signers["answer"].sign(7, f"12/{outcome}", day) for outcome in ("registered", "call-me")}
    return links | {outcome: f"{base}/r/{token}" for outcome, token in answers.items()}


def oracle(mail: Mail, subject: str, text: str, html: str, links: dict[str, str]) -> EmailMessage:
    """The same mail by the standard library."""
    made = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=998))
    made["From"] = "Sociale Dienst <dienst@example.org>"
    made["Reply-To"] = "vragen@example.org"
    made["List-Id"] = "Nieuwsbrief <news.example.org>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made["Auto-Submitted"] = "auto-generated"
    made["To"] = "jan@example.org"
    made["Subject"] = re.sub(" +", " ", re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", subject)).strip(" ")
    made["Date"] = samples.WHEN
    made["Message-ID"] = mail.message_id
    made["List-Unsubscribe"] = f"<{links['unsubscribe']}>"
    made.set_content(text, cte="quoted-printable")
    made.add_alternative(html, subtype="html", cte="quoted-printable")
    # Only now: set_content takes the fields of content with it into the part.
    made["Content-Language"] = "nl"
    return parsed(made.as_bytes())


def bodies(message: EmailMessage) -> list[str]:
    return [part.get_content().replace("\r\n", "\n").rstrip("\n") for part in message.iter_parts()]


def check_bytes(raw: bytes) -> None:
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not any(line.startswith(b".") for line in raw.split(b"\r\n"))


@samples.trials
@given(SUBJECTS, TEMPLATES, TEMPLATES, PEOPLE, PICKS, st.integers(0, 2), st.booleans())
@example(
    "Dag",
    "{{ person.first_name or '' }}",
    "{{ person.first_name or '' }}",
    dict.fromkeys(("first_name", "city", "entity", "children", "hired_on", "grade")) | {"first_name": "a\r\n\r\n.b"},
    (),
    0,
    True,
)
def test_the_mail_is_the_one_the_library_makes(subject, html, text, person, picks, number, measured):
    composer = samples.composer(subject, html, text, campaigns=campaigns(measured))
    mail = composer.compose(samples.item(person, picks=picks, repetition=number))
    links = links_of(mail, composer._signers)
    ours = parsed(mail.to_bytes())
    check_bytes(mail.to_bytes())
    # What goes over the wire, with nothing left to mend and no dot to stuff.
    assert letter(mail).message == mail.to_bytes()
    given = [
        plain(source, kind, person, picks, links, number)
        for source, kind in ((subject, "subject"), (text, "text"), (html, "html"))
    ]
    if measured:
        given[2] = given[2].replace(LINK, MEASURED_LINK)
    theirs = oracle(mail, *given, links)
    # Not so the library's subject: it lets a text that looks like an encoded word pass as one.
    assert ours["Subject"] == re.sub(" +", " ", re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", given[0])).strip(" ")
    for name in set(theirs.keys()) - {"Content-Type", "Subject"}:
        assert str(ours[name]) == str(theirs[name]), name
    assert set(ours.keys()) == set(theirs.keys())
    assert [part.get_content_type() for part in ours.iter_parts()] == ["text/plain", "text/html"]
    assert bodies(ours) == bodies(theirs)
    assert not ours.defects
    assert not any(part.defects for part in ours.walk())


@samples.trials
@given(SPECIAL, PEOPLE, st.booleans())
def test_what_can_be_specialised_says_the_same_as_what_cannot(source, person, measured):
    caught, given = source + "{% macro m() %}{% endmacro %}", campaigns(measured)
    fast = samples.composer("s", source, source, campaigns=given).compose(samples.item(person))
    slow = samples.composer("s", caught, caught, campaigns=given)
    ours, theirs = letter(fast).message, letter(slow.compose(samples.item(person))).message
    assert bodies(parsed(ours)) == bodies(parsed(theirs))


def test_a_skeleton_holds_nothing_of_the_person_and_is_shared():
    name = "{{ person.first_name }}"
    composer = samples.composer(f"Dag {name}", f"<p>{name}</p>\n", f"{name}\n")
    first = composer.compose(samples.item({"first_name": "Annelies"}))
    second = composer.compose(samples.item({"first_name": "Bart"}, key="newsletter/first/2026-11-03/0/8"))
    assert first.skeleton is second.skeleton
    assert b"Annelies" not in b"".join(first.skeleton.chunks)
    assert b"Annelies" in first.to_bytes()


def test_the_same_item_always_gives_the_same_bytes():
    made = [
        samples.composer("Dag", "<p>{{ offers }}</p>\n", "{{ offers }}").compose(samples.item(picks=("card", "loan")))
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_a_mail_is_rebuilt_from_its_chunks_and_fields():
    mail = samples.composer("Dag", "<p>{{ links.about }}</p>\n", "x").compose(samples.item())
    assert joined(mail.skeleton.chunks, mail.fields) == mail.to_bytes()


def test_the_one_click_link_stands_on_one_line_unencoded():
    raw = samples.composer("Dag", "x", "x").compose(samples.item()).to_bytes()
    assert re.search(rb"\r\nList-Unsubscribe: <https://mail\.example\.org/u/[A-Za-z0-9_-]{52}>\r\n", raw)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


@pytest.mark.parametrize("topic", ["news", "a-topic-of-one-and-thirty-letters", "a-topic-" * 12 + "end"])
def test_a_link_stands_whole_on_lines_that_mail_allows_however_long_its_topic_is(topic):
    links = "{{ links.choices }} {{ answers.registered }} {{ links.unsubscribe }}\n"
    campaigns = {"newsletter": replace(samples.CAMPAIGN, topic=topic)}
    composer = samples.composer("Dag", f'<a href="{{{{ links.about }}}}">x</a> {links}', links, campaigns=campaigns)
    raw = composer.compose(samples.item(delivery=123_456_789)).to_bytes()
    check_bytes(raw)
    message = parsed(raw)
    text, html = bodies(message)
    assert text.split() == html.split("</a>")[1].split()
    assert text.split()[2] == message["List-Unsubscribe"].strip("<>")


def test_a_message_not_written_in_the_language_is_sent_in_the_first_one():
    mail = samples.composer("Dag", "x", "x").compose(samples.item(language="fr"))
    assert parsed(mail.to_bytes())["Content-Language"] == "nl"


def test_offers_stand_in_the_order_in_which_they_were_picked():
    mail = samples.composer("Dag", "{{ offers }}", "{{ offers }}").compose(samples.item(picks=("card", "loan")))
    text, html = bodies(parsed(mail.to_bytes()))
    assert text == "Aanbod card é\n\nAanbod loan é"
    assert html == "<h2>Aanbod card é</h2>\n<h2>Aanbod loan é</h2>"


def test_a_missing_fact_is_never_printed_as_a_hole():
    with pytest.raises(UndefinedError, match=r"person\.first_name"):
        samples.composer("Dag", "{{ person.first_name }}", "x").compose(samples.item({"first_name": None}))


def test_a_fact_that_was_not_read_is_not_a_missing_one():
    with pytest.raises(OutreachError, match="first_name"):
        samples.composer("Dag", "{{ person.first_name or '' }}", "x").compose(samples.item({}))


def test_facts_are_those_of_every_part_and_language():
    composer = samples.composer("{{ person.city }}", "{{ person['grade'] }}", "{% if person.children %}x{% endif %}")
    assert composer.facts("letter") == {"city", "grade", "children"}


def test_an_umlaut_domain_is_mailed_and_a_local_part_outside_ascii_is_not():
    composer = samples.composer("Dag", "x", "x")
    assert composer.compose(samples.item(address="jan@bücher.example")).recipient == "jan@xn--bcher-kva.example"
    with pytest.raises(UnmailableAddress):
        composer.compose(samples.item(address="zoë@example.org"))


@pytest.mark.parametrize(
    "address", ["", "jan", "jan@", "@x.be", "a b@x.be", "a@x.be\r\nBcc: y@z.be", "<a@x.be>", "a@x.be,b@x.be",
                "a@[1.2.3.4]",
                "a..b@x.be", "a@x..be", "a@-x.be", "x" * 65 + "@x.be"]
)  # fmt: skip
def test_what_is_no_address_is_refused_without_being_named(address):
    with pytest.raises(UnmailableAddress) as caught:
        samples.composer("Dag", "x", "x").compose(samples.item(address=address))
    assert not address or address not in str(caught.value)


def test_reminders_have_their_own_skeleton_when_they_say_something_else():
    composer = samples.composer("Dag", "{% if reminder.number %}Nog eens{% endif %}", "x")
    said = [bodies(parsed(composer.compose(samples.item(repetition=number)).to_bytes()))[1] for number in (0, 1)]
    assert said == ["", "Nog eens"]


def test_a_loop_in_every_mail_is_counted_for_each_alone():
    composer = samples.composer("Dag", "{% for i in range(900) %}.{% endfor %}", "x")
    assert len({composer.compose(samples.item()).message_id for _ in range(50)}) == 1


def test_a_signature_of_several_lines_keeps_them_in_html():
    sender = replace(samples.WORKSPACE.senders["default"], signatures={"nl": "Lieve <C>\nvoor het team\n"})
    workspace = replace(samples.WORKSPACE, senders={"default": sender})
    mail = samples.composer("Dag", "{{ sender.signature }}", "{{ sender.signature }}", workspace=workspace)
    text, html = bodies(parsed(mail.compose(samples.item()).to_bytes()))
    assert text == "Lieve <C>\nvoor het team"
    assert html == "Lieve &lt;C&gt;<br>\nvoor het team"


def test_composing_loads_none_of_the_compilers():
    code = (
        "import sys, outreach.rendering.composer\n"
        "heavy = {'markdown_it', 'mjml', 'css_inline', 'babel', 'pydantic', 'email.message', 'idna'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
