"""What `check` finds in messages, layouts and offers, and what comes out of those that are sound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.model import Condition, Field, LayoutSource, Offer, OfferText, Pick, Remind, Span, Start
from outreach.rendering.compiling import compile_content
from outreach.rendering.composer import Composer
from outreach.rendering.inspecting import visible_words
from outreach.rendering.previewing import preview
from tests.unit.rendering import samples

DEBT = Offer(
    "loan", {"nl": OfferText("Schuldhulp", "Wat", "Hoe", "Wie", "Wanneer", "https://example.org/3")}, sensitive=True,
    never_say=("schuld", "dètte"),
)  # fmt: skip


ABOUT = replace(
    samples.CAMPAIGN, steps=(replace(samples.CAMPAIGN.steps[0], pick=None),), about=("loan", "card")
)  # fmt: skip


def compiled(*sources, layouts=None, offer_html=None, **changes):
    if not any("offers }}" in source.body for source in sources):
        # Only what shows offers is sent by steps that pick some.
        changes = {"campaigns": {"newsletter": ABOUT}, **changes}
    return compile_content(samples.definitions(**changes), sources, layouts or samples.layouts(), offer_html)


def found(*sources, **given):
    return [(problem.line, problem.column, problem.message) for problem in compiled(*sources, **given).problems]


def test_a_sound_message_has_no_problems():
    content = compiled(samples.source("# Titel\n\nDag {{ person.first_name or 'jij' }}\n\n{{ offers }}\n"))
    assert content.problems == ()
    text = content.messages["letter"].texts["nl"]
    assert "Titel" in text.html
    said = "Titel\n=====\n\nDag {{ person.first_name or 'jij' }}\n\n{{ offers }}{{ organisation }}"
    assert text.text.startswith(said)
    assert set(content.fragments["loan"]["letter"]) == {"nl", "fr"}


def test_a_text_without_its_layout_keeps_the_conditions_and_blocks_of_the_layout():
    shown = "<p>Brief</p>{% if person.city %}{{ content }}{% else %}<p>Dag</p>{{ content }}{% endif %}{{ offers }}"
    layouts = samples.layouts(samples.LAYOUT.replace("{{ content }}", shown))
    content = compiled(samples.source("Kom!\n\n{{ sender.signature }}"), layouts=layouts)
    text = content.messages["letter"].texts["nl"]
    assert "Stop: {{ links.unsubscribe }}" in text.text
    kept = [word for word in ("Brief", "Dag", "organisation", "unsubscribe") if word in text.bare]
    assert (text.bare.count("Kom!"), "{{ offers }}" in text.bare, kept) == (2, True, [])
    assert "{% if person.city %}" in text.bare
    assert "{% endif %}" in text.bare


def test_a_message_that_is_mjml_by_itself_has_no_text_without_layout():
    source = samples.source(
        samples.LAYOUT.replace("{{ content }}", "Kom!"), kind="mjml", file="templates/letter/nl.mjml"
    )
    assert compiled(source).messages["letter"].texts["nl"].bare == ""


def test_every_part_is_tagged_with_its_language():
    html = compiled(samples.source("Dag")).messages["letter"].texts["nl"].html
    assert '<html lang="nl" dir="ltr"' in html
    both = compiled(samples.source("x", language="fr"), samples.source("Dag")).messages["letter"].texts
    assert both["fr"].html.count('lang="fr"') == 2


def test_the_preheader_and_subject_stand_in_the_layout_escaped():
    html = compiled(samples.source("x", subject="A & {{ person.city or 'B' }}", preheader='"<i>"')).messages["letter"]
    assert "<title>A &amp; {{ person.city or 'B' }}</title>" in html.texts["nl"].html
    assert '"&lt;i&gt;"</div>' in html.texts["nl"].html.replace("&quot;", '"')


@pytest.mark.parametrize(
    ("body", "line", "column", "message"),
    [
        ("Dag {{ person.frist_name }}", 5, 15, "people have no field `frist_name`"),
        ("\n\nDag {{ persn.first_name }}", 7, 8, "there is no `persn`"),
        ("{{ person.age }}", 5, 11, "`person.age` exists for segments only"),
        ("{{ organisation.__class__ }}", 5, 17, "`organisation.__class__` may not be used"),
        ("{{ sender.nmae }}", 5, 11, "there is no `sender.nmae`"),
        ("{{ person }}", 5, 4, "`person` is not a text"),
        ("a\n{% if person.city %}x", 6, 1, "the template cannot be read"),
        ("{{ 'a' | upcase }}", 5, 1, "the template cannot be read"),
        ("{% include 'x' %}", 5, 4, "`{% include %}` is not available in messages"),
        ("{% set offers = 1 %}", 5, 8, "`offers` cannot be set"),
        ("{{ content }}", 5, 4, "`content` is for layouts only"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_is_found_at_its_line(body, line, column, message):
    problems = found(samples.source(body))
    assert [(at, where) for at, where, _ in problems] == [(line, column)]
    assert message in problems[0][2]


def test_a_misspelt_field_names_its_neighbour():
    (problem,) = compiled(samples.source("{{ person.frist_name }}")).problems
    assert problem.remedy == "Did you mean `person.first_name`?"


def test_a_part_of_what_has_none_is_told_from_a_misspelt_one():
    (problem,) = compiled(samples.source("{{ organisation.name }}")).problems
    assert problem.remedy == "Write `organisation` alone: it has no parts."


KNOWN_ANSWERS = 'Known here: `answers["call-me"]`, `answers["registered"]`.'


@pytest.mark.parametrize(
    ("written", "message", "remedy"),
    [
        ("{{ answers.attend }}", "there is no answer `attend`", KNOWN_ANSWERS),
        ("{{ answers }}", "`answers` is not a text", KNOWN_ANSWERS),
        (
            "{{ answers.attended }}",
            "`attended` is nothing that readers say themselves",
            "Say in outreach.yaml how they say it: `web: {answers: {attended: …}}`.",
        ),
    ],
)
def test_an_answer_that_readers_cannot_give_is_refused(written, message, remedy):
    (problem,) = compiled(samples.source(f"Dag\n\n[x]({written})")).problems
    assert (problem.line, problem.message, problem.remedy) == (7, message, remedy)


def test_answers_are_links_of_a_message_and_none_of_a_sensitive_campaigns():
    body = "[Ik kom]({{ answers.registered }})\n\n**[Bel mij]({{ answers['call-me'] }})**"
    assert found(samples.source(body)) == []
    sensitive = {"newsletter": replace(ABOUT, sensitive=True)}
    (problem,) = compiled(samples.source(body), campaigns=sensitive).problems
    assert (problem.line, problem.message) == (
        5, "the campaign newsletter is sensitive, and this text would record who answers"
    )  # fmt: skip


def test_an_unknown_name_hides_neither_links_nor_what_the_envelope_says():
    source = samples.source("{{ persn }}\n\n[x](http://example.org) [y]({{ links.choices }})", subject="Je schulden")
    messages = [problem.message for problem in compiled(source, offers={"loan": DEBT}).problems]
    assert len(messages) == 3
    assert "the subject says “schuld”" in messages[0]
    assert "there is no `persn`" in messages[1]
    assert "http://example.org" in messages[2]


def test_own_fields_are_known():
    workspace = replace(samples.WORKSPACE, fields={"team": Field("team", "text", custom=True)})
    assert found(samples.source("{% if person.team %}{{ person.team }}{% endif %}"), workspace=workspace) == []


@pytest.mark.parametrize(
    "body",
    [
        "Dag {{ person.first_name }}",
        "x\n\n{% if person.city %}y{% endif %} {{ person.first_name | upper }}",
        "{% if person.first_name %}{{ person.first_name }} {{ person.last_name }}{% endif %}",
        "{% if person.household == 'single' %}{{ person.children }}{% endif %}",
        "{% if person.children > 1 %}x{% endif %}",
        "{{ 'Beste ' ~ person.last_name }}",
        "{% if reminder.number > 0 %}{{ person.city }}{% endif %}",
        "{% if offer_count %}{{ person.city }}{% endif %}",
        "{% if person.grade == 'D' %}{{ person.city }}{% endif %}",
        "{{ person.born_on | day }}",
    ],
)
def test_an_optional_fact_printed_unguarded_is_found(body):
    problems = found(samples.source(body))
    assert len(problems) == 1
    assert problems[0][0] == 5 + body.count("\n")
    assert "is missing for some people and is printed without being tested" in problems[0][2]


@pytest.mark.parametrize(
    "body",
    [
        "{{ person.first_name or 'jij' }}", "{{ person.first_name | default('jij') }}",
        "{% if person.first_name is none %}a{% else %}{{ person.first_name }}{% endif %}",
        "{% if person.first_name is defined %}{{ person.first_name }}{% endif %}",
        "{% if not person.city %}x{% endif %}", "{{ person.status }} {{ person.language }}",
        "{% if person.children and person.children > 1 %}{{ person.children }}{% endif %}",
        "{% if person.household in ['single', 'couple'] %}x{% endif %}",
        "{{ person.contract_ends_on | day if person.contract_ends_on else '' }}",
    ],
)  # fmt: skip
def test_an_optional_fact_that_is_tested_passes(body):
    assert found(samples.source(body)) == []


def test_an_unguarded_fact_in_a_subject_is_found_there():
    (problem,) = compiled(samples.source("x", subject="Dag {{ person.first_name }}")).problems
    assert (problem.line, problem.path) == (2, "subject")


def test_an_unguarded_fact_in_a_layout_is_found_there():
    layout = samples.LAYOUT.replace("<p>{{ organisation }}", "<p>{{ person.city }}")
    (problem,) = compiled(samples.source("x"), layouts=samples.layouts(layout)).problems
    assert (problem.file, problem.line) == ("templates/layouts/letter.mjml", 11)


def test_a_yes_no_fact_cannot_be_printed():
    workspace = replace(samples.WORKSPACE, fields={"shifts": Field("shifts", "yes/no", custom=True)})
    (problem,) = found(samples.source("{{ person.shifts or '' }}"), workspace=workspace)
    assert "yes/no" in problem[2]


@pytest.mark.parametrize("subject", ["", "  ", "{% if person.city %}Dag{% endif %}"])
def test_an_empty_subject_is_found(subject):
    assert "subject is empty" in found(samples.source("x", subject=subject))[0][2]


def test_a_subject_too_long_is_found():
    assert "160 characters" in found(samples.source("x", subject="x" * 160))[0][2]


def test_an_unknown_layout_is_left_to_the_definitions():
    assert found(samples.source("x", layout="lettre")) == []


def test_languages_share_one_layout():
    layouts = {**samples.layouts(), "other": replace(samples.layouts()["letter"], id="other")}
    french = samples.source("x", language="fr", layout="other", file="fr.md")
    assert "the layout is `other`, in nl it is `letter`" in found(samples.source("x"), french, layouts=layouts)[0][2]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{{ content }}", "niets", "does not show the content"),
        ("<mj-preview>{{ preheader }}</mj-preview>", "", "does not show the preheader"),
        ("<mj-column>", '<mj-column width="{{ reminder.number }}px">', "stands where MJML drops it"),
        ("{{ organisation }}", "{{ organization }}", "there is no `organization`"),
        ("<mj-text><p>", "<mj-txt><p>", "MJML has no `<mj-txt>`"),
    ],
)
def test_a_broken_layout_is_found_once_however_many_messages_use_it(old, new, message):
    layouts = samples.layouts(samples.LAYOUT.replace(old, new))
    content = compiled(samples.source("x"), samples.source("y", id="other", file="b.md"), layouts=layouts)
    assert message in content.problems[0].message
    assert {problem.file for problem in content.problems} == {"templates/layouts/letter.mjml"}


def test_a_layout_that_shows_the_content_twice_is_found_at_the_second():
    layout = samples.LAYOUT.replace("{{ content }}", "{{ content }}\n<b>{{ content }}</b>\n{# {{ content }} #}")
    (problem,) = compiled(samples.source("x"), layouts=samples.layouts(layout)).problems
    first = next(number for number, line in enumerate(layout.split("\n"), 1) if "{{ content }}" in line)
    assert (problem.file, problem.line) == ("templates/layouts/letter.mjml", first + 1)
    assert problem.column == layout.split("\n")[first].find("{{ content }}") + 1
    assert "more than once" in problem.message
    assert problem.remedy.startswith("Keep one")


@pytest.mark.parametrize(
    "shown",
    [
        "{% if language == 'fr' %}{{ content }}{% endif %}{% if language != 'fr' %}{{ content }}{% endif %}",
        "{% if person.city %}{{ content }}{% elif person.role %}<b>{{ content }}</b>{% else %}{{ content }}{% endif %}",
        "<!-- {{ content }} is where the message goes -->{{ content }}",
    ],
)
def test_a_layout_may_show_the_content_in_each_of_its_branches(shown):
    layouts = samples.layouts(samples.LAYOUT.replace("{{ content }}", shown))
    assert compiled(samples.source("x"), layouts=layouts).problems == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[x](http://example.org)", "the link http://example.org is not one"),
        ("tekst\n\n[x](www.example.org)", "the link www.example.org is not one"),
        ("![](https://example.org/a.png)", "has no description"),
        ("![a](http://example.org/a.png)", "the picture http://example.org/a.png is not one"),
        ("[x](javascript:alert(1))", "the link javascript:alert(1 is no address of a page"),
        ("[x](data:text/html,x)", "the link data:text/html,x is no address of a page"),
        ("[x]()", "a link leads nowhere"),
        ("[x](mailto:)", "the link mailto: lacks its address"),
    ],
)
def test_links_and_pictures_are_looked_at(body, message):
    (problem,) = found(samples.source(body))
    assert message in problem[2]
    assert problem[0] == 5 + body.count("\n")
    assert problem[1] > 0


def test_a_step_that_picks_has_a_message_that_shows_the_offers_in_every_language():
    given = {"campaigns": {"newsletter": samples.CAMPAIGN}}
    french = samples.source("x", language="fr", file="templates/letter/fr.md")
    (problem,) = compiled(samples.source("{{ offers }}"), french, **given).problems
    assert (problem.file, problem.line, problem.column) == ("templates/letter/fr.md", 5, 1)
    assert "newsletter/first picks offers" in problem.message


def test_the_reminders_of_a_step_that_picks_show_the_offers_too():
    remind = Remind(Span(days=7), 1, Condition(), ("again",))
    step = replace(samples.CAMPAIGN.steps[0], remind=remind)
    given = {"campaigns": {"newsletter": replace(samples.CAMPAIGN, steps=(step,))}}
    (problem,) = compiled(
        samples.source("{{ offers }}"), samples.source("x", id="again", file="again.md"), **given
    ).problems
    assert problem.file == "again.md"


def test_a_message_that_no_step_picks_offers_for_shows_none():
    (problem,) = compiled(samples.source("Dag\n\n  {{ offers }}"), campaigns={"newsletter": ABOUT}).problems
    assert (problem.line, problem.column) == (7, 6)
    assert "no step that sends it picks any" in problem.message


def test_a_message_without_words_is_found():
    (problem,) = found(samples.source(" \n"))
    assert problem[0] == 5
    assert problem[2] == "the message is empty"


def test_a_template_of_offers_says_all_that_people_decide_by():
    template = LayoutSource("offer", "templates/layouts/offer.html", "<p>{{ offer.title }} {{ offer.what }}</p>")
    (problem,) = compiled(samples.source("x"), offer_html=template).problems
    assert (problem.line, problem.column) == (1, 1)
    assert problem.message == "the template of offers leaves out offer.how, offer.who, offer.when"


def test_a_problem_of_a_subject_stands_where_its_value_starts():
    source = samples.source("x", subject="Dag {{ person.first_name }}", columns={"subject": 10})
    (problem,) = compiled(source).problems
    assert (problem.line, problem.column) == (2, 10)


def test_a_link_says_nothing_of_the_person():
    (problem,) = found(samples.source("Dag\n\n[x](https://example.org/?n={{ person.city or '' }})"))
    assert problem[:2] == (7, 5)
    assert "something about the reader" in problem[2]


@pytest.mark.parametrize(
    "body", ["a <b>vet</b>", "<p>x</p>", "x<br>y", "<!-- x -->", "<script>x</script>", '<a href="https://x.be">x</a>']
)
def test_html_in_markdown_is_found_beside_whatever_else_there_is(body):
    problems = found(samples.source(body + "\n{{ person.city }}"))
    assert "would be shown as it is written" in problems[0][2]
    assert "without being tested" in problems[-1][2]


@pytest.mark.parametrize(
    "body",
    [
        "Zie [hier] (https://example.org/)",
        "Zie [hier](https://example.org/een pagina)",
        "Zie [hier](https://example.org/\n\nDag",
        "Zie [hier] (www.example.org)",
    ],
)
def test_a_link_that_markdown_does_not_take_for_one_is_found(body):
    (problem,) = found(samples.source("Dag\n\n" + body))
    assert problem[:2] == (7, 5)
    assert "is no link, and would be shown as it is written" in problem[2]


@pytest.mark.parametrize(
    "body",
    [
        "[hier](https://example.org/a_(b))",
        '[hier](https://example.org/ "een titel")',
        "[hier](<https://example.org/een pagina>)",
        "[hier] (of bel ons)",
        "Bel [ons](https://example.org/) (gratis) of [mail](mailto:a@example.org)",
        "[hier][1]\n\n[1]: https://example.org/",
    ],
)
def test_what_only_looks_like_a_broken_link_passes(body):
    assert found(samples.source(body)) == []


def test_a_macro_that_calls_itself_without_end_is_told():
    (problem,) = found(samples.source("{% macro a() %}{{ a() }}{% endmacro %}Dag {{ a() }}"))
    assert "a macro calls itself without end" in problem[2]


@pytest.mark.parametrize(
    "body", ["<https://example.org>", "<me@example.org>", "a < b > c", "a <3", "{% if 1 < 2 %}x{% endif %}"]
)
def test_what_only_looks_like_html_passes(body):
    assert found(samples.source(body)) == []


def test_a_draft_with_holes_is_judged_as_far_as_it_goes():
    workspace = replace(samples.WORKSPACE, senders={}, topics={})
    assert found(samples.source("{{ sender.name }}x"), workspace=workspace, offers={"loan": Offer("loan", {})}) == []
    assert found(samples.source("x"), workspace=replace(workspace, languages=())) == []


def test_links_of_ours_mail_and_telephone_pass():
    body = "[a]({{ links.choices }}) [b](mailto:x@example.org) [c](tel:025550100) [d](https://example.org)"
    assert found(samples.source(body)) == []


def test_a_mail_that_would_be_cut_is_found():
    (problem,) = found(samples.source("Heel lang verhaal. " * 4_000))
    assert "80 kB" in problem[2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subject": "Je schulden de baas"}, "the subject says “schuld”"),
        ({"subject": "SCHÜLD"}, "the subject says “schuld”"),
        ({"preheader": "Vos DETTES"}, "the preheader says “dètte”"),
        ({"subject": "{% if person.city %}Schuldhulp{% else %}Dag{% endif %}"}, "the subject says “schuld”"),
        ({"body": "[x](https://example.org/Schuldhulp)"}, "the link https://example.org/Schuldhulp says “schuld”"),
        ({"body": "[x](https://example.org/s%63huld)"}, "says “schuld”"),
        ({"body": "[x](https://example.org/sch-uld)"}, "says “schuld”"),
    ],
)
def test_the_envelope_never_says_a_sensitive_word(changes, message):
    source = samples.source(**{"body": "Schulden? Dat mag hier.", **changes})
    (problem,) = compiled(source, offers={"loan": DEBT}).problems
    assert message in problem.message
    assert "loan" in problem.message


def test_the_inside_may_say_it():
    assert found(samples.source("Schulden? Bel ons."), offers={"loan": DEBT}) == []


def test_messages_of_campaigns_that_are_not_about_it_may_say_it_outside():
    step = replace(samples.CAMPAIGN.steps[0], pick=Pick(("card",), 1))
    campaigns = {"newsletter": replace(samples.CAMPAIGN, steps=(step,))}
    given = {"offers": {**samples.OFFERS, "loan": DEBT}, "campaigns": campaigns}
    assert found(samples.source("{{ offers }}", subject="Je schulden"), **given) == []
    about = {"newsletter": replace(samples.CAMPAIGN, steps=(step,), about=("loan",))}
    assert len(found(samples.source("{{ offers }}", subject="Je schulden"), **{**given, "campaigns": about})) == 1


def test_offers_are_escaped_and_never_templates():
    offer = Offer("card", {"nl": OfferText("<b>&", "{{ secret }}", "Hoe", "Wie", "Wanneer")})
    fragment = compiled(samples.source("x"), offers={"card": offer}).fragments["card"]["letter"]["nl"]
    assert "&lt;b&gt;&amp;" in fragment.html
    assert "{{ secret }}" in fragment.html
    assert "<b>&" in fragment.text


def test_offers_take_the_styles_of_the_layout():
    html = compiled(samples.source("x")).fragments["card"]["letter"]["nl"].html
    assert '<p style="margin: 0 0 16px;">Wat é</p>' in html


def test_a_broken_template_of_offers_is_found_at_its_line():
    template = LayoutSource("offer", "templates/layouts/offer.html", "<p>\n{{ offer.titel }}</p>")
    (problem,) = compiled(samples.source("x"), offer_html=template).problems
    assert (problem.file, problem.line) == ("templates/layouts/offer.html", 2)


def test_a_message_may_be_mjml_of_its_own():
    body = samples.LAYOUT.replace("{{ content }}", "<h1>Dag {{ person.first_name or 'jij' }}</h1>{{ offers }}")
    content = compiled(samples.source(body, kind="mjml", file="templates/letter/nl.mjml"))
    assert content.problems == ()
    assert content.messages["letter"].texts["nl"].text.startswith("Dag {{ person.first_name or 'jij' }}\n")


def test_offers_at_the_end_of_the_text_have_an_empty_line_before_them():
    body = samples.LAYOUT.replace("{{ content }}", "<p>Dag{% if person.city %} jij{% endif %},</p>{{ offers }}")
    body = body.replace(
        '<mj-text><p>{{ organisation }}</p><p><a href="{{ links.unsubscribe }}">Stop</a></p></mj-text>', ""
    )
    content = compiled(samples.source(body, kind="mjml", file="templates/letter/nl.mjml"))
    text = content.messages["letter"].texts["nl"].text
    assert text == "Dag{% if person.city %} jij{% endif %},\n\n{{ offers }}"


def test_the_text_says_what_the_html_says():
    body = (
        "# Kop\n\nDag, *dit* is **een** [link](https://example.org).\n\n* een\n* twee\n\n"
        "**[Knop](https://example.org/k)**\n\n| a | b |\n|---|---|\n| c | d |\n\n> citaat\n\n---\n\n![een foto](https://example.org/f.png)\n"
    )
    text = compiled(samples.source(body)).messages["letter"].texts["nl"]
    spoken = text.text.replace("{{ organisation }}", "")
    for address in ("https://example.org/k", "https://example.org"):
        spoken = spoken.replace(address, "")
    html = text.html.replace("{{ organisation }}", "")
    assert visible_words(f"<p>{spoken}</p>".replace("links.unsubscribe", "")) == visible_words(html)


FACTS = ("first_name", "city", "grade", "children")
PRINTED = st.sampled_from(
    [
        "{{ person.first_name }}", "{{ person.city or 'x' }}", "{{ person.children }}", "{{ sender.name }}",
        "**vet**", "# kop\n", "\n\n", "* a\n", "tekst ", "[x]({{ links.choices }}) ",
        "{{ offers }}\n\n", "\n{{ offers }}\n", "> ", "<b>", "&", "{#",
        "{{ person.frist_name }}", "| a | b |\n|---|---|\n| c | {{ person.city | upper }} |\n", "**[k](https://x.be)**\n\n",
        "{{ person.grade ~ person.city }}", "\\", "`code {{ date }}`",
    ]
)  # fmt: skip
CONDITIONS = st.sampled_from(
    ["person.first_name", "not person.city", "person.grade == 'B'", "person.children and person.children > 1", "offers",
     "person.children > 1", "person.city and person.first_name", "reminder.number"]
)  # fmt: skip
BODIES = st.recursive(
    PRINTED,
    lambda inner: st.builds("{{% if {0} %}}{1}{{% else %}}{2}{{% endif %}}".format, CONDITIONS, inner, inner)
    | st.builds("\n{{% if {0} %}}\n{1}\n{{% endif %}}\n".format, CONDITIONS, inner)
    | st.lists(inner, max_size=4).map("".join),
    max_leaves=10,
)  # fmt: skip


@samples.trials
@given(BODIES, st.fixed_dictionaries({
    "first_name": st.sampled_from([None, "", "Zoë <b>"]), "city": st.sampled_from([None, "Gent"]),
    "grade": st.sampled_from([None, "A", "B"]), "children": st.sampled_from([None, 0, 2]),
}), st.sampled_from([(), ("card", "loan")]), st.integers(0, 3))  # fmt: skip
def test_what_check_lets_through_can_be_sent_to_anybody(body, person, picks, number):
    content = compiled(samples.source(body))
    if content.problems:
        return
    loader = (content.messages.__getitem__, content.fragments.__getitem__)
    composer = Composer(samples.definitions(), *loader, samples.SECRET)
    mail = preview(composer, samples.item(person, picks=picks, repetition=number))
    assert "qzx" not in mail.html + mail.text
    assert "{%" not in mail.html + mail.text


BRINGING = replace(samples.CAMPAIGN, start=Start("bundles"), steps=(replace(samples.CAMPAIGN.steps[0], pick=None),))


def test_a_text_that_brings_a_bundle_shows_what_is_in_it_and_no_other_speaks_of_one():
    bringing = {"campaigns": {"newsletter": BRINGING}}
    assert found(samples.source("Voor {{ bundle.entity }}\n\n{{ bundle.news }}\n"), **bringing) == []
    assert found(samples.source("Voor {{ bundle.entity }}"), **bringing) == [
        (5, 1, "the campaign newsletter sends bundles, and this text does not show what is in them")
    ]
    assert found(samples.source("Dag\n\nVoor {{ bundle.entity }}")) == [
        (7, 9, "this text speaks of a bundle, and the campaign newsletter sends none")
    ]
    assert found(samples.source("{{ bundle.news }}\n\n{{ bundle.colour }}"), **bringing)[0][:2] == (7, 11)


def test_the_news_of_a_bundle_stand_between_paragraphs():
    html = compiled(samples.source("Dag\n\n{{ bundle.news }}\n\nTot dan"), campaigns={"newsletter": BRINGING})
    assert "<p>{{ bundle.news }}" not in html.messages["letter"].texts["nl"].html
