"""`outreach simulate`: the whole portfolio, so many days ahead."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, fields_of
from outreach.cli.progress import Progress
from outreach.cli.session import Session
from outreach.cli.simulated import text
from outreach.errors import DefinitionsError, ExitCode, OutreachError

if TYPE_CHECKING:
    from outreach.definitions.model import Definitions, Workspace
    from outreach.release import Checked
    from outreach.simulation.budgeting import Breach
    from outreach.simulation.comparing import Comparison
    from outreach.simulation.report import Report
    from outreach.simulation.responses import Responses
    from outreach.simulation.simulating import Setting


@click.command(
    "simulate", cls=VerbCommand, examples=["outreach simulate --days 365", "outreach simulate --days 90 --people 5000"]
)
@click.option("--days", type=click.IntRange(1, 800), default=365, show_default=True, help="How many days go by.")
@click.option(
    "--people",
    type=click.IntRange(1),
    help="Write to so many made people, and not to the roster. Without it: the roster, or as many made people as "
    "`outreach demo` writes to where none was imported.",
)
@click.option(
    "--responses",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Who responds, and when: a response model in YAML. Without it: 8 % register, 3 % use, within 14 days.",
)
@click.option("--seed", type=click.IntRange(0), help="Draw other people who respond. Without it: the model's, or 1.")
@click.option(
    "--against",
    metavar="REV",
    help="Simulate the workspace as it was at that commit, branch or tag of git, too, and tell what differs.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there, too, as a page with charts and tables.",
)
@at
@as_json
@click.pass_obj
def simulate(
    session: Session, *, days: int, people: int | None, responses: Path | None, seed: int | None,
    against: str | None, html: Path | None, at: datetime | None, as_json: bool,
) -> int:  # fmt: skip
    """Let the campaigns run for a year, or less, on a copy that is thrown away, with people who respond.

    It simulates the files of the workspace as they are now, all of them approved, with the planner that `run` uses.
    Nothing is sent, and the real ledger is only read. It tells per week and per segment how many messages leave and
    how many a person gets, what the frequency cap held back, what expired and who could not be reached; and per
    campaign how many people it would reach.

    Ends with 1 when it goes over the `budget` of outreach.yaml, and says which line, by how much and why.
    """
    from outreach.simulation.budgeting import breaches

    checked = _judged(session.root)
    assert checked.definitions is not None
    setting = _setting(session, checked.definitions, days, people, _responses(responses, seed, checked.definitions), at)
    with Progress(quiet=as_json) as progress:
        report, comparison = _simulated(session.root, checked, setting, against, progress)
    workspace = checked.definitions.workspace
    broken = breaches(workspace.budget, report)
    if html:
        _write(html, workspace, report, broken, comparison)
    if as_json:
        emit({**fields_of(report), "broken": broken, "against": comparison})
    else:
        click.echo(text(report, comparison))
        for breach in broken:
            click.echo(f"\nBudget: {breach}", err=True)
    return ExitCode.USER if broken else ExitCode.DONE


def _simulated(
    root: Path, checked: Checked, setting: Setting, against: str | None, progress: Progress
) -> tuple[Report, Comparison | None]:
    """The workspace as it is now, and what differs from the one at a revision."""
    from outreach.simulation.comparing import compare
    from outreach.simulation.simulating import limit_of, simulate

    assert checked.definitions is not None
    limit = limit_of(checked.definitions.workspace)
    # A revision that cannot be had is refused before minutes are spent on the other half.
    base = _at(root, against) if against is not None else None
    done = simulate(checked, setting, limit, partial(progress, "simulating, days"))
    if base is None or against is None:
        return done.report, None
    before = simulate(base, setting, limit, partial(progress, "before the change, days"))
    return done.report, compare(against, before, done, limit)


def _at(root: Path, revision: str) -> Checked:
    """The workspace at a revision, judged."""
    from outreach.simulation.revisions import at_revision

    with at_revision(root, revision) as folder:
        try:
            return _judged(folder)
        except DefinitionsError as error:
            first = str(error.problems[0]).splitlines()[0]
            raise OutreachError(
                f"the workspace at revision {revision!r} has {error.what}, the first: {first}",
                remedy="Name a revision at which `outreach check` found none.",
            ) from None


def _write(
    file: Path, workspace: Workspace, report: Report, broken: list[Breach], comparison: Comparison | None
) -> None:
    from outreach.simulation.page import page

    name = workspace.organisation.get("en") or next(iter(workspace.organisation.values()))
    try:
        file.write_text(page(f"{name}: a look ahead", report, broken, comparison), encoding="utf-8")
    except OSError as error:
        raise OutreachError(
            f"the page cannot be written: {error.strerror}", where=str(file), remedy="Name a file in a folder there is."
        ) from None


def _judged(root: Path) -> Checked:
    """The workspace in that folder.

    Raises:
        DefinitionsError: there are problems in it.
    """
    from outreach import release

    checked = release.check(root, None)
    if checked.problems:
        raise DefinitionsError(checked.problems)
    return checked


def _setting(
    session: Session, definitions: Definitions, days: int, people: int | None, responses: Responses, at: datetime | None
) -> Setting:
    from outreach.planning.calendar import zone
    from outreach.simulation.simulating import Setting

    installation = session.installation
    # A fresh copy from git has no database yet, and looking ahead must not make one.
    origin = installation.database if people is None and installation.has_database else None
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=zone(definitions.workspace.time_zone))
    return Setting(origin, people, session.moment(at), days, responses)


def _responses(file: Path | None, seed: int | None, definitions: Definitions) -> Responses:
    from dataclasses import replace

    from outreach.simulation.reading import read_responses
    from outreach.simulation.responses import Responses

    model = read_responses(file, definitions) if file else Responses()
    return model if seed is None else replace(model, seed=seed)
