"""`outreach outcome`: what people did."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.accounting import note, note_person
from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.options import Day, VerbCommand, as_json, at
from outreach.cli.output import emit
from outreach.cli.session import Session
from outreach.errors import ExitCode
from outreach.planning.calendar import civil_day

if TYPE_CHECKING:
    from outreach.installation import Installation
    from outreach.outcomes.recording import Known

_VERBS = {
    "Verbs": {
        "record": Verb("outcome", "record", "One person, one outcome."),
        "import": Verb("outcome", "import_", "Many, from a CSV file."),
    }
}


@click.group("outcome", cls=LazyGroup, sections=_VERBS)
def outcome() -> None:
    """Put on record what people did: reminders stop, `unless` and `exit_when` hold, goals count.

    The outcomes are those that outreach.yaml names under `outcomes:`. Sensitive offers have none: who asked for help
    with debt is written down nowhere.
    """


@click.command(
    "record", cls=VerbCommand, examples=["outreach outcome record 104733 infosession-registered --on 2026-11-20"]
)
@click.argument("person")
@click.argument("outcome", metavar="OUTCOME")
@click.option("--on", type=Day(), metavar="DAY", help="The day it happened; today if not said.")
@click.option("--session", "about", default="", metavar="ID", help="The session it was about: they have a seat there.")
@at
@as_json
@click.pass_obj
def record(
    session: Session, person: str, outcome: str, *, on: date | None, about: str, at: datetime | None, as_json: bool
) -> None:
    """PERSON (the HR system's number) did OUTCOME. Saying it twice changes nothing."""
    from outreach.outcomes import recording

    installation = session.installation
    now = session.moment(at)
    known = _known(installation)
    done = recording.Sighting(person, outcome, on or civil_day(now, installation.zone), about)
    with installation.database.writing() as connection:
        is_new = recording.record(connection, done, known, now, civil_day(now, installation.zone))
        note_person(session, connection, "recorded an outcome", person, now, {"outcome": outcome})
    if as_json:
        return emit(
            {
                "person": person,
                "outcome": outcome,
                "on": done.on,
                "session": about or None,
                "recorded": int(is_new),
                "known": int(not is_new),
            }
        )
    return click.echo("On record." if is_new else "That was on record already.")


@click.command("import", cls=VerbCommand, examples=["outreach outcome import attendance.csv"])
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@at
@as_json
@click.pass_obj
def import_(session: Session, file: Path, *, at: datetime | None, as_json: bool) -> int:
    """Take outcomes from FILE: CSV with the columns person, outcome and date (2026-11-20), and session where it is one.

    Good rows go in, bad ones are named by line and column; the same file twice changes nothing. Ends with 1 when a row
    was rejected.
    """
    from outreach.outcomes import recording

    installation = session.installation
    now = session.moment(at)
    known = _known(installation)
    with installation.database.writing() as connection:
        report = recording.import_file(connection, file, known, now, civil_day(now, installation.zone))
        note(session, connection, "imported", "outcomes file", now, after={"recorded": report.recorded})
    if as_json:
        emit(report)
    else:
        for rejection in report.rejected:
            click.echo(f"{file}:{rejection.line}:{rejection.column}: {rejection.message}", err=True)
        click.echo(
            f"{report.recorded:,} put on record, {report.known:,} were already, {len(report.rejected):,} rejected."
        )
    return ExitCode.USER if report.rejected else ExitCode.DONE


def _known(installation: Installation) -> Known:
    """The outcomes in force, and the sessions that are published."""
    from outreach import release
    from outreach.outcomes.recording import Known

    with installation.database.reading() as connection:
        current = release.current_release(connection)
    sessions = () if current is None else installation.definitions(current).sessions
    return Known(installation.in_force().outcomes, sessions)
