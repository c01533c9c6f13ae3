"""The workspace of every trial: two campaigns to everybody, which differ in what becomes of a doubt."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from tests.chaos.sink import UNKNOWN

#: Campaigns; the second sends again, once, what is in doubt.
HOLDS, RESENDS = "notice", "summons"
#: One in so many has an address that the mail server does not know.
_ONE_UNKNOWN_IN = 20

_FILES = {
    "outreach.yaml": """\
organisation: Sociale Dienst
languages: [nl]
time_zone: Europe/Brussels
public_url: https://sociale-dienst.example
expires_after: 60 days
topics: {news: Nieuws}
senders:
  default: {name: Sociale Dienst, email: post@sociale-dienst.example, signature: Uw sociale dienst}
""",
    "campaigns/segments.yaml": "{}\n",
    "templates/layouts/letter.mjml": """\
<mjml>
  <mj-head><mj-preview>{{ preheader }}</mj-preview></mj-head>
  <mj-body>
    <mj-section><mj-column><mj-text>{{ content }}</mj-text></mj-column></mj-section>
    <mj-section><mj-column><mj-text>
      {{ sender.signature }} · <a href="{{ links.choices }}">{{ organisation }}</a>
    </mj-text></mj-column></mj-section>
  </mj-body>
</mjml>
""",
}
_CAMPAIGN = """\
title: {title}
topic: news
purpose: inform everybody of what there is
owner: communicatie@sociale-dienst.example
audience: everyone
frequency: must
on_doubt: {on_doubt}
start: {{once: {day}, at: "00:00"}}
steps:
  - id: letter
    send: {id}
"""
#: Lines that begin with a dot, and enough of them that a message is more than one packet.
_MESSAGE = """\
---
subject: {title}
preheader: Wat er te doen is
---
Dag {{{{ person.first_name or 'collega' }}}},

.Dit is er te doen.

""" + "\n".join(f".{number} Er is van alles te doen, en u bent welkom.\n" for number in range(60))


def write(folder: Path, today: date) -> None:
    """A workspace whose campaigns were due yesterday, at its very beginning: whoever runs in real time lives then."""
    yesterday = today - timedelta(days=1)
    files = dict(_FILES)
    for name, title, on_doubt in ((HOLDS, "Bericht", "hold"), (RESENDS, "Oproep", "resend")):
        files[f"campaigns/{name}.yaml"] = _CAMPAIGN.format(title=title, on_doubt=on_doubt, day=yesterday, id=name)
        files[f"templates/{name}/nl.md"] = _MESSAGE.format(title=title)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def write_people(path: Path, number: int) -> None:
    """A file of HR with so many people, of whom a few cannot be reached."""
    rows = ["person_id,status,first_name,email,language,hired_on"]
    for one in range(1, number + 1):
        name = UNKNOWN if one % _ONE_UNKNOWN_IN == 0 else "staff"
        rows.append(f"P{one:06},active,Naam{one},{name}-{one:06}@agency.example,nl,2015-01-01")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
