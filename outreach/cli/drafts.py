"""A campaign as the files now say it, ready to be composed for somebody: what `preview` and `test-send` share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from outreach.cli import sampling
from outreach.cli.session import Session
from outreach.definitions.model import Campaign, Definitions
from outreach.definitions.refusal import advice, shown
from outreach.errors import DefinitionsError, OutreachError

if TYPE_CHECKING:
    from outreach.rendering.composer import Composer


@dataclass(frozen=True)
class Draft:
    """A campaign, its composer, and who is to see it."""

    definitions: Definitions
    campaign: Campaign
    composer: Composer
    reader: sampling.Reader
    #: Step -> the offers it shows.
    picks: Mapping[str, tuple[str, ...]]
    now: datetime

    @classmethod
    def open(cls, session: Session, campaign: str, person: str | None, now: datetime) -> Self:
        """The campaign of that name for that person; for one made up, without a person.

        Raises:
            DefinitionsError: the files have problems.
            OutreachError: there is no such campaign or person.
        """
        from outreach import release
        from outreach.rendering.composer import Composer

        installation = session.installation
        checked = release.check(session.root, installation.database if installation.has_database else None)
        definitions = checked.definitions
        if checked.problems or definitions is None:
            raise DefinitionsError(checked.problems)
        if campaign not in definitions.campaigns:
            raise OutreachError(
                f"there is no campaign {shown(campaign)}", remedy=advice(campaign, definitions.campaigns, "campaigns")
            )
        chosen = definitions.campaigns[campaign]
        composer = Composer(
            _uncounted(definitions), definitions.messages.__getitem__, definitions.fragments.__getitem__,
            installation.secret,
        )  # fmt: skip
        if person is None:
            picks = sampling.made_up_picks(definitions, chosen)
            return cls(definitions, chosen, composer, sampling.made_up(definitions), picks, now)
        with installation.database.reading() as connection:
            reader = sampling.from_roster(connection, definitions, person)
            picks = sampling.picks_of(connection, definitions, chosen, reader, now)
        return cls(definitions, chosen, composer, reader, picks, now)

    def samples(
        self, *, steps: tuple[str, ...], language: str | None, reminder: int, label: str
    ) -> list[sampling.Sample]:
        """The messages of those steps, composed."""
        languages = self.definitions.workspace.languages
        if language and language not in languages:
            raise OutreachError(f"there is no language {shown(language)}", remedy=f"There are: {', '.join(languages)}.")
        return list(
            sampling.samples(
                self.definitions,
                self.composer,
                self.campaign,
                self.reader,
                self.picks,
                steps=steps,
                language=language,
                reminder=reminder,
                label=label,
                now=self.now,
            )
        )


def _uncounted(definitions: Definitions) -> Definitions:
    """The same, measuring nothing: a measured link leads nowhere before it is published, and who tries is no reader."""
    campaigns = {name: replace(campaign, measure_links=False) for name, campaign in definitions.campaigns.items()}
    return replace(definitions, campaigns=campaigns)
