"""`outreach roster`: people, from a file or made up."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.options import Day, VerbCommand, as_json, at
from outreach.cli.output import counts, emit, next_step
from outreach.cli.progress import Progress
from outreach.cli.session import Session
from outreach.errors import ExitCode
from outreach.roster.shares import PEOPLE

if TYPE_CHECKING:
    from outreach.roster.report import ImportReport

_VERBS = {
    "Verbs": {
        "import": Verb("roster", "import_", "Bring the roster in line with a file."),
        "pull": Verb("roster", "pull", "The same with what an HTTP API says."),
        "drop": Verb("roster", "drop", "The same with the files that lie in a drop folder."),
        "make": Verb("roster", "make", "Make up a believable roster, to try things on."),
    }
}
#: Rejections shown on a screen; `--json` gives all.
_SHOWN = 20


@click.group("roster", cls=LazyGroup, sections=_VERBS)
def roster() -> None:
    """The people one may write to, as HR knows them."""


@click.command("import", cls=VerbCommand, examples=[
    "outreach roster import staff.csv --source payroll --dry-run",
    "outreach roster import staff.csv --source payroll",
])  # fmt: skip
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--source",
    default="default",
    show_default=True,
    help="Which system the file comes from, by a name of yours; the same one each time.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--accept-leavers", is_flag=True, help="Take the file although many people are missing from it.")
@click.option("--encoding", help="Of a text file, where it is not UTF-8, UTF-16 or Windows-1252.")
@at
@as_json
@click.pass_obj
def import_(
    session: Session, file: Path, *, source: str, dry_run: bool, accept_leavers: bool, encoding: str | None,
    at: datetime | None, as_json: bool,
) -> int:  # fmt: skip
    """Bring the roster in line with FILE (CSV or xlsx), and show what is new, changed, gone and refused.

    A file speaks for its source: whoever of that source is no longer in it has left. Good rows go in, bad ones are
    named by line and column, and then it ends with 1. The same file twice changes nothing. Column names and codes are
    translated as outreach.yaml says under `roster.mappings`.
    """
    from outreach.planning.calendar import civil_day
    from outreach.roster.importing import import_roster

    installation = session.installation
    now = session.moment(at)
    with Progress(quiet=as_json) as progress:
        report = import_roster(
            installation.database, file, installation.workspace(), source=source, now=now,
            today=civil_day(now, installation.zone), accept_leavers=accept_leavers, dry_run=dry_run, encoding=encoding,
            progress=progress.adding("reading"), by=session.settings.who,
        )  # fmt: skip
    if as_json:
        emit(report)
    else:
        _tell(report, file, dry_run=dry_run)
    return ExitCode.USER if report.rejected_rows else ExitCode.DONE


@click.command(
    "pull", cls=VerbCommand, examples=["outreach roster pull payroll --dry-run", "outreach roster pull payroll"]
)
@click.argument("source")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--accept-leavers", is_flag=True, help="Take it although many people are missing from it.")
@at
@as_json
@click.pass_obj
def pull(
    session: Session, source: str, *, dry_run: bool, accept_leavers: bool, at: datetime | None, as_json: bool
) -> int:
    """Ask SOURCE for its people over HTTP, page by page, and bring the roster in line with all of them.

    Where it is, and when `run` and `serve` pull it by themselves, stands in outreach.yaml under `roster.pulls`. What
    does not come as a whole changes nothing.
    """
    from outreach.cli import pulling

    report = pulling.pull(
        session.installation, session.installation.workspace(), source, session.moment(at), session.settings.who,
        accept_leavers=accept_leavers, dry_run=dry_run,
    )  # fmt: skip
    if report is None:
        if as_json:
            emit({"unchanged": True})
        else:
            click.echo("Nothing has changed there, or another process is pulling it.")
        return ExitCode.DONE
    if as_json:
        emit(report)
    else:
        _tell(report, Path(source), dry_run=dry_run)
    return ExitCode.USER if report.rejected_rows else ExitCode.DONE


@click.command("drop", cls=VerbCommand, examples=["outreach roster drop", "outreach roster drop payroll"])
@click.argument("source", required=False)
@at
@as_json
@click.pass_obj
def drop(session: Session, source: str | None, *, at: datetime | None, as_json: bool) -> int:
    """Take the files that lie whole in the drop folder of SOURCE, or of all sources, as `run` and `serve` do.

    The folders stand in outreach.yaml under `roster.drops`. What was taken is kept below `var/dropped`, beside a text
    that says what came of it.
    """
    from outreach.cli import dropping

    installation = session.installation
    workspace, now = installation.workspace(), session.moment(at)
    looks = [dropping.look_into(installation, workspace, one, now) for one in dropping.named(workspace, source)]
    taken = [one for look in looks for one in look.taken]
    if as_json:
        emit({"taken": [dropping.told(one) for one in taken], "waiting": sum(look.waiting for look in looks),
              "strange": sum(look.strange for look in looks)})  # fmt: skip
    else:
        for look in looks:
            click.echo("\n".join(look.lines))
    for unsent in (look.unsent for look in looks):
        if unsent:
            click.echo(str(unsent), err=True)
    is_clean = all(one.refusal is None and not (one.report and one.report.rejected_rows) for one in taken)
    return ExitCode.DONE if is_clean else ExitCode.USER


def _tell(report: ImportReport, file: Path, *, dry_run: bool) -> None:
    for rejection in report.rejected[:_SHOWN]:
        field = f"{rejection.field}: " if rejection.field else ""
        click.echo(f"{file}:{rejection.line}:{rejection.column}: {field}{rejection.message}", err=True)
    if len(report.rejected) > _SHOWN:
        click.echo(f"… and {len(report.rejected) - _SHOWN:,} more; --json lists them.", err=True)
    would = "Would be: " if dry_run else ""
    click.echo(
        f"{would}{report.added:,} added, {report.changed:,} changed, {report.left:,} left, "
        f"{report.unchanged:,} unchanged, {report.rejected_rows:,} rejected."
    )
    if report.changes:
        click.echo(f"Changed: {counts(report.changes)}.")
    if report.events:
        click.echo(f"Events: {counts(report.events)}.")
    if report.kept_dead:
        click.echo(
            f"{report.kept_dead:,} are alive in the file, and an event says that they died: they get nothing. "
            "Where it is wrong, `outreach event withdraw` it and import the file again."
        )
    if report.erased:
        click.echo(f"{report.erased:,} were erased and are passed over; `outreach person readmit` lets one in again.")
    if report.ignored_columns:
        click.echo(f"Columns not read: {', '.join(report.ignored_columns)}.")
    if report.rejected_rows:
        next_step("mend the rows that were rejected, where the file comes from, and import it again")
    elif not dry_run:
        next_step("outreach segments")


#: The same at every run, so that the same seed makes the same file on any day.
_MADE_ON = date(2026, 10, 1)


@click.command("make", cls=VerbCommand, examples=["outreach roster make --people 1000 --seed 7 --out people.csv"])
@click.option("--people", type=click.IntRange(1), default=PEOPLE, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same people.")
@click.option("--on", type=Day(), default=_MADE_ON, show_default=True, metavar="DAY", help="As they stand on that day.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file; else standard output.")
@as_json
def make(*, people: int, seed: int, on: date, out: Path | None, as_json: bool) -> None:
    """Make up a roster of Flemish public staff, retirees and contacts, as CSV; nobody in it exists.

    The same number, seed and day make the same file, to the byte.
    """
    from outreach.roster.making import make_roster, write_csv

    if as_json and out is None:
        raise click.UsageError("--json needs --out FILE, as the roster itself goes to standard output otherwise.")
    rows = write_csv(make_roster(people, seed, on), out or "-")
    if as_json:
        return emit({"people": people, "rows": rows, "seed": seed, "on": on, "file": out and out.resolve()})
    if out:
        click.echo(f"{rows:,} rows in {out}: {people:,} people, and contacts of their entities.")
        next_step(f"outreach roster import {out} --source payroll")
    return None
