"""`outreach demo`: the main job on a made-up population, over virtual weeks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import counts, emit, next_step, table
from outreach.cli.progress import Progress
from outreach.errors import OutreachError
from outreach.roster.shares import PEOPLE

if TYPE_CHECKING:
    from outreach.demo import DemoReport

#: A folder with this file in it was made by a demo, and the next one may clear it.
_MARK = ".outreach-demo"


@click.command(
    "demo",
    cls=VerbCommand,
    examples=["outreach demo", "outreach demo --people 1000 --weeks 2", "outreach demo --serve --port 8080"],
)
@click.option("--people", type=click.IntRange(1), default=PEOPLE, show_default=True, help="How many to make up.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same people.")
@click.option("--weeks", type=click.IntRange(1, 52), default=8, show_default=True, help="How many weeks go by.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("outreach-demo"),
    show_default=True,
    help="Where to work; made anew each time.",
)
@click.option("--serve", "serves", is_flag=True, help="Then show the pages behind the links, on this machine alone.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Where to show them.")
@as_json
def demo(*, people: int, seed: int, weeks: int, directory: Path, serves: bool, port: int, as_json: bool) -> None:
    """Make up a population, take the example campaigns, and let virtual weeks go by. No mail leaves the machine.

    The messages are kept in an outbox, where each can be looked at; the clock alone is made up, the rest is what
    `import`, `publish`, `approve` and `run` do.
    """
    from outreach.demo import demo as run_demo

    _make_room(directory)
    with Progress(quiet=as_json) as progress:
        report = run_demo(directory, people=people, seed=seed, weeks=weeks, progress=progress.add)
    if as_json:
        emit(report)
    else:
        _tell(report, weeks)
    if serves:
        from outreach.cli.demonstrating import demonstrate

        return demonstrate(directory, port, report.ended_at, quiet=as_json)
    return None if as_json else next_step(f"outreach --workspace {directory} outbox export --eml mails")


def _tell(report: DemoReport, weeks: int) -> None:
    click.echo(f"{report.people:,} people, {weeks} weeks: {report.planned:,} messages planned, {report.sent:,} sent.")
    click.echo(f"Not sent, with the reason: {counts(report.skipped)}.\n")
    click.echo(table(("campaign", "sent"), sorted(report.by_campaign.items())))
    click.echo(f"\nThe messages are in {report.outbox}.")


def _make_room(directory: Path) -> None:
    """Put the last demo away, if that is what stands there; anything else is left alone, and refused later."""
    mark = directory / _MARK
    if mark.is_file():
        shutil.rmtree(directory)
    elif directory.is_dir() and any(directory.iterdir()):
        raise OutreachError(f"{directory} is not empty", remedy="Name another folder with --dir.")
    directory.mkdir(parents=True, exist_ok=True)
    mark.touch()
