"""The workspace of every trial: a letter, and a list for who does things by hand, both to everybody."""

from __future__ import annotations

from pathlib import Path

#: What a link in the letter says on one click, and the page of choices on another.
ANSWER, CALL = "infosession-registered", "call-requested"

_LETTER = f"""\
---
subject: Voor {{% if person.first_name %}}{{{{ person.first_name }}}}{{% endif %}}
preheader: Van {{{{ person.city or 'hier' }}}}
---
Dag {{{{ person.first_name or 'u' }}}} *{{{{ person.last_name or 'u' }}}}*,

U woont in [{{{{ person.city or 'Gent' }}}}](https://sociale-dienst.example). **[Ja]({{{{ answers["{ANSWER}"] }}}})**
"""
_CAMPAIGN = """\
title: {title}
topic: onboarding
purpose: give everybody their gift
owner: communicatie@sociale-dienst.example
{more}audience: everyone
start: {{once: 2026-12-01, at: "09:00"}}
steps:
  - id: {id}
"""
_BY_HAND = "channel: handover\nhandover: {columns: [person_id, first_name, last_name, city, text]}\n"
_FILES = {
    "outreach.yaml": f"""\
organisation: Sociale Dienst
languages: [nl, fr]
time_zone: Europe/Brussels
public_url: https://mail.sociale-dienst.example
topics: {{onboarding: {{nl: Onthaal, fr: Accueil}}, news: {{nl: Nieuws, fr: Nouvelles}}}}
senders:
  default: {{name: Sociale Dienst, email: post@sociale-dienst.example, signature: Uw sociale dienst}}
outcomes: {{{ANSWER}: Ingeschreven, {CALL}: Wil een telefoontje}}
web:
  listen: 127.0.0.1:8080
  call_me: {CALL}
  answers: {{{ANSWER}: {{nl: Ik heb me ingeschreven, fr: Je me suis inscrit}}}}
""",
    "campaigns/segments.yaml": "{}\n",
    "campaigns/letter.yaml": _CAMPAIGN.format(title="Brief", more="measure_links: true\n", id="letter"),
    "campaigns/gift.yaml": _CAMPAIGN.format(title="Geschenk", more=_BY_HAND, id="gift"),
    "templates/letter/nl.md": _LETTER,
    "templates/gift/nl.md": _LETTER.rpartition(" **[Ja]")[0] + "\n",
    "templates/layouts/letter.mjml": """\
<mjml>
  <mj-head><mj-preview>{{ preheader }}</mj-preview></mj-head>
  <mj-body>
    <mj-section><mj-column><mj-text>{{ content }}</mj-text></mj-column></mj-section>
    <mj-section><mj-column><mj-text>
      {{ sender.signature }} · <a href="{{ links.choices }}">{{ organisation }}</a>
      · <a href="{{ links.unsubscribe }}">Stop</a> · <a href="{{ links.about }}">Waarom?</a>
      · <a href="{{ links.browser }}">Lees in je browser</a>
    </mj-text></mj-column></mj-section>
  </mj-body>
</mjml>
""",
}


def write(root: Path) -> Path:
    """The workspace, at that place."""
    for name, content in _FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root
