"""What is sent in the measurements: three messages of a workspace, compiled as any others are.

`long` has 28 kB on the wire, `short` has 3, and `captured` is `long` with a macro, which cannot be specialised.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from outreach import release, starter
from outreach.definitions.model import Definitions, MessageText

CAMPAIGN = """\
title: Nieuws
topic: news
purpose: measure
owner: bench@example.org
audience: everyone
start: {once: DAY}
steps:
  - id: MESSAGE
"""
LONG = """\
---
subject: "Wat er deze maand is bij {{ person.entity or 'ons' }}"
preheader: Wat het is, hoe je het krijgt en tot wanneer
layout: newsletter
---
# Nieuws voor {{ person.entity or 'iedereen' }}

GREETING

CONTRACT Dit is er deze maand.
"""
ARTICLE = """
## NUMBER. Een tegemoetkoming die weinig mensen kennen

Wie kosten heeft voor een bril, een tandarts of een opname, kan bij ons een deel terugvragen. Dat geldt voor jou, je
partner en je kinderen. **Je hoeft niets te bewijzen** wat wij al weten: je personeelsnummer is genoeg. We betalen
binnen de drie weken, en niemand op je werk komt iets te weten.

* Wat: tot 40 % van wat je zelf betaalde, met een grens van NUMBER50 euro per jaar
* Hoe: met het formulier, of aan de telefoon met je maatschappelijk assistent
* Tot wanneer: een jaar na de datum van de factuur

**[Vraag het aan](https://www.sociale-dienst.example/nl/e-loket/aanvraag?stap=NUMBER)**
"""
SHORT = """\
---
subject: "Een vraag aan wie bij {{ person.entity or 'ons' }} werkt"
preheader: Twee minuten
---
<mjml><mj-body><mj-raw>
<p>GREETING</p>
<p>CONTRACT Klopt wat wij over je weten? Zeg het ons.</p>
<p><a href="{{ links.unsubscribe }}">Stop dit soort mails</a> · <a href="{{ links.choices }}">Mijn keuzes</a></p>
</mj-raw></mj-body></mjml>
"""
NEWSLETTER = LONG + "".join(ARTICLE.replace("NUMBER", str(number)) for number in range(1, 8))
GREETING = "Dag {{ person.first_name or '' }} {{ person.last_name or '' }},"
CAPTURED = "{% macro greeting(name) %}Dag {{ name }}{% endmacro %}{{ greeting(person.first_name or '') }},"
CONTRACT = (
    "{% if person.contract_ends_on %}Je contract loopt af op {{ person.contract_ends_on }}. Bel ons op tijd."
    "{% else %}Je werkt hier zonder einddatum.{% endif %}"
)
#: Message -> its file, its text, and how it greets.
MESSAGES = {
    "long": ("nl.md", NEWSLETTER, GREETING),
    "captured": ("nl.md", NEWSLETTER, CAPTURED),
    "short": ("nl.mjml", SHORT, GREETING),
}


def make(root: Path, day: date) -> release.Checked:
    """The workspace in `root`: a campaign for each message, of this day, and what `check` makes of it."""
    starter.copy(root)
    for path in (root / "campaigns").glob("*.yaml"):
        if path.stem != "segments":
            path.unlink()
    for message, (file, text, greeting) in MESSAGES.items():
        campaign = CAMPAIGN.replace("DAY", day.isoformat()).replace("MESSAGE", message)
        (root / "campaigns" / f"{message}.yaml").write_text(campaign)
        (root / "templates" / message).mkdir()
        written = text.replace("GREETING", greeting).replace("CONTRACT", CONTRACT)
        (root / "templates" / message / file).write_text(written)
    checked = release.check(root, None)
    assert not checked.problems, checked.problems
    return checked


def texts(definitions: Definitions, message: str) -> MessageText:
    """Subject, text and HTML as Jinja2 sources: what any other sender would render."""
    return definitions.messages[message].texts["nl"]
