"""`outreach event`: what happened to people, as HR tells it between two rosters."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach.cli.accounting import note, note_person
from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.options import Day, VerbCommand, as_json, at
from outreach.cli.output import emit
from outreach.cli.session import Session
from outreach.errors import ExitCode
from outreach.planning.calendar import civil_day

if TYPE_CHECKING:
    from outreach.roster.happenings import Happening, Taken

_VERBS = {
    "Verbs": {
        "record": Verb("event", "record", "One person, one event."),
        "withdraw": Verb("event", "withdraw", "It did not happen after all."),
        "import": Verb("event", "import_", "Many, from a CSV file."),
    }
}


@click.group("event", cls=LazyGroup, sections=_VERBS)
def event() -> None:
    """Put on record what happened to people: journeys start, `exit_when` holds, and who died gets nothing any more.

    Changes that stand in the roster make their events by themselves. An event may come late, twice, in any order, for a
    day to come, or for somebody who is not in the roster yet: it waits for them.
    """


@click.command("record", cls=VerbCommand, examples=["outreach event record 104733 hired --on 2026-12-01"])
@click.argument("person")
@click.argument("kind", metavar="EVENT")
@click.option("--on", type=Day(), metavar="DAY", help="The day it takes effect; today if not said.")
@click.option("--again", is_flag=True, help="It happened after all, although it was withdrawn.")
@at
@as_json
@click.pass_obj
def record(
    session: Session, person: str, kind: str, *, on: date | None, again: bool, at: datetime | None, as_json: bool
) -> None:
    """EVENT happened to PERSON (the HR system's number), or will. Saying it twice changes nothing."""
    from outreach.roster import happenings

    installation = session.installation
    now = session.moment(at)
    today = civil_day(now, installation.zone)
    happening = happenings.Happening(person, kind, on or today)
    happenings.refuse(happening, today)
    with installation.database.writing() as connection:
        taken = happenings.record(connection, [happening], now, "manual", again=again)
        note_person(session, connection, "recorded an event", person, now, {"event": kind})
    if as_json:
        return emit(_plain(happening) | _counts(taken))
    if taken.recorded:
        return click.echo("On record.")
    if taken.waiting:
        return click.echo("Nobody in the roster has that number yet; it is kept until somebody has.")
    if taken.withdrawn:
        return click.echo("It was withdrawn before, and stays so; say --again if it happened after all.")
    return click.echo("That was told already.")


@click.command("withdraw", cls=VerbCommand, examples=["outreach event withdraw 104733 hired --on 2026-12-01"])
@click.argument("person")
@click.argument("kind", metavar="EVENT")
@click.option("--on", type=Day(), metavar="DAY", required=True, help="The day on which it was to take effect.")
@at
@as_json
@click.pass_obj
def withdraw(session: Session, person: str, kind: str, *, on: date, at: datetime | None, as_json: bool) -> None:
    """EVENT of PERSON on that day did not happen after all: what it started ends, and nothing more of it is sent.

    Also before the event itself has come in. Who was said to have died stays so until the next roster says where they
    stand.
    """
    from outreach.roster import happenings

    installation = session.installation
    now = session.moment(at)
    happening = happenings.Happening(person, kind, on)
    happenings.refuse(happening, civil_day(now, installation.zone))
    with installation.database.writing() as connection:
        new = happenings.withdraw(connection, [happening], now, "manual")
        note_person(session, connection, "withdrew an event", person, now, {"event": kind})
    if as_json:
        return emit(_plain(happening) | {"withdrawn": new})
    return click.echo("Withdrawn." if new else "That was withdrawn already.")


@click.command("import", cls=VerbCommand, examples=["outreach event import events.csv"])
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@at
@as_json
@click.pass_obj
def import_(session: Session, file: Path, *, at: datetime | None, as_json: bool) -> int:
    """Take events from FILE: CSV or xlsx with the columns person, event, date, and withdrawn (yes or no) if you like.

    Good rows go in, bad ones are named by line and column; the same file twice changes nothing. Ends with 1 when a row
    was rejected.
    """
    from outreach.roster import event_file, happenings

    installation = session.installation
    now = session.moment(at)
    told = event_file.read(file, civil_day(now, installation.zone))
    with installation.database.writing() as connection:
        taken = happenings.record(connection, told.happened, now, "file")
        withdrawn = happenings.withdraw(connection, told.withdrawn, now, "file")
        note(session, connection, "imported", "events file", now, after=_counts(taken) | {"withdrew": withdrawn})
    if as_json:
        emit(_counts(taken) | {"withdrawn": withdrawn, "rejected": told.rejected})
    else:
        for rejection in told.rejected:
            click.echo(f"{file}:{rejection.line}:{rejection.column}: {rejection.message}", err=True)
        click.echo(
            f"{taken.recorded:,} put on record, {taken.known:,} were already, {taken.waiting:,} wait for their person, "
            f"{withdrawn:,} withdrawn, {taken.withdrawn:,} had been withdrawn before, {len(told.rejected):,} rejected."
        )
    return ExitCode.USER if told.rejected else ExitCode.DONE


def _plain(happening: Happening) -> dict[str, Any]:
    return {"person": happening.person, "event": happening.kind, "on": happening.on}


def _counts(taken: Taken) -> dict[str, int]:
    return {
        "recorded": taken.recorded,
        "known": taken.known,
        "waiting": taken.waiting,
        #: Not taken, as they were withdrawn before.
        "ignored": taken.withdrawn,
    }
