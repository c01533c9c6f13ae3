"""`outreach handover`: the lists for people who do things by hand, and what came of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach.cli.accounting import note
from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit, table
from outreach.cli.session import Session
from outreach.delivery.desk.results import DONE, REASONS
from outreach.errors import ExitCode

if TYPE_CHECKING:
    from outreach.delivery.desk.confirming import Confirmed

_VERBS = {
    "Verbs": {
        "list": Verb("handover", "list_", "The lists, and how far the desk has come with them."),
        "confirm": Verb("handover", "confirm", "What was done, and what could not be."),
    }
}


@click.group("handover", cls=LazyGroup, sections=_VERBS)
def handover() -> None:
    """The daily lists of campaigns with `channel: handover`, and what came of them.

    `run` and `serve` write them; whoever packs, prints or calls says afterwards what was done.
    """


@click.command("list", cls=VerbCommand, examples=["outreach handover list", "outreach handover list --open --json"])
@click.option("--campaign", metavar="CAMPAIGN", help="Only of that campaign.")
@click.option("--open", "only_open", is_flag=True, help="Only lists with lines of which nothing is known yet.")
@as_json
@click.pass_obj
def list_(session: Session, *, campaign: str | None, only_open: bool, as_json: bool) -> None:
    """The lists that were handed over, the oldest first: lines, done, could not be done, still open."""
    from outreach.delivery.channels.handover import Lists
    from outreach.delivery.desk.standing import standings

    installation = session.installation
    with installation.database.reading() as connection:
        found = standings(connection, Lists(installation.ways.handover), campaign)
    wanted = [one for one in found if one.open or not only_open]
    if as_json:
        return emit(wanted)
    if not wanted:
        return click.echo("No lists.")
    headers = ("campaign", "day", "no.", "lines", "done", "could not", "open", "file")
    rows = [
        (one.campaign, one.day, one.number, one.lines, one.done, one.returned, len(one.open), one.file)
        for one in wanted
    ]
    return click.echo(table(headers, rows))


@click.command(
    "confirm",
    cls=VerbCommand,
    examples=[
        "outreach handover confirm --file welcome-gift-2026-11-03-1.xlsx",
        "outreach handover confirm call/call/entry-1/0/17 --not-done not_reached",
    ],
)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option(
    "--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list with its column `result` filled in, CSV or xlsx; may be repeated.",
)  # fmt: skip
@click.option("--not-done", "reason", type=click.Choice(REASONS), help="Why the KEYs could not be done.")
@at
@as_json
@click.pass_obj
def confirm(
    session: Session, *, keys: tuple[str, ...], files: tuple[Path, ...], reason: str | None, at: datetime | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Put on record what was done: the deliveries of these KEYs, or each line of a list by its `result`.

    A result is `done`, or why it could not be done: `not_reached`, `wrong_address`, `declined`, `not_possible`; a line
    without one stays open. Saying it twice changes nothing; saying something else later does. Lines that cannot be
    taken are named, the others are; then it ends with 1.
    """
    if not (keys or files):
        raise click.UsageError("Name KEYs, or a list with --file.")
    if reason and not keys:
        raise click.UsageError("--not-done is about KEYs; in a file the column `result` says it.")
    done = _confirmed(session, keys, reason or DONE, files, session.moment(at))
    if as_json:
        emit(_report(done))
    else:
        for one in done.refused:
            click.echo(f"{one.where}: {one.message}\n  {one.remedy}", err=True)
        click.echo(_in_words(done))
    return ExitCode.USER if done.refused else ExitCode.DONE


def _confirmed(
    session: Session, keys: tuple[str, ...], result: str, files: tuple[Path, ...], now: datetime
) -> Confirmed:
    from outreach.delivery.desk.confirming import Clerk
    from outreach.delivery.desk.reading import Said, opened
    from outreach.delivery.receipts import Rules

    installation = session.installation
    with installation.database.writing() as connection:
        clerk = Clerk(connection, Rules.of(installation.definitions), now)
        clerk.take(Said(key.strip(), result) for key in keys)
        for file in files:
            with opened(file) as lines:
                clerk.take(lines)
        note(session, connection, "confirmed", "handover lists", now, after=dict(clerk.done.recorded))
    return clerk.done


def _report(done: Confirmed) -> dict[str, Any]:
    returned = {result: number for result, number in sorted(done.recorded.items()) if result != DONE and number}
    return {
        "done": done.recorded[DONE],
        "returned": returned,
        "known": done.known,
        "open": done.open,
        "rejected": done.refused,
    }


def _in_words(done: Confirmed) -> str:
    returned = counts(_report(done)["returned"])
    return (
        f"Done: {done.recorded[DONE]:,}. Could not be done: {returned}. On record already: {done.known:,}. "
        f"Still open: {done.open:,}. Not taken: {len(done.refused):,}."
    )
