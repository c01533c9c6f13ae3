"""The next bundle of an entity, composed for a contact who is made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from outreach.cli import sampling
from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outreach.installation import Installation
    from outreach.planning.plan import Current


def samples(
    installation: Installation, current: Current, entity: str, language: str | None, now: datetime
) -> Iterator[tuple[str, sampling.Sample]]:
    """The next bundle of that entity, with the campaign that brings it; one for each that brings any.

    Raises:
        OutreachError: there is no such entity or language, or nothing to tell.
    """
    from outreach.bundling.making import bringing
    from outreach.bundling.overview import next_outlook
    from outreach.planning.scope import Scope
    from outreach.rendering.told import Bundle

    definitions, languages = current.definitions, current.definitions.workspace.languages
    if language and language not in languages:
        raise OutreachError(f"there is no language {shown(language)}", remedy=f"There are: {', '.join(languages)}.")
    someone = sampling.made_up(definitions)
    reader = replace(someone, facts={**someone.facts, "entity": entity})
    for name in bringing(definitions):
        scope = Scope(definitions, current.release_id, definitions.campaigns[name], now)
        with installation.database.reading() as connection:
            _refuse_unknown(connection, entity)
            found = next_outlook(connection, scope)
        if not found or (told := found.of(entity)) is None:
            raise OutreachError("the next bundle has nothing to tell", remedy="See `outreach bundles list`.")
        composer = installation.composer(current.release_id)
        for sample in sampling.samples(
            definitions, composer, scope.campaign, reader, {}, steps=(), language=language or languages[0],
            reminder=0, label="preview", now=now, bundle=Bundle(0, entity, told, now),
        ):  # fmt: skip
            yield name, sample


def _refuse_unknown(connection: Connection, entity: str) -> None:
    from sqlalchemy import select

    from outreach.storage.tables import person

    known = sorted(filter(None, connection.scalars(select(person.c.entity).distinct())))
    if entity not in known:
        raise OutreachError(f"the roster has no entity {shown(entity)}", remedy=advice(entity, known, "entities"))
