"""`outreach feeds`: sessions and consultation days, for calendars to subscribe to and screens to show."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit
from outreach.cli.session import Session


@click.command("feeds", cls=VerbCommand, examples=["outreach feeds /var/www/sessions"])
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@at
@as_json
@click.pass_obj
def feeds(session: Session, directory: Path, *, at: datetime | None, as_json: bool) -> None:
    """Write the published sessions that are not over yet into DIR, by entity and language, as iCalendar and JSON.

    `everyone/nl.ics` is for calendars, `everyone/nl.json` for screens and websites; an entity that has sessions of its
    own gets a folder beside it, in which those for everybody stand, too. Every file appears whole. What an earlier call
    wrote and is no longer needed is taken away; other files in DIR stay as they are. Run it after `publish`, and once
    a day so that what is over goes.
    """
    from outreach.cli.feeding import write_feeds
    from outreach.planning.seats import taken
    from outreach.release.programme import sequences
    from outreach.rendering.feeds import files

    _, definitions = session.installation.current()
    with session.installation.database.reading() as connection:
        seats, told = taken(connection), sequences(connection)
    made = files(definitions, session.moment(at), seats, told)
    gone = write_feeds(directory, made)
    if as_json:
        return emit({"directory": directory.resolve(), "files": sorted(made), "removed": gone})
    return click.echo(f"{len(made)} files in {directory}")
