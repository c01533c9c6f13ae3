"""The reference page of templates: its tables come from rendering's own, so that no variable or filter is forgotten."""

from __future__ import annotations

_SAYS = {
    "person": "facts of the reader: `person.first_name`, `person.contract_ends_on`, `person.works_shifts` …: every "
    "column of the roster and every field of your own ([definitions](definitions.md))",
    "reminder.number": "0 for the message itself, 1 for the first reminder, and so on",
    "offers": "the block of picked offers; on a line of its own",
    "offer_count": "how many offers were picked",
    "sender.name": "name of the sender, in the language of the message",
    "sender.email": "address of the sender",
    "sender.phone": "telephone number of the sender; empty if none is given",
    "sender.signature": "signature of the sender; empty if none is given",
    "organisation": "name of the organisation, in the language of the message",
    "links.unsubscribe": "where this reader stops this kind of message",
    "links.choices": "where this reader chooses what to get",
    "links.about": "where it stands who writes and why",
    "links.browser": "where this reader sees the message in a browser",
    "answers": 'where this reader says with one click what they did or want: `answers["infosession-registered"]`, for '
    "every outcome that `web: answers:` has words for ([definitions](definitions.md))",
    "campaign.title": "title of the campaign",
    "session.title": "title of the session that the step invites to (`invite`), in the language of the message",
    "session.day": "its day with the day of the week: `dinsdag 12 januari 2027`",
    "session.time": "from when until when: `12:15–13:15`",
    "session.place": "where it is; empty if it is only at its link",
    "session.link": "where one takes part from afar, or reads more; empty if none is given",
    "bundle.entity": "the entity whose contact reads it (`start: {on: bundles}`), as the roster names it",
    "bundle.first": "first day of the period that the bundle tells of: `8 maart 2027`",
    "bundle.last": "the last day of it",
    "bundle.news": "the block of what will reach the entity's people in that period, ready to be passed on; on a line "
    "of its own",
    "bundle.sessions": "the block of sessions and consultation days that they may come to; empty if there are none",
    "date": "the day on which the message is sent",
    "language": "two letters: the language of the message",
}
_LAYOUT_SAYS = {
    "content": "where the words of the message go; once, inside an `<mj-text>`",
    "preheader": "the line that a mail program shows beside the subject; belongs into `<mj-preview>`",
    "subject": "the subject; belongs into `<mj-title>`",
}
_DATE_FILTERS = {
    "day": "`{{ person.contract_ends_on \\| day }}` gives `31 januari 2027`, in the language of the message",
    "weekday": "with the day of the week: `zondag 31 januari 2027`",
    "month": "the month and its year: `januari 2027`",
}


def variables() -> list[str]:
    """Every variable of a template as it is written, in the order of the table that rendering goes by."""
    from outreach.rendering.names import VARIABLES

    return [f"{name}.{part}" if part else name for name, parts in VARIABLES.items() for part in parts or ("",)]


def templates() -> str:
    """The page: every variable, filter, and what layouts, offers, buttons and links are."""
    from outreach.cli.reference import MADE
    from outreach.definitions.model import OfferText
    from outreach.rendering.names import CERTAIN_FACTS, LAYOUT_NAMES
    from outreach.rendering.templates import environment

    names = [name for name in environment("nl", "html").filters if not name.startswith("_")]
    rest = ", ".join(f"`{name}`" for name in sorted(set(names) - set(_DATE_FILTERS)))
    certain = " and ".join(f"`person.{name}`" for name in sorted(CERTAIN_FACTS - {"person_id"}))
    offer = ", ".join(f"`offer.{name}`" for name in OfferText.__dataclass_fields__)
    return "\n".join(
        [
            MADE,
            "# Templates\n",
            _MESSAGES,
            "## Variables\n",
            *_table("variable", {name: _SAYS[name] for name in variables()}),
            _MISSING.replace("CERTAIN", f"`person.person_id`, {certain}"),
            "## Filters\n",
            *_table("filter", {name: _DATE_FILTERS[name] for name in names if name in _DATE_FILTERS}),
            f"Beside these, those of Jinja2: {rest}.\n",
            "## Layouts\n",
            _LAYOUTS,
            *_table("variable", {name: _LAYOUT_SAYS[name] for name in LAYOUT_NAMES}),
            _REST.replace("OFFER", offer),
        ]
    )


def _table(head: str, rows: dict[str, str]) -> list[str]:
    lines = [f"| `{name}` | {says} |" for name, says in rows.items()]
    return [f"| {head} | is |", "| --- | --- |", *lines, ""]


_MESSAGES = """\
A message is a folder `templates/<message>/` with a file for each language: `nl.md`, `fr.md`. The first language of
`outreach.yaml` is required; the others fall back to it. `outreach check` tries each message with every fact there and
missing, and names what fails by line; `outreach preview` shows it.

```markdown
---
subject: Welkom{% if person.first_name %}, {{ person.first_name }}{% endif %}
preheader: Wat er voor u is
layout: letter
---
Dag{% if person.first_name %} {{ person.first_name }}{% endif %},

Uw contract loopt af{% if person.contract_ends_on %} op {{ person.contract_ends_on | day }}{% endif %}.

{% if reminder.number %}
Wij schreven u hier al eerder over.
{% endif %}

**[Bekijk wat er voor u is](https://sociale-dienst.example/welkom)**
```

* `subject` and `preheader` are required and may hold variables; `layout` is `letter` where it is not said.
* The body is Markdown: `**bold**`, `*italic*`, `## headings`, lists, tables, `[text](https://…)`. HTML in it is shown
  as it is written, and `check` says so.
* **A button** is a paragraph that is one link in bold and nothing else: `**[text](https://…)**`.
* A line that holds only `{% … %}` leaves no gap.
* The plain text of the mail is made from the same file.
"""

_MISSING = """\
Everybody has CERTAIN.
Every other fact may be missing and is never printed untested: `{% if person.first_name %} … {% endif %}`,
`{{ person.first_name or "collega" }}`, `{{ person.first_name | default("collega") }}`; `check` refuses it otherwise.
Age and tenure are no variables: they exist in segments only, and a segment decides who gets a message.
"""

_LAYOUTS = """\
`templates/layouts/<name>.mjml` is what stands around the words, in [MJML](https://documentation.mjml.io). It may use
all variables above, and three of its own:
"""

_REST = """\
A layout should hold `{{ links.unsubscribe }}` or `{{ links.choices }}`. How buttons look is said for `p.button a`.

## Messages in MJML

`templates/<message>/<language>.mjml` instead of `.md` is a message with a look of its own: the same lines between
`---`, then a whole `<mjml>` document. No layout stands around it; it may print `{{ subject }}` and `{{ preheader }}`.

## Offers

A step that picks offers needs `{{ offers }}` in its message, on a line of its own. Each offer is worded by
`templates/layouts/offer.html`, which is HTML and knows OFFER and `language`, and nothing of the reader. It shows
title, what, how, who and when; `offer.link` may be empty. Where the file is missing, a plain one of ours serves.

The texts of an offer (`campaigns/offers/<id>.yaml`) are plain text: no Markdown, no HTML, no variables; a web
address goes under `link`.

## Links

Links and pictures lead to `https:`, `mailto:` or `tel:` addresses; anything else is refused, as is a link that says
something of the reader (`?name={{ person.first_name }}`): addresses stand in logs.
"""
