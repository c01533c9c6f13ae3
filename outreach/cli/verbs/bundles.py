"""`outreach bundles`: what the contacts of the entities will be given to pass on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.looking import files, out, show
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, fields_of, table
from outreach.cli.session import Session
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.bundling.overview import Given, Overview
    from outreach.planning.plan import Current

_VERBS = {
    "Verbs": {
        "list": Verb("bundles", "list_", "The next bundles: for whom, and what they tell of."),
        "preview": Verb("bundles", "preview", "See the next bundle of an entity."),
    }
}
_ON = "Add `bundles: …` to outreach.yaml and a campaign with `start: {on: bundles}`, then run `outreach publish`."


@click.group("bundles", cls=LazyGroup, sections=_VERBS)
def bundles() -> None:
    """What the contacts of each entity are given before campaigns reach its people: texts, pictures, days, sessions.

    `run` and `serve` send them on the days that `bundles` in outreach.yaml says.
    """


@click.command("list", cls=VerbCommand, examples=["outreach bundles list", "outreach bundles list --json"])
@at
@as_json
@click.pass_obj
def list_(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """The next bundles as they would be made now: for which entities, to how many contacts, and what they tell of.

    Only what is published and approved stands in them. Numbers of few people are not shown (`< 10`; the limit is
    `small_numbers` in outreach.yaml), nor are numbers from which such a one could be worked out.
    """
    from outreach.bundling.overview import overviews

    current = _current(session)
    with session.installation.database.reading() as connection:
        found = overviews(connection, current, session.moment(at))
    if as_json:
        return emit([_document(one) for one in found])
    limit = current.definitions.workspace.small_numbers
    for one in found:
        _show(session, one, limit)
    return None if found else click.echo("No bundles.")


@click.command(
    "preview",
    cls=VerbCommand,
    examples=['outreach bundles preview "Agentschap Wegen en Verkeer"'],
)
@click.argument("entity")
@click.option("--language", help="In that language; the first of outreach.yaml where not said.")
@out
@at
@as_json
@click.pass_obj
def preview(
    session: Session, *, entity: str, language: str | None, out: Path | None, at: datetime | None, as_json: bool
) -> None:
    """See the next bundle of ENTITY as its contacts would get it now, from what is published and approved.

    It is written as a web page, as text, and as a mail that a mail program opens. Nothing is sent.
    """
    from outreach.cli.bundled import samples

    current = _current(session)
    folder = out or session.root / "var" / "preview"
    made = [
        files(sample.mail.to_bytes(), folder / campaign, f"{sample.step}.{sample.language}", sample.step, 0)
        for campaign, sample in samples(session.installation, current, entity, language, session.moment(at))
    ]
    if as_json:
        return emit(made)
    return show(made)


def _current(session: Session) -> Current:
    """The release in force, which sends bundles.

    Raises:
        OutreachError: nothing is published, or no campaign of it sends any.
    """
    from outreach.bundling.making import bringing
    from outreach.pipeline import current_of

    installation = session.installation
    installation.current()
    current = current_of(installation.database, installation.definitions)
    if current is None or not bringing(current.definitions):
        raise OutreachError("no campaign that is published sends bundles", remedy=_ON)
    return current


def _show(session: Session, one: Overview, limit: int) -> None:
    local = one.leaves_at.astimezone(session.installation.zone)
    click.echo(f"{one.campaign}: leaves on {local:%Y-%m-%d %H:%M} and tells of {one.first} to {one.last}\n")
    rows = [
        (given.entity, given.contacts, _news(given, limit), ", ".join(given.sessions) or "-") for given in one.entities
    ]
    click.echo(table(("entity", "contacts", "campaigns", "sessions"), rows))
    if one.without_contact:
        click.echo(f"\nNobody to write to in: {', '.join(one.without_contact)}")
    if one.without_entity:
        click.echo(f"\nContacts without an entity on file: {one.without_entity}")


def _news(given: Given, limit: int) -> str:
    """`senior-days 2026-04-23 (120), saint-nicholas 2026-11-16 (< 10)`."""
    said = []
    for one in given.news:
        number = f" (< {limit})" if one.few else f" ({one.people:,})" if one.people is not None else ""
        said.append(f"{one.campaign} {' '.join(map(str, one.days)) or 'all year'}{number}")
    return ", ".join(said) or "-"


def _document(one: Overview) -> dict[str, object]:
    entities = [fields_of(given) | {"news": [fields_of(news) for news in given.news]} for given in one.entities]
    return fields_of(one) | {"entities": entities}
