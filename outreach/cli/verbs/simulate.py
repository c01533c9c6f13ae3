"""`outreach simulate`: the whole portfolio, so many days ahead."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit, fields_of, table
from outreach.cli.progress import Progress
from outreach.cli.session import Session
from outreach.errors import DefinitionsError, ExitCode

if TYPE_CHECKING:
    from outreach.definitions.model import Definitions
    from outreach.release import Checked
    from outreach.simulation.report import Figures, Report
    from outreach.simulation.responses import Responses
    from outreach.simulation.simulating import Setting


@click.command(
    "simulate", cls=VerbCommand, examples=["outreach simulate --days 365", "outreach simulate --days 90 --people 5000"]
)
@click.option("--days", type=click.IntRange(1, 800), default=365, show_default=True, help="How many days go by.")
@click.option(
    "--people",
    type=click.IntRange(1),
    help="Write to so many made people, and not to the roster. Without it: the roster, or 44,982 made people where "
    "none was imported.",
)
@click.option(
    "--responses",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Who responds, and when: a response model in YAML. Without it: 8 % register, 3 % use, within 14 days.",
)
@click.option("--seed", type=click.IntRange(0), help="Draw other people who respond. Without it: the model's, or 1.")
@at
@as_json
@click.pass_obj
def simulate(
    session: Session, *, days: int, people: int | None, responses: Path | None, seed: int | None,
    at: datetime | None, as_json: bool,
) -> int:  # fmt: skip
    """Let the campaigns run for a year, or less, on a copy that is thrown away, with people who respond.

    It simulates the files of the workspace as they are now, all of them approved, with the planner that `run` uses.
    Nothing is sent, and the real ledger is only read. It tells per week and per segment how many messages leave and
    how many a person gets, what the frequency cap held back, what expired and who could not be reached; and per
    campaign how many people it would reach.

    Ends with 1 when it goes over the `budget` of outreach.yaml, and says which line, by how much and why.
    """
    from outreach.simulation.budgeting import breaches
    from outreach.simulation.simulating import limit_of, simulate

    checked = _judged(session.root)
    assert checked.definitions is not None
    setting = _setting(session, checked.definitions, days, people, _responses(responses, seed, checked.definitions), at)
    with Progress(quiet=as_json) as progress:
        done = simulate(
            checked, setting, limit_of(checked.definitions.workspace), partial(progress, "simulating, days")
        )
    broken = breaches(checked.definitions.workspace.budget, done.report)
    if as_json:
        emit({**fields_of(done.report), "broken": broken})
    else:
        click.echo(_text(done.report))
        for breach in broken:
            click.echo(f"\nBudget: {breach}", err=True)
    return ExitCode.USER if broken else ExitCode.DONE


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


def _text(report: Report) -> str:
    busiest = report.busiest
    head = (
        f"{report.days} days from {report.first} on, {report.total.people:,} people ({report.roster} roster), "
        f"seed {report.seed}: {report.total.messages:,} messages to {report.total.reached:,} people, "
        f"at most {busiest.highest} to one person in {busiest.days} days."
    )
    weeks = [(f"{week.monday}", *_cells(week.total)) for week in report.weeks]
    segments = [(name, *_cells(figures)) for name, figures in report.segments.items()]
    campaigns = [(one.campaign, one.people, one.messages, counts(one.not_sent)) for one in report.campaigns]
    hidden = (
        f"\nOf fewer people than are told of: {', '.join(report.hidden_segments)}." if report.hidden_segments else ""
    )
    return "\n".join((
        head,
        f"What people did: {counts(report.outcomes)}.",
        "",
        table(("week from", *_HEADERS), weeks),
        "",
        table(("segment", *_HEADERS), segments) + hidden,
        "",
        table(("campaign", "people", "messages", "not sent"), campaigns),
    ))  # fmt: skip


_HEADERS = (
    "people", "reached", "messages", "median", "p95", "highest", "passed over", "expired", "not reachable",
)  # fmt: skip


def _cells(figures: Figures) -> tuple[Any, ...]:
    each = figures.per_person
    return (
        figures.people, figures.reached, figures.messages, each.median, each.p95, each.highest,
        figures.passed_over, figures.expired, figures.not_reachable,
    )  # fmt: skip
