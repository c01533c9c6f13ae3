"""A small workspace, one campaign and one message, for the tests of this room."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import Phase, settings

from outreach.definitions.model import (
    Campaign,
    Definitions,
    Fragment,
    LayoutSource,
    Message,
    MessageSource,
    MessageText,
    Offer,
    OfferText,
    Outcome,
    Pick,
    Sender,
    Start,
    Step,
    Topic,
    Web,
    Workspace,
)
from outreach.rendering.composer import Composer, Item

#: Thousands with OUTREACH_TRIALS=3000; without shrinking, which would take minutes for a template.
trials = settings(max_examples=int(os.environ.get("OUTREACH_TRIALS", "100")), phases=(Phase.explicit, Phase.generate))
SECRET = b"a secret of thirty-two bytes ...."
WHEN = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)

WORKSPACE = Workspace(
    organisation={"nl": "Sociale Dienst & Co", "fr": "Service social"},
    languages=("nl", "fr"),
    public_url="https://mail.example.org",
    topics={"news": Topic("news", {"nl": "Nieuwsbrief", "fr": "Lettre d’information"})},
    senders={
        "default": Sender(
            "default", {"nl": "Sociale Dienst", "fr": "Service “social”"}, "dienst@example.org",
            reply_to="vragen@example.org", phone="02 555 01 00", signatures={"nl": "Lieve <Claes>", "fr": "Lieve"},
        )
    },
    outcomes={name: Outcome(name, name) for name in ("registered", "call-me", "attended")},
    web=Web(answers={"registered": {"nl": "Ik kom"}, "call-me": {"nl": "Bel mij"}}),
)  # fmt: skip

OFFERS = {
    name: Offer(
        name, {"nl": OfferText(f"Titel {name}", "Wat é", "Hoe", "Wie", "Wanneer", f"https://example.org/{name}")}
    )
    for name in ("loan", "card", "premium")
}

CAMPAIGN = Campaign(
    id="newsletter", title="Nieuws & meer", topic="news", purpose="inform", owner="o@example.org", audience="everyone",
    start=Start("once"), steps=(Step("first", 1, "letter", pick=Pick(("loan", "card"), 3)),),
)  # fmt: skip

LAYOUT = """\
<mjml>
  <mj-head>
    <mj-title>{{ subject }}</mj-title>
    <mj-preview>{{ preheader }}</mj-preview>
    <mj-style>.text p { margin: 0 0 16px; } @media (max-width: 480px) { .text { padding: 0 !important; } }</mj-style>
  </mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text css-class="text">{{ content }}</mj-text>
        <mj-text><p>{{ organisation }}</p><p><a href="{{ links.unsubscribe }}">Stop</a></p></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


def fragments(offer: str) -> dict[str, dict[str, Fragment]]:
    """What an offer looks like, in the one layout."""
    fragment = Fragment(f"<h2>Aanbod {offer} é</h2>\n", f"Aanbod {offer} é\n\n")
    return {"letter": {"nl": fragment, "fr": fragment}}


def definitions(**changes: Any) -> Definitions:
    """The workspace with its campaign and offers."""
    given = {"workspace": WORKSPACE, "segments": {}, "campaigns": {"newsletter": CAMPAIGN}, "offers": OFFERS,
             "messages": {}, "fragments": {}}  # fmt: skip
    return Definitions(**{**given, **changes})


def composer(subject: str, html: str, text: str, **changes: Any) -> Composer:
    """A composer of one message, `letter`, in Dutch alone."""
    message = Message("letter", {"nl": MessageText(subject, "", html, text)}, "letter")
    return Composer(definitions(**changes), lambda _: message, fragments, SECRET)


def item(person: Mapping[str, Any] | None = None, **changes: Any) -> Item:
    """A delivery of that message to person 7."""
    given = {
        "delivery": 12, "key": "newsletter/first/2026-11-03/0/7", "campaign": "newsletter", "step": "first",
        "occurrence": "2026-11-03", "repetition": 0, "message": "letter", "language": "nl",
        "address": "jan@example.org", "person": person or {}, "picks": (), "date": WHEN,
    }  # fmt: skip
    return Item(**{**given, **changes})


def source(body: str, **changes: Any) -> MessageSource:
    """A message as an officer writes it, its body from line 5 on."""
    given = {
        "id": "letter", "language": "nl", "file": "templates/letter/nl.md", "kind": "markdown", "subject": "Dag",
        "preheader": "Voor jou", "layout": "letter", "body": body,
        "lines": {"subject": 2, "preheader": 3, "layout": 1, "body": 5},
    }  # fmt: skip
    return MessageSource(**{**given, **changes})


def layouts(body: str = LAYOUT) -> dict[str, LayoutSource]:
    """The one layout."""
    return {"letter": LayoutSource("letter", "templates/layouts/letter.mjml", body)}
