"""`outreach audit`: who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from outreach.cli.options import Moment, VerbCommand, as_json
from outreach.cli.output import emit, table
from outreach.cli.session import Session
from outreach.definitions.refusal import advice, shown
from outreach.storage.audit import Line, Wanted, actions, of_person, read

#: Lines shown to a reader who did not say how many; `--json` gives all.
_PAGE = 50


@click.command(
    "audit",
    cls=VerbCommand,
    examples=["outreach audit --action approved", "outreach audit --person 104733 --since 2026-12-01"],
)
@click.option("--action", metavar="ACTION", help="Only what was done so: approved, paused, imported, 'looked at', …")
@click.option(
    "--subject", metavar="SUBJECT", help="Only about that: `campaign welcome`; or about all of a kind: `campaign`."
)
@click.option("--person", metavar="NUMBER", help="Only about that person: the HR system's number.")
@click.option("--since", type=Moment(), metavar="TIME", help="Only from then on.")
@click.option("--limit", type=click.IntRange(1), help=f"At most so many; {_PAGE} on a screen, all with --json.")
@as_json
@click.pass_obj
def audit(
    session: Session, *, action: str | None, subject: str | None, person: str | None, since: datetime | None,
    limit: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Who did what, the latest first: approvals, imports, choices, steering, and who looked at a person.

    The database refuses to change or remove a line. People stand in it by Outreach's own number, never by name or
    address; of somebody who was erased it tells what was done, and nobody can tell any more about whom.
    """
    from outreach.roster.numbers import surrogate

    if subject and person:
        raise click.UsageError("Say --subject or --person, not both.")
    installation = session.installation
    with installation.database.reading() as connection:
        about = of_person(surrogate(connection, person)) if person else subject
        wanted = Wanted(action, about, session.moment(since) if since else None)
        lines = list(read(connection, wanted, limit or (None if as_json else _PAGE)))
        known = set() if lines or not action else actions(connection)
    if as_json:
        return emit(lines)
    if not lines:
        further = f" as {shown(action)}. {advice(action, known, 'actions')}" if action and action not in known else "."
        return click.echo(f"Nothing is on record{further}")
    headers = ("time", "who", "did", "what", "before", "after")
    return click.echo(table(headers, [_row(line, installation.zone) for line in lines]))


def _row(line: Line, zone: ZoneInfo) -> tuple[object, ...]:
    moment = line.at.astimezone(zone)
    return moment, line.actor, line.action, line.subject, _words(line.before), _words(line.after)


def _words(facts: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in (facts or {}).items())
