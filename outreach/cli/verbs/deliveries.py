"""`outreach deliveries`: the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from outreach.cli.accounting import looked_at
from outreach.cli.options import Moment, VerbCommand, as_json
from outreach.cli.output import document, table
from outreach.cli.session import Session
from outreach.outcomes import ledger

#: Rows shown to a reader who did not say how many; `--json` gives all.
_PAGE = 50


@click.command(
    "deliveries",
    cls=VerbCommand,
    examples=["outreach deliveries --person 104733", "outreach deliveries --campaign newsletter --state skipped"],
)
@click.option(
    "--state", "states", multiple=True, metavar="STATE",
    help=f"Only in that state; may be repeated. One of {', '.join(ledger.STATES)}.",
)  # fmt: skip
@click.option("--campaign", metavar="CAMPAIGN", help="Only of that campaign.")
@click.option("--person", metavar="NUMBER", help="Only to that person: the HR system's number.")
@click.option("--since", type=Moment(), metavar="TIME", help="Only what was sent, or is due, from then on.")
@click.option("--limit", type=click.IntRange(1), help=f"At most so many; {_PAGE} on a screen, all with --json.")
@as_json
@click.pass_obj
def deliveries(
    session: Session, *, states: tuple[str, ...], campaign: str | None, person: str | None, since: datetime | None,
    limit: int | None, as_json: bool,
) -> None:  # fmt: skip
    """The ledger, one line per message and person, those due last first: sent, planned, or not sent and why."""
    from outreach.release import current_release

    installation = session.installation
    wanted = ledger.Wanted(states, campaign, person, session.moment(since) if since else None)
    if person:
        looked_at(session, person, "deliveries", session.moment(None))
    with installation.database.reading() as connection:
        release_id = current_release(connection)
        campaigns = installation.definitions(release_id).campaigns if release_id is not None else ()
        ledger.require(connection, wanted, campaigns)
        if as_json:
            return _document(ledger.read(connection, wanted, limit))
        entries = list(ledger.read(connection, wanted, limit or _PAGE))
        total = ledger.count(connection, wanted)
    if not entries:
        return click.echo("No deliveries.")
    click.echo(_table(entries, installation.zone))
    return click.echo(f"{len(entries):,} of {total:,}.")


def _document(entries: Iterable[ledger.Entry]) -> None:
    """One JSON list, row by row, as a ledger may be long."""
    separator = "["
    for entry in entries:
        click.echo(separator + "\n" + document(entry), nl=False)
        separator = ","
    click.echo("[]" if separator == "[" else "\n]")


def _table(entries: Iterable[ledger.Entry], zone: ZoneInfo) -> str:
    headers = ("campaign", "step", "occurrence", "no.", "person", "state", "reason", "time")
    return table(headers, [_row(entry, zone) for entry in entries])


def _row(e: ledger.Entry, zone: ZoneInfo) -> tuple[object, ...]:
    moment = (e.sent_at or e.due_at).astimezone(zone)
    reason = f"{e.reason} ({e.code})" if e.code else e.reason
    return e.campaign, e.step, e.occurrence, e.repetition, e.person, e.state, reason, moment
