"""What the contact of an entity is given before campaigns reach its people: news to pass on, and sessions to announce.

The words are those of the release, as approved; the days and numbers those of the day on which the bundle was made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from outreach.definitions.model import Announcement, Campaign, Definitions, Message, Session, Workspace
from outreach.rendering import plaintext, wording
from outreach.rendering.bundle_texts import Words, words
from outreach.rendering.calendars import calendar
from outreach.rendering.envelope import in_language
from outreach.rendering.feeds import Feed
from outreach.rendering.invitations import hours
from outreach.rendering.names import Kind
from outreach.rendering.tags import Tags
from outreach.rendering.told import Bundle, News, Told

#: Stands for any bundle, in what is tried out.
SAMPLE_CONSTANTS = {
    "entity": "Agentschap voor Natuur en Landschap", "first": "30 september 2026", "last": "30 september 2026",
    "news": "Wegwijs", "sessions": "Wegwijs",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts a bundle into words of one language."""

    bundle: Bundle
    definitions: Definitions
    language: str
    #: A message by its id, for campaigns that say nothing of their own.
    message: Callable[[str], Message]

    def constants(self, kind: Kind) -> dict[str, str | int]:
        """What a template may say of it, by the part of its name; what there is not is empty."""
        told = self.bundle.told
        blocks = {"news": Markup("").join(map(self._news, told.news)), "sessions": self._sessions()}
        return {
            "entity": self.bundle.entity,
            "first": wording.day(told.first, self.language),
            "last": wording.day(told.last, self.language),
            **{name: _block(html, kind) for name, html in blocks.items()},
        }

    def calendar(self) -> bytes:
        """Its sessions as a file for calendars; empty where there are none."""
        sessions = self.bundle.held_in(self.definitions, self.language)
        told = self.bundle.told.sessions or {}
        if not sessions:
            return b""
        return calendar(
            sessions, self._workspace, self.language, stamp=self.bundle.made_at, sequences=told,
            name=in_language(self._workspace.organisation, self.language, self._workspace),
        )  # fmt: skip

    @property
    def _workspace(self) -> Workspace:
        return self.definitions.workspace

    @property
    def _words(self) -> Words:
        return words(self.language)

    def _news(self, news: News) -> Markup:
        campaign = self.definitions.campaigns[news.campaign]
        announced = campaign.announce or Announcement()
        title, paragraphs, who = self._said(campaign, announced)
        facts = [(self._words.who, who), (self._words.when, self._when(campaign, news))]
        facts.append((self._words.people, self._people(news)))
        html = [Markup("<p>{}</p>\n").format(paragraph) for paragraph in paragraphs]
        return Markup("").join((Markup("<h2>{}</h2>\n").format(title), *html, _facts(facts), self._picture(announced)))

    def _said(self, campaign: Campaign, announced: Announcement) -> tuple[str, list[str], str]:
        """Title, paragraphs, and who it is for: as it is announced, else as its first message and its offers say."""
        if announced.titles:
            text = in_language(announced.texts, self.language, self._workspace)
            who = in_language(announced.who, self.language, self._workspace)
            return in_language(announced.titles, self.language, self._workspace), _paragraphs(text), who
        found = [self.definitions.offers[name] for name in campaign.about if name in self.definitions.offers]
        offers = [offer.texts.get(self.language) or next(iter(offer.texts.values())) for offer in found]
        title, text = self._envelope(campaign)
        said = [text, *(line for offer in offers for line in (offer.what, offer.how))]
        return title, list(filter(None, said)), " ".join(dict.fromkeys(offer.who for offer in offers))

    def _envelope(self, campaign: Campaign) -> tuple[str, str]:
        """Subject and preheader of its first message, where these say the same to everybody."""
        first = next(step.send for step in campaign.steps if step.send)
        texts = self.message(first).texts
        text = texts.get(self.language) or texts[self._workspace.languages[0]]
        return _same_for_all(text.subject) or campaign.title, _same_for_all(text.preheader)

    def _when(self, campaign: Campaign, news: News) -> str:
        if not news.days:
            return self._words.always
        days = ", ".join(wording.weekday(day, self.language) for day in news.days)
        return self._words.from_.format(day=days) if campaign.rollout else days

    def _people(self, news: News) -> str:
        number = self._workspace.small_numbers if news.few else news.people
        if number is None:
            return ""
        said = self._words.fewer if news.few else self._words.about
        return said.format(number=number, entity=self.bundle.entity)

    def _picture(self, announced: Announcement) -> Markup:
        if not announced.picture:
            return Markup()
        shows = in_language(announced.shows, self.language, self._workspace)
        return Markup(
            '<p><img src="{0}" alt="{1}" width="320" style="max-width:100%;height:auto"></p>\n'
            '<p><a href="{0}">{2}</a></p>\n'
        ).format(announced.picture, shows, self._words.picture)

    def _sessions(self) -> Markup:
        found = self.bundle.held_in(self.definitions, self.language)
        html = Markup("").join(map(self._session, found))
        if not found or not (feeds := self._workspace.bundles.feeds if self._workspace.bundles else ""):
            return html
        own = self.bundle.entity if any(one.entity for one in found) else ""
        link = f"{feeds}/{Feed(own, self.language, ()).path}.ics"
        return html + Markup('<p><a href="{}">{}</a></p>\n').format(link, self._words.full_feed)

    def _session(self, session: Session) -> Markup:
        title: str = in_language(session.titles, self.language, self._workspace)
        if session.link:
            title = Markup('<a href="{}">{}</a>').format(session.link, title)
        lines = [Markup("<strong>{}</strong>").format(title)]
        lines.append(escape(f"{wording.weekday(session.on, self.language)}, {hours(session, self._workspace)}"))
        if session.place:
            lines.append(Markup("{} {}").format(self._words.where, session.place))
        return Markup("<p>{}</p>\n").format(Markup("<br>\n").join(lines))


def _facts(facts: list[tuple[str, str]]) -> Markup:
    lines = [Markup("<strong>{}</strong> {}").format(question, answer) for question, answer in facts if answer]
    return Markup("<p>{}</p>\n").format(Markup("<br>\n").join(lines))


def _paragraphs(text: str) -> list[str]:
    """Paragraphs of a text, whose lines stay lines."""
    return [
        Markup("<br>\n").join(map(escape, paragraph.splitlines()))
        for paragraph in text.split("\n\n")
        if paragraph.strip()
    ]


def _same_for_all(source: str) -> str:
    """A text in which nothing is filled in; else nothing."""
    return "" if "{" in source else source.strip()


def _block(html: Markup, kind: Kind) -> str:
    """Of HTML what a part of a mail prints."""
    return html if kind == "html" else plaintext.to_text(html, Tags())


def sample(definitions: Definitions, entity: str, made_at: datetime) -> Bundle:
    """A bundle that is made up: of all that a release could tell of, as if it were for that day."""
    day = made_at.date()
    news = tuple(News(name, (day,), 120) for name, one in definitions.campaigns.items() if _tells(one))
    return Bundle(0, entity, Told(day, day, news, _open(definitions)), made_at)


def _tells(campaign: Campaign) -> bool:
    return campaign.announce is not None and not campaign.sensitive and campaign.start.kind != "bundles"


def _open(definitions: Definitions) -> dict[str, int]:
    return {name: 0 for name, one in definitions.sessions.items() if not one.cancelled and not one.entity}
