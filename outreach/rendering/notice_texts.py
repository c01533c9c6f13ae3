"""What people are told of a session later, where a campaign has no words of its own: it changed, is off, is tomorrow.

Markdown, compiled with the release like the texts of a workspace, in the layout of the invitation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outreach.definitions.model import MessageSource, NoticeKind

_PLACE = (
    "{% if session.place %}{{ session.place }}{% endif %}"
    "{% if session.place and session.link %} · {% endif %}"
    "{% if session.link %}[{{ session.link }}]({{ session.link }}){% endif %}"
)
_WHEN = "{{ session.day }}, {{ session.time }}"
#: What all three end with.
_END = "\n\n{{ sender.signature }}\n"


@dataclass(frozen=True, slots=True)
class Words:
    """A notice in one language."""

    subject: str
    preheader: str
    heading: str
    #: Paragraphs.
    body: tuple[str, ...]


WORDS: dict[NoticeKind, dict[str, Words]] = {
    "moved": {
        "nl": Words(
            "Gewijzigd: {{ session.title }}",
            "Lees hier wanneer en waar het nu doorgaat.",
            "Er is iets gewijzigd",
            (
                "Dag,",
                "We nodigden je uit voor “{{ session.title }}”. Daar is iets aan gewijzigd. Zo is het nu:",
                f"**Wanneer?** {_WHEN}",
                f"**Waar?** {_PLACE}",
                "De kalender in bijlage past je agenda aan. Past dit niet meer? Antwoord op dit bericht.",
            ),
        ),
        "fr": Words(
            "Modifié : {{ session.title }}",
            "Voici quand et où cela aura lieu.",
            "Il y a un changement",
            (
                "Bonjour,",
                "Nous vous avons invité à « {{ session.title }} ». Quelque chose a changé. Voici ce qui est prévu :",
                f"**Quand ?** {_WHEN}",
                f"**Où ?** {_PLACE}",
                "Le calendrier en annexe met votre agenda à jour. Vous ne pouvez plus venir ? Répondez à ce message.",
            ),
        ),
        "de": Words(
            "Geändert: {{ session.title }}",
            "Hier steht, wann und wo es stattfindet.",
            "Es gibt eine Änderung",
            (
                "Guten Tag,",
                "Wir haben Sie zu „{{ session.title }}“ eingeladen. Daran ist etwas anders. Jetzt gilt:",
                f"**Wann?** {_WHEN}",
                f"**Wo?** {_PLACE}",
                "Die Datei im Anhang ändert Ihren Kalender. Passt es nicht mehr? Antworten Sie auf diese Nachricht.",
            ),
        ),
        "en": Words(
            "Changed: {{ session.title }}",
            "This is when and where it takes place now.",
            "Something has changed",
            (
                "Hello,",
                "We invited you to “{{ session.title }}”. Something has changed. This is how it is now:",
                f"**When?** {_WHEN}",
                f"**Where?** {_PLACE}",
                (
                    "The calendar file that comes with this message updates your calendar. Can you no longer come? "
                    "Answer this message."
                ),
            ),
        ),
    },
    "cancelled": {
        "nl": Words(
            "Gaat niet door: {{ session.title }}",
            "Je hoeft niets te doen.",
            "Dit gaat niet door",
            (
                "Dag,",
                f"“{{{{ session.title }}}}” van {_WHEN} gaat niet door. Dat spijt ons.",
                (
                    "De kalender in bijlage haalt het uit je agenda. Was je ingeschreven? Dan vervalt je plaats, en "
                    "ben je welkom op een volgend moment. Antwoord op dit bericht, dan zoeken we er samen een."
                ),
            ),
        ),
        "fr": Words(
            "Annulé : {{ session.title }}",
            "Vous ne devez rien faire.",
            "Ceci n’aura pas lieu",
            (
                "Bonjour,",
                f"« {{{{ session.title }}}} » du {_WHEN} n’aura pas lieu. Nous le regrettons.",
                (
                    "Le calendrier en annexe l’enlève de votre agenda. Vous étiez inscrit ? Votre inscription est "
                    "annulée, et vous serez le bienvenu à un autre moment. Répondez à ce message et nous en "
                    "chercherons un ensemble."
                ),
            ),
        ),
        "de": Words(
            "Fällt aus: {{ session.title }}",
            "Sie brauchen nichts zu tun.",
            "Das findet nicht statt",
            (
                "Guten Tag,",
                f"„{{{{ session.title }}}}“, {_WHEN}, findet nicht statt. Das tut uns leid.",
                (
                    "Die Kalenderdatei im Anhang nimmt es aus Ihrem Kalender. Waren Sie angemeldet? Dann verfällt Ihr "
                    "Platz, und Sie sind ein anderes Mal willkommen. Antworten Sie, dann suchen wir einen Tag."
                ),
            ),
        ),
        "en": Words(
            "Cancelled: {{ session.title }}",
            "You need do nothing.",
            "This will not take place",
            (
                "Hello,",
                f"“{{{{ session.title }}}}” on {_WHEN} will not take place. We are sorry.",
                (
                    "The file that comes with this message takes it out of your calendar. Had you signed up? Then your "
                    "seat lapses, and you are welcome another time. Answer this message and we shall find one together."
                ),
            ),
        ),
    },
    "eve": {
        "nl": Words(
            "Tot binnenkort: {{ session.title }}",
            "Wanneer en waar we je verwachten.",
            "Tot binnenkort",
            (
                "Dag,",
                "Je bent ingeschreven voor “{{ session.title }}”. We verwachten je:",
                f"**Wanneer?** {_WHEN}",
                f"**Waar?** {_PLACE}",
                "Kun je niet komen? Antwoord op dit bericht.",
            ),
        ),
        "fr": Words(
            "À bientôt : {{ session.title }}",
            "Quand et où nous vous attendons.",
            "À bientôt",
            (
                "Bonjour,",
                "Vous êtes inscrit à « {{ session.title }} ». Nous vous attendons :",
                f"**Quand ?** {_WHEN}",
                f"**Où ?** {_PLACE}",
                "Vous ne pouvez pas venir ? Répondez à ce message.",
            ),
        ),
        "de": Words(
            "Bis bald: {{ session.title }}",
            "Wann und wo wir Sie erwarten.",
            "Bis bald",
            (
                "Guten Tag,",
                "Sie sind für „{{ session.title }}“ angemeldet. Wir erwarten Sie:",
                f"**Wann?** {_WHEN}",
                f"**Wo?** {_PLACE}",
                "Können Sie nicht kommen? Antworten Sie auf diese Nachricht.",
            ),
        ),
        "en": Words(
            "See you soon: {{ session.title }}",
            "When and where we expect you.",
            "See you soon",
            (
                "Hello,",
                "You have signed up for “{{ session.title }}”. We expect you:",
                f"**When?** {_WHEN}",
                f"**Where?** {_PLACE}",
                "Can you not come? Answer this message.",
            ),
        ),
    },
}


def sources(message: str, kind: NoticeKind, languages: tuple[str, ...], layout: str) -> Iterator[MessageSource]:
    """The texts of a notice, as if they lay in `templates/`: in English for a first language that we do not speak."""
    known = WORDS[kind]
    for language in languages:
        words = known.get(language) or (known["en"] if language == languages[0] else None)
        if words:
            yield _source(message, language, words, layout)


def _source(message: str, language: str, words: Words, layout: str) -> MessageSource:
    body = "\n\n".join((f"# {words.heading}", *words.body)) + _END
    file = f"(built in)/{message}/{language}.md"
    return MessageSource(message, language, file, "markdown", words.subject, words.preheader, layout, body, {})
