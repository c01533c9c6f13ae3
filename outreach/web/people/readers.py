"""Who opened a link: read from its token, and from nothing else that a browser says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select
from starlette.requests import Request

from outreach.definitions.model import Definitions
from outreach.installation import Installation
from outreach.planning.calendar import civil_day, zone
from outreach.privacy.erasing import STATUS as ERASED
from outreach.rendering.envelope import in_language
from outreach.rendering.links import Link, Purpose, Signer
from outreach.storage.tables import person
from outreach.web.people.words import accepted, best, words


@dataclass(frozen=True)
class Reader:
    """Somebody whose token is good."""

    #: Surrogate id.
    person: int
    #: As the token has it.
    topic: str
    #: One of `words.LANGUAGES`.
    language: str
    #: Of which day the link is; None where it never grows old.
    made_on: date | None


class OldLinkError(Exception):
    """A link that is too old: its reader can have a fresh one mailed."""

    def __init__(self, reader: Reader, purpose: Purpose, token: str) -> None:
        super().__init__(purpose)
        self.reader = reader
        self.purpose = purpose
        self.token = token


class Room:
    """What the pages work with: the installation, its clock, and the keys of its links."""

    def __init__(self, installation: Installation, clock: Callable[[], datetime]) -> None:
        self.installation = installation
        self.clock = clock

    @cached_property
    def _signers(self) -> dict[Purpose, Signer]:
        return {}

    def signer(self, purpose: Purpose) -> Signer:
        """What reads the tokens of a purpose."""
        if purpose not in self._signers:
            self._signers[purpose] = Signer(self.installation.secret, purpose)
        return self._signers[purpose]

    @property
    def definitions(self) -> Definitions:
        """The release in force."""
        return self.installation.current()[1]

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return zone(self.definitions.workspace.time_zone)

    def reader(self, purpose: Purpose, token: str) -> Reader | None:
        """Whose token it is; None where it is not ours, or nobody's any more.

        Raises:
            OldLinkError: it is theirs, and too old.
        """
        link = self.link(purpose, token)
        reader = self.known(link) if link else None
        if reader:
            self.refuse_old(reader, purpose, token)
        return reader

    def refuse_old(self, reader: Reader, purpose: Purpose, token: str) -> None:
        """Stop where a reader's link no longer works.

        Raises:
            OldLinkError: it does not.
        """
        if self.is_old(reader):
            raise OldLinkError(reader, purpose, token)

    def is_old(self, reader: Reader) -> bool:
        """Whether a reader's link no longer works."""
        valid = timedelta(days=self.definitions.workspace.web.links_valid.days)
        return reader.made_on is not None and self.today - reader.made_on > valid

    @property
    def today(self) -> date:
        """The workspace's civil day."""
        return civil_day(self.clock(), self.zone)

    def link(self, purpose: Purpose, token: str) -> Link | None:
        """What a token stands for; None where it is not ours."""
        return self.signer(purpose).read(token)

    def known(self, link: Link) -> Reader | None:
        """Whose link it is; None where it is nobody's any more."""
        with self.installation.database.reading() as connection:
            who = select(person.c.language, person.c.status).where(person.c.id == link.person)
            row = connection.execute(who).one_or_none()
        if row is None or row.status == ERASED:
            return None
        spoken = best([row.language], self.definitions.workspace.languages)
        return Reader(link.person, link.topic, spoken, link.made_on)

    def title(self, reader: Reader) -> str:
        """What the reader knows the link's topic as."""
        workspace = self.definitions.workspace
        topic = workspace.topics.get(reader.topic)
        if topic is None:
            return str(words(reader.language)["this_kind"])
        return in_language(topic.titles, reader.language, workspace)

    def language_of(self, request: Request) -> str:
        """The language for who is not known, as their browser wants it."""
        return best(accepted(request.headers.get("accept-language", "")), self.definitions.workspace.languages)
