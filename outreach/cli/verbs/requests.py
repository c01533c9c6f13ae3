"""`outreach requests`: what people asked to be done with their data, and saying that it was."""

from __future__ import annotations

from datetime import datetime

import click

from outreach.cli.accounting import note_person
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, table
from outreach.cli.session import Session
from outreach.errors import OutreachError

_KINDS = ("export", "erase")


@click.command("requests", cls=VerbCommand, examples=["outreach requests", "outreach requests --done 104733 export"])
@click.option("--done", type=(str, click.Choice(_KINDS)), metavar="PERSON KIND", help="It was done, or refused.")
@at
@as_json
@click.pass_obj
def requests(session: Session, *, done: tuple[str, str] | None, at: datetime | None, as_json: bool) -> None:
    """List what people asked on their page: their data (`export`), or its erasure (`erase`), the oldest first.

    They were promised an answer within a month. When they have it, say so with --done.
    """
    from outreach.roster.requests import open_requests

    if done:
        _close(session, *done, session.moment(at))
    with session.installation.database.reading() as connection:
        asked = open_requests(connection)
    if as_json:
        return emit({"requests": [one._asdict() for one in asked]})
    return click.echo(table(("person", "wants", "asked"), asked) if asked else "Nobody waits for an answer.")


def _close(session: Session, person: str, kind: str, now: datetime) -> None:
    from outreach.roster.requests import close

    with session.installation.database.writing() as connection:
        if not close(connection, person, kind):
            raise OutreachError("this person did not ask for that", remedy="`outreach requests` lists who asked.")
        note_person(session, connection, "answered", person, now, {"request": kind})
