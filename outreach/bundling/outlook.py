"""What the bundles of one day tell of: shown beforehand, and kept when they are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from outreach.bundling.periods import Period, period
from outreach.bundling.reaching import Reached, reached
from outreach.definitions.model import Definitions, Session
from outreach.release.programme import sequences
from outreach.release.record import approved
from outreach.rendering.told import Told
from outreach.storage.tables import bundle, campaign_state


@dataclass(frozen=True)
class Outlook:
    """What the bundles of one day tell of, whichever entity they are for."""

    period: Period
    reached: Reached
    #: Those of the period that are not cancelled, in the order of time.
    sessions: Sequence[Session]
    #: Session -> how often what is told of it had changed.
    changes: Mapping[str, int]

    def of(self, entity: str) -> Told | None:
        """The bundle of an entity; None where nothing happens then: what runs all year is no news by itself."""
        meant = {one.id: self.changes.get(one.id, 0) for one in self.sessions if one.entity in ("", entity)}
        news = self.reached.news(entity)
        if not meant and not any(one.days for one in news):
            return None
        return Told(self.period.first, self.period.last, news, meant)


def outlook(
    connection: Connection, definitions: Definitions, release_id: int, campaign: str, occurrence: str
) -> Outlook:
    """What the bundles of a day tell of, by what is approved in a release and on file now.

    `campaign` brings them; `occurrence` is the name of its day.
    """
    bundles = definitions.workspace.bundles
    assert bundles, "a release whose campaign sends bundles says how often"
    told_of = period(bundles, date.fromisoformat(occurrence), is_first=_is_first(connection, campaign, occurrence))
    running = set(connection.scalars(select(campaign_state.c.campaign).where(campaign_state.c.state == "running")))
    found = reached(connection, definitions, running & approved(connection, release_id), told_of)
    coming = (one for one in definitions.sessions.values() if told_of.first <= one.on <= told_of.last)
    sessions = sorted((one for one in coming if not one.cancelled), key=lambda one: (one.on, one.starts, one.id))
    return Outlook(told_of, found, sessions, sequences(connection))


def _is_first(connection: Connection, campaign: str, occurrence: str) -> bool:
    """Whether no bundle of another day was made before."""
    other = select(bundle.c.id).where(bundle.c.campaign == campaign, bundle.c.occurrence != occurrence)
    return connection.scalar(other.limit(1)) is None
