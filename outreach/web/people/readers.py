"""Who opened a link: read from its token, and from nothing else that a browser says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select
from starlette.requests import Request

from outreach.definitions.model import Definitions
from outreach.installation import Installation
from outreach.planning.calendar import zone
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
        """Whose token it is; None where it is not ours, or nobody's any more."""
        link = self.link(purpose, token)
        return self.known(link) if link else None

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
        return Reader(link.person, link.topic, best([row.language], self.definitions.workspace.languages))

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
